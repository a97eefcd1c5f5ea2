/*
 * Depthwise convolution, in which channels don't see each other: vectors of channels are multiplied with vectors of weights.
 * Columns are channels; those beyond the last whole vector are made one by one.
 * Include after inline.c, vector.c and tile.c; needs <stddef.h>.
 */

/* One vector of channels at `places` places, a step apart. */
@NAME@_FLATTEN void @name@_depthwise_body(const int places, size_t lines, size_t taps, const @name@_real *strip, size_t step,
                                          size_t down, size_t across, const @name@_real *kernel, ptrdiff_t line_stride,
                                          ptrdiff_t tap_stride, @name@_real *tile) {
  @name@_vector sum[@NAME@_TILE_M];
  @NAME@_UNROLL for (int i = 0; i < places; i++) sum[i] = @name@_vector_load(tile + i * @NAME@_TILE_N);
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const @name@_vector weight = @name@_vector_load(kernel + (ptrdiff_t)y * line_stride + (ptrdiff_t)x * tap_stride);
      const @name@_real *from = strip + y * down + x * across;
      @NAME@_UNROLL for (int i = 0; i < places; i++)
        sum[i] = @name@_vector_multiply_add(@name@_vector_load(from + (size_t)i * step), weight, sum[i]);
    }
  @NAME@_UNROLL for (int i = 0; i < places; i++) @name@_vector_store(tile + i * @NAME@_TILE_N, sum[i]);
}

/* tile[i][c] += sum over taps (y, x) of strip[i * step + y * down + x * across + c] * kernel[y * line_stride + x * tap_stride + c],
 * i < height <= TILE_M, c < width <= TILE_N. */
@NAME@_INLINE void @name@_depthwise(size_t height, size_t width, size_t lines, size_t taps, const @name@_real *strip, size_t step,
                                    size_t down, size_t across, const @name@_real *kernel, ptrdiff_t line_stride,
                                    ptrdiff_t tap_stride, @name@_real *tile) {
  size_t c = 0;
  for (; c < width / @NAME@_LANES * @NAME@_LANES; c += @NAME@_LANES) {
    size_t i = 0;
#define @NAME@_PLACES(n)                                                                                                    \
  for (; i + n <= height; i += n)                                                                                           \
    @name@_depthwise_body(n, lines, taps, strip + i * step + c, step, down, across, kernel + c, line_stride, tap_stride,   \
                          tile + i * @NAME@_TILE_N + c);
    @NAME@_PLACES(@NAME@_TILE_M)
    @NAME@_PLACES(4)
    @NAME@_PLACES(1)
#undef @NAME@_PLACES
  }
  for (; c < width; c++)
    for (size_t i = 0; i < height; i++)
      for (size_t y = 0; y < lines; y++)
        for (size_t x = 0; x < taps; x++)
          tile[i * @NAME@_TILE_N + c] = @name@_fma(
              strip[i * step + y * down + x * across + c],
              kernel[(ptrdiff_t)y * line_stride + (ptrdiff_t)x * tap_stride + (ptrdiff_t)c], tile[i * @NAME@_TILE_N + c]);
}

/* One vector of channels of `taps` neighbouring taps, over all places of a line. */
@NAME@_FLATTEN void @name@_depthwise_gradient_body(const int taps, size_t places, const @name@_real *strip, size_t step,
                                                   size_t across, const @name@_real *map, size_t pitch, @name@_real *sums) {
  @name@_vector sum[4];
  @NAME@_UNROLL for (int x = 0; x < taps; x++) sum[x] = @name@_vector_load(sums + (size_t)x * pitch);
  for (size_t i = 0; i < places; i++) {
    const @name@_vector gradient = @name@_vector_load(map + i * pitch);
    @NAME@_UNROLL for (int x = 0; x < taps; x++)
      sum[x] = @name@_vector_multiply_add(@name@_vector_load(strip + i * step + (size_t)x * across), gradient, sum[x]);
  }
  @NAME@_UNROLL for (int x = 0; x < taps; x++) @name@_vector_store(sums + (size_t)x * pitch, sum[x]);
}

/* sums[x][c] += sum over places i of strip[i * step + x * across + c] * map[i * pitch + c], x < taps, c < width; lines of sums
 * are a pitch apart. */
@NAME@_INLINE void @name@_depthwise_gradient(size_t places, size_t width, size_t taps, const @name@_real *strip, size_t step,
                                             size_t across, const @name@_real *map, size_t pitch, @name@_real *sums) {
  for (size_t x = 0; x < taps;) {
    const size_t count = taps - x >= 3 ? 3 : 1;
    size_t c = 0;
    for (; c < width / @NAME@_LANES * @NAME@_LANES; c += @NAME@_LANES) {
      if (count == 3)
        @name@_depthwise_gradient_body(3, places, strip + x * across + c, step, across, map + c, pitch, sums + x * pitch + c);
      else
        @name@_depthwise_gradient_body(1, places, strip + x * across + c, step, across, map + c, pitch, sums + x * pitch + c);
    }
    for (; c < width; c++)
      for (size_t tap = x; tap < x + count; tap++)
        for (size_t i = 0; i < places; i++)
          sums[tap * pitch + c] =
              @name@_fma(strip[i * step + tap * across + c], map[i * pitch + c], sums[tap * pitch + c]);
    x += count;
  }
}
