/* %2: f32[1, 1, 3, 1] = convolution_kernel_gradient {"geometry":{"groups":1,"horizontal":{"after":1,"before":2,"dilation":1,"stride":2},"vertical":{"after":0,"before":0,"dilation":2,"stride":1}},"height":1,"width":1} (%0, %1) */

/* y0_2[1, 1, 3, 1] = convolution_kernel_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const float *restrict x1 /* [rows, 6, 4, 1] */,
    float *restrict y0_2 /* [1, 1, 3, 1] */,
    float *restrict scratch /* [4480] */) {
  static const check_window window = {6, 5, 3, 0, 2, 1, 1, 7};
  float *const strip = scratch;
  float *const panel = scratch + 640;
  const size_t blocks = (rows + 4) / 5 * 1;
  const size_t panels = (1 + CHECK_TILE_N - 1) / CHECK_TILE_N;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block * 5;
    const size_t images = rows - image < 5 ? rows - image : 5;
    const size_t top = 0, lines = 6;
    const size_t strip_lines = (lines - 1) * 1 + 1;
    const size_t place = (image * 6 + top) * 4;
    check_strips(&window, images, top * 1, strip_lines, x0_2 + image * 90, strip);
    size_t packed = panels; /* the panel at hand */
    const check_runs along = {4, images, strip_lines * 21, lines, 21};
    for (size_t unit = 0; unit < panels * 1; unit++) {
      const size_t ky = unit % 1;
      const size_t n0 = (unit / 1) * CHECK_TILE_N;
      const size_t width = 1 - n0 < CHECK_TILE_N ? 1 - n0 : CHECK_TILE_N;
      if (unit / 1 != packed) {
        check_pack(images * lines * 4, width, x1 + place * 1 + n0, 1, 1, panel);
      }
      packed = unit / 1;
      for (size_t kx = 0; kx < 1; kx++) {
        for (size_t e = 0, height = 0; e < 3; e += height) {
          height = check_height(3 - e);
          float *const c = y0_2 + ((ky * 1 + kx) * 3 + e) * 1 + n0;
          CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
          for (size_t r = 0; r < height && block > 0; r++)
            CHECK_ROLLED for (size_t s = 0; s < width; s++) tile[r * CHECK_TILE_N + s] = c[r * 1 + s];
          check_tile_at(&along, height, width, strip + ky * 42 + kx * 3 + e, 1, 6, panel, tile, CHECK_TILE_N);
          for (size_t r = 0; r < height; r++)
            CHECK_ROLLED for (size_t s = 0; s < width; s++) c[r * 1 + s] = tile[r * CHECK_TILE_N + s];
        }
      }
    }
  }
}
