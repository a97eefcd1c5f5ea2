/* %1: f32[rows, 1] = slice {"ends":[1,1],"starts":[0,0],"strides":[1,1]} (%0) */

/* y0_2[rows, 1] = slice */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 1] */) {
  for (size_t i = 0; i < rows; i++) {
    y0_2[i] = x0_2[i * 4];
  }
}
