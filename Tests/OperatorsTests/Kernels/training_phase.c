/* %2: f32[rows, 4] = training_phase {} (%0, %1) */

/* y0_2[rows, 4] = training_phase */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [] */,
    float *restrict y0_2 /* [rows, 4] */) {
  (void)x1;
  for (size_t i = 0; i < rows * 4; i++) {
    y0_2[i] = x0_2[i];
  }
}
