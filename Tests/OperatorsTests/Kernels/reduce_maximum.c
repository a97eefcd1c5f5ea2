/* %1: f32[4] = reduce_maximum {"axes":[0],"keepDimensions":false} (%0) */

/* y0_2[4] = reduce_maximum */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [4] */) {
  for (size_t i = 0; i < 4; i++) {
    y0_2[i] = -(float)INFINITY;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      y0_2[j] = check_maximum(y0_2[j], x0_2[i * 4 + j]);
    }
  }
}
