/* %2: f32[rows, 5] = concatenate {"axis":1} (%0, %1) */

/* y0_2[rows, 5] = concatenate */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [rows, 1] */,
    float *restrict y0_2 /* [rows, 5] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 5; j++) {
      const float concatenate = (ptrdiff_t)j < 4 ? x0_2[i * 4 + j] : x1[i + j - 4];
      y0_2[i * 5 + j] = concatenate;
    }
  }
}
