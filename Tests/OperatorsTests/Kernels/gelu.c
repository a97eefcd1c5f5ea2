/* %1: f32[rows, 4] = gelu {} (%0) */

/* y0_2[rows, 4] = gelu */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float gelu = 0.5f * x0_2[i] * (1.0f + check_erf(x0_2[i] * 0.70710677f));
    y0_2[i] = gelu;
  }
}
