/*
 * The builtin matrix product: C[m][n] += A[m][k] · B[k][n], a register tile at a time.
 *
 *   pack   copies a panel of B, TILE_K by TILE_N at most, into consecutive memory, padded with zeros on the right
 *   tile   adds A · panel to a tile of C, TILE_M by TILE_N; A is read where it lies, in one run or, with tile_at and
 *          tile_new, in several
 *   tile_ahead   the same for a slice of a panel, while the next slice is fetched
 *   tile_across  the same for an A that lies column after column
 *   height how many lines the next tile has
 *   share, unit_columns  what a part makes of a product
 *
 * Every element of C is one chain of multiply-adds over the depth in rising order, whichever of the functions computes it
 * and whatever is computed beside it: a row has the same bits alone and in a batch, and a tile that is stored after one
 * panel and taken up again for the next has the same bits as one that stays. So parts may be cut anywhere. After BLIS (Van Zee and van de Geijn, 2015),
 * without its packing of A. Include after inline.c, vector.c and transpose.c; needs <stddef.h>, <string.h>.
 */
#if defined(__AVX512F__) /* 32 registers: 24 accumulators, two vectors of the panel, A from memory */
#define @NAME@_TILE_M 12
#define @NAME@_ROW_VECTORS 16
#elif defined(__aarch64__)
#define @NAME@_TILE_M 8
#define @NAME@_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define @NAME@_TILE_M 6
#define @NAME@_ROW_VECTORS 8
#endif
#define @NAME@_TILE_N (2 * @NAME@_LANES)
#ifndef @NAME@_TILE_K
#define @NAME@_TILE_K 512
#endif
#define @NAME@_LINES (32 * @NAME@_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define @NAME@_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define @NAME@_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define @NAME@_PREFETCH(p, elements) ((void)0)
#define @NAME@_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define @NAME@_UPDATED_LINES (3 * @NAME@_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
@NAME@_INLINE void @name@_fetch(size_t height, const @name@_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < @NAME@_TILE_N; s += 64 / sizeof *array) @NAME@_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
@NAME@_INLINE void @name@_fetch_to_write(size_t height, const @name@_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < @NAME@_TILE_N; s += 64 / sizeof *array) @NAME@_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
@NAME@_INLINE size_t @name@_height(size_t left) {
  return left >= 2 * @NAME@_TILE_M ? @NAME@_TILE_M : left > @NAME@_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct @name@_share { size_t top, bottom, left, right; } @name@_share;

/* A part's share of m lines, by whole tiles. */
@NAME@_INLINE @name@_share @name@_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + @NAME@_TILE_M - 1) / @NAME@_TILE_M, bottom = (part + 1) * tiles / parts * @NAME@_TILE_M;
  const @name@_share share = {part * tiles / parts * @NAME@_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
@NAME@_INLINE @name@_share @name@_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + @NAME@_TILE_N - 1) / @NAME@_TILE_N;
  @name@_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * @NAME@_TILE_N;
    share.right = (part + 1) * panels / parts * @NAME@_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return @name@_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
@NAME@_INLINE size_t @name@_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + @NAME@_TILE_N - 1) / @NAME@_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? @NAME@_TILE_N : @NAME@_LANES;
}

/* A part's share of n columns. */
@NAME@_INLINE @name@_share @name@_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = @name@_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const @name@_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
@NAME@_INLINE void @name@_pack(size_t depth, size_t width, const @name@_real *source, size_t depth_stride, size_t width_stride,
                               @name@_real *panel) {
  const size_t padded = width > @NAME@_LANES ? @NAME@_TILE_N : @NAME@_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - @NAME@_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const @name@_real *from = source + k * depth_stride;
      @NAME@_PREFETCH(from, @NAME@_TILE_N); /* of the next panel */
      @name@_real *to = panel + k * @NAME@_TILE_N;
      if (last) @name@_vector_store(to, @name@_vector_load(from));
      @name@_vector_store(to + last, @name@_vector_first(width - last, @name@_vector_load(from + last)));
    }
  }
#if @NAME@_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / @NAME@_LANES * @NAME@_LANES; k += @NAME@_LANES)
      for (size_t j = 0; j < padded; j += @NAME@_LANES)
        @name@_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * @NAME@_TILE_N + j, @NAME@_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * @NAME@_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct @name@_runs { size_t depth, lines, down, runs, across; } @name@_runs;

@NAME@_FLATTEN void @name@_tile_body(const int adds, const @name@_runs *along, const int rows, const int vectors,
                                     const @name@_real *from, size_t row_stride, size_t depth_stride, const @name@_real *panel,
                                     size_t panel_stride, @name@_real *tile, size_t tile_stride, const int fetches,
                                     const @name@_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  @name@_vector c[@NAME@_TILE_M][2];
  @NAME@_UNROLL for (int i = 0; i < rows; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? @name@_vector_load(tile + (size_t)i * tile_stride + j * @NAME@_LANES) : (@name@_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const @name@_real *a = from + line * along->down + run * along->across;
      @NAME@_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          @NAME@_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        @name@_vector b[2];
        @NAME@_UNROLL for (int j = 0; j < vectors; j++) b[j] = @name@_vector_load(panel + j * @NAME@_LANES);
        @NAME@_UNROLL for (int i = 0; i < rows; i++)
          @NAME@_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = @name@_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  @NAME@_UNROLL for (int i = 0; i < rows; i++)
    @NAME@_UNROLL for (int j = 0; j < vectors; j++) @name@_vector_store(tile + (size_t)i * tile_stride + j * @NAME@_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define @NAME@_TILE_CASE(n)                         \
  case n:                                           \
    if (width > @NAME@_LANES) @NAME@_TILE_OF(n, 2); \
    else @NAME@_TILE_OF(n, 1);                      \
    break;
#define @NAME@_TILE_CASES_6 \
  @NAME@_TILE_CASE(1) @NAME@_TILE_CASE(2) @NAME@_TILE_CASE(3) @NAME@_TILE_CASE(4) @NAME@_TILE_CASE(5) @NAME@_TILE_CASE(6)
#define @NAME@_TILE_CASES_8 @NAME@_TILE_CASES_6 @NAME@_TILE_CASE(7) @NAME@_TILE_CASE(8)
#if @NAME@_TILE_M >= 12
#define @NAME@_TILE_CASES \
  @NAME@_TILE_CASES_8 @NAME@_TILE_CASE(9) @NAME@_TILE_CASE(10) @NAME@_TILE_CASE(11) @NAME@_TILE_CASE(12)
#elif @NAME@_TILE_M >= 8
#define @NAME@_TILE_CASES @NAME@_TILE_CASES_8
#else
#define @NAME@_TILE_CASES @NAME@_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
@NAME@_MICROKERNEL void @name@_tile_at(const @name@_runs *along, size_t height, size_t width, const @name@_real *a, size_t row_stride,
                                       size_t depth_stride, const @name@_real *panel, @name@_real *tile, size_t tile_stride) {
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, @NAME@_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    @NAME@_TILE_CASES
    default: break;
  }
#undef @NAME@_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
@NAME@_MICROKERNEL void @name@_tile_new(const @name@_runs *along, size_t height, size_t width, const @name@_real *a, size_t row_stride,
                                        size_t depth_stride, const @name@_real *panel, @name@_real *tile, size_t tile_stride) {
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, @NAME@_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    @NAME@_TILE_CASES
    default: break;
  }
#undef @NAME@_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
@NAME@_MICROKERNEL void @name@_tile_across(int adds, size_t depth, size_t height, const @name@_real *a, size_t depth_stride,
                                           const @name@_real *panel, @name@_real *tile, size_t tile_stride) {
  const @name@_runs along = {depth, 1, 0, 1, 0};
  const size_t width = @NAME@_TILE_N;
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, @NAME@_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    @NAME@_TILE_CASES
    default: break;
  }
#undef @NAME@_TILE_OF
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, @NAME@_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    @NAME@_TILE_CASES
    default: break;
  }
#undef @NAME@_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define @NAME@_SLICE (16384 / sizeof(@name@_real) / @NAME@_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
@NAME@_MICROKERNEL void @name@_tile_ahead(size_t depth, size_t height, size_t width, const @name@_real *a, size_t row_stride,
                                          const @name@_real *panel, size_t panel_stride, @name@_real *tile, const @name@_real *ahead,
                                          size_t ahead_stride) {
  const @name@_runs along = {depth, 1, 0, 1, 0};
#define @NAME@_TILE_OF(rows, vectors) \
  @name@_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, @NAME@_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    @NAME@_TILE_CASES
    default: break;
  }
#undef @NAME@_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
@NAME@_INLINE void @name@_tile(size_t depth, size_t height, size_t width, const @name@_real *a, size_t row_stride,
                               size_t depth_stride, const @name@_real *panel, @name@_real *tile) {
  const @name@_runs along = {depth, 1, 0, 1, 0};
  @name@_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, @NAME@_TILE_N);
}
