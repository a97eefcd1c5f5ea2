/* %2: f32[1, 16, 16, 32] = winograd_kernel_sums {"geometry":{"groups":1,"horizontal":{"after":1,"before":1,"dilation":1,"stride":1},"vertical":{"after":1,"before":1,"dilation":1,"stride":1}},"scheme":{"height":3,"width":3}} (%0, %1) */

/* y0_2[1, 16, 16, 32] = winograd_kernel_sums */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 5, 6, 16] */,
    const float *restrict x1 /* [rows, 5, 6, 17] */,
    float *restrict y0_2 /* [1, 16, 16, 32] */,
    float *restrict scratch /* [71680] */) {
  static const check_window window = {5, 6, 16, 1, 1, 1, 1, 8};
  float *const strip = scratch;
  float *const panel = scratch + 8192;
  float *const transformed = scratch + 15872;
  float *const sums = scratch + 34560;
  const size_t blocks = (rows + 7) / 8 * 1;
  const size_t panels = (17 + CHECK_TILE_N - 1) / CHECK_TILE_N;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block * 8;
    const size_t images = rows - image < 8 ? rows - image : 8;
    const size_t top = 0, lines = 5;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 5 + top) * 6;
    check_strips(&window, images, top * 1, strip_lines, x0_2 + image * 480, strip);
    check_winograd_image(3, 3, images, lines, 6, 16, strip, 128, transformed);
    const size_t patches = images * ((lines + 1) / 2) * 3;
    size_t packed = panels; /* the panel at hand */
    for (size_t unit = 0; unit < panels * 16; unit++) {
      const size_t e = unit % 16;
      const size_t n0 = (unit / 16) * CHECK_TILE_N;
      const size_t width = 17 - n0 < CHECK_TILE_N ? 17 - n0 : CHECK_TILE_N;
      if (unit / 16 != packed) {
        check_pack(images * lines * 6, width, x1 + place * 17 + n0, 17, 1, panel);
        check_winograd_map(images, lines, 6, width, panel, sums);
        packed = unit / 16;
      }
      check_winograd_sum(e, 3, 3, patches, 16, width, transformed, sums, block == 0,
        y0_2 + n0 / 32 * 8192 + n0 % 32);
    }
  }
}
