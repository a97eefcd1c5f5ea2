/* %1: f32[rows, 4] = lower_triangle {"fill":-1.154153451061255} (%0) */

/* y0_2[rows, 4] = lower_triangle */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      const float lower_triangle = (ptrdiff_t)j <= (ptrdiff_t)i ? x0_2[i * 4 + j] : -1.1541535f;
      y0_2[i * 4 + j] = lower_triangle;
    }
  }
}
