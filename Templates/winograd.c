/*
 * Convolution with 3 by 3 taps by Winograd's F(2 by 2, 3 by 3): 2 by 2 results cost 16 multiplications for each channel and filter
 * instead of 36 (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015).
 *
 *   winograd_image    V = Bt d B of the 4 by 4 patches d of strips, 2 apart: [16][patches][channels]
 *   winograd_element  M[e] = V[e] U[e] for one of the 16 elements e and a panel's columns
 *   winograd_results  At M A, 2 by 2 places of a map
 *   winograd_map      Y = A y At of the 2 by 2 places y that such patches have made: [16][patches][TILE_N]
 *   winograd_sum      the gradient of U[e] for a panel's columns, the transpose of V[e] times Y[e]
 *
 * The kernel comes as U = G g Gt in panels. Patches at the right and lower edge may have places that the map lacks. The 16 parts
 * of V and M lie a line of cache more than their length apart, so that they don't all fall into the same set.
 * Include after vector.c, tile.c, panel.c; needs <stddef.h>, <string.h>.
 */
#define @NAME@_WINOGRAD_GAP 16

@NAME@_FLATTEN @name@_vector @name@_vector_add(@name@_vector a, @name@_vector b) {
#if defined(__GNUC__)
  return a + b;
#else
  for (int i = 0; i < @NAME@_LANES; i++) a.lane[i] += b.lane[i];
  return a;
#endif
}

@NAME@_FLATTEN @name@_vector @name@_vector_subtract(@name@_vector a, @name@_vector b) {
#if defined(__GNUC__)
  return a - b;
#else
  for (int i = 0; i < @NAME@_LANES; i++) a.lane[i] -= b.lane[i];
  return a;
#endif
}

/* Bt times four vectors. */
@NAME@_FLATTEN void @name@_winograd_spread(@name@_vector a, @name@_vector b, @name@_vector c, @name@_vector d, @name@_vector *v) {
  v[0] = @name@_vector_subtract(a, c);
  v[1] = @name@_vector_add(b, c);
  v[2] = @name@_vector_subtract(c, b);
  v[3] = @name@_vector_subtract(b, d);
}

/* image[16][patches][channels] of strips [images][lines up to an even number + 2][pitch], for lines of `width` places. */
@NAME@_INLINE void @name@_winograd_image(size_t images, size_t lines, size_t width, size_t channels, const @name@_real *strip,
                                         size_t pitch, @name@_real *image) {
  const size_t down = (lines + 1) / 2, across = (width + 1) / 2;
  const size_t apart = images * down * across * channels + @NAME@_WINOGRAD_GAP;
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < across; x++, image += channels) {
      const @name@_real *const from = strip + (i / down * (2 * down + 2) + i % down * 2) * pitch + 2 * x * channels;
      for (size_t c = 0; c < channels; c += @NAME@_LANES) {
        @name@_vector line[4][4], v[4];
        @NAME@_UNROLL for (int y = 0; y < 4; y++) {
          const @name@_real *const d = from + (size_t)y * pitch + c;
          @name@_winograd_spread(@name@_vector_load(d), @name@_vector_load(d + channels), @name@_vector_load(d + 2 * channels),
                                 @name@_vector_load(d + 3 * channels), line[y]);
        }
        @NAME@_UNROLL for (int k = 0; k < 4; k++) {
          @name@_winograd_spread(line[0][k], line[1][k], line[2][k], line[3][k], v);
          @NAME@_UNROLL for (int y = 0; y < 4; y++) @name@_vector_store(image + (size_t)(4 * y + k) * apart + c, v[y]);
        }
      }
    }
}

/* At times four vectors. */
@NAME@_FLATTEN void @name@_winograd_join(const @name@_vector *m, @name@_vector *sums) {
  sums[0] = @name@_vector_add(@name@_vector_add(m[0], m[1]), m[2]);
  sums[1] = @name@_vector_subtract(@name@_vector_subtract(m[1], m[2]), m[3]);
}

/* At M A of one patch and one vector of columns. Of the 2 by 2 places so many lie within the map. */
@NAME@_FLATTEN void @name@_winograd_result(const @name@_real *products, size_t apart, size_t lines, size_t places, @name@_real *map,
                                           size_t pitch) {
  @name@_vector line[4][2], m[4], sums[2];
  @NAME@_UNROLL for (int y = 0; y < 4; y++) {
    @NAME@_UNROLL for (int x = 0; x < 4; x++) m[x] = @name@_vector_load(products + (size_t)(4 * y + x) * apart);
    @name@_winograd_join(m, line[y]);
  }
  @NAME@_UNROLL for (size_t x = 0; x < 2; x++) {
    @NAME@_UNROLL for (int y = 0; y < 4; y++) m[y] = line[y][x];
    @name@_winograd_join(m, sums);
    if (x < places) {
      @name@_vector_store(map + x * @NAME@_TILE_N, sums[0]);
      if (lines > 1) @name@_vector_store(map + pitch + x * @NAME@_TILE_N, sums[1]);
    }
  }
}

/*
 * products[e] of [16][patches][TILE_N] for `columns` columns, at most TILE_N: image from winograd_image, panels [16][channels][PANEL]
 * from the columns on.
 */
@NAME@_INLINE void @name@_winograd_element(size_t e, size_t patches, size_t channels, size_t columns, const @name@_real *image,
                                           const @name@_real *panels, @name@_real *products) {
  @name@_panel_lines(patches, channels, columns, image + e * (patches * channels + @NAME@_WINOGRAD_GAP), channels,
                     panels + e * channels * @NAME@_PANEL, products + e * (patches * @NAME@_TILE_N + @NAME@_WINOGRAD_GAP), @NAME@_TILE_N);
}

/* map[images * lines][width][TILE_N] of these products. */
@NAME@_INLINE void @name@_winograd_results(size_t images, size_t lines, size_t width, size_t columns, const @name@_real *products,
                                           @name@_real *map) {
  const size_t down = (lines + 1) / 2, across = (width + 1) / 2;
  const size_t apart = images * down * across * @NAME@_TILE_N + @NAME@_WINOGRAD_GAP;
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < width; x += 2, products += @NAME@_TILE_N) {
      const size_t line = i % down * 2;
      @name@_real *const to = map + ((i / down * lines + line) * width + x) * @NAME@_TILE_N;
      for (size_t n = 0; n < columns; n += @NAME@_LANES)
        @name@_winograd_result(products + n, apart, lines - line, width - x, to + n, width * @NAME@_TILE_N);
    }
}

/* A times two vectors. */
@NAME@_FLATTEN void @name@_winograd_unfold(@name@_vector a, @name@_vector b, @name@_vector *v) {
  v[0] = a;
  v[1] = @name@_vector_add(a, b);
  v[2] = @name@_vector_subtract(a, b);
  v[3] = @name@_vector_subtract((@name@_vector){0}, b);
}

/* products[16][patches][TILE_N] of `columns` columns, at most TILE_N, of map [images * lines][width][TILE_N]. */
@NAME@_INLINE void @name@_winograd_map(size_t images, size_t lines, size_t width, size_t columns, const @name@_real *map,
                                       @name@_real *products) {
  const size_t down = (lines + 1) / 2, across = (width + 1) / 2;
  const size_t apart = images * down * across * @NAME@_TILE_N + @NAME@_WINOGRAD_GAP;
  const @name@_vector zero = {0};
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < width; x += 2, products += @NAME@_TILE_N) {
      const size_t first = i % down * 2;
      const @name@_real *const from = map + ((i / down * lines + first) * width + x) * @NAME@_TILE_N;
      for (size_t n = 0; n < columns; n += @NAME@_LANES) {
        @name@_vector line[2][4], v[4];
        @NAME@_UNROLL for (size_t y = 0; y < 2; y++) {
          const @name@_real *const place = from + y * width * @NAME@_TILE_N + n;
          const int is_there = first + y < lines;
          const @name@_vector a = is_there ? @name@_vector_load(place) : zero;
          const @name@_vector b = is_there && x + 1 < width ? @name@_vector_load(place + @NAME@_TILE_N) : zero;
          @name@_winograd_unfold(a, b, line[y]);
        }
        @NAME@_UNROLL for (int k = 0; k < 4; k++) {
          @name@_winograd_unfold(line[0][k], line[1][k], v);
          @NAME@_UNROLL for (int y = 0; y < 4; y++) @name@_vector_store(products + (size_t)(4 * y + k) * apart + n, v[y]);
        }
      }
    }
}

/*
 * c[channels][columns], lines PANEL apart, for one of the 16 elements: image[patches][channels] and products[patches][TILE_N] are
 * its parts of V and Y; added to what is there unless is_first.
 */
@NAME@_INLINE void @name@_winograd_sum(size_t patches, size_t channels, size_t columns, const @name@_real *image,
                                       const @name@_real *products, int is_first, @name@_real *c) {
  const size_t whole = columns > @NAME@_LANES ? @NAME@_TILE_N : @NAME@_LANES;
  for (size_t i = 0; is_first && i < channels; i++) memset(c + i * @NAME@_PANEL, 0, whole * sizeof *c);
  const @name@_runs along = {patches, 1, 0, 1, 0};
  for (size_t m = 0, height = 0; m < channels; m += height) {
    height = @name@_height(channels - m);
    @name@_tile_at(&along, height, columns, image + m, 1, channels, products, c + m * @NAME@_PANEL, @NAME@_PANEL);
  }
}
