/* %2: f32[rows, 6, 5, 3] = convolution_input_gradient {"geometry":{"groups":1,"horizontal":{"after":1,"before":2,"dilation":1,"stride":2},"vertical":{"after":0,"before":0,"dilation":2,"stride":1}},"height":6,"width":5} (%0, %1) */

/* y0_2[rows, 6, 5, 3] = convolution_input_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 4, 1] */,
    const float *restrict x1 /* [1, 1, 3, 1] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */,
    float *restrict scratch /* [32] */) {
  /* all lines, columns 1, 3 …: 1 by 0 taps */
  {
    const size_t blocks = (rows + 9) / 10 * 1;
    const size_t panels = (3 + CHECK_TILE_N - 1) / CHECK_TILE_N;
    for (size_t unit = 0; unit < blocks * panels; unit++) {
      const size_t block = unit / panels;
      const size_t n0 = (unit % panels) * CHECK_TILE_N;
      const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
      const size_t image = block * 10;
      const size_t images = rows - image < 10 ? rows - image : 10;
      const size_t top = 0, lines = 6;
      for (size_t line = 0; line < images * lines; line++) {
        for (size_t x0 = 0, height = 0; x0 < 2; x0 += height) {
          height = check_height(2 - x0);
          CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
          const size_t m0 = ((image + line / lines) * 6 + (top + line % lines) * 1 + 0) * 5 + 1 + x0 * 2;
          for (size_t r = 0; r < height; r++)
            CHECK_ROLLED for (size_t s = 0; s < width; s++) y0_2[(m0 + r * 2) * 3 + n0 + s] = tile[r * CHECK_TILE_N + s];
        }
      }
    }
  }
  /* all lines, columns 0, 2 …: 1 by 1 taps */
  {
    float *const panel = scratch;
    const size_t blocks = (rows + 6) / 7 * 1;
    const size_t panels = (3 + CHECK_TILE_N - 1) / CHECK_TILE_N;
    static const check_runs along = {1, 1, 8, 1, 1};
    for (size_t unit = 0; unit < blocks * panels; unit++) {
      const size_t block = unit / panels;
      const size_t n0 = (unit % panels) * CHECK_TILE_N;
      const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
      const size_t image = block * 7;
      const size_t images = rows - image < 7 ? rows - image : 7;
      const size_t top = 0, lines = 6;
      for (size_t ky = 0; ky < 1; ky++)
        for (size_t kx = 0; kx < 1; kx++)
          check_pack(1, width, x1 + n0 - ky * 3 - kx * 6, 1, 1, panel + (ky * 1 + kx) * 1 * CHECK_TILE_N);
      for (size_t line = 0; line < images * lines; line++) {
        const float *const from = x0_2 + image * 24 + top * 4 + 1 + line / lines * (24) + line % lines * 4;
        for (size_t x0 = 0, height = 0; x0 < 3; x0 += height) {
          height = check_height(3 - x0);
          CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
          check_tile_new(&along, height, width, from + x0 * 1, 1, 1, panel, tile, CHECK_TILE_N);
          const size_t m0 = ((image + line / lines) * 6 + (top + line % lines) * 1 + 0) * 5 + 0 + x0 * 2;
          for (size_t r = 0; r < height; r++)
            CHECK_ROLLED for (size_t s = 0; s < width; s++) y0_2[(m0 + r * 2) * 3 + n0 + s] = tile[r * CHECK_TILE_N + s];
        }
      }
    }
  }
}
