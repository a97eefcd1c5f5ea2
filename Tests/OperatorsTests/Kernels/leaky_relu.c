/* %1: f32[rows, 4] = leaky_relu {"slope":0.10573081861734313} (%0) */

/* y0_2[rows, 4] = leaky_relu */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float leaky_relu = x0_2[i] > 0.0f ? x0_2[i] : 0.10573082f * x0_2[i];
    y0_2[i] = leaky_relu;
  }
}
