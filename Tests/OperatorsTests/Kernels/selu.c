/* %1: f32[rows, 4] = selu {} (%0) */

/* y0_2[rows, 4] = selu */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float selu = 1.050701f * (x0_2[i] > 0.0f ? x0_2[i] : 1.6732632f * check_expm1(check_minimum(x0_2[i], 0.0f)));
    y0_2[i] = selu;
  }
}
