/* %1: f32[rows, 4] = elu {"alpha":0.7114616372346863} (%0) */

/* y0_2[rows, 4] = elu */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float elu = x0_2[i] > 0.0f ? x0_2[i] : 0.71146166f * check_expm1(check_minimum(x0_2[i], 0.0f));
    y0_2[i] = elu;
  }
}
