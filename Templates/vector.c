/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses @name@_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define @NAME@_HAS_FMA 1
#else
#define @NAME@_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define @NAME@_VECTOR_BYTES 64
#elif defined(__AVX__)
#define @NAME@_VECTOR_BYTES 32
#else
#define @NAME@_VECTOR_BYTES 16
#endif
#define @NAME@_LANES (@NAME@_VECTOR_BYTES * 8 / @NAME@_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define @NAME@_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define @NAME@_UNROLL _Pragma("GCC unroll 16")
#else
#define @NAME@_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define @NAME@_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define @NAME@_ROLLED
#endif

#if defined(__GNUC__)
#define @NAME@_ALIGNED __attribute__((aligned(64)))
#define @NAME@_FLATTEN static inline __attribute__((always_inline, unused))
typedef @name@_real @name@_vector __attribute__((vector_size(@NAME@_VECTOR_BYTES)));
#if @NAME@_REAL_BITS == 32
typedef int32_t @name@_bits;
#else
typedef int64_t @name@_bits;
#endif
typedef @name@_bits @name@_mask __attribute__((vector_size(@NAME@_VECTOR_BYTES)));
#else
#define @NAME@_ALIGNED
#define @NAME@_FLATTEN static inline
typedef struct @name@_vector { @name@_real lane[@NAME@_LANES]; } @name@_vector;
#endif

/* a * b + c, rounded once where the target can */
@NAME@_FLATTEN float @name@_fma_f32(float a, float b, float c) {
#if @NAME@_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

@NAME@_FLATTEN @name@_real @name@_fma(@name@_real a, @name@_real b, @name@_real c) {
#if @NAME@_REAL_BITS == 32
  return @name@_fma_f32(a, b, c);
#elif @NAME@_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

@NAME@_FLATTEN @name@_vector @name@_vector_load(const @name@_real *p) {
  @name@_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

@NAME@_FLATTEN void @name@_vector_store(@name@_real *p, @name@_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
@NAME@_FLATTEN @name@_vector @name@_vector_first(size_t count, @name@_vector v) {
#if defined(__GNUC__)
  static const @name@_bits ones[2 * @NAME@_LANES] = {
    -1, -1,
#if @NAME@_LANES >= 4
    -1, -1,
#endif
#if @NAME@_LANES >= 8
    -1, -1, -1, -1,
#endif
#if @NAME@_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  @name@_mask mask;
  memcpy(&mask, ones + @NAME@_LANES - count, sizeof mask);
  return (@name@_vector)((@name@_mask)v & mask);
#else
  for (size_t i = count; i < @NAME@_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
@NAME@_FLATTEN @name@_vector @name@_vector_multiply_add(@name@_vector a, @name@_vector b, @name@_vector c) {
#if defined(__clang__)
#if @NAME@_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__AVX512F__) && @NAME@_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__AVX__) && @NAME@_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__aarch64__) && @NAME@_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && @NAME@_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !@NAME@_HAS_FMA
  return a * b + c;
#else
  @name@_real w[@NAME@_LANES], x[@NAME@_LANES], y[@NAME@_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < @NAME@_LANES; i++) y[i] = @name@_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
@NAME@_FLATTEN @name@_vector @name@_vector_fma(@name@_real s, @name@_vector b, @name@_vector c) {
#if defined(__GNUC__)
  return @name@_vector_multiply_add(s - (@name@_vector){0}, b, c);
#else
  @name@_vector a;
  for (int i = 0; i < @NAME@_LANES; i++) a.lane[i] = s;
  return @name@_vector_multiply_add(a, b, c);
#endif
}
