/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define @NAME@_TRANSPOSES 0
#else
#define @NAME@_TRANSPOSES 1
#if @NAME@_LANES == 16
#define @NAME@_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define @NAME@_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif @NAME@_LANES == 8
#define @NAME@_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define @NAME@_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif @NAME@_LANES == 4
#define @NAME@_LOW 0, 4, 1, 5
#define @NAME@_HIGH 2, 6, 3, 7
#else
#define @NAME@_LOW 0, 2
#define @NAME@_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
@NAME@_FLATTEN void @name@_transpose(size_t width, const @name@_real *source, size_t stride, @name@_real *result, size_t result_stride) {
  enum { L = @NAME@_LANES, HALF = L / 2 };
  @name@_vector v[L], w[L];
  @NAME@_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? @name@_vector_load(source + i * stride) : (@name@_vector){0};
  @NAME@_UNROLL for (int round = 1; round < L; round *= 2) {
    @NAME@_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], @NAME@_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], @NAME@_HIGH);
    }
    @NAME@_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  @NAME@_UNROLL for (int i = 0; i < L; i++) @name@_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
@NAME@_INLINE void @name@_transposed(size_t rows, size_t columns, const @name@_real *from, size_t from_stride, @name@_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if @NAME@_TRANSPOSES
  for (; i < rows / @NAME@_LANES * @NAME@_LANES; i += @NAME@_LANES) {
    const @name@_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / @NAME@_LANES * @NAME@_LANES; j += @NAME@_LANES)
      @name@_transpose(@NAME@_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < @NAME@_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
  }
#endif
  for (; i < rows; i++)
    for (size_t j = 0; j < columns; j++) to[j * to_stride + i] = from[i * from_stride + j];
}
