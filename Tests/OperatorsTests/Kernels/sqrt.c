/* %1: f32[rows, 4] = sqrt {} (%0) */

/* y0_2[rows, 4] = sqrt */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float sqrt_2 = check_sqrt(x0_2[i]);
    y0_2[i] = sqrt_2;
  }
}
