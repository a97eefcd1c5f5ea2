/* %2: f32[rows, 6, 5, 3] = convolution_input_gradient {"geometry":{"groups":1,"horizontal":{"after":1,"before":2,"dilation":1,"stride":2},"vertical":{"after":0,"before":0,"dilation":2,"stride":1}},"height":6,"width":5} (%0, %1) */

/* y0_2[rows, 6, 5, 3] = convolution_input_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 4, 1] */,
    const float *restrict x1 /* [1, 1, 3, 1] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */,
    float *restrict scratch /* [160] */) {
  static const check_window window = {6, 4, 1, 0, -2, 1, 2, 5};
  float *const strip = scratch;
  float *const panel = strip + 128;
  const size_t blocks = (rows + 3) / 4 * 1;
  const size_t panels = (3 + CHECK_TILE_N - 1) / CHECK_TILE_N;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < blocks * panels; unit++) {
    const size_t block = unit / panels, n0 = unit % panels * CHECK_TILE_N;
    const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
    const size_t image = block * 4;
    const size_t images = rows - image < 4 ? rows - image : 4;
    const size_t top = 0;
    const size_t lines = 6, strip_lines = (lines - 1) * 1 + 1;
    const size_t place = (image * 6 + top) * 5;
    if (block != copied) check_strips(&window, images, top * 1, strip_lines, x0_2 + image * 24, strip);
    copied = block;
    for (size_t tap = 0; tap < 1; tap++)
      check_pack(1, width, x1 + tap * 3 + n0, 1, 1, panel + tap * 1 * CHECK_TILE_N);
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = strip + line / lines * strip_lines * 5 + line % lines * 5;
      for (size_t x0 = 0; x0 < 5; x0 += CHECK_TILE_M) {
        const size_t height = 5 - x0 < CHECK_TILE_M ? 5 - x0 : CHECK_TILE_M;
        CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
        for (size_t ky = 0; ky < 1; ky++) {
          check_tile(1, height, width, from + x0 * 1 + ky * 10, 1, 1, panel + (ky * 1) * CHECK_TILE_N, tile);
        }
        const size_t m0 = place + line * 5 + x0;
        for (size_t r = 0; r < height; r++)
          for (size_t s = 0; s < width; s++) y0_2[(m0 + r) * 3 + n0 + s] = tile[r * CHECK_TILE_N + s];
      }
    }
  }
}
