/* %2: f32[1, 4] = scatter_add {"axis":0,"count":1} (%0, %1) */

/* y0_2[1, 4] = scatter_add */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const int32_t *restrict x1 /* [rows] */,
    float *restrict y0_2 /* [1, 4] */) {
  for (size_t z1 = 0; z1 < 4; z1++) {
    y0_2[z1] = 0.0f;
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 4; i1++) {
      y0_2[(size_t)x1[i0] * 4 + i1] = y0_2[(size_t)x1[i0] * 4 + i1] + x0_2[i0 * 4 + i1];
    }
  }
}
