/* %2: f32[rows, 6, 5, 3] = max_pooling_gradient {"geometry":{"height":1,"horizontal":{"after":0,"before":0,"dilation":1,"stride":1},"vertical":{"after":0,"before":0,"dilation":1,"stride":1},"width":1},"height":6,"width":5} (%0, %1) */

/* y0_2[rows, 6, 5, 3] = max_pooling_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const int32_t *restrict x1 /* [rows, 6, 5, 3] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */) {
  for (size_t z0 = 0; z0 < rows; z0++) {
    for (size_t z1 = 0; z1 < 6; z1++) {
      for (size_t z2 = 0; z2 < 5; z2++) {
        for (size_t z3 = 0; z3 < 3; z3++) {
          y0_2[z0 * 90 + z1 * 15 + z2 * 3 + z3] = 0.0f;
        }
      }
    }
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 6; i1++) {
      for (size_t i2 = 0; i2 < 5; i2++) {
        for (size_t z0 = 0; z0 < 3; z0++) {
          const float value = x0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0];
          y0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0] += (float)x1[i0 * 90 + i1 * 15 + i2 * 3 + z0] == (float)0 ? value : 0.0f;
        }
      }
    }
  }
}
