/* %2: f32[rows, 6, 5, 3] = max_pooling_gradient {"geometry":{"height":1,"horizontal":{"after":0,"before":0,"dilation":1,"stride":1},"vertical":{"after":0,"before":0,"dilation":1,"stride":1},"width":1},"height":6,"width":5} (%0, %1) */

/* y0_2[rows, 6, 5, 3] = max_pooling_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const uint8_t *restrict x1 /* [rows, 6, 5, 3] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */) {
  (void)x1;
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 6; j++) {
      for (size_t k = 0; k < 5; k++) {
        for (size_t l = 0; l < 3; l++) {
          y0_2[i * 90 + j * 15 + k * 3 + l] = x0_2[i * 90 + j * 15 + k * 3 + l];
        }
      }
    }
  }
}
