/* %1, %1.1: f32[rows, 6, 5, 3], u8[rows, 6, 5, 3] = max_pooling {"geometry":{"height":1,"horizontal":{"after":0,"before":0,"dilation":1,"stride":1},"vertical":{"after":0,"before":0,"dilation":1,"stride":1},"width":1}} (%0) */

/* y0_2[rows, 6, 5, 3], y1_2[rows, 6, 5, 3] = max_pooling */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */,
    uint8_t *restrict y1_2 /* [rows, 6, 5, 3] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 6; i1++) {
      for (size_t i2 = 0; i2 < 5; i2++) {
        for (size_t z0 = 0; z0 < 3; z0++) {
          y0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0] = -(float)INFINITY;
          y1_2[i0 * 90 + i1 * 15 + i2 * 3 + z0] = (uint8_t)(0.0f);
        }
        for (size_t z0 = 0; z0 < 3; z0++) {
          const float value = x0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0];
          const float best = y0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0];
          y0_2[i0 * 90 + i1 * 15 + i2 * 3 + z0] = value > best ? value : value != value ? value : best;
          y1_2[i0 * 90 + i1 * 15 + i2 * 3 + z0] = (uint8_t)(value > best ? (float)0 : value != value ? (float)0 : (float)y1_2[i0 * 90 + i1 * 15 + i2 * 3 + z0]);
        }
      }
    }
  }
}
