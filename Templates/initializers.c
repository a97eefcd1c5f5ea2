/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
@NAME@_INLINE void @name@_fill_constant(@name@_real *values, size_t count, @name@_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
@NAME@_INLINE void @name@_fill_uniform(@name@_real *values, size_t count, uint64_t seed, uint32_t purpose, @name@_real low,
                                       @name@_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (@name@_real)((double)low + range * (double)@name@_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
@NAME@_INLINE double @name@_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  @name@_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

@NAME@_INLINE void @name@_fill_normal(@name@_real *values, size_t count, uint64_t seed, uint32_t purpose, @name@_real mean,
                                      @name@_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (@name@_real)((double)mean + (double)stddev * @name@_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
@NAME@_INLINE void @name@_fill_truncated_normal(@name@_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                @name@_real mean, @name@_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = @name@_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = @name@_normal(seed, purpose, step, i);
    values[i] = (@name@_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
@NAME@_INLINE void @name@_fill_orthogonal(@name@_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          @name@_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  @name@_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      @name@_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (@name@_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        @name@_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (@name@_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

@NAME@_INLINE void @name@_fill_identity(@name@_real *values, size_t rows, size_t columns, @name@_real gain) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) values[i * columns + j] = i == j ? gain : 0;
}
