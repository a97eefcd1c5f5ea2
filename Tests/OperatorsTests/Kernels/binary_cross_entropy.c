/* %2: f32[rows, 4] = binary_cross_entropy {} (%0, %1) */

/* y0_2[rows, 4] = binary_cross_entropy */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float binary_cross_entropy = -(x1[0] * check_log(check_maximum(check_minimum(x0_2[i], 0.9999999f), 1e-07f)) + (1.0f - x1[0]) * check_log(1.0f - check_maximum(check_minimum(x0_2[i], 0.9999999f), 1e-07f)));
    y0_2[i] = binary_cross_entropy;
  }
}
