/* %1: f32[rows, 4] = sign {} (%0) */

/* y0_2[rows, 4] = sign */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float sign = x0_2[i] > 0.0f ? 1.0f : x0_2[i] < 0.0f ? -1.0f : x0_2[i];
    y0_2[i] = sign;
  }
}
