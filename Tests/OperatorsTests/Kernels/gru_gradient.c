/* %5, %5.1, %5.2, %5.3: f32[rows, 2, 27], f32[rows, 2, 27], f32[rows, 9], f32[rows, 9] = gru_gradient {"activation":"tanh","recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4) */

/* y0_2[rows, 2, 27], y1_2[rows, 2, 27], y2[rows, 9], y3[rows, 9] = gru_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 9] */,
    const float *restrict x1 /* [rows, 2, 27] */,
    const float *restrict x2 /* [rows, 2, 9] */,
    const float *restrict x3 /* [9, 27] */,
    const float *restrict x4 /* [rows, 2, 9] */,
    float *restrict y0_2 /* [rows, 2, 27] */,
    float *restrict y1_2 /* [rows, 2, 27] */,
    float *restrict y2 /* [rows, 9] */,
    float *restrict y3 /* [rows, 9] */) {
  for (size_t z0 = 0; z0 < rows; z0++) {
    for (size_t z1 = 0; z1 < 9; z1++) {
      y2[z0 * 9 + z1] = 0.0f;
      y3[z0 * 9 + z1] = 0.0f;
    }
  }
  for (size_t back = 0; back < 1; back++) {
    const size_t t = 1 - back;
    for (size_t i0 = 0; i0 < rows; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        const float update = x1[i0 * 54 + t * 27 + i1];
        const float reset = x1[i0 * 54 + t * 27 + i1 + 9];
        const float candidate = x1[i0 * 54 + t * 27 + i1 + 18];
        const float state = x4[i0 * 18 + t * 9 + i1] + y2[i0 * 9 + i1] + y3[i0 * 9 + i1];
        const float fresh = state * (1.0f - update) * (1.0f - candidate * candidate);
        const float gate = state * (x0_2[i0 * 18 + (t - 1) * 9 + i1] - candidate) * (update * (1.0f - update));
        const float opened = fresh * x2[i0 * 18 + t * 9 + i1] * (reset * (1.0f - reset));
        y0_2[i0 * 54 + t * 27 + i1] = gate;
        y0_2[i0 * 54 + t * 27 + i1 + 9] = opened;
        y0_2[i0 * 54 + t * 27 + i1 + 18] = fresh;
        y1_2[i0 * 54 + t * 27 + i1] = gate;
        y1_2[i0 * 54 + t * 27 + i1 + 9] = opened;
        y1_2[i0 * 54 + t * 27 + i1 + 18] = fresh * reset;
        y3[i0 * 9 + i1] = state * update;
      }
    }
    const check_share share = check_share_of(0, 1, rows, 9, 0);
    CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 27 - k0 < CHECK_TILE_K ? 27 - k0 : CHECK_TILE_K;
      for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
        const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
          const size_t width = 9 - n0 < CHECK_TILE_N ? 9 - n0 : CHECK_TILE_N;
          check_pack(depth, width, x3 + k0 + n0 * 27, 1, 27, panel);
          for (size_t m0 = first; m0 < last; m0 += CHECK_TILE_M) {
            const size_t height = last - m0 < CHECK_TILE_M ? last - m0 : CHECK_TILE_M;
            CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
            check_tile(depth, height, width, y1_2 + t * 27 + m0 * 54 + k0, 54, 1, panel, tile);
            for (size_t r = 0; r < height; r++)
              for (size_t s = 0; s < width; s++) y2[(m0 + r) * 9 + n0 + s] = tile[r * CHECK_TILE_N + s];
          }
        }
      }
    } while ((k0 += CHECK_TILE_K) < 27);
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 9; i1++) {
      const float update = x1[i0 * 54 + i1];
      const float reset = x1[i0 * 54 + i1 + 9];
      const float candidate = x1[i0 * 54 + i1 + 18];
      const float state = x4[i0 * 18 + i1] + y2[i0 * 9 + i1] + y3[i0 * 9 + i1];
      const float fresh = state * (1.0f - update) * (1.0f - candidate * candidate);
      const float gate = state * (0.0f - candidate) * (update * (1.0f - update));
      const float opened = fresh * x2[i0 * 18 + i1] * (reset * (1.0f - reset));
      y0_2[i0 * 54 + i1] = gate;
      y0_2[i0 * 54 + i1 + 9] = opened;
      y0_2[i0 * 54 + i1 + 18] = fresh;
      y1_2[i0 * 54 + i1] = gate;
      y1_2[i0 * 54 + i1 + 9] = opened;
      y1_2[i0 * 54 + i1 + 18] = fresh * reset;
      y3[i0 * 9 + i1] = state * update;
    }
  }
}
