/*
 * The gradient of a kernel of few taps and channels, such as a network of pictures begins with: while the places pass, all its sums for
 * a vector of columns stay in registers, and B is read once, where it lies.
 *
 * Every sum is the chain of multiply-adds that tile.c makes of it. Include after vector.c and tile.c; needs <stddef.h>.
 */
#if defined(__AVX512F__) || defined(__aarch64__) /* 32 registers */
#define @NAME@_FEW_TAPS 28
#else /* 16 registers */
#define @NAME@_FEW_TAPS 12
#endif
#define @NAME@_PLACES_AHEAD 128 /* so far before it is multiplied a line of B is asked for */

/* C[lines · run][LANES] += patches · B: a line of taps is a run of neighbours in a patch, the next one lies `down` from it. */
@NAME@_FLATTEN void @name@_few_taps_body(const int lines, const int run, const int fetches, size_t down, size_t places,
                                         const @name@_real *a, size_t step, const @name@_real *b, size_t b_stride,
                                         @name@_real *c, size_t c_stride) {
  @name@_vector sum[@NAME@_FEW_TAPS];
  @NAME@_UNROLL for (int y = 0; y < lines; y++)
    @NAME@_UNROLL for (int e = 0; e < run; e++)
      sum[y * run + e] = @name@_vector_load(c + (size_t)(y * run + e) * c_stride);
  @NAME@_ROLLED for (size_t k = 0; k < places; k++, a += step, b += b_stride) {
#if defined(__GNUC__) && !defined(__clang__)
    __asm__ volatile("" : : : "memory"); /* nothing of A is kept for the next place: the sums want the registers */
#endif
    if (fetches) @NAME@_PREFETCH(b, @NAME@_PLACES_AHEAD * b_stride);
    const @name@_vector v = @name@_vector_load(b);
    @NAME@_UNROLL for (int y = 0; y < lines; y++)
      @NAME@_UNROLL for (int e = 0; e < run; e++)
        sum[y * run + e] = @name@_vector_fma(a[(size_t)y * down + (size_t)e], v, sum[y * run + e]);
  }
  @NAME@_UNROLL for (int y = 0; y < lines; y++)
    @NAME@_UNROLL for (int e = 0; e < run; e++)
      @name@_vector_store(c + (size_t)(y * run + e) * c_stride, sum[y * run + e]);
}

/* The same for as many lines as there are registers for at a time; of a part that has one of them, for the first. */
@NAME@_FLATTEN void @name@_few_taps(const int lines, const int run, const int fetches, int has_one, size_t down, size_t places,
                                    const @name@_real *a, size_t step, const @name@_real *b, size_t b_stride, @name@_real *c,
                                    size_t c_stride) {
  if (!has_one && lines * run <= @NAME@_FEW_TAPS) {
    @name@_few_taps_body(lines, run, fetches, down, places, a, step, b, b_stride, c, c_stride);
    return;
  }
  for (size_t y = 0; y < (has_one ? 1 : (size_t)lines); y++)
    @name@_few_taps_body(1, run, fetches, down, places, a + y * down, step, b, b_stride, c + y * (size_t)run * c_stride, c_stride);
}
