/*
 * Convolution by Winograd's F(2 by 2, 3 by 3): of 3 by 3 taps 2 by 2 results cost 16 multiplications for each channel and filter
 * instead of 36 (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015). 5 or 6 taps along an axis fall into two parts
 * of 3, or of 3 and 2; each is a convolution of its own, of patches 3 on, and their products are added up.
 * A part of 2 has no product for the fourth element along its axis: 5 by 5 taps cost 49 multiplications instead of 100.
 *
 *   winograd_slot     where the products of an element begin, of a channel: one for each part that has it
 *   winograd_image    V = Bt d B of the 4 by 4 patches d of strips, 2 apart: for each element e [patches][parts][channels]
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

/* Of so many taps along an axis, the parts that have element e. */
@NAME@_FLATTEN size_t @name@_winograd_parts(size_t e, size_t taps) { return (taps + 2) / 3 - (e == 3 && taps % 3 != 0); }

/* Elements 4 y + x of `height` by `width` taps: the parts that have element e, and those that have the elements before it. */
@NAME@_FLATTEN size_t @name@_winograd_slots(size_t e, size_t height, size_t width) {
  return @name@_winograd_parts(e / 4, height) * @name@_winograd_parts(e % 4, width);
}
@NAME@_FLATTEN size_t @name@_winograd_slot(size_t e, size_t height, size_t width) {
  const size_t down = (height + 2) / 3, across = (width + 2) / 3, line = 3 * across + @name@_winograd_parts(3, width);
  return e / 4 * down * line + @name@_winograd_parts(e / 4, height) * (e % 4) * across;
}

/* Where V[e] begins. */
@NAME@_FLATTEN size_t @name@_winograd_offset(size_t e, size_t height, size_t width, size_t patches, size_t channels) {
  return @name@_winograd_slot(e, height, width) * patches * channels + e * @NAME@_WINOGRAD_GAP;
}

/*
 * One part, number py by px, of the patch that begins at `from`: of its 4 by 4 elements those that it has, to `image`, where the
 * patch's channels of the first element lie.
 */
@NAME@_FLATTEN void @name@_winograd_patch(const size_t py, const size_t px, const size_t height, const size_t width, size_t patches,
                                          size_t channels, const @name@_real *from, size_t pitch, size_t patch, @name@_real *image) {
  const int lines = py < @name@_winograd_parts(3, height) ? 4 : 3, columns = px < @name@_winograd_parts(3, width) ? 4 : 3;
  for (size_t c = 0; c < channels; c += @NAME@_LANES) {
    @name@_vector line[4][4], v[4], d[4] = {{0}};
    @NAME@_UNROLL for (int y = 0; y < lines; y++) {
      @NAME@_UNROLL for (int x = 0; x < columns; x++) d[x] = @name@_vector_load(from + (size_t)y * pitch + (size_t)x * channels + c);
      @name@_winograd_spread(d[0], d[1], d[2], d[3], line[y]);
    }
    @NAME@_UNROLL for (size_t x = 0; x < (size_t)columns; x++) {
      @name@_winograd_spread(line[0][x], line[1][x], line[2][x], lines > 3 ? line[3][x] : d[0], v);
      @NAME@_UNROLL for (size_t y = 0; y < (size_t)lines; y++) {
        const size_t e = 4 * y + x, own = py * @name@_winograd_parts(x, width) + px;
        @name@_vector_store(image + @name@_winograd_offset(e, height, width, patches, channels)
                              + (patch * @name@_winograd_slots(e, height, width) + own) * channels + c, v[y]);
      }
    }
  }
}

/* image, V of strips [images][lines up to an even number + height - 1][pitch], for lines of `places` places. */
@NAME@_FLATTEN void @name@_winograd_image(const size_t height, const size_t width, size_t images, size_t lines, size_t places,
                                          size_t channels, const @name@_real *strip, size_t pitch, @name@_real *image) {
  const size_t down = (lines + 1) / 2, across = (places + 1) / 2, patches = images * down * across;
  size_t patch = 0;
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < across; x++, patch++) {
      const @name@_real *const from = strip + (i / down * (2 * down + height - 1) + i % down * 2) * pitch + 2 * x * channels;
#define @NAME@_PART(py, px) \
  @name@_winograd_patch(py, px, height, width, patches, channels, from + 3 * py * pitch + 3 * px * channels, pitch, patch, image)
      @NAME@_PART(0, 0);
      if (width > 3) @NAME@_PART(0, 1);
      if (height > 3) @NAME@_PART(1, 0);
      if (height > 3 && width > 3) @NAME@_PART(1, 1);
#undef @NAME@_PART
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
 * products[e] of [16][patches][TILE_N] for `columns` columns, at most TILE_N: image from winograd_image, panels
 * [slots][channels][PANEL] from the columns on.
 */
@NAME@_INLINE void @name@_winograd_element(size_t e, size_t height, size_t width, size_t patches, size_t channels, size_t columns,
                                           const @name@_real *image, const @name@_real *panels, @name@_real *products) {
  const size_t depth = @name@_winograd_slots(e, height, width) * channels;
  @name@_panel_lines(patches, depth, columns, image + @name@_winograd_offset(e, height, width, patches, channels), depth,
                     panels + @name@_winograd_slot(e, height, width) * channels * @NAME@_PANEL,
                     products + e * (patches * @NAME@_TILE_N + @NAME@_WINOGRAD_GAP), @NAME@_TILE_N);
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
 * The gradient of panels[slots][channels][PANEL] for element e and a panel's columns, from image from winograd_image and products from
 * winograd_map; added to what is there unless is_first.
 */
@NAME@_INLINE void @name@_winograd_sum(size_t e, size_t height, size_t width, size_t patches, size_t channels, size_t columns,
                                       const @name@_real *image, const @name@_real *products, int is_first, @name@_real *panels) {
  const size_t whole = columns > @NAME@_LANES ? @NAME@_TILE_N : @NAME@_LANES, depth = @name@_winograd_slots(e, height, width) * channels;
  const @name@_real *const a = image + @name@_winograd_offset(e, height, width, patches, channels);
  const @name@_real *const b = products + e * (patches * @NAME@_TILE_N + @NAME@_WINOGRAD_GAP);
  @name@_real *const c = panels + @name@_winograd_slot(e, height, width) * channels * @NAME@_PANEL;
  for (size_t i = 0; is_first && i < depth; i++) memset(c + i * @NAME@_PANEL, 0, whole * sizeof *c);
  const @name@_runs along = {patches, 1, 0, 1, 0};
  for (size_t m = 0, lines = 0; m < depth; m += lines) {
    lines = @name@_height(depth - m);
    @name@_tile_at(&along, lines, columns, a + m, 1, depth, b, c + m * @NAME@_PANEL, @NAME@_PANEL);
  }
}
