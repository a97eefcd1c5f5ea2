/* %2: f32[rows, 2] = matmul {"transposeLeft":false,"transposeRight":true} (%0, %1) */

/* y0_2[rows, 2] = matmul */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    const float *restrict x1 /* [2, 4] */,
    float *restrict y0_2 /* [rows, 2] */) {
  const check_share share = check_share_of(0, 1, rows, 2, 0);
  CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 4 - k0 < CHECK_TILE_K ? 4 - k0 : CHECK_TILE_K;
    const check_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
      const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
        const size_t width = 2 - n0 < CHECK_TILE_N ? 2 - n0 : CHECK_TILE_N;
        check_pack(depth, width, x1 + k0 + n0 * 4, 1, 4, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = check_height(last - m0);
          CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
          check_tile_new(&along, height, width, x0_2 + m0 * 4 + k0, 4, 1, panel, tile, CHECK_TILE_N);
          for (size_t r = 0; r < height; r++)
            CHECK_ROLLED for (size_t s = 0; s < width; s++) y0_2[(m0 + r) * 2 + n0 + s] = tile[r * CHECK_TILE_N + s];
        }
      }
    }
  } while ((k0 += CHECK_TILE_K) < 4);
}
