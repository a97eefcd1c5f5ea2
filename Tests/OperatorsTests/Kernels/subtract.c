/* %2: f32[rows, 4] = subtract {} (%0, %1) */

/* y0_2[rows, 4] = subtract */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float subtract = x0_2[i] - x1[0];
    y0_2[i] = subtract;
  }
}
