/* %3, %3.1, %3.2: f32[rows, 2, 9], f32[rows, 2, 27], f32[rows, 2, 9] = gru {"activation":"tanh","recurrentActivation":"sigmoid"} (%0, %1, %2) */

/* y0_2[rows, 2, 9], y1_2[rows, 2, 27], y2[rows, 2, 9] = gru */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 27] */,
    const float *restrict x1 /* [9, 27] */,
    const float *restrict x2 /* [27] */,
    float *restrict y0_2 /* [rows, 2, 9] */,
    float *restrict y1_2 /* [rows, 2, 27] */,
    float *restrict y2 /* [rows, 2, 9] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 9; i1++) {
      const float update = check_sigmoid(x0_2[i0 * 54 + i1] + x2[i1]);
      const float reset = check_sigmoid(x0_2[i0 * 54 + i1 + 9] + x2[i1 + 9]);
      const float inner = x2[i1 + 18];
      const float candidate = check_tanh(x0_2[i0 * 54 + i1 + 18] + reset * inner);
      y1_2[i0 * 54 + i1] = update;
      y1_2[i0 * 54 + i1 + 9] = reset;
      y1_2[i0 * 54 + i1 + 18] = candidate;
      y2[i0 * 18 + i1] = inner;
      y0_2[i0 * 18 + i1] = (1.0f - update) * candidate;
    }
  }
  for (size_t before = 0; before < 1; before++) {
    const size_t t = before + 1;
    if (rows <= CHECK_FEW) {
      const size_t first = 0, last = 27;
      check_few(rows, 9, last - first, y0_2 + before * 9, 18, 1, x1 + first, 27, y1_2 + t * 27 + first, 54);
    }
    else {
      const check_share share = check_share_of(0, 1, rows, 27, 0);
      CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
      size_t k0 = 0;
      do {
        const size_t depth = 9 - k0 < CHECK_TILE_K ? 9 - k0 : CHECK_TILE_K;
        for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
          const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
          for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
            const size_t width = 27 - n0 < CHECK_TILE_N ? 27 - n0 : CHECK_TILE_N;
            check_pack(depth, width, x1 + k0 * 27 + n0, 27, 1, panel);
            for (size_t m0 = first; m0 < last; m0 += CHECK_TILE_M) {
              const size_t height = last - m0 < CHECK_TILE_M ? last - m0 : CHECK_TILE_M;
              CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
              check_tile(depth, height, width, y0_2 + before * 9 + m0 * 18 + k0, 18, 1, panel, tile);
              for (size_t r = 0; r < height; r++)
                for (size_t s = 0; s < width; s++) y1_2[t * 27 + (m0 + r) * 54 + n0 + s] = tile[r * CHECK_TILE_N + s];
            }
          }
        }
      } while ((k0 += CHECK_TILE_K) < 9);
    }
    for (size_t i0 = 0; i0 < rows; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        const float update = check_sigmoid(x0_2[i0 * 54 + t * 27 + i1] + (y1_2[i0 * 54 + t * 27 + i1] + x2[i1]));
        const float reset = check_sigmoid(x0_2[i0 * 54 + t * 27 + i1 + 9] + (y1_2[i0 * 54 + t * 27 + i1 + 9] + x2[i1 + 9]));
        const float inner = y1_2[i0 * 54 + t * 27 + i1 + 18] + x2[i1 + 18];
        const float candidate = check_tanh(x0_2[i0 * 54 + t * 27 + i1 + 18] + reset * inner);
        y1_2[i0 * 54 + t * 27 + i1] = update;
        y1_2[i0 * 54 + t * 27 + i1 + 9] = reset;
        y1_2[i0 * 54 + t * 27 + i1 + 18] = candidate;
        y2[i0 * 18 + t * 9 + i1] = inner;
        y0_2[i0 * 18 + t * 9 + i1] = update * y0_2[i0 * 18 + before * 9 + i1] + (1.0f - update) * candidate;
      }
    }
  }
}
