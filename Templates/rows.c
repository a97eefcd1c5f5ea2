/*
 * The builtin matrix product for few rows, where making panels of B would cost more than the product:
 *
 *   few   makes a few rows of C with B where it lies
 *   some  makes some more, a tile at a time
 *   line  makes one row with a B that is packed
 *
 * Every element is the chain of multiply-adds that tile.c makes of it. Include after tile.c; needs <stddef.h>, <string.h>.
 */
#define @NAME@_FEW 5                                /* rows, up to which B is read where it lies */
#define @NAME@_SOME (@NAME@_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
@NAME@_FLATTEN void @name@_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const @name@_real *a,
                                    size_t row_stride, size_t a_stride, const @name@_real *source, size_t source_stride, int is_first,
                                    @name@_real *c, size_t c_stride) {
  @name@_vector sum[@NAME@_TILE_M][@NAME@_ROW_VECTORS];
  @NAME@_UNROLL for (int i = 0; i < rows; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (@name@_vector){0} : @name@_vector_load(c + (size_t)i * c_stride + j * @NAME@_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    @NAME@_UNROLL for (int j = 0; j < vectors; j += 64 / @NAME@_VECTOR_BYTES)
      @NAME@_PREFETCH(source, ahead + (size_t)j * @NAME@_LANES);
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) {
      const @name@_vector b = @name@_vector_load(source + j * @NAME@_LANES);
      @NAME@_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = @name@_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  @NAME@_UNROLL for (int i = 0; i < rows; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) @name@_vector_store(c + (size_t)i * c_stride + j * @NAME@_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
@NAME@_INLINE void @name@_few_rest(size_t depth, size_t columns, const @name@_real *a, size_t a_stride, const @name@_real *source,
                                   size_t source_stride, @name@_real *c) {
  @name@_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= @NAME@_LANES; k++)
    sum = @name@_vector_fma(a[k * a_stride], @name@_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    @name@_real last[@NAME@_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = @name@_vector_fma(a[k * a_stride], @name@_vector_load(last), sum);
  }
  @name@_real rest[@NAME@_LANES];
  @name@_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define @NAME@_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
@NAME@_FLATTEN void @name@_few_rows(const int rows, const int vectors, size_t depth, size_t width, const @name@_real *a, size_t row_stride,
                                    size_t a_stride, const @name@_real *source, size_t source_stride, @name@_real *c, size_t c_stride) {
  const size_t whole = width / @NAME@_LANES * @NAME@_LANES;
  const size_t most = width < @NAME@_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define @NAME@_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * @NAME@_LANES <= whole; j += (size_t)(n) * @NAME@_LANES)                                                 \
  @name@_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    @NAME@_COLUMNS(vectors);
    @NAME@_COLUMNS(4);
    @NAME@_COLUMNS(1);
#undef @NAME@_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    @name@_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
@NAME@_INLINE void @name@_few(size_t rows, size_t depth, size_t width, const @name@_real *a, size_t row_stride, size_t a_stride,
                              const @name@_real *source, size_t source_stride, @name@_real *c, size_t c_stride) {
#define @NAME@_ROWS(n, vectors)                                                                                   \
  case n: @name@_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    @NAME@_ROWS(1, @NAME@_ROW_VECTORS)
    @NAME@_ROWS(2, @NAME@_ROW_VECTORS / 2)
    @NAME@_ROWS(3, @NAME@_ROW_VECTORS / 2)
    @NAME@_ROWS(4, @NAME@_ROW_VECTORS / 4)
    @NAME@_ROWS(5, @NAME@_ROW_VECTORS / 4)
    default: break;
  }
#undef @NAME@_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define @NAME@_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
@NAME@_INLINE void @name@_some(size_t rows, size_t depth, size_t width, const @name@_real *a, size_t row_stride, size_t a_stride,
                               const @name@_real *source, size_t source_stride, @name@_real *c, size_t c_stride) {
  if (rows <= @NAME@_FEW) {
    @name@_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define @NAME@_TILE_OF(rows, vectors)                                                                                       \
  @name@_few_body(steps, rows, vectors, m == 0 ? 4 * @NAME@_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < @NAME@_SOME_DEPTH ? depth - k0 : @NAME@_SOME_DEPTH;
    for (size_t j = 0; j < width; j += @NAME@_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = @name@_height(rows - m);
        switch (height) {
          @NAME@_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += @NAME@_SOME_DEPTH) < depth);
#undef @NAME@_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define @NAME@_LINE_VECTORS 16 /* at most */
#define @NAME@_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
@NAME@_FLATTEN void @name@_line_body(const int adds, size_t depth, const int panels, const int vectors, const @name@_real *a,
                                     size_t a_stride, const @name@_real *panel, @name@_real *sums) {
  const size_t width = (size_t)vectors * @NAME@_LANES;
  @name@_vector c[@NAME@_LINE_VECTORS];
  @NAME@_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? @name@_vector_load(sums + i * @NAME@_LANES) : (@name@_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    @NAME@_UNROLL for (int p = 0; p < panels; p++)
      @NAME@_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = @name@_vector_fma(*a, @name@_vector_load(panel + (size_t)p * depth * width + j * @NAME@_LANES), c[p * vectors + j]);
  @NAME@_UNROLL for (int i = 0; i < panels * vectors; i++) @name@_vector_store(sums + i * @NAME@_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
@NAME@_INLINE void @name@_line(size_t depth, size_t width, size_t first, size_t last, const @name@_real *a, size_t a_stride,
                               const @name@_real *packed, @name@_real *c) {
  const size_t padded = (width + @NAME@_TILE_N - 1) / @NAME@_TILE_N * @NAME@_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + @NAME@_TILE_N - 1) / @NAME@_TILE_N, panels = left >= @NAME@_LINE_TILES ? @NAME@_LINE_TILES : left >= 2 ? 2 : 1;
    @NAME@_ALIGNED @name@_real sums[@NAME@_LINE_TILES * @NAME@_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += @NAME@_TILE_K) {
      const size_t steps = depth - k0 < @NAME@_TILE_K ? depth - k0 : @NAME@_TILE_K;
      const @name@_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == @NAME@_LINE_TILES) @name@_line_body(1, steps, @NAME@_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) @name@_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else @name@_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * @NAME@_TILE_N < last - n0 ? panels * @NAME@_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}
