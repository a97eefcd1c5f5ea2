/* %1: f32[rows, 4] = softmax {} (%0) */

/* y0_2[rows, 4] = softmax */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 4; j++) {
      largest = check_maximum(largest, x0_2[i0 * 4 + j]);
    }
    for (size_t j = 0; j < 4; j++) {
      y0_2[i0 * 4 + j] = check_exp_falling(x0_2[i0 * 4 + j] - largest);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 4; j++) {
      total += y0_2[i0 * 4 + j];
    }
    for (size_t j = 0; j < 4; j++) {
      y0_2[i0 * 4 + j] = y0_2[i0 * 4 + j] / total;
    }
  }
}
