/* %1: f32[rows, 4] = unslice {"shape":{"dimensions":[{"count":1,"perRow":true},{"count":4,"perRow":false}]},"starts":[0,0],"strides":[1,1]} (%0) */

/* y0_2[rows, 4] = unslice */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      y0_2[i * 4 + j] = x0_2[i * 4 + j];
    }
  }
}
