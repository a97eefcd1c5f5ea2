/*
 * Products with a matrix that is packed once and used many times, as by the steps of a recurrent layer:
 *
 *   C[lines][width] = A[lines][depth] · B, B as panels of PANEL columns, [panel][depth][PANEL], zeros behind the last column
 *
 * Lines of C are c_stride apart, at least width rounded up to whole panels: whole vectors are stored, and what they put behind
 * the last column has no meaning. As in tile.c every element is one chain of multiply-adds over the depth in rising order.
 * Include after tile.c and rows.c.
 */
#define @NAME@_PANEL 32
#define @NAME@_PANEL_VECTORS (@NAME@_PANEL / @NAME@_LANES)
/* Panels that a single line is multiplied with at once, as many as there are registers for: all of them hide how long a
 * multiply-add takes. */
#if defined(__AVX512F__) || defined(__aarch64__) /* LINE_VECTORS of 32 registers */
#define @NAME@_LINE_PANELS (@NAME@_LINE_VECTORS / @NAME@_PANEL_VECTORS)
#elif @NAME@_PANEL_VECTORS <= 12 /* of 16 */
#define @NAME@_LINE_PANELS (12 / @NAME@_PANEL_VECTORS)
#else
#define @NAME@_LINE_PANELS 1
#endif

@NAME@_FLATTEN void @name@_panel_tile(size_t depth, const int lines, const int vectors, const @name@_real *a, size_t a_stride,
                                      const @name@_real *panel, @name@_real *c, size_t c_stride) {
  @name@_vector sum[@NAME@_TILE_M][2];
  @NAME@_UNROLL for (int i = 0; i < lines; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = (@name@_vector){0};
  for (size_t k = 0; k < depth; k++, a++, panel += @NAME@_PANEL) {
    @name@_vector b[2];
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) {
      if (j * @NAME@_VECTOR_BYTES % 64 == 0) @NAME@_PREFETCH(panel, depth * @NAME@_PANEL + (size_t)j * @NAME@_LANES); /* what follows this panel */
      b[j] = @name@_vector_load(panel + j * @NAME@_LANES);
    }
    @NAME@_UNROLL for (int i = 0; i < lines; i++)
      @NAME@_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = @name@_vector_fma(a[(size_t)i * a_stride], b[j], sum[i][j]);
  }
  @NAME@_UNROLL for (int i = 0; i < lines; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) @name@_vector_store(c + (size_t)i * c_stride + j * @NAME@_LANES, sum[i][j]);
}

/* One line; its panels in groups of about the same size. */
@NAME@_INLINE void @name@_panel_row(size_t depth, size_t width, const @name@_real *a, const @name@_real *panels, @name@_real *c) {
#define @NAME@_PANELS(n) \
  case n: @name@_line_body(0, depth, n, @NAME@_PANEL_VECTORS, a, 1, panels, c); break;
  for (size_t left = (width + @NAME@_PANEL - 1) / @NAME@_PANEL, count = 0; left > 0; left -= count) {
    const size_t groups = (left + @NAME@_LINE_PANELS - 1) / @NAME@_LINE_PANELS;
    count = (left + groups - 1) / groups;
    switch (count) {
      @NAME@_PANELS(1)
#if @NAME@_LINE_PANELS >= 2
      @NAME@_PANELS(2)
#endif
#if @NAME@_LINE_PANELS >= 3
      @NAME@_PANELS(3)
#endif
#if @NAME@_LINE_PANELS >= 4
      @NAME@_PANELS(4)
#endif
#if @NAME@_LINE_PANELS >= 8
      @NAME@_PANELS(5) @NAME@_PANELS(6) @NAME@_PANELS(7) @NAME@_PANELS(8)
#endif
      default: break;
    }
    panels += count * depth * @NAME@_PANEL;
    c += count * @NAME@_PANEL;
  }
#undef @NAME@_PANELS
}

/* Lines of one tile's columns, at most TILE_N of them. */
@NAME@_INLINE void @name@_panel_lines(size_t lines, size_t depth, size_t width, const @name@_real *a, size_t a_stride,
                                      const @name@_real *panel, @name@_real *c, size_t c_stride) {
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_panel_tile(depth, rows, vectors, a + m * a_stride, a_stride, panel, c + m * c_stride, c_stride)
  for (size_t m = 0, height = 0; m < lines; m += height) {
    height = @name@_height(lines - m);
    switch (height) {
      @NAME@_TILE_CASES
      default: break;
    }
  }
#undef @NAME@_TILE_OF
}

@NAME@_INLINE void @name@_panel_product(size_t lines, size_t depth, size_t width, const @name@_real *a, size_t a_stride,
                                        const @name@_real *panels, @name@_real *c, size_t c_stride) {
  if (lines <= 2) {
    for (size_t i = 0; i < lines; i++) @name@_panel_row(depth, width, a + i * a_stride, panels, c + i * c_stride);
    return;
  }
  for (size_t n = 0; n < width; n += @NAME@_TILE_N)
    @name@_panel_lines(lines, depth, width - n, a, a_stride, panels + n / @NAME@_PANEL * @NAME@_PANEL * depth + n % @NAME@_PANEL, c + n,
                       c_stride);
}
