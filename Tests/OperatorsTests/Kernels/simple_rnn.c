/* %2: f32[rows, 2, 9] = simple_rnn {"activation":"tanh"} (%0, %1) */

/* y0_2[rows, 2, 9] = simple_rnn */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 9] */,
    const float *restrict x1 /* [9, 9] */,
    float *restrict y0_2 /* [rows, 2, 9] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 9; i1++) {
      y0_2[i0 * 18 + i1] = check_tanh(x0_2[i0 * 18 + i1]);
    }
  }
  for (size_t before = 0; before < 1; before++) {
    const size_t t = before + 1;
    if (rows <= CHECK_FEW) {
      const size_t first = 0, last = 9;
      check_few(rows, 9, last - first, y0_2 + before * 9, 18, 1, x1 + first, 9, y0_2 + t * 9 + first, 18);
    }
    else {
      const check_share share = check_share_of(0, 1, rows, 9, 0);
      CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
      size_t k0 = 0;
      do {
        const size_t depth = 9 - k0 < CHECK_TILE_K ? 9 - k0 : CHECK_TILE_K;
        for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
          const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
          for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
            const size_t width = 9 - n0 < CHECK_TILE_N ? 9 - n0 : CHECK_TILE_N;
            check_pack(depth, width, x1 + k0 * 9 + n0, 9, 1, panel);
            for (size_t m0 = first; m0 < last; m0 += CHECK_TILE_M) {
              const size_t height = last - m0 < CHECK_TILE_M ? last - m0 : CHECK_TILE_M;
              CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
              check_tile(depth, height, width, y0_2 + before * 9 + m0 * 18 + k0, 18, 1, panel, tile);
              for (size_t r = 0; r < height; r++)
                for (size_t s = 0; s < width; s++) y0_2[t * 9 + (m0 + r) * 18 + n0 + s] = tile[r * CHECK_TILE_N + s];
            }
          }
        }
      } while ((k0 += CHECK_TILE_K) < 9);
    }
    for (size_t i0 = 0; i0 < rows; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y0_2[i0 * 18 + t * 9 + i1] = check_tanh(x0_2[i0 * 18 + t * 9 + i1] + y0_2[i0 * 18 + t * 9 + i1]);
      }
    }
  }
}
