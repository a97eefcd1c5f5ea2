/* %0: f32[rows, 4] = iota {"axis":0,"type":{"element":"f32","shape":{"dimensions":[{"count":1,"perRow":true},{"count":4,"perRow":false}]}}} () */

/* y0_2[rows, 4] = iota */
static void check_forward(size_t rows,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      y0_2[i * 4 + j] = (float)i;
    }
  }
}
