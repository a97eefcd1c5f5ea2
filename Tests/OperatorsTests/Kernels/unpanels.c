/* %1: f32[3, 33] = unpanels {"columns":33,"layout":{"isTransposed":false},"rows":3} (%0) */

/* y0_2[3, 33] = unpanels */
static void check_forward(const float *restrict x0_2 /* [2, 3, 32] */,
    float *restrict y0_2 /* [3, 33] */) {
  for (size_t i = 0; i < 3; i++) {
    CHECK_ROLLED for (size_t j = 0; j < 33; j++) {
      y0_2[i * 33 + j] = x0_2[j / 32 * 96 + i * 32 + j % 32];
    }
  }
}
