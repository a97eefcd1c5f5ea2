/* %1: f32[rows, 4, 2] = one_hot {"classes":2,"element":"f32"} (%0) */

/* y0_2[rows, 4, 2] = one_hot */
static void check_forward(size_t rows,
    const int32_t *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4, 2] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 2; k++) {
        const float one_hot = (float)x0_2[i * 4 + j] == (float)k ? 1.0f : 0.0f;
        y0_2[i * 8 + j * 2 + k] = one_hot;
      }
    }
  }
}
