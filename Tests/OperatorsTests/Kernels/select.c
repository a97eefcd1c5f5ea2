/* %3: f32[rows, 4] = select {} (%0, %1, %2) */

/* y0_2[rows, 4] = select */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [] */,
    const float *restrict x2 /* [] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float select = x0_2[i] != 0.0f ? x1[0] : x2[0];
    y0_2[i] = select;
  }
}
