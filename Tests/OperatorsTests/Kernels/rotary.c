/* %3: f32[rows, 6, 5, 2] = rotary {} (%0, %1, %2) */

/* y0_2[rows, 6, 5, 2] = rotary */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 2] */,
    const float *restrict x1 /* [6, 1] */,
    const float *restrict x2 /* [6, 1] */,
    float *restrict y0_2 /* [rows, 6, 5, 2] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 6; i1++) {
      for (size_t i2 = 0; i2 < 5; i2++) {
        for (size_t d = 0; d < 1; d++) {
          const float first = x0_2[i0 * 60 + i1 * 10 + i2 * 2 + d];
          const float second = x0_2[i0 * 60 + i1 * 10 + i2 * 2 + d + 1];
          const float cosine = x1[i1 + d];
          const float sine = x2[i1 + d];
          y0_2[i0 * 60 + i1 * 10 + i2 * 2 + d] = first * cosine - second * sine;
          y0_2[i0 * 60 + i1 * 10 + i2 * 2 + d + 1] = second * cosine + first * sine;
        }
      }
    }
  }
}
