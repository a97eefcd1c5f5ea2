/* %2: f32[rows, 4] = gather {"axis":1} (%0, %1) */

/* y0_2[rows, 4] = gather */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const int32_t *restrict x1 /* [4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      y0_2[i * 4 + j] = x0_2[i * 4 + (size_t)x1[j]];
    }
  }
}
