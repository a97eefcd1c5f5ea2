/* %2: f32[rows, 4] = sigmoid_cross_entropy {} (%0, %1) */

/* y0_2[rows, 4] = sigmoid_cross_entropy */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float sigmoid_cross_entropy = check_maximum(x0_2[i], 0.0f) - x0_2[i] * x1[0] + check_log1p(check_exp_falling(-fabsf(x0_2[i])));
    y0_2[i] = sigmoid_cross_entropy;
  }
}
