/* %1: f32[rows, 4] = cast {"element":"f32"} (%0) */

/* y0_2[rows, 4] = cast */
static void check_forward(size_t rows,
    const int32_t *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      y0_2[i * 4 + j] = (float)x0_2[i * 4 + j];
    }
  }
}
