/* %1: f32[2, 3, 32] = panels {"isTransposed":false} (%0) */

/* y0_2[2, 3, 32] = panels */
static void check_forward(const float *restrict x0_2 /* [3, 33] */,
    float *restrict y0_2 /* [2, 3, 32] */) {
  for (size_t i0 = 0; i0 < 3; i0++) {
    CHECK_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
      y0_2[i0 * 32 + i1] = x0_2[i0 * 33 + i1];
    }
  }
  for (size_t i0 = 0; i0 < 3; i0++) {
    y0_2[i0 * 32 + 96] = x0_2[i0 * 33 + 32];
  }
  for (size_t z0 = 0; z0 < 3; z0++) {
    CHECK_ROLLED for (size_t z1 = 0; z1 < 31; z1++) {
      y0_2[z0 * 32 + 96 + z1 + 1] = 0.0f;
    }
  }
}
