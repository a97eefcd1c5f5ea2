/* %3: f32[rows, 4] = append_step {} (%0, %1, %2) */

/* y0_2[rows, 4] = append_step */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [rows, 1] */,
    const int32_t *restrict x2 /* [1] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t c0 = 0; c0 < rows; c0++) {
    for (size_t c1 = 0; c1 < 4; c1++) {
      y0_2[c0 * 4 + c1] = x0_2[c0 * 4 + c1];
    }
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    y0_2[i0 * 4 + (size_t)x2[0]] = x1[i0];
  }
}
