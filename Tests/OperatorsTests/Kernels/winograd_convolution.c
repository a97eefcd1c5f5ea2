/* %2: f32[rows, 5, 6, 17] = winograd_convolution {"filters":17,"geometry":{"groups":1,"horizontal":{"after":1,"before":1,"dilation":1,"stride":1},"vertical":{"after":1,"before":1,"dilation":1,"stride":1}},"scheme":{"height":3,"width":3}} (%0, %1) */

/* y0_2[rows, 5, 6, 17] = winograd_convolution */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 5, 6, 16] */,
    const float *restrict x1 /* [1, 16, 16, 32] */,
    float *restrict y0_2 /* [rows, 5, 6, 17] */,
    float *restrict scratch /* [36096] */) {
  static const check_window window = {5, 6, 16, 1, 1, 1, 1, 8};
  float *const strip = scratch;
  float *const map = scratch + 4096;
  float *const transformed = scratch + 7936;
  float *const sums = scratch + 17408;
  const size_t blocks = (rows + 3) / 4 * 1;
  const size_t panels = (17 + CHECK_TILE_N - 1) / CHECK_TILE_N;
  const size_t units = blocks * panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < units; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * CHECK_TILE_N;
    const size_t width = 17 - n0 < CHECK_TILE_N ? 17 - n0 : CHECK_TILE_N;
    const size_t image = block * 4;
    const size_t images = rows - image < 4 ? rows - image : 4;
    const size_t top = 0, lines = 5;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 5 + top) * 6;
    if (block != copied) {
      check_strips(&window, images, top * 1, strip_lines, x0_2 + image * 480, strip);
      check_winograd_image(3, 3, images, lines, 6, 16, strip, 128, transformed);
      copied = block;
    }
    const size_t patches = images * ((lines + 1) / 2) * 3;
    for (size_t e = 0; e < 16; e++) {
      check_winograd_element(e, 3, 3, patches, 16, width, transformed, x1 + n0 / 32 * 8192 + n0 % 32, sums);
    }
    check_winograd_results(images, lines, 6, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 6;
      float *const tile = map + line * 6 * CHECK_TILE_N;
      const size_t m0 = place + line * 6;
      for (size_t r = 0; r < height; r++)
        CHECK_ROLLED for (size_t s = 0; s < width; s++) y0_2[(m0 + r) * 17 + n0 + s] = tile[r * CHECK_TILE_N + s];
    }
  }
}
