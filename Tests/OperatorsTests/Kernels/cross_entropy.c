/* %2: f32[rows] = cross_entropy {} (%0, %1) */

/* y0_2[rows] = cross_entropy */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const int32_t *restrict x1 /* [rows] */,
    float *restrict y0_2 /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    y0_2[i0] = -check_log(check_maximum(check_minimum(x0_2[i0 * 4 + (size_t)x1[i0]], 0.9999999f), 1e-07f));
  }
}
