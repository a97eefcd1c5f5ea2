/* %1: f32[1, 1] = sum {"axes":[0,1],"keepDimensions":true} (%0) */

/* y0_2[1, 1] = sum */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [1, 1] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows * 4 / 16 * 16; start += 16) {
    CHECK_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += x0_2[i];
    }
  }
  float total = check_join_sum(total_lanes);
  for (size_t i = rows * 4 / 16 * 16; i < rows * 4; i++) {
    total += x0_2[i];
  }
  y0_2[0] = total;
}
