/* %1: f32[rows, 4] = softplus {} (%0) */

/* y0_2[rows, 4] = softplus */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float softplus = check_maximum(x0_2[i], 0.0f) + check_log1p(check_exp_falling(-fabsf(x0_2[i])));
    y0_2[i] = softplus;
  }
}
