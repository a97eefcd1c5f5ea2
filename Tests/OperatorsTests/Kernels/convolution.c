/* %2: f32[rows, 6, 4, 1] = convolution {"geometry":{"groups":1,"horizontal":{"after":1,"before":2,"dilation":1,"stride":2},"vertical":{"after":0,"before":0,"dilation":2,"stride":1}}} (%0, %1) */

/* y0_2[rows, 6, 4, 1] = convolution */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const float *restrict x1 /* [1, 1, 3, 1] */,
    float *restrict y0_2 /* [rows, 6, 4, 1] */,
    float *restrict scratch /* [736] */) {
  static const check_window window = {6, 5, 3, 0, 2, 1, 1, 7};
  float *const strip = scratch;
  float *const panel = scratch + 640;
  const size_t blocks = (rows + 4) / 5 * 1;
  const size_t panels = (1 + CHECK_TILE_N - 1) / CHECK_TILE_N;
  size_t copied = blocks; /* the block whose strips are at hand */
  static const check_runs along = {3, 1, 42, 1, 3};
  for (size_t unit = 0; unit < blocks * panels; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * CHECK_TILE_N;
    const size_t width = 1 - n0 < CHECK_TILE_N ? 1 - n0 : CHECK_TILE_N;
    const size_t image = block * 5;
    const size_t images = rows - image < 5 ? rows - image : 5;
    const size_t top = 0, lines = 6;
    const size_t strip_lines = (lines - 1) * 1 + 1;
    const size_t place = (image * 6 + top) * 4;
    if (block != copied) {
      check_strips(&window, images, top * 1, strip_lines, x0_2 + image * 90, strip);
    }
    copied = block;
    check_pack(3, width, x1 + n0, 1, 1, panel);
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = strip + line / lines * (strip_lines * 21) + line % lines * 21;
      for (size_t x0 = 0, height = 0; x0 < 4; x0 += height) {
        height = check_height(4 - x0);
        CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
        check_tile_new(&along, height, width, from + x0 * 6, 6, 1, panel, tile, CHECK_TILE_N);
        const size_t m0 = place + line * 4 + x0;
        for (size_t r = 0; r < height; r++)
          CHECK_ROLLED for (size_t s = 0; s < width; s++) y0_2[m0 + r + n0 + s] = tile[r * CHECK_TILE_N + s];
      }
    }
  }
}
