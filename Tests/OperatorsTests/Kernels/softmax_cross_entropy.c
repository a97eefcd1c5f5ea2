/* %2: f32[rows] = softmax_cross_entropy {} (%0, %1) */

/* y0_2[rows] = softmax_cross_entropy */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const int32_t *restrict x1 /* [rows] */,
    float *restrict y0_2 /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 4; j++) {
      largest = check_maximum(largest, x0_2[i0 * 4 + j]);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 4; j++) {
      total += check_exp_falling(x0_2[i0 * 4 + j] - largest);
    }
    const float log_total = largest + check_log(total);
    y0_2[i0] = log_total - x0_2[i0 * 4 + (size_t)x1[i0]];
  }
}
