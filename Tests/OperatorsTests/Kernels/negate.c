/* %1: f32[rows, 4] = negate {} (%0) */

/* y0_2[rows, 4] = negate */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float negate = -x0_2[i];
    y0_2[i] = negate;
  }
}
