/* The model shapes: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   conv2d (Conv2D) -> [rows, 62, 62, 32]  model.swift:4:3
 *   max_pooling2d (MaxPooling2D) -> [rows, 31, 31, 32]  model.swift:5:3
 *   flatten (Flatten) -> [rows, 30752]  model.swift:6:3
 *   dropout (Dropout) -> [rows, 30752]  model.swift:7:3
 *   dense (Dense) -> [rows, 128]  model.swift:8:3
 *   dense_1 (Dense) -> [rows, 10]  model.swift:9:3
 */

#define _POSIX_C_SOURCE 200809L
#include "shapes.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define SHAPES_SHARED_WORK 12000
#define SHAPES_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define SHAPES_INLINE static inline __attribute__((unused))
#define SHAPES_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define SHAPES_INLINE static inline
#define SHAPES_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define SHAPES_MICROKERNEL static __attribute__((noinline, unused))
#else
#define SHAPES_MICROKERNEL SHAPES_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses shapes_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define SHAPES_HAS_FMA 1
#else
#define SHAPES_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define SHAPES_VECTOR_BYTES 64
#elif defined(__AVX__)
#define SHAPES_VECTOR_BYTES 32
#else
#define SHAPES_VECTOR_BYTES 16
#endif
#define SHAPES_LANES (SHAPES_VECTOR_BYTES * 8 / SHAPES_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define SHAPES_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define SHAPES_UNROLL _Pragma("GCC unroll 16")
#else
#define SHAPES_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define SHAPES_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define SHAPES_ROLLED
#endif

#if defined(__GNUC__)
#define SHAPES_ALIGNED __attribute__((aligned(64)))
#define SHAPES_FLATTEN static inline __attribute__((always_inline, unused))
typedef shapes_real shapes_vector __attribute__((vector_size(SHAPES_VECTOR_BYTES)));
#if SHAPES_REAL_BITS == 32
typedef int32_t shapes_bits;
#else
typedef int64_t shapes_bits;
#endif
typedef shapes_bits shapes_mask __attribute__((vector_size(SHAPES_VECTOR_BYTES)));
#else
#define SHAPES_ALIGNED
#define SHAPES_FLATTEN static inline
typedef struct shapes_vector { shapes_real lane[SHAPES_LANES]; } shapes_vector;
#endif

/* a * b + c, rounded once where the target can */
SHAPES_FLATTEN float shapes_fma_f32(float a, float b, float c) {
#if SHAPES_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

SHAPES_FLATTEN shapes_real shapes_fma(shapes_real a, shapes_real b, shapes_real c) {
#if SHAPES_REAL_BITS == 32
  return shapes_fma_f32(a, b, c);
#elif SHAPES_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

SHAPES_FLATTEN shapes_vector shapes_vector_load(const shapes_real *p) {
  shapes_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

SHAPES_FLATTEN void shapes_vector_store(shapes_real *p, shapes_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
SHAPES_FLATTEN shapes_vector shapes_vector_first(size_t count, shapes_vector v) {
#if defined(__GNUC__)
  static const shapes_bits ones[2 * SHAPES_LANES] = {
    -1, -1,
#if SHAPES_LANES >= 4
    -1, -1,
#endif
#if SHAPES_LANES >= 8
    -1, -1, -1, -1,
#endif
#if SHAPES_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  shapes_mask mask;
  memcpy(&mask, ones + SHAPES_LANES - count, sizeof mask);
  return (shapes_vector)((shapes_mask)v & mask);
#else
  for (size_t i = count; i < SHAPES_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
SHAPES_FLATTEN shapes_vector shapes_vector_multiply_add(shapes_vector a, shapes_vector b, shapes_vector c) {
#if defined(__clang__)
#if SHAPES_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__AVX512F__) && SHAPES_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__AVX__) && SHAPES_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__aarch64__) && SHAPES_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && SHAPES_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !SHAPES_HAS_FMA
  return a * b + c;
#else
  shapes_real w[SHAPES_LANES], x[SHAPES_LANES], y[SHAPES_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < SHAPES_LANES; i++) y[i] = shapes_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
SHAPES_FLATTEN shapes_vector shapes_vector_fma(shapes_real s, shapes_vector b, shapes_vector c) {
#if defined(__GNUC__)
  return shapes_vector_multiply_add(s - (shapes_vector){0}, b, c);
#else
  shapes_vector a;
  for (int i = 0; i < SHAPES_LANES; i++) a.lane[i] = s;
  return shapes_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
SHAPES_INLINE shapes_real shapes_minimum(shapes_real a, shapes_real b) { return a < b || a != a ? a : b; }

SHAPES_INLINE shapes_real shapes_maximum(shapes_real a, shapes_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
SHAPES_INLINE shapes_real shapes_choose(int which, shapes_real yes, shapes_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
SHAPES_INLINE shapes_real shapes_sqrt(shapes_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define SHAPES_ELEMENTWISE_SQRT
#endif
#endif
#if defined(SHAPES_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif SHAPES_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
SHAPES_INLINE void shapes_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
  uint32_t k0 = key[0], k1 = key[1], c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/* Four words for an element; step and purpose share what is left of the counter. */
SHAPES_INLINE void shapes_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  shapes_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
SHAPES_INLINE shapes_real shapes_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  shapes_random(seed, purpose, step, element, words);
  return (shapes_real)(words[0] >> 8) * (shapes_real)0x1p-24;
}

/*
 * exp, expm1, log, log1p, tanh, sigmoid, erf of floats: at most 2 ulp from the true value for every argument, without branches
 * or calls, so that a loop over them becomes vector code without -ffast-math. Doubles, sin and cos go to libm.
 *
 * Choices are made on bit patterns, because a compiler that minds floating-point exceptions must not turn a comparison of
 * floats into a blend. Polynomials are minimax fits to the stated function, coefficients rounded to float one after the
 * other; argument reduction after Muller, Elementary Functions (2016), chapters 6 and 11.
 * Include after inline.c and vector.c; needs <math.h>, <stdint.h>, <string.h>.
 */
#if SHAPES_REAL_BITS == 32
SHAPES_FLATTEN uint32_t shapes_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

SHAPES_FLATTEN float shapes_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
SHAPES_FLATTEN float shapes_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return shapes_bits_float((shapes_float_bits(a) & mask) | (shapes_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
SHAPES_FLATTEN float shapes_signed_as(float x, float s) {
  return shapes_bits_float(shapes_float_bits(x) | (shapes_float_bits(s) & 0x80000000u));
}

SHAPES_FLATTEN float shapes_magnitude(float x) { return shapes_bits_float(shapes_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define SHAPES_LN2_HIGH 0x1.62ep-1f
#define SHAPES_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
SHAPES_FLATTEN float shapes_power_of_2(uint32_t k) { return shapes_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
SHAPES_FLATTEN float shapes_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = shapes_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = shapes_fma_f32(n, -SHAPES_LN2_LOW, shapes_fma_f32(n, -SHAPES_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = shapes_fma_f32(q, r, 0x1.12258ap-7f);
  q = shapes_fma_f32(q, r, 0x1.5554c8p-5f);
  q = shapes_fma_f32(q, r, 0x1.5554b4p-3f);
  q = shapes_fma_f32(q, r, 0.5f);
  *k = shapes_float_bits(shifted) - shapes_float_bits(shift);
  return shapes_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
SHAPES_FLATTEN float shapes_exp_inner(float x) {
  uint32_t k;
  float e = shapes_exp_reduced(x, &k), scale = shapes_power_of_2(k);
  return shapes_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
SHAPES_FLATTEN float shapes_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + shapes_exp_reduced(shapes_select(x < -104.0f, -104.0f, x), &k);
  return y * shapes_power_of_2(k + 64u) * 0x1p-64f;
}

SHAPES_FLATTEN float shapes_exp(float x) {
  x = shapes_select(x > 89.0f, 89.0f, x);
  x = shapes_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + shapes_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * shapes_power_of_2(half) * shapes_power_of_2(k - half);
}

SHAPES_FLATTEN float shapes_expm1(float x) {
  float y = shapes_select(x > 89.0f, 89.0f, x);
  y = shapes_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = shapes_exp_reduced(y, &k), scale = shapes_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * shapes_fma_f32(e, scale, scale - 0.5f);
  return shapes_select(shapes_float_bits(shapes_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
SHAPES_FLATTEN float shapes_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = shapes_fma_f32(p, m, 0x1.07d166p-3f);
  p = shapes_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = shapes_fma_f32(p, m, 0x1.226dcep-3f);
  p = shapes_fma_f32(p, m, -0x1.547900p-3f);
  p = shapes_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = shapes_fma_f32(p, m, -0x1.00021ep-2f);
  p = shapes_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = shapes_fma_f32(n, SHAPES_LN2_LOW, m * square * p);
  return shapes_fma_f32(n, SHAPES_LN2_HIGH, m + shapes_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
SHAPES_FLATTEN uint32_t shapes_exponent(float x) {
  return ((shapes_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
SHAPES_FLATTEN float shapes_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
SHAPES_FLATTEN float shapes_log_special(float argument, float result) {
  uint32_t bits = shapes_float_bits(argument);
  float special = shapes_select(bits << 1 == 0, -INFINITY, NAN);
  special = shapes_select(bits == 0x7F800000u, INFINITY, special);
  return shapes_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

SHAPES_FLATTEN float shapes_log(float x) {
  int subnormal = shapes_float_bits(x) < 0x00800000u;
  float y = x * shapes_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = shapes_exponent(y);
  float m = shapes_bits_float(shapes_float_bits(y) - exponent) - 1.0f;
  float n = shapes_exponent_value(exponent) - shapes_select(subnormal, 23.0f, 0.0f);
  return shapes_log_special(x, shapes_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
SHAPES_FLATTEN float shapes_log1p(float x) {
  uint32_t exponent = shapes_exponent(1.0f + x);
  float inverse = shapes_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = shapes_bits_float(shapes_float_bits(x) - exponent) + shapes_fma_f32(0.25f, inverse, -1.0f);
  float result = shapes_log_special(1.0f + x, shapes_log_reduced(m, shapes_exponent_value(exponent)));
  return shapes_select(shapes_float_bits(shapes_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
SHAPES_FLATTEN float shapes_tanh(float x) {
  float a = shapes_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = shapes_fma_f32(p, s, 0x1.524d76p-6f);
  p = shapes_fma_f32(p, s, -0x1.b842d8p-5f);
  p = shapes_fma_f32(p, s, 0x1.11075ep-3f);
  p = shapes_fma_f32(p, s, -0x1.555534p-2f);
  float near = shapes_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (shapes_exp_inner(2.0f * shapes_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return shapes_signed_as(shapes_select(shapes_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
SHAPES_FLATTEN float shapes_sigmoid(float x) {
  float e = shapes_exp_falling(-shapes_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = shapes_select(shapes_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return shapes_fma_f32(-quotient * lost, shapes_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
SHAPES_FLATTEN float shapes_erf(float x) {
  float a = shapes_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = shapes_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = shapes_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = shapes_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = shapes_fma_f32(p, s, -0x1.812728p-2f);
  p = shapes_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = shapes_fma_f32(a, p, a);
  float t = shapes_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = shapes_fma_f32(g, t, 0x1.336080p-12f);
  g = shapes_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = shapes_fma_f32(g, t, 0x1.814cc2p-6f);
  g = shapes_fma_f32(g, t, -0x1.b2015ap-4f);
  g = shapes_fma_f32(g, t, -0x1.454820p-1f);
  g = shapes_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - shapes_exp_inner(g * t);
  return shapes_signed_as(shapes_select(shapes_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

SHAPES_INLINE float shapes_sin(float x) { return sinf(x); }
SHAPES_INLINE float shapes_cos(float x) { return cosf(x); }
#else
SHAPES_INLINE double shapes_exp(double x) { return exp(x); }
SHAPES_INLINE double shapes_exp_falling(double x) { return exp(x); }
SHAPES_INLINE double shapes_expm1(double x) { return expm1(x); }
SHAPES_INLINE double shapes_log(double x) { return log(x); }
SHAPES_INLINE double shapes_log1p(double x) { return log1p(x); }
SHAPES_INLINE double shapes_tanh(double x) { return tanh(x); }
SHAPES_INLINE double shapes_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
SHAPES_INLINE double shapes_erf(double x) { return erf(x); }
SHAPES_INLINE double shapes_sin(double x) { return sin(x); }
SHAPES_INLINE double shapes_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
SHAPES_INLINE void shapes_fill_constant(shapes_real *values, size_t count, shapes_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
SHAPES_INLINE void shapes_fill_uniform(shapes_real *values, size_t count, uint64_t seed, uint32_t purpose, shapes_real low,
                                       shapes_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (shapes_real)((double)low + range * (double)shapes_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
SHAPES_INLINE double shapes_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  shapes_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

SHAPES_INLINE void shapes_fill_normal(shapes_real *values, size_t count, uint64_t seed, uint32_t purpose, shapes_real mean,
                                      shapes_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (shapes_real)((double)mean + (double)stddev * shapes_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
SHAPES_INLINE void shapes_fill_truncated_normal(shapes_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                shapes_real mean, shapes_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = shapes_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = shapes_normal(seed, purpose, step, i);
    values[i] = (shapes_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
SHAPES_INLINE void shapes_fill_orthogonal(shapes_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          shapes_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  shapes_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      shapes_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (shapes_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        shapes_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (shapes_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

SHAPES_INLINE void shapes_fill_identity(shapes_real *values, size_t rows, size_t columns, shapes_real gain) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) values[i * columns + j] = i == j ? gain : 0;
}

/*
 * A pool of threads that run the parts of one task at a time. The work is cut by the task itself, part of parts, so that every
 * number comes out alike whatever the number of threads. A waiting thread spins for some microseconds, since the next
 * task is often near, and then sleeps. Each thread has a part of its own, whose data its caches may have; what a thread has not begun
 * when the caller is done with its part, the caller does too: it never waits for a thread that has no processor. Include after inline.c;
 * needs <pthread.h>, <sched.h>, <stdint.h>, <string.h>, and SHARED_WORK and WAKING_WORK.
 */
typedef void shapes_task(void *call, size_t part, size_t parts);

#if SHAPES_THREADS > 1
struct shapes_worker {
  shapes_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct shapes_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  shapes_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct shapes_worker workers[SHAPES_THREADS - 1];
};

SHAPES_INLINE void shapes_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t shapes_next_task(shapes_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    shapes_pause(turn);
    tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  }
  if (tasks != done) return tasks;
  pthread_mutex_lock(&pool->mutex);
  __atomic_add_fetch(&pool->sleeping, 1, __ATOMIC_SEQ_CST);
  while ((tasks = __atomic_load_n(&pool->tasks, __ATOMIC_SEQ_CST)) == done) pthread_cond_wait(&pool->wake, &pool->mutex);
  __atomic_sub_fetch(&pool->sleeping, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&pool->mutex);
  return tasks;
}

/* Whether the part of this task falls to whoever asks, and no longer to anybody else. */
static int shapes_take(struct shapes_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *shapes_work(void *started) {
  struct shapes_worker *const worker = started;
  shapes_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = shapes_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!shapes_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void shapes_announce(shapes_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
SHAPES_APART void shapes_share_out(shapes_pool *pool, shapes_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  shapes_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!shapes_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) shapes_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void shapes_parallel(shapes_pool *pool, size_t work, shapes_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < SHAPES_SHARED_WORK ||
    (work < SHAPES_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else shapes_share_out(pool, task, call);
}

void shapes_pool_stop(shapes_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  shapes_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static shapes_status shapes_pool_start(shapes_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return SHAPES_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct shapes_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, shapes_work, worker)) {
      shapes_pool_stop(pool);
      return SHAPES_ERROR_THREADS;
    }
  }
  return SHAPES_OK;
}
#else
struct shapes_pool {
  size_t parts;
};

void shapes_pool_stop(shapes_pool *pool) { (void)pool; }

static shapes_status shapes_pool_start(shapes_pool *pool, size_t threads) {
  pool->parts = threads;
  return SHAPES_OK;
}
#endif

shapes_status shapes_pool_init(void *memory, size_t bytes, size_t threads, shapes_pool **out) {
  if (!memory || !out || threads == 0 || threads > SHAPES_THREADS) return SHAPES_ERROR_ARGUMENT;
  if ((uintptr_t)memory % SHAPES_ALIGNMENT) return SHAPES_ERROR_ALIGNMENT;
  if (bytes < SHAPES_POOL_BYTES || sizeof(shapes_pool) > SHAPES_POOL_BYTES) return SHAPES_ERROR_MEMORY;
  shapes_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const shapes_status status = shapes_pool_start(pool, threads);
  if (status == SHAPES_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef shapes_real shapes_octet __attribute__((vector_size(8 * sizeof(shapes_real))));
typedef shapes_bits shapes_octet_mask __attribute__((vector_size(8 * sizeof(shapes_real))));
#define SHAPES_HALVES(combine)              \
  shapes_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define SHAPES_ADD_HALVES(a, b) (a) + (b)
#define SHAPES_CHOOSE_HALVES(a, b, mask) (shapes_octet)(((shapes_octet_mask)(a) & (mask)) | ((shapes_octet_mask)(b) & ~(mask)))
#define SHAPES_MAXIMUM_HALVES(a, b) SHAPES_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define SHAPES_MINIMUM_HALVES(a, b) SHAPES_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define SHAPES_HALVES(combine) \
  shapes_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define SHAPES_ADD_HALVES shapes_plus
#define SHAPES_MAXIMUM_HALVES shapes_maximum
#define SHAPES_MINIMUM_HALVES shapes_minimum
#endif

SHAPES_INLINE shapes_real shapes_plus(shapes_real a, shapes_real b) { return a + b; }

#define SHAPES_JOIN(name, halves, two)                                                                                \
  SHAPES_INLINE shapes_real name(const shapes_real *lanes /* [16] */) {                                              \
    SHAPES_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
SHAPES_JOIN(shapes_join_sum, SHAPES_ADD_HALVES, shapes_plus)
SHAPES_JOIN(shapes_join_maximum, SHAPES_MAXIMUM_HALVES, shapes_maximum)
SHAPES_JOIN(shapes_join_minimum, SHAPES_MINIMUM_HALVES, shapes_minimum)
#undef SHAPES_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define SHAPES_TRANSPOSES 0
#else
#define SHAPES_TRANSPOSES 1
#if SHAPES_LANES == 16
#define SHAPES_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define SHAPES_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif SHAPES_LANES == 8
#define SHAPES_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define SHAPES_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif SHAPES_LANES == 4
#define SHAPES_LOW 0, 4, 1, 5
#define SHAPES_HIGH 2, 6, 3, 7
#else
#define SHAPES_LOW 0, 2
#define SHAPES_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
SHAPES_FLATTEN void shapes_transpose(size_t width, const shapes_real *source, size_t stride, shapes_real *result, size_t result_stride) {
  enum { L = SHAPES_LANES, HALF = L / 2 };
  shapes_vector v[L], w[L];
  SHAPES_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? shapes_vector_load(source + i * stride) : (shapes_vector){0};
  SHAPES_UNROLL for (int round = 1; round < L; round *= 2) {
    SHAPES_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], SHAPES_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], SHAPES_HIGH);
    }
    SHAPES_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  SHAPES_UNROLL for (int i = 0; i < L; i++) shapes_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
SHAPES_INLINE void shapes_transposed(size_t rows, size_t columns, const shapes_real *from, size_t from_stride, shapes_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if SHAPES_TRANSPOSES
  for (; i < rows / SHAPES_LANES * SHAPES_LANES; i += SHAPES_LANES) {
    const shapes_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / SHAPES_LANES * SHAPES_LANES; j += SHAPES_LANES)
      shapes_transpose(SHAPES_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < SHAPES_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
  }
#endif
  for (; i < rows; i++)
    for (size_t j = 0; j < columns; j++) to[j * to_stride + i] = from[i * from_stride + j];
}

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
#define SHAPES_TILE_M 12
#define SHAPES_ROW_VECTORS 16
#elif defined(__aarch64__)
#define SHAPES_TILE_M 8
#define SHAPES_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define SHAPES_TILE_M 6
#define SHAPES_ROW_VECTORS 8
#endif
#define SHAPES_TILE_N (2 * SHAPES_LANES)
#ifndef SHAPES_TILE_K
#define SHAPES_TILE_K 512
#endif
#define SHAPES_LINES (32 * SHAPES_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define SHAPES_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define SHAPES_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define SHAPES_PREFETCH(p, elements) ((void)0)
#define SHAPES_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define SHAPES_UPDATED_LINES (3 * SHAPES_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
SHAPES_INLINE void shapes_fetch(size_t height, const shapes_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < SHAPES_TILE_N; s += 64 / sizeof *array) SHAPES_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
SHAPES_INLINE void shapes_fetch_to_write(size_t height, const shapes_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < SHAPES_TILE_N; s += 64 / sizeof *array) SHAPES_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
SHAPES_INLINE size_t shapes_height(size_t left) {
  return left >= 2 * SHAPES_TILE_M ? SHAPES_TILE_M : left > SHAPES_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct shapes_share { size_t top, bottom, left, right; } shapes_share;

/* A part's share of m lines, by whole tiles. */
SHAPES_INLINE shapes_share shapes_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + SHAPES_TILE_M - 1) / SHAPES_TILE_M, bottom = (part + 1) * tiles / parts * SHAPES_TILE_M;
  const shapes_share share = {part * tiles / parts * SHAPES_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
SHAPES_INLINE shapes_share shapes_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + SHAPES_TILE_N - 1) / SHAPES_TILE_N;
  shapes_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * SHAPES_TILE_N;
    share.right = (part + 1) * panels / parts * SHAPES_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return shapes_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
SHAPES_INLINE size_t shapes_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + SHAPES_TILE_N - 1) / SHAPES_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? SHAPES_TILE_N : SHAPES_LANES;
}

/* A part's share of n columns. */
SHAPES_INLINE shapes_share shapes_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = shapes_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const shapes_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
SHAPES_INLINE void shapes_pack(size_t depth, size_t width, const shapes_real *source, size_t depth_stride, size_t width_stride,
                               shapes_real *panel) {
  const size_t padded = width > SHAPES_LANES ? SHAPES_TILE_N : SHAPES_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - SHAPES_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const shapes_real *from = source + k * depth_stride;
      SHAPES_PREFETCH(from, SHAPES_TILE_N); /* of the next panel */
      shapes_real *to = panel + k * SHAPES_TILE_N;
      if (last) shapes_vector_store(to, shapes_vector_load(from));
      shapes_vector_store(to + last, shapes_vector_first(width - last, shapes_vector_load(from + last)));
    }
  }
#if SHAPES_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / SHAPES_LANES * SHAPES_LANES; k += SHAPES_LANES)
      for (size_t j = 0; j < padded; j += SHAPES_LANES)
        shapes_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * SHAPES_TILE_N + j, SHAPES_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * SHAPES_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct shapes_runs { size_t depth, lines, down, runs, across; } shapes_runs;

SHAPES_FLATTEN void shapes_tile_body(const int adds, const shapes_runs *along, const int rows, const int vectors,
                                     const shapes_real *from, size_t row_stride, size_t depth_stride, const shapes_real *panel,
                                     size_t panel_stride, shapes_real *tile, size_t tile_stride, const int fetches,
                                     const shapes_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  shapes_vector c[SHAPES_TILE_M][2];
  SHAPES_UNROLL for (int i = 0; i < rows; i++)
    SHAPES_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? shapes_vector_load(tile + (size_t)i * tile_stride + j * SHAPES_LANES) : (shapes_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const shapes_real *a = from + line * along->down + run * along->across;
      SHAPES_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          SHAPES_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        shapes_vector b[2];
        SHAPES_UNROLL for (int j = 0; j < vectors; j++) b[j] = shapes_vector_load(panel + j * SHAPES_LANES);
        SHAPES_UNROLL for (int i = 0; i < rows; i++)
          SHAPES_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = shapes_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  SHAPES_UNROLL for (int i = 0; i < rows; i++)
    SHAPES_UNROLL for (int j = 0; j < vectors; j++) shapes_vector_store(tile + (size_t)i * tile_stride + j * SHAPES_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define SHAPES_TILE_CASE(n)                         \
  case n:                                           \
    if (width > SHAPES_LANES) SHAPES_TILE_OF(n, 2); \
    else SHAPES_TILE_OF(n, 1);                      \
    break;
#define SHAPES_TILE_CASES_6 \
  SHAPES_TILE_CASE(1) SHAPES_TILE_CASE(2) SHAPES_TILE_CASE(3) SHAPES_TILE_CASE(4) SHAPES_TILE_CASE(5) SHAPES_TILE_CASE(6)
#define SHAPES_TILE_CASES_8 SHAPES_TILE_CASES_6 SHAPES_TILE_CASE(7) SHAPES_TILE_CASE(8)
#if SHAPES_TILE_M >= 12
#define SHAPES_TILE_CASES \
  SHAPES_TILE_CASES_8 SHAPES_TILE_CASE(9) SHAPES_TILE_CASE(10) SHAPES_TILE_CASE(11) SHAPES_TILE_CASE(12)
#elif SHAPES_TILE_M >= 8
#define SHAPES_TILE_CASES SHAPES_TILE_CASES_8
#else
#define SHAPES_TILE_CASES SHAPES_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
SHAPES_MICROKERNEL void shapes_tile_at(const shapes_runs *along, size_t height, size_t width, const shapes_real *a, size_t row_stride,
                                       size_t depth_stride, const shapes_real *panel, shapes_real *tile, size_t tile_stride) {
#define SHAPES_TILE_OF(rows, vectors) \
  shapes_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, SHAPES_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    SHAPES_TILE_CASES
    default: break;
  }
#undef SHAPES_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
SHAPES_MICROKERNEL void shapes_tile_new(const shapes_runs *along, size_t height, size_t width, const shapes_real *a, size_t row_stride,
                                        size_t depth_stride, const shapes_real *panel, shapes_real *tile, size_t tile_stride) {
#define SHAPES_TILE_OF(rows, vectors) \
  shapes_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, SHAPES_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    SHAPES_TILE_CASES
    default: break;
  }
#undef SHAPES_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
SHAPES_MICROKERNEL void shapes_tile_across(int adds, size_t depth, size_t height, const shapes_real *a, size_t depth_stride,
                                           const shapes_real *panel, shapes_real *tile, size_t tile_stride) {
  const shapes_runs along = {depth, 1, 0, 1, 0};
  const size_t width = SHAPES_TILE_N;
#define SHAPES_TILE_OF(rows, vectors) \
  shapes_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, SHAPES_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    SHAPES_TILE_CASES
    default: break;
  }
#undef SHAPES_TILE_OF
#define SHAPES_TILE_OF(rows, vectors) \
  shapes_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, SHAPES_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    SHAPES_TILE_CASES
    default: break;
  }
#undef SHAPES_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define SHAPES_SLICE (16384 / sizeof(shapes_real) / SHAPES_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
SHAPES_MICROKERNEL void shapes_tile_ahead(size_t depth, size_t height, size_t width, const shapes_real *a, size_t row_stride,
                                          const shapes_real *panel, size_t panel_stride, shapes_real *tile, const shapes_real *ahead,
                                          size_t ahead_stride) {
  const shapes_runs along = {depth, 1, 0, 1, 0};
#define SHAPES_TILE_OF(rows, vectors) \
  shapes_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, SHAPES_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    SHAPES_TILE_CASES
    default: break;
  }
#undef SHAPES_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
SHAPES_INLINE void shapes_tile(size_t depth, size_t height, size_t width, const shapes_real *a, size_t row_stride,
                               size_t depth_stride, const shapes_real *panel, shapes_real *tile) {
  const shapes_runs along = {depth, 1, 0, 1, 0};
  shapes_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, SHAPES_TILE_N);
}

/*
 * The builtin matrix product for few rows, where making panels of B would cost more than the product:
 *
 *   few   makes a few rows of C with B where it lies
 *   some  makes some more, a tile at a time
 *   line  makes one row with a B that is packed
 *
 * Every element is the chain of multiply-adds that tile.c makes of it. Include after tile.c; needs <stddef.h>, <string.h>.
 */
#define SHAPES_FEW 5                                /* rows, up to which B is read where it lies */
#define SHAPES_SOME (SHAPES_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
SHAPES_FLATTEN void shapes_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const shapes_real *a,
                                    size_t row_stride, size_t a_stride, const shapes_real *source, size_t source_stride, int is_first,
                                    shapes_real *c, size_t c_stride) {
  shapes_vector sum[SHAPES_TILE_M][SHAPES_ROW_VECTORS];
  SHAPES_UNROLL for (int i = 0; i < rows; i++)
    SHAPES_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (shapes_vector){0} : shapes_vector_load(c + (size_t)i * c_stride + j * SHAPES_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    SHAPES_UNROLL for (int j = 0; j < vectors; j += 64 / SHAPES_VECTOR_BYTES)
      SHAPES_PREFETCH(source, ahead + (size_t)j * SHAPES_LANES);
    SHAPES_UNROLL for (int j = 0; j < vectors; j++) {
      const shapes_vector b = shapes_vector_load(source + j * SHAPES_LANES);
      SHAPES_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = shapes_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  SHAPES_UNROLL for (int i = 0; i < rows; i++)
    SHAPES_UNROLL for (int j = 0; j < vectors; j++) shapes_vector_store(c + (size_t)i * c_stride + j * SHAPES_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
SHAPES_INLINE void shapes_few_rest(size_t depth, size_t columns, const shapes_real *a, size_t a_stride, const shapes_real *source,
                                   size_t source_stride, shapes_real *c) {
  shapes_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= SHAPES_LANES; k++)
    sum = shapes_vector_fma(a[k * a_stride], shapes_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    shapes_real last[SHAPES_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = shapes_vector_fma(a[k * a_stride], shapes_vector_load(last), sum);
  }
  shapes_real rest[SHAPES_LANES];
  shapes_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define SHAPES_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
SHAPES_FLATTEN void shapes_few_rows(const int rows, const int vectors, size_t depth, size_t width, const shapes_real *a, size_t row_stride,
                                    size_t a_stride, const shapes_real *source, size_t source_stride, shapes_real *c, size_t c_stride) {
  const size_t whole = width / SHAPES_LANES * SHAPES_LANES;
  const size_t most = width < SHAPES_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define SHAPES_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * SHAPES_LANES <= whole; j += (size_t)(n) * SHAPES_LANES)                                                 \
  shapes_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    SHAPES_COLUMNS(vectors);
    SHAPES_COLUMNS(4);
    SHAPES_COLUMNS(1);
#undef SHAPES_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    shapes_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
SHAPES_INLINE void shapes_few(size_t rows, size_t depth, size_t width, const shapes_real *a, size_t row_stride, size_t a_stride,
                              const shapes_real *source, size_t source_stride, shapes_real *c, size_t c_stride) {
#define SHAPES_ROWS(n, vectors)                                                                                   \
  case n: shapes_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    SHAPES_ROWS(1, SHAPES_ROW_VECTORS)
    SHAPES_ROWS(2, SHAPES_ROW_VECTORS / 2)
    SHAPES_ROWS(3, SHAPES_ROW_VECTORS / 2)
    SHAPES_ROWS(4, SHAPES_ROW_VECTORS / 4)
    SHAPES_ROWS(5, SHAPES_ROW_VECTORS / 4)
    default: break;
  }
#undef SHAPES_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define SHAPES_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
SHAPES_INLINE void shapes_some(size_t rows, size_t depth, size_t width, const shapes_real *a, size_t row_stride, size_t a_stride,
                               const shapes_real *source, size_t source_stride, shapes_real *c, size_t c_stride) {
  if (rows <= SHAPES_FEW) {
    shapes_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define SHAPES_TILE_OF(rows, vectors)                                                                                       \
  shapes_few_body(steps, rows, vectors, m == 0 ? 4 * SHAPES_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < SHAPES_SOME_DEPTH ? depth - k0 : SHAPES_SOME_DEPTH;
    for (size_t j = 0; j < width; j += SHAPES_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = shapes_height(rows - m);
        switch (height) {
          SHAPES_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += SHAPES_SOME_DEPTH) < depth);
#undef SHAPES_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define SHAPES_LINE_VECTORS 16 /* at most */
#define SHAPES_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
SHAPES_FLATTEN void shapes_line_body(const int adds, size_t depth, const int panels, const int vectors, const shapes_real *a,
                                     size_t a_stride, const shapes_real *panel, shapes_real *sums) {
  const size_t width = (size_t)vectors * SHAPES_LANES;
  shapes_vector c[SHAPES_LINE_VECTORS];
  SHAPES_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? shapes_vector_load(sums + i * SHAPES_LANES) : (shapes_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    SHAPES_UNROLL for (int p = 0; p < panels; p++)
      SHAPES_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = shapes_vector_fma(*a, shapes_vector_load(panel + (size_t)p * depth * width + j * SHAPES_LANES), c[p * vectors + j]);
  SHAPES_UNROLL for (int i = 0; i < panels * vectors; i++) shapes_vector_store(sums + i * SHAPES_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
SHAPES_INLINE void shapes_line(size_t depth, size_t width, size_t first, size_t last, const shapes_real *a, size_t a_stride,
                               const shapes_real *packed, shapes_real *c) {
  const size_t padded = (width + SHAPES_TILE_N - 1) / SHAPES_TILE_N * SHAPES_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + SHAPES_TILE_N - 1) / SHAPES_TILE_N, panels = left >= SHAPES_LINE_TILES ? SHAPES_LINE_TILES : left >= 2 ? 2 : 1;
    SHAPES_ALIGNED shapes_real sums[SHAPES_LINE_TILES * SHAPES_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += SHAPES_TILE_K) {
      const size_t steps = depth - k0 < SHAPES_TILE_K ? depth - k0 : SHAPES_TILE_K;
      const shapes_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == SHAPES_LINE_TILES) shapes_line_body(1, steps, SHAPES_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) shapes_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else shapes_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * SHAPES_TILE_N < last - n0 ? panels * SHAPES_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}

/*
 * The gradient of a kernel of few taps and channels, such as a network of pictures begins with: while the places pass, all its sums for
 * a vector of columns stay in registers, and B is read once, where it lies.
 *
 * Every sum is the chain of multiply-adds that tile.c makes of it. Include after vector.c and tile.c; needs <stddef.h>.
 */
#if defined(__AVX512F__) || defined(__aarch64__) /* 32 registers */
#define SHAPES_FEW_TAPS 28
#else /* 16 registers */
#define SHAPES_FEW_TAPS 12
#endif
#define SHAPES_PLACES_AHEAD 128 /* so far before it is multiplied a line of B is asked for */

/* C[lines · run][LANES] += patches · B: a line of taps is a run of neighbours in a patch, the next one lies `down` from it. */
SHAPES_FLATTEN void shapes_few_taps_body(const int lines, const int run, const int fetches, size_t down, size_t places,
                                         const shapes_real *a, size_t step, const shapes_real *b, size_t b_stride,
                                         shapes_real *c, size_t c_stride) {
  shapes_vector sum[SHAPES_FEW_TAPS];
  SHAPES_UNROLL for (int y = 0; y < lines; y++)
    SHAPES_UNROLL for (int e = 0; e < run; e++)
      sum[y * run + e] = shapes_vector_load(c + (size_t)(y * run + e) * c_stride);
  SHAPES_ROLLED for (size_t k = 0; k < places; k++, a += step, b += b_stride) {
#if defined(__GNUC__) && !defined(__clang__)
    __asm__ volatile("" : : : "memory"); /* nothing of A is kept for the next place: the sums want the registers */
#endif
    if (fetches) SHAPES_PREFETCH(b, SHAPES_PLACES_AHEAD * b_stride);
    const shapes_vector v = shapes_vector_load(b);
    SHAPES_UNROLL for (int y = 0; y < lines; y++)
      SHAPES_UNROLL for (int e = 0; e < run; e++)
        sum[y * run + e] = shapes_vector_fma(a[(size_t)y * down + (size_t)e], v, sum[y * run + e]);
  }
  SHAPES_UNROLL for (int y = 0; y < lines; y++)
    SHAPES_UNROLL for (int e = 0; e < run; e++)
      shapes_vector_store(c + (size_t)(y * run + e) * c_stride, sum[y * run + e]);
}

/* The same for as many lines as there are registers for at a time; of a part that has one of them, for the first. */
SHAPES_FLATTEN void shapes_few_taps(const int lines, const int run, const int fetches, int has_one, size_t down, size_t places,
                                    const shapes_real *a, size_t step, const shapes_real *b, size_t b_stride, shapes_real *c,
                                    size_t c_stride) {
  if (!has_one && lines * run <= SHAPES_FEW_TAPS) {
    shapes_few_taps_body(lines, run, fetches, down, places, a, step, b, b_stride, c, c_stride);
    return;
  }
  for (size_t y = 0; y < (has_one ? 1 : (size_t)lines); y++)
    shapes_few_taps_body(1, run, fetches, down, places, a + y * down, step, b, b_stride, c + y * (size_t)run * c_stride, c_stride);
}

/*
 * Convolutions read their images through strips: the part of a padded image that the places of some output lines see,
 * [lines][pitch], with zeros where the padding is, and between the elements where the window spreads them.
 * Include after inline.c; needs <stddef.h>, <string.h>.
 */
typedef struct shapes_window {
  size_t height, width, channels;      /* one image */
  ptrdiff_t before_y, before_x;        /* zeros before it; cut off where negative */
  size_t spread_y, spread_x;           /* distances between neighbouring elements */
  size_t strip_width;                  /* pitch / channels */
} shapes_window;

/* One line of a strip: element x of the image's line at spread_x * x + before_x. */
SHAPES_INLINE void shapes_strip_line(const shapes_window *window, const shapes_real *line, shapes_real *strip) {
  const size_t channels = window->channels, width = window->strip_width;
  if (window->spread_x == 1) {
    const size_t cut = window->before_x < 0 ? (size_t)-window->before_x : 0;
    size_t left = window->before_x > 0 ? (size_t)window->before_x : 0;
    if (left > width) left = width;
    size_t count = window->width > cut ? window->width - cut : 0;
    if (count > width - left) count = width - left;
    memset(strip, 0, left * channels * sizeof *strip);
    memcpy(strip + left * channels, line + cut * channels, count * channels * sizeof *strip);
    memset(strip + (left + count) * channels, 0, (width - left - count) * channels * sizeof *strip);
    return;
  }
  memset(strip, 0, width * channels * sizeof *strip);
  for (size_t x = 0; x < window->width; x++) {
    const ptrdiff_t place = (ptrdiff_t)(x * window->spread_x) + window->before_x;
    if (place >= 0 && (size_t)place < width)
      memcpy(strip + (size_t)place * channels, line + x * channels, channels * sizeof *strip);
  }
}

/* The line of the image that is line `place` of the padded one; window->height where that is made of zeros. */
SHAPES_INLINE size_t shapes_source_line(const shapes_window *window, size_t place) {
  const ptrdiff_t line = (ptrdiff_t)place - window->before_y;
  const size_t y = line < 0 ? window->height : (size_t)line / window->spread_y;
  return y < window->height && (size_t)line % window->spread_y == 0 ? y : window->height;
}

/* strip[images][lines][strip_width * channels]: lines of each padded image from the line `first` of it on. */
SHAPES_INLINE void shapes_strips(const shapes_window *window, size_t images, size_t first, size_t lines,
                                 const shapes_real *image, shapes_real *strip) {
  const size_t pitch = window->strip_width * window->channels, line_count = window->width * window->channels;
  for (size_t i = 0; i < images; i++, image += window->height * line_count)
    for (size_t l = 0; l < lines; l++, strip += pitch) {
      const size_t y = shapes_source_line(window, first + l);
      if (y < window->height)
        shapes_strip_line(window, image + y * line_count, strip);
      else
        memset(strip, 0, pitch * sizeof *strip);
    }
}

/*
 * What a window of a map folds to, for TILE_N channels at once. The map's elements [lines][taps][TILE_N] that the window sees
 * are `down` and `across` apart. Of a window of known size, wholly within the map, a vector of channels stays in registers while its taps
 * pass; those from `columns` on are not needed.
 * Include after inline.c, vector.c and tile.c; needs <stddef.h>.
 */

/* Whether a value takes the place of the best so far. */
SHAPES_FLATTEN int shapes_pool_wins(shapes_real value, shapes_real best) { return (value > best) | (value != value); }

/* The largest, and the number of the tap that it is under, the first of equals: tap (y, x) has number first + y * width + x.
 * NaN wins. */
SHAPES_INLINE void shapes_pool_maximum(size_t lines, size_t taps, const shapes_real *map, size_t down, size_t across,
                                       size_t first, size_t width, shapes_real *restrict pooled,
                                       shapes_bits *restrict winner) {
  for (size_t c = 0; c < SHAPES_TILE_N; c++) pooled[c] = map[c], winner[c] = (shapes_bits)first;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const shapes_real *from = map + y * down + x * across;
      const shapes_bits tap = (shapes_bits)(first + y * width + x);
      for (size_t c = 0; c < SHAPES_TILE_N; c++) {
        const shapes_real value = from[c], best = pooled[c];
        const shapes_bits known = winner[c];
        const int wins = shapes_pool_wins(value, best);
        pooled[c] = wins ? value : best;
        winner[c] = wins ? tap : known;
      }
    }
}

/* The same for a whole window, whose first tap has number 0. */
SHAPES_FLATTEN void shapes_pool_maximum_whole(size_t columns, const int lines, const int taps, const shapes_real *map,
                                              size_t down, size_t across, shapes_real *restrict pooled, shapes_bits *restrict winner) {
  for (size_t v = 0; v < columns; v += SHAPES_LANES) {
    SHAPES_ROLLED for (size_t c = v; c < v + SHAPES_LANES; c++) {
      shapes_real best = map[c];
      shapes_bits known = 0;
      SHAPES_UNROLL for (int y = 0; y < lines; y++)
        SHAPES_UNROLL for (int x = 0; x < taps; x++) {
          const shapes_real value = map[(size_t)y * down + (size_t)x * across + c];
          const int wins = shapes_pool_wins(value, best);
          best = wins ? value : best;
          known = wins ? y * taps + x : known;
        }
      pooled[c] = best;
      winner[c] = known;
    }
  }
}

/* The largest alone. */
SHAPES_INLINE void shapes_pool_largest(size_t lines, size_t taps, const shapes_real *map, size_t down, size_t across,
                                       shapes_real *restrict pooled) {
  for (size_t c = 0; c < SHAPES_TILE_N; c++) pooled[c] = map[c];
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const shapes_real *from = map + y * down + x * across;
      for (size_t c = 0; c < SHAPES_TILE_N; c++) {
        const shapes_real value = from[c], best = pooled[c];
        pooled[c] = shapes_pool_wins(value, best) ? value : best;
      }
    }
}

/* The same for a whole window. */
SHAPES_FLATTEN void shapes_pool_largest_whole(size_t columns, const int lines, const int taps, const shapes_real *map,
                                              size_t down, size_t across, shapes_real *restrict pooled) {
  for (size_t v = 0; v < columns; v += SHAPES_LANES) {
    SHAPES_ROLLED for (size_t c = v; c < v + SHAPES_LANES; c++) {
      shapes_real best = map[c];
      SHAPES_UNROLL for (int y = 0; y < lines; y++)
        SHAPES_UNROLL for (int x = 0; x < taps; x++) {
          const shapes_real value = map[(size_t)y * down + (size_t)x * across + c];
          best = shapes_pool_wins(value, best) ? value : best;
        }
      pooled[c] = best;
    }
  }
}

/* The mean. */
SHAPES_INLINE void shapes_pool_mean(size_t lines, size_t taps, const shapes_real *map, size_t down, size_t across,
                                    shapes_real *pooled) {
  for (size_t c = 0; c < SHAPES_TILE_N; c++) pooled[c] = 0;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++)
      for (size_t c = 0; c < SHAPES_TILE_N; c++) pooled[c] += map[y * down + x * across + c];
  for (size_t c = 0; c < SHAPES_TILE_N; c++) pooled[c] /= (shapes_real)(lines * taps);
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
SHAPES_INLINE size_t shapes_utf8_length(const unsigned char *p, const unsigned char *end) {
  const int c = p < end ? p[0] : 0xFF;
  const size_t length = c < 0x80 ? 1 : c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
  const int low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80, high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (length < 2) return length;
  if ((size_t)(end - p) < length || p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  return length;
}

/* The JSON that a safetensors header is made of: strings and whole numbers. Include after inline.c, utf8.c and safetensors.h. */
/* Where parsing stands. The first problem stays. */
typedef struct shapes_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} shapes_safetensors_reader;

SHAPES_INLINE int shapes_safetensors_fail(shapes_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
SHAPES_INLINE int shapes_safetensors_peek(shapes_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

SHAPES_INLINE int shapes_safetensors_accept(shapes_safetensors_reader *r, int c) {
  if (shapes_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_expect(shapes_safetensors_reader *r, int c, const char *problem) {
  return shapes_safetensors_accept(r, c) || shapes_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
SHAPES_INLINE long shapes_safetensors_hex(const unsigned char *p) {
  long value = 0;
  for (int i = 0; i < 4; i++) {
    int c = p[i], digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* A character that stands for itself, as nearly all do. */
SHAPES_INLINE int shapes_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
SHAPES_INLINE size_t shapes_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = shapes_utf8_length(p, end);
    if (n == 0) return 0;
    memcpy(utf8, p, n);
    *count = n;
    return n;
  }
  *count = 1;
  utf8[0] = p[0];
  if (p[0] != '\\') return 1;
  if (left < 2) return 0;
  if (p[1] != 'u') {
    static const char escapes[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char *found = p[1] ? strchr(escapes, p[1]) : NULL;
    if (!found) return 0;
    utf8[0] = (unsigned char)meaning[found - escapes];
    return 2;
  }
  long code = left < 6 ? -1 : shapes_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : shapes_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

SHAPES_INLINE int shapes_safetensors_string(shapes_safetensors_reader *r, shapes_safetensors_text *text) {
  if (!shapes_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && shapes_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return shapes_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return shapes_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_integer(shapes_safetensors_reader *r, size_t *value) {
  int c = shapes_safetensors_peek(r);
  if (c < '0' || c > '9') return shapes_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return shapes_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return shapes_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int shapes_safetensors_equals(shapes_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t shapes_safetensors_copy(shapes_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    if (kept == whole && whole + count < capacity) { /* no character is cut in two */
      memcpy(buffer + kept, utf8, count);
      kept += count;
    }
    whole += count;
    p += taken;
  }
  if (capacity) buffer[kept] = 0;
  return whole;
}

/* FNV-1a of the characters that are meant, however they are escaped. */
SHAPES_INLINE uint64_t shapes_safetensors_hash(shapes_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && shapes_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see shapes.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { SHAPES_SAFETENSORS_HEADER = 100000000, SHAPES_SAFETENSORS_NAMES = 32768, SHAPES_SAFETENSORS_CHUNK = 2048 };

SHAPES_INLINE int shapes_safetensors_dtype(shapes_safetensors_reader *r, shapes_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  shapes_safetensors_text text;
  if (!shapes_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (shapes_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return shapes_safetensors_fail(r, "this dtype is not known");
}

SHAPES_INLINE int shapes_safetensors_shape(shapes_safetensors_reader *r, shapes_safetensor *tensor) {
  if (!shapes_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (shapes_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!shapes_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return shapes_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (shapes_safetensors_accept(r, ','));
  return shapes_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
SHAPES_INLINE int shapes_safetensors_offsets(shapes_safetensors_reader *r, size_t *begin, size_t *end) {
  return shapes_safetensors_expect(r, '[', "[ is expected") && shapes_safetensors_integer(r, begin) &&
         shapes_safetensors_expect(r, ',', ", is expected between the two offsets") && shapes_safetensors_integer(r, end) &&
         shapes_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
SHAPES_INLINE int shapes_safetensors_value(shapes_safetensors_reader *r, const shapes_safetensors *file,
                                           shapes_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!shapes_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    shapes_safetensors_text key;
    if (!shapes_safetensors_string(r, &key) || !shapes_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = shapes_safetensors_equals(key, "dtype")          ? DTYPE
                     : shapes_safetensors_equals(key, "shape")        ? SHAPE
                     : shapes_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return shapes_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? shapes_safetensors_dtype(r, tensor)
          : field == SHAPE ? shapes_safetensors_shape(r, tensor)
                           : shapes_safetensors_offsets(r, &begin, &end))) return 0;
  } while (shapes_safetensors_accept(r, ','));
  if (!shapes_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return shapes_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return shapes_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return shapes_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int shapes_safetensors_next_metadata(const shapes_safetensors *file, size_t *cursor,
                                     shapes_safetensors_text *key, shapes_safetensors_text *value) {
  shapes_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || shapes_safetensors_peek(&r) == '}') return 0;
  if (!shapes_safetensors_string(&r, key) || !shapes_safetensors_expect(&r, ':', ": is expected") ||
      !shapes_safetensors_string(&r, value)) return 0;
  shapes_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int shapes_safetensors_next(const shapes_safetensors *file, size_t *cursor, shapes_safetensor *tensor) {
  shapes_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (shapes_safetensors_peek(&r) == '"') {
    if (!shapes_safetensors_string(&r, &tensor->name) || !shapes_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = shapes_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      shapes_safetensors_text key, value;
      for (r.at = file->metadata; shapes_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      shapes_safetensors_accept(&r, '}');
    } else if (!shapes_safetensors_value(&r, file, tensor)) return 0;
    shapes_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int shapes_safetensors_find(const shapes_safetensors *file, size_t *cursor, const char *name,
                            shapes_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && shapes_safetensors_next(file, cursor, tensor))
      if (shapes_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int shapes_safetensors_find_metadata(const shapes_safetensors *file, size_t *cursor, const char *name,
                                     shapes_safetensors_text *value) {
  size_t start = *cursor;
  shapes_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && shapes_safetensors_next_metadata(file, cursor, &key, value))
      if (shapes_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct shapes_safetensors_keys {
  uint64_t keys[SHAPES_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} shapes_safetensors_keys;

SHAPES_INLINE void shapes_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

SHAPES_INLINE void shapes_safetensors_offer(shapes_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < SHAPES_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == SHAPES_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) shapes_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    shapes_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
SHAPES_INLINE int shapes_safetensors_settle(shapes_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) shapes_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    shapes_safetensors_sift(list->keys, n, 0);
  }
  for (size_t i = 1; i < list->count; i++) list->twice |= list->keys[i] == list->keys[i - 1];
  if (list->count) list->bound = list->keys[list->count - 1];
  list->bounded |= list->count != 0;
  return !list->twice;
}

/*
 * Names are unique if their hashes are (two names that share 64 bits are taken for one). Tensors [begin, end) tile the data
 * if, sorted each for itself, the first begin is 0, each next begin is the end before, and the last end is that of the data:
 * every offset is then left as often as it is reached, and as offsets only grow, that is one path from 0 to the end.
 * Tensors without bytes take no part.
 */
SHAPES_INLINE const char *shapes_safetensors_unique(const shapes_safetensors *file, size_t names) {
  shapes_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += SHAPES_SAFETENSORS_CHUNK) {
    shapes_safetensor tensor;
    shapes_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; shapes_safetensors_next_metadata(file, &cursor, &key, &value);)
      shapes_safetensors_offer(&list[0], shapes_safetensors_hash(key, 1));
    for (size_t cursor = 0; shapes_safetensors_next(file, &cursor, &tensor);) {
      shapes_safetensors_offer(&list[0], shapes_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      shapes_safetensors_offer(&list[1], tensor.offset);
      shapes_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!shapes_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = shapes_safetensors_settle(&list[1]) & shapes_safetensors_settle(&list[2]);
    for (size_t i = 0; apart && i < list[1].count; i++) {
      if (list[1].keys[i] > reached) return "a part of the data belongs to no tensor";
      apart = list[1].keys[i] == reached;
      reached = list[2].keys[i];
    }
    if (!apart) return "the data of two tensors overlap";
  }
  return reached == file->size ? NULL : "a part of the data belongs to no tensor";
}

/* The entries of the header; *names: how many names were met. */
SHAPES_INLINE int shapes_safetensors_header(shapes_safetensors_reader *r, shapes_safetensors *file, size_t *names) {
  if (!shapes_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (shapes_safetensors_accept(r, '}')) return 1;
  do {
    shapes_safetensor tensor;
    if (!shapes_safetensors_string(r, &tensor.name) || !shapes_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!shapes_safetensors_equals(tensor.name, "__metadata__")) {
      if (!shapes_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return shapes_safetensors_fail(r, "__metadata__ occurs twice");
      if (!shapes_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (shapes_safetensors_accept(r, '}')) continue;
      do {
        shapes_safetensors_text key, value;
        if (!shapes_safetensors_string(r, &key) || !shapes_safetensors_expect(r, ':', ": is expected") ||
            !shapes_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (shapes_safetensors_accept(r, ','));
      if (!shapes_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > SHAPES_SAFETENSORS_NAMES) return shapes_safetensors_fail(r, "there are more than 32768 names");
  } while (shapes_safetensors_accept(r, ','));
  return shapes_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *shapes_safetensors_open(const void *bytes, size_t size, shapes_safetensors *file) {
  const shapes_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > SHAPES_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  shapes_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') shapes_safetensors_fail(&r, "the header does not begin with {");
  else if (shapes_safetensors_header(&r, file, &names) && (shapes_safetensors_peek(&r), r.at != r.end))
    shapes_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = shapes_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int shapes_safetensors_read(const shapes_safetensor *tensor, size_t first, size_t count, shapes_real *values) {
  int f32 = strcmp(tensor->dtype, "F32") == 0;
  if (!f32 && strcmp(tensor->dtype, "F64") != 0) return 0;
  const unsigned char *p = tensor->data + first * (f32 ? 4 : 8);
  for (size_t i = 0; i < count && f32; i++, p += 4) {
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    values[i] = value;
  }
  for (size_t i = 0; i < count && !f32; i++, p += 8) {
    uint64_t bits = 0;
    for (int k = 8; k-- > 0;) bits = bits << 8 | p[k];
    double value;
    memcpy(&value, &bits, sizeof value);
    values[i] = (shapes_real)value;
  }
  return 1;
}

#if defined(SHAPES_PROFILE)
SHAPES_INLINE void shapes_lap(shapes_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define SHAPES_LAP(object, kernel) shapes_lap((object)->profile, kernel)
#else
#define SHAPES_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct shapes_parameters {
  uint64_t tag;
  float *values; /* [3938570] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct shapes_context {
  uint64_t tag;
  size_t max_rows;
  shapes_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(SHAPES_PROFILE)
  shapes_profile *profile;
#endif
};

struct shapes_trainer {
  uint64_t tag;
  size_t max_rows;
  shapes_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  shapes_parameters *parameters;
  float *gradients; /* [3938570] */
    int has_gradients;  /* of all weights, also of those that train_step makes none of */
  float *slots;     /* [7877140] */
  unsigned char *state;
  unsigned char *arena;
#if defined(SHAPES_PROFILE)
  shapes_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void shapes_released(const shapes_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { SHAPES_TENSORS = 6 };
static const shapes_tensor_info shapes_tensors_table[] = {
  {"conv2d/kernel", 4, {3, 3, 3, 32}, 0, 864, 1},
  {"conv2d/bias", 1, {32}, 864, 32, 1},
  {"dense/kernel", 2, {30752, 128}, 896, 3936256, 1},
  {"dense/bias", 1, {128}, 3937152, 128, 1},
  {"dense_1/kernel", 2, {128, 10}, 3937280, 1280, 1},
  {"dense_1/bias", 1, {10}, 3938560, 10, 1},
};

enum { SHAPES_SLOTS = 12 };
static const shapes_tensor_info shapes_slots_table[] = {
  {"adam/conv2d/kernel/momentum", 4, {3, 3, 3, 32}, 0, 864, 0},
  {"adam/conv2d/kernel/velocity", 4, {3, 3, 3, 32}, 864, 864, 0},
  {"adam/conv2d/bias/momentum", 1, {32}, 1728, 32, 0},
  {"adam/conv2d/bias/velocity", 1, {32}, 1760, 32, 0},
  {"adam/dense/kernel/momentum", 2, {30752, 128}, 1792, 3936256, 0},
  {"adam/dense/kernel/velocity", 2, {30752, 128}, 3938048, 3936256, 0},
  {"adam/dense/bias/momentum", 1, {128}, 7874304, 128, 0},
  {"adam/dense/bias/velocity", 1, {128}, 7874432, 128, 0},
  {"adam/dense_1/kernel/momentum", 2, {128, 10}, 7874560, 1280, 0},
  {"adam/dense_1/kernel/velocity", 2, {128, 10}, 7875840, 1280, 0},
  {"adam/dense_1/bias/momentum", 1, {10}, 7877120, 10, 0},
  {"adam/dense_1/bias/velocity", 1, {10}, 7877130, 10, 0},
};

/* relu[rows, 31, 31, 32] = convolution + max_pooling + add + relu
 * model.swift:4:3, model.swift:5:3 */
static void shapes_conv2d_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64, 64, 3] */,
    const float *restrict kernel /* [3, 3, 3, 32] */,
    const float *restrict bias /* [32] */,
    float *restrict relu /* [rows, 31, 31, 32] */,
    float *restrict scratch /* [8800] */,
    const float *restrict packed /* [864] */) {
  float *const own = scratch + part * 8800;
  float *const map = scratch + part * 8800 + 864;
  const size_t blocks = (rows + 0) / 1 * 16;
  const size_t panels = (32 + SHAPES_TILE_N - 1) / SHAPES_TILE_N;
  static const shapes_runs along = {9, 3, 192, 1, 3};
  for (size_t unit = part * blocks * panels / parts; unit < (part + 1) * blocks * panels / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * SHAPES_TILE_N;
    const size_t width = 32 - n0 < SHAPES_TILE_N ? 32 - n0 : SHAPES_TILE_N;
    const size_t image = block / 16;
    const size_t images = 1;
    const size_t pooled_top = block % 16 * 2, pooled_lines = 31 - pooled_top < 2 ? 31 - pooled_top : 2;
    const size_t top = pooled_top * 2;
    const size_t bottom = (pooled_top + pooled_lines - 1) * 2 + 2;
    const size_t lines = (bottom < 62 ? bottom : 62) - top;
    const float *const panel = packed ? packed + (unit % panels) * (27 * SHAPES_TILE_N) : own;
    if (!packed) {
      shapes_pack(27, width, kernel + n0, 32, 1, own);
    }
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = x + image * 12288 + top * 192 + line * 192;
      for (size_t x0 = 0, height = 0; x0 < 62; x0 += height) {
        height = shapes_height(62 - x0);
        float *const tile = map + (line * 62 + x0) * SHAPES_TILE_N;
        shapes_tile_new(&along, height, width, from + x0 * 3, 3, 1, panel, tile, SHAPES_TILE_N);
      }
    }
    /* Of the block's sums, still in cache, one number for each window stays. */
    for (size_t l = 0; l < images * pooled_lines; l++) {
      for (size_t u = 0; u < 31; u++) {
        const float *const seen = map + ((l / pooled_lines * lines + (pooled_top + l % pooled_lines) * 2 - top) * 62 + u * 2) * SHAPES_TILE_N;
        SHAPES_ALIGNED float best[SHAPES_TILE_N];
        shapes_pool_largest_whole(width, 2, 2, seen, 62 * SHAPES_TILE_N, SHAPES_TILE_N, best);
        SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = (image * 31 + pooled_top + l) * 31 + u, j = n0 + s;
          const float pooled = best[s];
          const float add = pooled + bias[j];
          const float relu_2 = shapes_maximum(add, 0.0f);
          relu[i * 32 + j] = relu_2;
        }
      }
    }
  }
}

struct shapes_conv2d_forward_call {
  size_t rows;
  const float *x;
  const float *kernel;
  const float *bias;
  float *relu;
  float *scratch;
  const float *packed;
};

static void shapes_conv2d_forward_task(void *given, size_t part, size_t parts) {
  const struct shapes_conv2d_forward_call *const call = given;
  shapes_conv2d_forward(part, parts, call->rows, call->x, call->kernel, call->bias, call->relu, call->scratch, call->packed);
}

/* relu_2[rows, 128] = matmul + add + relu
 * model.swift:8:3 */
static void shapes_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 31, 31, 32] */,
    const float *restrict kernel /* [30752, 128] */,
    const float *restrict bias /* [128] */,
    float *restrict relu_2 /* [rows, 128] */,
    const float *restrict packed /* [3936256] */) {
  if (rows <= (packed ? 1 : SHAPES_FEW)) {
    const shapes_share share = shapes_share_of(part, parts, rows, 128, 1);
    const size_t first = share.left, last = share.right;
    if (packed) shapes_line(30752, 128, first, last, relu, 1, packed, relu_2);
    else shapes_few(rows, 30752, last - first, relu, 30752, 1, kernel + first, 128, relu_2 + first, 128);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu_2[i * 128 + j];
        const float add = sum + bias[j];
        const float relu_3 = shapes_maximum(add, 0.0f);
        relu_2[i * 128 + j] = relu_3;
      }
    }
  }
  else {
    const shapes_share share = shapes_share_of(part, parts, rows, 128, 0);
    size_t k0 = 0;
    do {
      const size_t depth = 30752 - k0 < SHAPES_TILE_K ? 30752 - k0 : SHAPES_TILE_K;
      for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
        const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
          const size_t width = SHAPES_TILE_N;
          SHAPES_ALIGNED float sums[SHAPES_LINES * SHAPES_TILE_N];
          for (size_t r = 0; r < last - first; r++)
            SHAPES_ROLLED for (size_t s = 0; s < SHAPES_TILE_N; s++) sums[r * SHAPES_TILE_N + s] = k0 > 0 ? relu_2[(first + r) * 128 + n0 + s] : 0;
          for (size_t k = k0, deep = 0; k < k0 + depth; k += deep) {
            deep = k0 + depth - k < SHAPES_SLICE ? k0 + depth - k : SHAPES_SLICE;
            const float *const slice = packed ? packed + k0 * 128 + n0 * depth + (k - k0) * SHAPES_TILE_N : kernel + k * 128 + n0;
            /* Of the next slice a tile fetches the first or the second half of each line. */
            const size_t right = n0 + SHAPES_TILE_N, below = k + deep;
            const size_t next = below < k0 + depth ? below * 128 + n0 : right < share.right ? k0 * 128 + right : below * 128 + share.left;
            const float *const ahead = packed ? slice + deep * SHAPES_TILE_N : kernel + next;
            const size_t distance = packed ? SHAPES_TILE_N : 128;
            for (size_t m0 = first, height = 0, half = 0; m0 < last; m0 += height, half ^= SHAPES_LANES) {
              height = shapes_height(last - m0);
              shapes_tile_ahead(deep, height, width, relu + m0 * 30752 + k, 30752, slice, distance, sums + (m0 - first) * SHAPES_TILE_N, ahead + half, distance);
            }
          }
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = shapes_height(last - m0);
            const float *const tile = sums + (m0 - first) * SHAPES_TILE_N;
            if (k0 + depth < 30752) {
              for (size_t r = 0; r < height; r++)
                SHAPES_ROLLED for (size_t s = 0; s < width; s++) relu_2[(m0 + r) * 128 + n0 + s] = tile[r * SHAPES_TILE_N + s];
              continue;
            }
            for (size_t r = 0; r < height; r++) {
              SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * SHAPES_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_3 = shapes_maximum(add, 0.0f);
                relu_2[i * 128 + j] = relu_3;
              }
            }
          }
        }
      }
    } while ((k0 += SHAPES_TILE_K) < 30752);
  }
}

struct shapes_dense_forward_call {
  size_t rows;
  const float *relu;
  const float *kernel;
  const float *bias;
  float *relu_2;
  const float *packed;
};

static void shapes_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_forward_call *const call = given;
  shapes_dense_forward(part, parts, call->rows, call->relu, call->kernel, call->bias, call->relu_2, call->packed);
}

/* add[rows, 10] = matmul + add
 * model.swift:9:3 */
static void shapes_dense_1_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 128] */,
    const float *restrict kernel /* [128, 10] */,
    const float *restrict bias /* [10] */,
    float *restrict add /* [rows, 10] */,
    const float *restrict packed /* [4096] */) {
  if (rows <= (packed ? 1 : SHAPES_FEW)) {
    const shapes_share share = shapes_share_of(part, parts, rows, 10, 1);
    const size_t first = share.left, last = share.right;
    if (packed) shapes_line(128, 10, first, last, relu, 1, packed, add);
    else shapes_few(rows, 128, last - first, relu, 128, 1, kernel + first, 10, add + first, 10);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 10 + j];
        const float add_2 = sum + bias[j];
        add[i * 10 + j] = add_2;
      }
    }
  }
  else {
    const shapes_share share = shapes_share_of(part, parts, rows, 10, 0);
    SHAPES_ALIGNED float own[SHAPES_TILE_K * SHAPES_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < SHAPES_TILE_K ? 128 - k0 : SHAPES_TILE_K;
      const shapes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
        const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
          const size_t width = 10 - n0 < SHAPES_TILE_N ? 10 - n0 : SHAPES_TILE_N;
          const float *const panel = packed ? packed + k0 * ((10 + SHAPES_TILE_N - 1) / SHAPES_TILE_N * SHAPES_TILE_N) + n0 * depth : own;
          if (!packed) shapes_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = shapes_height(last - m0);
            SHAPES_ALIGNED float tile[SHAPES_TILE_M * SHAPES_TILE_N];
            shapes_tile_new(&along, height, width, relu + m0 * 128 + k0, 128, 1, panel, tile, SHAPES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * SHAPES_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 10 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += SHAPES_TILE_K) < 128);
  }
}

struct shapes_dense_1_forward_call {
  size_t rows;
  const float *relu;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void shapes_dense_1_forward_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_1_forward_call *const call = given;
  shapes_dense_1_forward(part, parts, call->rows, call->relu, call->kernel, call->bias, call->add, call->packed);
}

/* dense_1[rows, 10] = softmax
 * model.swift:9:3 */
static void shapes_dense_1_forward_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict dense_1 /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = shapes_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      dense_1[i0 * 10 + j] = shapes_exp_falling(add[i0 * 10 + j] - largest);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += dense_1[i0 * 10 + j];
    }
    for (size_t j = 0; j < 10; j++) {
      dense_1[i0 * 10 + j] = dense_1[i0 * 10 + j] / total;
    }
  }
}

/* kernel[3, 3, 3, 32] as conv2d_forward multiplies it
 * model.swift:4:3, model.swift:5:3 */
static void shapes_conv2d_forward_pack(const float *restrict kernel /* [3, 3, 3, 32] */,
    float *restrict packed /* [864] */) {
  {
    const size_t panels = (32 + SHAPES_TILE_N - 1) / SHAPES_TILE_N;
    for (size_t number = 0; number < panels; number++) {
      const size_t n0 = number * SHAPES_TILE_N;
      const size_t width = 32 - n0 < SHAPES_TILE_N ? 32 - n0 : SHAPES_TILE_N;
      float *const panel = packed + number * (27 * SHAPES_TILE_N);
      shapes_pack(27, width, kernel + n0, 32, 1, panel);
    }
  }
}

/* kernel[30752, 128] as dense_forward multiplies it
 * model.swift:8:3 */
static void shapes_dense_forward_pack(const shapes_release *restrict release,
    const float *restrict kernel /* [30752, 128] */,
    float *restrict packed /* [3936256] */) {
  for (size_t k0 = 0; k0 < 30752; k0 += SHAPES_TILE_K) {
    const size_t depth = 30752 - k0 < SHAPES_TILE_K ? 30752 - k0 : SHAPES_TILE_K;
    for (size_t n0 = 0; n0 < 128; n0 += SHAPES_TILE_N) {
      const size_t width = SHAPES_TILE_N;
      shapes_pack(depth, width, kernel + k0 * 128 + n0, 128, 1, packed + k0 * 128 + n0 * depth);
    }
    shapes_released(release, kernel + k0 * 128, depth * 128);
  }
}

/* kernel[128, 10] as dense_1_forward multiplies it
 * model.swift:9:3 */
static void shapes_dense_1_forward_pack(const shapes_release *restrict release,
    const float *restrict kernel /* [128, 10] */,
    float *restrict packed /* [4096] */) {
  for (size_t k0 = 0; k0 < 128; k0 += SHAPES_TILE_K) {
    const size_t depth = 128 - k0 < SHAPES_TILE_K ? 128 - k0 : SHAPES_TILE_K;
    for (size_t n0 = 0; n0 < 10; n0 += SHAPES_TILE_N) {
      const size_t width = 10 - n0 < SHAPES_TILE_N ? 10 - n0 : SHAPES_TILE_N;
      shapes_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, packed + k0 * ((10 + SHAPES_TILE_N - 1) / SHAPES_TILE_N * SHAPES_TILE_N) + n0 * depth);
    }
    shapes_released(release, kernel + k0 * 10, depth * 10);
  }
}

/* softmax[rows, 10] = softmax
 * model.swift:9:3 */
static void shapes_dense_1_forward_2_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict softmax /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = shapes_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      softmax[i0 * 10 + j] = shapes_exp_falling(add[i0 * 10 + j] - largest);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += softmax[i0 * 10 + j];
    }
    for (size_t j = 0; j < 10; j++) {
      softmax[i0 * 10 + j] = softmax[i0 * 10 + j] / total;
    }
  }
}

/* softmax_cross_entropy[rows] = softmax_cross_entropy
 * model.swift:12:18 */
static void shapes_loss_forward(size_t rows,
    const float *restrict add /* [rows, 10] */,
    const int32_t *restrict y /* [rows] */,
    float *restrict softmax_cross_entropy /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = shapes_maximum(largest, add[i0 * 10 + j]);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += shapes_exp_falling(add[i0 * 10 + j] - largest);
    }
    const float log_total = largest + shapes_log(total);
    softmax_cross_entropy[i0] = log_total - add[i0 * 10 + (size_t)y[i0]];
  }
}

/* sum_2[] = sum
 * model.swift:12:18 */
static void shapes_loss_forward_2(size_t rows,
    const float *restrict softmax_cross_entropy /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    SHAPES_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += softmax_cross_entropy[i];
    }
  }
  float total = shapes_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += softmax_cross_entropy[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = divide
 * model.swift:12:18 */
static void shapes_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */) {
  const float divide = sum_2[0] / row_count[0];
  sum_2[0] = divide;
}

/* argmax[rows] = argmax
 * model.swift:12:18 */
static void shapes_loss_forward_3(size_t rows,
    const float *restrict softmax /* [rows, 10] */,
    float *restrict argmax /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = softmax[i0 * 10];
    float position = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      if (softmax[i0 * 10 + j] > largest) {
        largest = softmax[i0 * 10 + j];
        position = (float)j;
      }
    }
    argmax[i0] = position;
  }
}

/* sum_2[] = cast + compare + sum
 * model.swift:12:18 */
static void shapes_loss_forward_accuracy(size_t rows,
    const int32_t *restrict y /* [rows] */,
    const float *restrict argmax /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    SHAPES_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
      total_lanes[lane] += compare;
    }
  }
  float total = shapes_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
    total += compare;
  }
  sum_2[0] = total;
}

/* max_pooling[rows, 31, 31, 32], relu[rows, 31, 31, 32] = convolution + max_pooling + add + relu
 * model.swift:4:3, model.swift:5:3 */
static void shapes_conv2d_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64, 64, 3] */,
    const float *restrict kernel /* [3, 3, 3, 32] */,
    const float *restrict bias /* [32] */,
    uint8_t *restrict max_pooling /* [rows, 31, 31, 32] */,
    float *restrict relu /* [rows, 31, 31, 32] */,
    float *restrict scratch /* [8800] */) {
  float *const panel = scratch + part * 8800;
  float *const map = scratch + part * 8800 + 864;
  const size_t blocks = (rows + 0) / 1 * 16;
  const size_t panels = (32 + SHAPES_TILE_N - 1) / SHAPES_TILE_N;
  static const shapes_runs along = {9, 3, 192, 1, 3};
  for (size_t unit = part * blocks * panels / parts; unit < (part + 1) * blocks * panels / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * SHAPES_TILE_N;
    const size_t width = 32 - n0 < SHAPES_TILE_N ? 32 - n0 : SHAPES_TILE_N;
    const size_t image = block / 16;
    const size_t images = 1;
    const size_t pooled_top = block % 16 * 2, pooled_lines = 31 - pooled_top < 2 ? 31 - pooled_top : 2;
    const size_t top = pooled_top * 2;
    const size_t bottom = (pooled_top + pooled_lines - 1) * 2 + 2;
    const size_t lines = (bottom < 62 ? bottom : 62) - top;
    shapes_pack(27, width, kernel + n0, 32, 1, panel);
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = x + image * 12288 + top * 192 + line * 192;
      for (size_t x0 = 0, height = 0; x0 < 62; x0 += height) {
        height = shapes_height(62 - x0);
        float *const tile = map + (line * 62 + x0) * SHAPES_TILE_N;
        shapes_tile_new(&along, height, width, from + x0 * 3, 3, 1, panel, tile, SHAPES_TILE_N);
      }
    }
    /* Of the block's sums, still in cache, one number for each window stays. */
    for (size_t l = 0; l < images * pooled_lines; l++) {
      for (size_t u = 0; u < 31; u++) {
        const float *const seen = map + ((l / pooled_lines * lines + (pooled_top + l % pooled_lines) * 2 - top) * 62 + u * 2) * SHAPES_TILE_N;
        SHAPES_ALIGNED float best[SHAPES_TILE_N];
        SHAPES_ALIGNED shapes_bits won[SHAPES_TILE_N];
        shapes_pool_maximum_whole(width, 2, 2, seen, 62 * SHAPES_TILE_N, SHAPES_TILE_N, best, won);
        SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = (image * 31 + pooled_top + l) * 31 + u, j = n0 + s;
          const float pooled = best[s];
          const float winner = (float)won[s];
          const float add = pooled + bias[j];
          const float relu_2 = shapes_maximum(add, 0.0f);
          max_pooling[i * 32 + j] = (uint8_t)(winner);
          relu[i * 32 + j] = relu_2;
        }
      }
    }
  }
}

struct shapes_conv2d_backward_call {
  size_t rows;
  const float *x;
  const float *kernel;
  const float *bias;
  uint8_t *max_pooling;
  float *relu;
  float *scratch;
};

static void shapes_conv2d_backward_task(void *given, size_t part, size_t parts) {
  const struct shapes_conv2d_backward_call *const call = given;
  shapes_conv2d_backward(part, parts, call->rows, call->x, call->kernel, call->bias, call->max_pooling, call->relu, call->scratch);
}

/* dropout[rows, 30752] = dropout
 * model.swift:7:3 */
static void shapes_dropout_backward(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict relu /* [rows, 31, 31, 32] */,
    float *restrict dropout /* [rows, 30752] */) {
  for (size_t i = part * (rows * 30752) / parts; i < (part + 1) * (rows * 30752) / parts; i++) {
    const float dropout_2 = shapes_uniform(seed, 1u, step, (uint64_t)i) >= 0.5f ? relu[i] * 2.0f : 0.0f;
    dropout[i] = dropout_2;
  }
}

struct shapes_dropout_backward_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *relu;
  float *dropout;
};

static void shapes_dropout_backward_task(void *given, size_t part, size_t parts) {
  const struct shapes_dropout_backward_call *const call = given;
  shapes_dropout_backward(part, parts, call->rows, call->seed, call->step, call->relu, call->dropout);
}

/* relu[rows, 128] = matmul + add + relu
 * model.swift:8:3 */
static void shapes_dense_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 30752] */,
    const float *restrict kernel /* [30752, 128] */,
    const float *restrict bias /* [128] */,
    float *restrict relu /* [rows, 128] */) {
  if (rows <= SHAPES_FEW) {
    const shapes_share share = shapes_share_of(part, parts, rows, 128, 1);
    const size_t first = share.left, last = share.right;
    shapes_few(rows, 30752, last - first, dropout, 30752, 1, kernel + first, 128, relu + first, 128);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 128 + j];
        const float add = sum + bias[j];
        const float relu_2 = shapes_maximum(add, 0.0f);
        relu[i * 128 + j] = relu_2;
      }
    }
  }
  else {
    const shapes_share share = shapes_share_of(part, parts, rows, 128, 0);
    size_t k0 = 0;
    do {
      const size_t depth = 30752 - k0 < SHAPES_TILE_K ? 30752 - k0 : SHAPES_TILE_K;
      for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
        const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
          const size_t width = SHAPES_TILE_N;
          SHAPES_ALIGNED float sums[SHAPES_LINES * SHAPES_TILE_N];
          for (size_t r = 0; r < last - first; r++)
            SHAPES_ROLLED for (size_t s = 0; s < SHAPES_TILE_N; s++) sums[r * SHAPES_TILE_N + s] = k0 > 0 ? relu[(first + r) * 128 + n0 + s] : 0;
          for (size_t k = k0, deep = 0; k < k0 + depth; k += deep) {
            deep = k0 + depth - k < SHAPES_SLICE ? k0 + depth - k : SHAPES_SLICE;
            const float *const slice = kernel + k * 128 + n0;
            /* Of the next slice a tile fetches the first or the second half of each line. */
            const size_t right = n0 + SHAPES_TILE_N, below = k + deep;
            const size_t next = below < k0 + depth ? below * 128 + n0 : right < share.right ? k0 * 128 + right : below * 128 + share.left;
            const float *const ahead = kernel + next;
            const size_t distance = 128;
            for (size_t m0 = first, height = 0, half = 0; m0 < last; m0 += height, half ^= SHAPES_LANES) {
              height = shapes_height(last - m0);
              shapes_tile_ahead(deep, height, width, dropout + m0 * 30752 + k, 30752, slice, distance, sums + (m0 - first) * SHAPES_TILE_N, ahead + half, distance);
            }
          }
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = shapes_height(last - m0);
            const float *const tile = sums + (m0 - first) * SHAPES_TILE_N;
            if (k0 + depth < 30752) {
              for (size_t r = 0; r < height; r++)
                SHAPES_ROLLED for (size_t s = 0; s < width; s++) relu[(m0 + r) * 128 + n0 + s] = tile[r * SHAPES_TILE_N + s];
              continue;
            }
            for (size_t r = 0; r < height; r++) {
              SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * SHAPES_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = shapes_maximum(add, 0.0f);
                relu[i * 128 + j] = relu_2;
              }
            }
          }
        }
      }
    } while ((k0 += SHAPES_TILE_K) < 30752);
  }
}

struct shapes_dense_backward_call {
  size_t rows;
  const float *dropout;
  const float *kernel;
  const float *bias;
  float *relu;
};

static void shapes_dense_backward_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_backward_call *const call = given;
  shapes_dense_backward(part, parts, call->rows, call->dropout, call->kernel, call->bias, call->relu);
}

/* multiply[rows, 10], bias_gradient[10] = one_hot + subtract + multiply + sum
 * model.swift:12:18, model.swift:9:3 */
static void shapes_loss_backward_bias(size_t rows,
    const int32_t *restrict y /* [rows] */,
    const float *restrict softmax /* [rows, 10] */,
    const float *restrict row_count /* [] */,
    float *restrict multiply /* [rows, 10] */,
    float *restrict bias_gradient /* [10] */) {
  const float divide = 1.0f / row_count[0];
  for (size_t i = 0; i < 10; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 10; j++) {
      const float one_hot = (float)y[i] == (float)j ? 1.0f : 0.0f;
      const float subtract = softmax[i * 10 + j] - one_hot;
      const float multiply_2 = subtract * divide;
      multiply[i * 10 + j] = multiply_2;
      bias_gradient[j] += multiply_2;
    }
  }
}

/* kernel_gradient[128, 10] = matmul
 * model.swift:9:3 */
static void shapes_dense_1_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 128] */,
    const float *restrict multiply /* [rows, 10] */,
    float *restrict kernel_gradient /* [128, 10] */) {
  const shapes_share share = shapes_share_of(part, parts, 128, 10, 0);
  SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < SHAPES_TILE_K ? rows - k0 : SHAPES_TILE_K;
    const shapes_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
      const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
        const size_t width = 10 - n0 < SHAPES_TILE_N ? 10 - n0 : SHAPES_TILE_N;
        shapes_pack(depth, width, multiply + k0 * 10 + n0, 10, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = shapes_height(last - m0);
          SHAPES_ALIGNED float tile[SHAPES_TILE_M * SHAPES_TILE_N];
          shapes_tile_new(&along, height, width, relu + m0 + k0 * 128, 1, 128, panel, tile, SHAPES_TILE_N);
          for (size_t r = 0; r < height; r++)
            SHAPES_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[(m0 + r) * 10 + n0 + s] = tile[r * SHAPES_TILE_N + s];
        }
      }
    }
  } while ((k0 += SHAPES_TILE_K) < rows);
}

struct shapes_dense_1_backward_kernel_call {
  size_t rows;
  const float *relu;
  const float *multiply;
  float *kernel_gradient;
};

static void shapes_dense_1_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_1_backward_kernel_call *const call = given;
  shapes_dense_1_backward_kernel(part, parts, call->rows, call->relu, call->multiply, call->kernel_gradient);
}

/* select[rows, 128], bias_gradient[128] = matmul + compare + select + sum
 * model.swift:9:3, model.swift:8:3 */
static void shapes_dense_1_backward_bias(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict multiply /* [rows, 10] */,
    const float *restrict kernel /* [128, 10] */,
    const float *restrict relu /* [rows, 128] */,
    float *restrict select /* [rows, 128] */,
    float *restrict bias_gradient /* [128] */) {
  const shapes_share share = shapes_share_of(part, parts, rows, 128, 1);
  SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
  for (size_t j = share.left; j < share.right; j++) {
    bias_gradient[j] = 0.0f;
  }
  size_t k0 = 0;
  do {
    const size_t depth = 10 - k0 < SHAPES_TILE_K ? 10 - k0 : SHAPES_TILE_K;
    const shapes_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
      const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
        const size_t width = SHAPES_TILE_N;
        shapes_pack(depth, width, kernel + k0 + n0 * 10, 1, 10, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = shapes_height(last - m0);
          SHAPES_ALIGNED float tile[SHAPES_TILE_M * SHAPES_TILE_N];
          shapes_tile_new(&along, height, width, multiply + m0 * 10 + k0, 10, 1, panel, tile, SHAPES_TILE_N);
          for (size_t r = 0; r < height; r++) {
            SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * SHAPES_TILE_N + s];
              const float compare = relu[i * 128 + j] > 0.0f ? 1.0f : 0.0f;
              const float select_2 = compare != 0.0f ? sum : 0.0f;
              select[i * 128 + j] = select_2;
              bias_gradient[j] += select_2;
            }
          }
        }
      }
    }
  } while ((k0 += SHAPES_TILE_K) < 10);
}

struct shapes_dense_1_backward_bias_call {
  size_t rows;
  const float *multiply;
  const float *kernel;
  const float *relu;
  float *select;
  float *bias_gradient;
};

static void shapes_dense_1_backward_bias_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_1_backward_bias_call *const call = given;
  shapes_dense_1_backward_bias(part, parts, call->rows, call->multiply, call->kernel, call->relu, call->select, call->bias_gradient);
}

/* kernel_gradient[30752, 128] = matmul
 * model.swift:8:3 */
static void shapes_dense_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 30752] */,
    const float *restrict select /* [rows, 128] */,
    float *restrict kernel_gradient /* [30752, 128] */) {
  const shapes_share share = shapes_lines_of(part, parts, 30752, 128);
  SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < SHAPES_TILE_K ? rows - k0 : SHAPES_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
      const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
        const size_t width = SHAPES_TILE_N;
        shapes_pack(depth, width, select + k0 * 128 + n0, 128, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = shapes_height(last - m0);
          shapes_tile_across(0, depth, height, dropout + m0 + k0 * 30752, 30752, panel, kernel_gradient + m0 * 128 + n0, 128);
        }
      }
    }
  } while ((k0 += SHAPES_TILE_K) < rows);
}

struct shapes_dense_backward_kernel_call {
  size_t rows;
  const float *dropout;
  const float *select;
  float *kernel_gradient;
};

static void shapes_dense_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_backward_kernel_call *const call = given;
  shapes_dense_backward_kernel(part, parts, call->rows, call->dropout, call->select, call->kernel_gradient);
}

/* dropout[rows, 30752] = matmul + dropout
 * model.swift:8:3, model.swift:7:3 */
static void shapes_dense_backward_2(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict select /* [rows, 128] */,
    const float *restrict kernel /* [30752, 128] */,
    float *restrict dropout /* [rows, 30752] */) {
  if (rows <= SHAPES_TILE_N) {
    const shapes_share share = shapes_columns_of(part, parts, 30752);
    SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
    SHAPES_ALIGNED float turned[SHAPES_LINES * SHAPES_TILE_N];
    for (size_t first = share.left; first < share.right; first += SHAPES_LINES) {
      const size_t last = share.right - first < SHAPES_LINES ? share.right : first + SHAPES_LINES;
      memset(turned, 0, (last - first) * SHAPES_TILE_N * sizeof *turned);
      for (size_t k0 = 0; k0 < 128; k0 += SHAPES_TILE_K) {
        const size_t depth = 128 - k0 < SHAPES_TILE_K ? 128 - k0 : SHAPES_TILE_K;
        shapes_pack(depth, rows, select + k0, 1, 128, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = shapes_height(last - m0);
          for (size_t r = 0; r < rows; r++) {
            SHAPES_PREFETCH_TO_WRITE(dropout, m0 + r * 30752);
          }
          shapes_tile_ahead(depth, height, rows, kernel + m0 * 128 + k0, 128, panel, SHAPES_TILE_N, turned + (m0 - first) * SHAPES_TILE_N, kernel + m0 * 128 + k0 + height * 128, 64 / sizeof *panel);
        }
      }
      for (size_t n0 = first; n0 < last; n0 += SHAPES_TILE_N) {
        const size_t width = last - n0 < SHAPES_TILE_N ? last - n0 : SHAPES_TILE_N;
        const size_t m0 = 0, height = rows;
        SHAPES_ALIGNED float tile[SHAPES_TILE_N * SHAPES_TILE_N];
        shapes_pack(height, width, turned + (n0 - first) * SHAPES_TILE_N, 1, SHAPES_TILE_N, tile);
        for (size_t r = 0; r < height; r++) {
          SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
            const size_t i = m0 + r, j = n0 + s;
            const float sum = tile[r * SHAPES_TILE_N + s];
            const float dropout_2 = shapes_uniform(seed, 1u, step, (uint64_t)(i * 30752 + j)) >= 0.5f ? sum * 2.0f : 0.0f;
            dropout[i * 30752 + j] = dropout_2;
          }
        }
      }
    }
  }
  else {
    const shapes_share share = shapes_share_of(part, parts, rows, 30752, 0);
    SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < SHAPES_TILE_K ? 128 - k0 : SHAPES_TILE_K;
      const shapes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += SHAPES_LINES) {
        const size_t last = share.bottom - first < SHAPES_LINES ? share.bottom : first + SHAPES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
          const size_t width = SHAPES_TILE_N;
          shapes_pack(depth, width, kernel + k0 + n0 * 128, 1, 128, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = shapes_height(last - m0);
            SHAPES_ALIGNED float tile[SHAPES_TILE_M * SHAPES_TILE_N];
            shapes_tile_new(&along, height, width, select + m0 * 128 + k0, 128, 1, panel, tile, SHAPES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * SHAPES_TILE_N + s];
                const float dropout_2 = shapes_uniform(seed, 1u, step, (uint64_t)(i * 30752 + j)) >= 0.5f ? sum * 2.0f : 0.0f;
                dropout[i * 30752 + j] = dropout_2;
              }
            }
          }
        }
      }
    } while ((k0 += SHAPES_TILE_K) < 128);
  }
}

struct shapes_dense_backward_2_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *select;
  const float *kernel;
  float *dropout;
};

static void shapes_dense_backward_2_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_backward_2_call *const call = given;
  shapes_dense_backward_2(part, parts, call->rows, call->seed, call->step, call->select, call->kernel, call->dropout);
}

/* select[rows, 31, 31, 32], bias_gradient[32] = compare + select + sum
 * model.swift:4:3 */
static void shapes_conv2d_backward_bias(size_t rows,
    const float *restrict relu /* [rows, 31, 31, 32] */,
    const float *restrict dropout /* [rows, 30752] */,
    float *restrict select /* [rows, 31, 31, 32] */,
    float *restrict bias_gradient /* [32] */) {
  SHAPES_ROLLED for (size_t i = 0; i < 32; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 31; j++) {
      for (size_t k = 0; k < 31; k++) {
        SHAPES_ROLLED for (size_t l = 0; l < 32; l++) {
          const float compare = relu[i * 30752 + j * 992 + k * 32 + l] > 0.0f ? 1.0f : 0.0f;
          const float select_2 = compare != 0.0f ? dropout[i * 30752 + j * 992 + k * 32 + l] : 0.0f;
          select[i * 30752 + j * 992 + k * 32 + l] = select_2;
          bias_gradient[l] += select_2;
        }
      }
    }
  }
}

/* kernel_gradient[3, 3, 3, 32] = max_pooling_gradient + convolution_kernel_gradient
 * model.swift:5:3, model.swift:4:3 */
static void shapes_max_pooling2d_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict select /* [rows, 31, 31, 32] */,
    const uint8_t *restrict max_pooling /* [rows, 31, 31, 32] */,
    const float *restrict x /* [rows, 64, 64, 3] */,
    float *restrict kernel_gradient /* [3, 3, 3, 32] */,
    float *restrict scratch /* [1984] */) {
  float *const panel = scratch + part * 1984;
  const size_t blocks = (rows + 0) / 1 * 4;
  const size_t vectors = 32 / SHAPES_LANES;
  const size_t lines_apart = vectors % parts == 0 ? 1 : 3;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block / 4;
    const size_t images = 1;
    const size_t top = block % 4 * 16, lines = 62 - top < 16 ? 62 - top : 16;
    for (size_t unit = part * (vectors * lines_apart) / parts; unit < (part + 1) * (vectors * lines_apart) / parts; unit++) {
      const size_t ky = unit % lines_apart;
      const size_t n0 = unit / lines_apart * SHAPES_LANES, width = SHAPES_LANES;
      float *const c = kernel_gradient + ky * 9 * 32 + n0;
      for (size_t e = 0; e < 3 / lines_apart * 9 && block == 0; e++)
        memset(c + e * 32, 0, width * sizeof *c);
      for (size_t line = 0; line < images * lines; line++) {
        /* No memory holds the map: a line of it is computed. */
        const size_t at_row = image + line / lines;
        const size_t at_y = top + line % lines;
        for (size_t at_x = 0; at_x < 62; at_x++) {
          SHAPES_PREFETCH(max_pooling, at_row * 30752 + (at_y + 2) / 2 * 992 + at_x / 2 * 32 + n0);
          SHAPES_PREFETCH(select, at_row * 30752 + (at_y + 2) / 2 * 992 + at_x / 2 * 32 + n0);
          float *const to = panel + at_x * SHAPES_LANES;
          SHAPES_ROLLED for (size_t s = 0; s < SHAPES_LANES; s++) {
            const size_t at_c = n0 + s;
            const float max_pooling_gradient = shapes_choose((float)max_pooling[at_row * 30752 + at_y / 2 * 992 + at_x / 2 * 32 + at_c] == (float)(at_y % 2 * 2 + at_x % 2), select[at_row * 30752 + at_y / 2 * 992 + at_x / 2 * 32 + at_c], 0.0f);
            to[s] = max_pooling_gradient;
          }
        }
        shapes_few_taps(3, 9, 0, lines_apart > 1, 192, 62, x + image * 12288 + top * 192 + line * 192 + ky * 192, 3, panel, SHAPES_LANES, c, 32);
      }
    }
  }
}

struct shapes_max_pooling2d_backward_kernel_call {
  size_t rows;
  const float *select;
  const uint8_t *max_pooling;
  const float *x;
  float *kernel_gradient;
  float *scratch;
};

static void shapes_max_pooling2d_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_max_pooling2d_backward_kernel_call *const call = given;
  shapes_max_pooling2d_backward_kernel(part, parts, call->rows, call->select, call->max_pooling, call->x, call->kernel_gradient, call->scratch);
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:12:18 */
static void shapes_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = shapes_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[3, 3, 3, 32], velocity[3, 3, 3, 32], kernel[3, 3, 3, 32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:4:3 */
static void shapes_conv2d_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [3, 3, 3, 32] */,
    const float *restrict kernel_gradient /* [3, 3, 3, 32] */,
    float *restrict velocity /* [3, 3, 3, 32] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [3, 3, 3, 32] */) {
  for (size_t i = part * (864) / parts; i < (part + 1) * (864) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct shapes_conv2d_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void shapes_conv2d_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_conv2d_update_kernel_call *const call = given;
  shapes_conv2d_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[32], velocity[32], bias[32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:4:3 */
static void shapes_conv2d_update_bias(float *restrict momentum /* [32] */,
    const float *restrict bias_gradient /* [32] */,
    float *restrict velocity /* [32] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [32] */) {
  SHAPES_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[30752, 128], velocity[30752, 128], kernel[30752, 128] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:8:3 */
static void shapes_dense_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [30752, 128] */,
    const float *restrict kernel_gradient /* [30752, 128] */,
    float *restrict velocity /* [30752, 128] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [30752, 128] */) {
  for (size_t i = part * (3936256) / parts; i < (part + 1) * (3936256) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct shapes_dense_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void shapes_dense_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_update_kernel_call *const call = given;
  shapes_dense_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[128], velocity[128], bias[128] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:8:3 */
static void shapes_dense_update_bias(float *restrict momentum /* [128] */,
    const float *restrict bias_gradient /* [128] */,
    float *restrict velocity /* [128] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [128] */) {
  for (size_t i = 0; i < 128; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[128, 10], velocity[128, 10], kernel[128, 10] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:9:3 */
static void shapes_dense_1_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [128, 10] */,
    const float *restrict kernel_gradient /* [128, 10] */,
    float *restrict velocity /* [128, 10] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [128, 10] */) {
  for (size_t i = part * (1280) / parts; i < (part + 1) * (1280) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct shapes_dense_1_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void shapes_dense_1_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_1_update_kernel_call *const call = given;
  shapes_dense_1_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[10], velocity[10], bias[10] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:9:3 */
static void shapes_dense_1_update_bias(float *restrict momentum /* [10] */,
    const float *restrict bias_gradient /* [10] */,
    float *restrict velocity /* [10] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [10] */) {
  for (size_t i = 0; i < 10; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = shapes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[30752, 128], velocity[30752, 128], kernel[30752, 128] = matmul + multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:8:3 */
static void shapes_dense_train_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 30752] */,
    const float *restrict select /* [rows, 128] */,
    float *restrict momentum /* [30752, 128] */,
    float *restrict velocity /* [30752, 128] */,
    const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict kernel /* [30752, 128] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = shapes_sqrt(subtract);
  const float multiply_6 = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide = multiply_6 / subtract_2;
  const shapes_share share = shapes_lines_of(part, parts, 30752, 128);
  SHAPES_ALIGNED float panel[SHAPES_TILE_K * SHAPES_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < SHAPES_TILE_K ? rows - k0 : SHAPES_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += SHAPES_UPDATED_LINES) {
      const size_t last = share.bottom - first < SHAPES_UPDATED_LINES ? share.bottom : first + SHAPES_UPDATED_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += SHAPES_TILE_N) {
        const size_t width = SHAPES_TILE_N;
        shapes_pack(depth, width, select + k0 * 128 + n0, 128, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = shapes_height(last - m0);
          const size_t next = n0 + SHAPES_TILE_N < share.right ? m0 * 128 + n0 + SHAPES_TILE_N : (m0 + last - first) * 128 + share.left;
          shapes_fetch_to_write(height, momentum, next, 128);
          shapes_fetch_to_write(height, velocity, next, 128);
          shapes_fetch_to_write(height, kernel, next, 128);
          SHAPES_ALIGNED float tile[SHAPES_TILE_M * SHAPES_TILE_N];
          shapes_tile_across(0, depth, height, dropout + m0 + k0 * 30752, 30752, panel, tile, SHAPES_TILE_N);
          for (size_t r = 0; r < height; r++) {
            SHAPES_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * SHAPES_TILE_N + s];
              const float multiply = momentum[i * 128 + j] * 0.9f;
              const float multiply_2 = sum * 0.1f;
              const float add = multiply + multiply_2;
              const float multiply_3 = velocity[i * 128 + j] * 0.999f;
              const float multiply_4 = sum * sum;
              const float multiply_5 = multiply_4 * 0.001f;
              const float add_2 = multiply_3 + multiply_5;
              const float multiply_7 = divide * add;
              const float sqrt_3 = shapes_sqrt(add_2);
              const float add_3 = sqrt_3 + 1e-07f;
              const float divide_2 = multiply_7 / add_3;
              const float subtract_3 = kernel[i * 128 + j] - divide_2;
              momentum[i * 128 + j] = add;
              velocity[i * 128 + j] = add_2;
              kernel[i * 128 + j] = subtract_3;
            }
          }
        }
      }
    }
  } while ((k0 += SHAPES_TILE_K) < rows);
}

struct shapes_dense_train_kernel_call {
  size_t rows;
  const float *dropout;
  const float *select;
  float *momentum;
  float *velocity;
  const float *step_number;
  const float *learning_rate;
  float *kernel;
};

static void shapes_dense_train_kernel_task(void *given, size_t part, size_t parts) {
  const struct shapes_dense_train_kernel_call *const call = given;
  shapes_dense_train_kernel(part, parts, call->rows, call->dropout, call->select, call->momentum, call->velocity, call->step_number, call->learning_rate, call->kernel);
}

const char *shapes_status_string(shapes_status status) {
  switch (status) {
    case SHAPES_OK: return "done";
    case SHAPES_ERROR_ARGUMENT: return "a null pointer";
    case SHAPES_ERROR_ALIGNMENT: return "memory is not aligned";
    case SHAPES_ERROR_MEMORY: return "memory is too small";
    case SHAPES_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case SHAPES_ERROR_FORMAT: return "not a valid safetensors file";
    case SHAPES_ERROR_MODEL: return "tensors of another model";
    case SHAPES_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case SHAPES_ERROR_LABEL: return "a class number outside its range";
    case SHAPES_ERROR_IO: return "reading or writing failed: see errno";
    case SHAPES_ERROR_CHECKSUM: return "damaged file";
    case SHAPES_ERROR_THREADS: return "a thread cannot be started";
    case SHAPES_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case SHAPES_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { SHAPES_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t shapes_tag = UINT64_C(0x8bb57d5edf557321);

static shapes_status shapes_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return SHAPES_ERROR_ARGUMENT;
  if ((uintptr_t)memory % SHAPES_ALIGNMENT != 0) return SHAPES_ERROR_ALIGNMENT;
  return bytes < needed ? SHAPES_ERROR_MEMORY : SHAPES_OK;
}

SHAPES_APART int shapes_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

shapes_status shapes_parameters_init(void *memory, size_t bytes, uint64_t seed, shapes_parameters **out) {
  if (!out) return SHAPES_ERROR_ARGUMENT;
  const shapes_status status = shapes_check_memory(memory, bytes, SHAPES_PARAMETERS_BYTES);
  if (status != SHAPES_OK) return status;
  shapes_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + SHAPES_OBJECT_BYTES);
  parameters->tag = shapes_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  shapes_fill_uniform(values, 864, seed, 0u, -0.13801311f, 0.13801311f); /* conv2d/kernel */
  shapes_fill_constant(values + 864, 32, 0.0f); /* conv2d/bias */
  shapes_fill_uniform(values + 896, 3936256, seed, 2u, -0.013939172f, 0.013939172f); /* dense/kernel */
  shapes_fill_constant(values + 3937152, 128, 0.0f); /* dense/bias */
  shapes_fill_uniform(values + 3937280, 1280, seed, 4u, -0.2085144f, 0.2085144f); /* dense_1/kernel */
  shapes_fill_constant(values + 3938560, 10, 0.0f); /* dense_1/bias */
  *out = parameters;
  return SHAPES_OK;
}

const shapes_tensor_info *shapes_tensors(size_t *count) {
  if (count) *count = SHAPES_TENSORS;
  return shapes_tensors_table;
}

shapes_real *shapes_parameters_values(shapes_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static shapes_status shapes_open(const shapes_tensor_info *table, size_t count, const void *bytes, size_t size, shapes_safetensors *file) {
  shapes_safetensor tensor;
  if (!bytes) return SHAPES_ERROR_ARGUMENT;
  if (shapes_safetensors_open(bytes, size, file)) return SHAPES_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!shapes_safetensors_find(file, &cursor, table[i].name, &tensor)) return SHAPES_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return SHAPES_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return SHAPES_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return SHAPES_ERROR_FORMAT;
  }
  return SHAPES_OK;
}

/* Reads every tensor of the table into values, or none. */
static shapes_status shapes_load(const shapes_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  shapes_safetensors file;
  shapes_safetensor tensor;
  if (!values) return SHAPES_ERROR_ARGUMENT;
  const shapes_status status = shapes_open(table, count, bytes, size, &file);
  if (status != SHAPES_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (shapes_safetensors_find(&file, &cursor, table[i].name, &tensor))
      shapes_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return SHAPES_OK;
}

shapes_status shapes_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, shapes_parameters **out) {
  if (!out) return SHAPES_ERROR_ARGUMENT;
  shapes_status status = shapes_check_memory(memory, bytes, SHAPES_VIEW_BYTES);
  shapes_safetensors file;
  shapes_safetensor tensor;
  if (status == SHAPES_OK) status = shapes_open(shapes_tensors_table, SHAPES_TENSORS, safetensors, size, &file);
  if (status != SHAPES_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return SHAPES_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < SHAPES_TENSORS; i++) {
    const shapes_tensor_info *const wanted = &shapes_tensors_table[i];
    if (!shapes_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != SHAPES_REAL_BITS) return SHAPES_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return SHAPES_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return SHAPES_ERROR_ALIGNMENT;
  shapes_parameters *const parameters = memory;
  parameters->tag = shapes_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return SHAPES_OK;
}

shapes_status shapes_parameters_load(shapes_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return SHAPES_ERROR_ARGUMENT;
  if (parameters->is_view) return SHAPES_ERROR_VIEW;
  parameters->prepared = NULL;
  return shapes_load(shapes_tensors_table, SHAPES_TENSORS, parameters->values, safetensors, bytes);
}

shapes_status shapes_context_init(void *memory, size_t bytes, const shapes_config *config, shapes_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : SHAPES_MAX_ROWS;
  if (!out) return SHAPES_ERROR_ARGUMENT;
  if (max_rows > SHAPES_MAX_ROWS) return SHAPES_ERROR_ROWS;
  const shapes_status status = shapes_check_memory(memory, bytes, SHAPES_CONTEXT_BYTES(max_rows));
  if (status != SHAPES_OK) return status;
  shapes_context *const context = memory;
  context->tag = shapes_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(SHAPES_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + SHAPES_OBJECT_BYTES;
  context->arena = context->state + 0;
  shapes_reset_state(context);
  *out = context;
  return SHAPES_OK;
}

void shapes_reset_state(shapes_context *context) {
  if (!context) return;
  context->position = 0;
  /* It keeps nothing. */
}

/* Zeros, as init makes of the others, for the gradients that train_step never writes: unless backward has, nobody has touched their
 * memory. */
static void shapes_begin_gradients(shapes_trainer *trainer) {
  if (trainer->has_gradients) return;
  trainer->has_gradients = 1;
  memset(trainer->gradients + 896, 0, 3936256 * sizeof *trainer->gradients);
}

shapes_status shapes_trainer_init(void *memory, size_t bytes, shapes_parameters *parameters, const shapes_config *config,
                              shapes_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : SHAPES_MAX_ROWS;
  if (!out || !parameters) return SHAPES_ERROR_ARGUMENT;
  if (parameters->is_view) return SHAPES_ERROR_VIEW;
  if (max_rows > SHAPES_MAX_ROWS) return SHAPES_ERROR_ROWS;
  const shapes_status status = shapes_check_memory(memory, bytes, SHAPES_TRAINER_BYTES(max_rows));
  if (status != SHAPES_OK) return status;
  shapes_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + SHAPES_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = shapes_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.001f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 15754304);
  trainer->state = base + 47262912;
  trainer->arena = trainer->state + 0;
  shapes_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 896 * sizeof *trainer->gradients);
  memset(trainer->gradients + 3937152, 0, 1418 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 31508608);
  *out = trainer;
  return SHAPES_OK;
}

void shapes_reset_trainer_state(shapes_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

shapes_real *shapes_gradients(shapes_trainer *trainer, size_t *count) {
  if (count) *count = 3938570;
  if (trainer) shapes_begin_gradients(trainer);
  return trainer ? trainer->gradients : NULL;
}

shapes_real shapes_learning_rate(const shapes_trainer *trainer) { return trainer->learning_rate; }

void shapes_set_learning_rate(shapes_trainer *trainer, shapes_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t shapes_step(const shapes_trainer *trainer) { return trainer->step; }

void shapes_set_step(shapes_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t shapes_seed(const shapes_trainer *trainer) { return trainer->seed; }

void shapes_set_seed(shapes_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *shapes_fault(const shapes_trainer *trainer) { return trainer->fault; }

const shapes_tensor_info *shapes_trainer_tensors(size_t *count) {
  if (count) *count = SHAPES_SLOTS;
  return shapes_slots_table;
}

shapes_real *shapes_trainer_values(shapes_trainer *trainer) { return trainer ? trainer->slots : NULL; }

shapes_status shapes_trainer_load(shapes_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return SHAPES_ERROR_ARGUMENT;
  return shapes_load(shapes_slots_table, SHAPES_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(SHAPES_PROFILE)
void shapes_context_profile(shapes_context *context, shapes_profile *profile) { context->profile = profile; }
void shapes_trainer_profile(shapes_trainer *trainer, shapes_profile *profile) { trainer->profile = profile; }
#endif

/* One call of inference: inputs x[rows, 64, 64, 3]; outputs dense_1[rows, 10].
 * model.swift:3:13 */
shapes_status shapes_predict(shapes_context *context, const shapes_parameters *parameters, size_t rows,
                       const shapes_inputs *inputs, const shapes_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense_1) return SHAPES_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return SHAPES_ERROR_ROWS;
  shapes_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = context->max_rows;
  float *const relu = (float *)(void *)(arena + 0); /* [rows, 31, 31, 32] */
  float *const scratch = (float *)(void *)(arena + 123008 * max_rows); /* [8800] */
  float *const packed = (float *)(void *)(prepared ? prepared + 0 : NULL); /* [864] */
  float *const relu_2 = (float *)(void *)(arena + 123008 * max_rows); /* [rows, 128] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 3456 : NULL); /* [3936256] */
  float *const add = (float *)(void *)(arena + 0); /* [rows, 10] */
  float *const packed_3 = (float *)(void *)(prepared ? prepared + 15748480 : NULL); /* [4096] */

  shapes_parallel(pool, rows * 415152, shapes_conv2d_forward_task, &(struct shapes_conv2d_forward_call){rows, inputs->x, parameters->values, parameters->values + 864, relu, scratch, packed});
  SHAPES_LAP(context, 0);
  shapes_parallel(pool, rows * 787635, shapes_dense_forward_task, &(struct shapes_dense_forward_call){rows, relu, parameters->values + 896, parameters->values + 3937152, relu_2, packed_2});
  SHAPES_LAP(context, 1);
  shapes_parallel(pool, rows * 276, shapes_dense_1_forward_task, &(struct shapes_dense_1_forward_call){rows, relu_2, parameters->values + 3937280, parameters->values + 3938560, add, packed_3});
  SHAPES_LAP(context, 2);
  shapes_dense_1_forward_2(rows, add, outputs->dense_1);
  SHAPES_LAP(context, 3);
  return SHAPES_OK;
}

/* What inference would make of the weights alone in each call, 15764864 bytes of it.
 * model.swift:3:13 */
shapes_status shapes_parameters_prepare_and_release(shapes_parameters *parameters, void *memory, size_t bytes,
                                            const shapes_release *release) {
  if (!parameters) return SHAPES_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return SHAPES_OK;
  const shapes_status status = shapes_check_memory(memory, bytes, SHAPES_PREPARED_BYTES);
  if (status != SHAPES_OK) return status;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const packed = (float *)(void *)(prepared + 0); /* [864] */
    float *const packed_2 = (float *)(void *)(prepared + 3456); /* [3936256] */
    float *const packed_3 = (float *)(void *)(prepared + 15748480); /* [4096] */
    shapes_conv2d_forward_pack(parameters->values, packed);
    shapes_released(release, parameters->values, 864);
    shapes_dense_forward_pack(release, parameters->values + 896, packed_2);
    shapes_dense_1_forward_pack(release, parameters->values + 3937280, packed_3);
  }
  parameters->prepared = memory;
  return SHAPES_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
shapes_status shapes_parameters_prepare(shapes_parameters *parameters, void *memory, size_t bytes) {
  return shapes_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 64, 64, 3].
 * model.swift:3:13 */
shapes_status shapes_adapt(shapes_parameters *parameters, size_t rows, const shapes_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return SHAPES_ERROR_ARGUMENT;
  if (rows == 0) return SHAPES_ERROR_ROWS;
  if (parameters->is_view) return SHAPES_ERROR_VIEW;
  parameters->prepared = NULL;
  return SHAPES_OK;
}

/* Whether class numbers and tokens are in range: targets y[rows].
 * model.swift:3:13 */
static int shapes_targets_are_valid(size_t rows, const shapes_targets *targets) {
  for (size_t i = 0; i < rows; i++)
    if (targets->y[i] < 0 || targets->y[i] >= 10) return 0;
  return 1;
}

static void shapes_finish_metrics(shapes_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->accuracy = sums[2] / sums[0];
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 64, 64, 3]; targets y[rows].
 * model.swift:3:13 */
shapes_status shapes_evaluate(shapes_context *context, const shapes_parameters *parameters, size_t rows,
                        const shapes_inputs *inputs, const shapes_targets *targets, shapes_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return SHAPES_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return SHAPES_ERROR_ROWS;
  if (!shapes_targets_are_valid(rows, targets)) return SHAPES_ERROR_LABEL;
  const float row_count = (float)rows;
  shapes_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const relu = (float *)(void *)(arena + 64); /* [rows, 31, 31, 32] */
  float *const scratch = (float *)(void *)(arena + 64 + 123008 * max_rows); /* [8800] */
  float *const relu_2 = (float *)(void *)(arena + 64 + 123008 * max_rows); /* [rows, 128] */
  float *const add = (float *)(void *)(arena + 64); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 64 + 64 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 64 + 128 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 64); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64 + 64 * max_rows); /* [] */

  shapes_parallel(pool, rows * 415152, shapes_conv2d_forward_task, &(struct shapes_conv2d_forward_call){rows, inputs->x, parameters->values, parameters->values + 864, relu, scratch, NULL});
  shapes_parallel(pool, rows * 787635, shapes_dense_forward_task, &(struct shapes_dense_forward_call){rows, relu, parameters->values + 896, parameters->values + 3937152, relu_2, NULL});
  shapes_parallel(pool, rows * 276, shapes_dense_1_forward_task, &(struct shapes_dense_1_forward_call){rows, relu_2, parameters->values + 3937280, parameters->values + 3938560, add, NULL});
  shapes_dense_1_forward_2_2(rows, add, softmax);
  shapes_loss_forward(rows, add, targets->y, softmax_cross_entropy);
  shapes_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  shapes_loss_forward_loss(sum_2, &row_count);
  shapes_loss_forward_3(rows, softmax, argmax);
  shapes_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64 + 64 * max_rows); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  shapes_finish_metrics(metrics);
  return SHAPES_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static shapes_status shapes_run_backward(shapes_trainer *trainer, size_t rows, const shapes_inputs *inputs,
                                    const shapes_targets *targets, shapes_metrics *metrics, int check) {
  const shapes_parameters *const parameters = trainer->parameters;
  trainer->has_gradients = 1;
  const float row_count = (float)rows;
  const uint64_t seed = trainer->seed, step = trainer->step;
  shapes_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  uint8_t *const max_pooling = (uint8_t *)(void *)(arena + 128 + 369024 * max_rows); /* [rows, 31, 31, 32] */
  float *const relu = (float *)(void *)(arena + 128); /* [rows, 31, 31, 32] */
  float *const scratch = (float *)(void *)(arena + 128 + 399808 * max_rows); /* [8800] */
  float *const dropout = (float *)(void *)(arena + 128 + 123008 * max_rows); /* [rows, 30752] */
  float *const relu_2 = (float *)(void *)(arena + 128 + 246016 * max_rows); /* [rows, 128] */
  float *const add = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 128 + 246592 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 128 + 246656 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64); /* [] */
  float *const multiply = (float *)(void *)(arena + 128 + 247040 * max_rows); /* [rows, 10] */
  float *const select = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows, 128] */
  float *const dropout_2 = (float *)(void *)(arena + 128 + 123008 * max_rows); /* [rows, 30752] */
  float *const select_2 = (float *)(void *)(arena + 128 + 246016 * max_rows); /* [rows, 31, 31, 32] */
  float *const scratch_2 = (float *)(void *)(arena + 128 + 399808 * max_rows); /* [1984] */

  shapes_parallel(pool, rows * 415152, shapes_conv2d_backward_task, &(struct shapes_conv2d_backward_call){rows, inputs->x, parameters->values, parameters->values + 864, max_pooling, relu, scratch});
  if (check && !shapes_finite(relu, rows * 30752)) { trainer->fault = "conv2d"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 61504, shapes_dropout_backward_task, &(struct shapes_dropout_backward_call){rows, seed, step, relu, dropout});
  if (check && !shapes_finite(dropout, rows * 30752)) { trainer->fault = "dropout"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 787635, shapes_dense_backward_task, &(struct shapes_dense_backward_call){rows, dropout, parameters->values + 896, parameters->values + 3937152, relu_2});
  if (check && !shapes_finite(relu_2, rows * 128)) { trainer->fault = "dense"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 276, shapes_dense_1_forward_task, &(struct shapes_dense_1_forward_call){rows, relu_2, parameters->values + 3937280, parameters->values + 3938560, add, NULL});
  if (check && !shapes_finite(add, rows * 10)) { trainer->fault = "dense_1"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_dense_1_forward_2_2(rows, add, softmax);
  if (check && !shapes_finite(softmax, rows * 10)) { trainer->fault = "dense_1"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_forward(rows, add, targets->y, softmax_cross_entropy);
  if (check && !shapes_finite(softmax_cross_entropy, rows)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  if (check && !shapes_finite(sum_2, 1)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_forward_loss(sum_2, &row_count);
  if (check && !shapes_finite(sum_2, 1)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_forward_3(rows, softmax, argmax);
  if (check && !shapes_finite(argmax, rows)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  if (check && !shapes_finite(sum_2_2, 1)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_loss_backward_bias(rows, targets->y, softmax, &row_count, multiply, trainer->gradients + 3938560);
  if (check && !shapes_finite(multiply, rows * 10)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  if (check && !shapes_finite(trainer->gradients + 3938560, 10)) { trainer->fault = "loss"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 160, shapes_dense_1_backward_kernel_task, &(struct shapes_dense_1_backward_kernel_call){rows, relu_2, multiply, trainer->gradients + 3937280});
  if (check && !shapes_finite(trainer->gradients + 3937280, 1280)) { trainer->fault = "dense_1"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 768, shapes_dense_1_backward_bias_task, &(struct shapes_dense_1_backward_bias_call){rows, multiply, parameters->values + 3937280, relu_2, select, trainer->gradients + 3937152});
  if (check && !shapes_finite(select, rows * 128)) { trainer->fault = "dense_1"; return SHAPES_ERROR_NOT_FINITE; }
  if (check && !shapes_finite(trainer->gradients + 3937152, 128)) { trainer->fault = "dense_1"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 492032, shapes_dense_backward_kernel_task, &(struct shapes_dense_backward_kernel_call){rows, dropout, select, trainer->gradients + 896});
  if (check && !shapes_finite(trainer->gradients + 896, 3936256)) { trainer->fault = "dense"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 848755, shapes_dense_backward_2_task, &(struct shapes_dense_backward_2_call){rows, seed, step, select, parameters->values + 896, dropout_2});
  if (check && !shapes_finite(dropout_2, rows * 30752)) { trainer->fault = "dense"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_conv2d_backward_bias(rows, relu, dropout_2, select_2, trainer->gradients + 864);
  if (check && !shapes_finite(select_2, rows * 30752)) { trainer->fault = "conv2d"; return SHAPES_ERROR_NOT_FINITE; }
  if (check && !shapes_finite(trainer->gradients + 864, 32)) { trainer->fault = "conv2d"; return SHAPES_ERROR_NOT_FINITE; }
  shapes_parallel(pool, rows * 415152, shapes_max_pooling2d_backward_kernel_task, &(struct shapes_max_pooling2d_backward_kernel_call){rows, select_2, max_pooling, inputs->x, trainer->gradients, scratch_2});
  if (check && !shapes_finite(trainer->gradients, 864)) { trainer->fault = "max_pooling2d"; return SHAPES_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  if (!isfinite(batch_loss)) return SHAPES_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  shapes_finish_metrics(metrics);
  return SHAPES_OK;
}

/* Gradients of the mean loss of the rows, 3938570 numbers in the trainer: inputs x[rows, 64, 64, 3]; targets y[rows].
 * model.swift:3:13 */
shapes_status shapes_backward(shapes_trainer *trainer, size_t rows, const shapes_inputs *inputs,
                        const shapes_targets *targets, shapes_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return SHAPES_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return SHAPES_ERROR_ROWS;
  if (!shapes_targets_are_valid(rows, targets)) return SHAPES_ERROR_LABEL;
  trainer->fault = "";
  const shapes_status status = shapes_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != SHAPES_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < SHAPES_TENSORS; i++) {
    const shapes_tensor_info *const tensor = &shapes_tensors_table[i];
    if (shapes_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return shapes_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 3938570 weights by their gradients.
 * model.swift:3:13 */
shapes_status shapes_apply(shapes_trainer *trainer, float learning_rate) {
  if (!trainer) return SHAPES_ERROR_ARGUMENT;
  shapes_parameters *const parameters = trainer->parameters;
  shapes_begin_gradients(trainer);
  const float step_number = (float)(trainer->step + 1);
  shapes_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  shapes_optimizer_update(&step_number, &learning_rate, divide);
  shapes_parallel(pool, 12960, shapes_conv2d_update_kernel_task, &(struct shapes_conv2d_update_kernel_call){trainer->slots, trainer->gradients, trainer->slots + 864, divide, parameters->values});
  shapes_conv2d_update_bias(trainer->slots + 1728, trainer->gradients + 864, trainer->slots + 1760, divide, parameters->values + 864);
  shapes_parallel(pool, 59043840, shapes_dense_update_kernel_task, &(struct shapes_dense_update_kernel_call){trainer->slots + 1792, trainer->gradients + 896, trainer->slots + 3938048, divide, parameters->values + 896});
  shapes_dense_update_bias(trainer->slots + 7874304, trainer->gradients + 3937152, trainer->slots + 7874432, divide, parameters->values + 3937152);
  shapes_parallel(pool, 19200, shapes_dense_1_update_kernel_task, &(struct shapes_dense_1_update_kernel_call){trainer->slots + 7874560, trainer->gradients + 3937280, trainer->slots + 7875840, divide, parameters->values + 3937280});
  shapes_dense_1_update_bias(trainer->slots + 7877120, trainer->gradients + 3938560, trainer->slots + 7877130, divide, parameters->values + 3938560);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return SHAPES_OK;
}

/* The kernels of backward; the last ones update large weights where they make their gradients. */
static shapes_status shapes_run_train_step(shapes_trainer *trainer, size_t rows, const shapes_inputs *inputs,
                                      const shapes_targets *targets, shapes_metrics *metrics) {
  const shapes_parameters *const parameters = trainer->parameters;
  const float learning_rate = trainer->learning_rate;
  const float row_count = (float)rows;
  const float step_number = (float)(trainer->step + 1);
  const uint64_t seed = trainer->seed, step = trainer->step;
  shapes_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  uint8_t *const max_pooling = (uint8_t *)(void *)(arena + 128 + 492032 * max_rows); /* [rows, 31, 31, 32] */
  float *const relu = (float *)(void *)(arena + 128); /* [rows, 31, 31, 32] */
  float *const scratch = (float *)(void *)(arena + 128 + 522816 * max_rows); /* [8800] */
  float *const dropout = (float *)(void *)(arena + 128 + 123008 * max_rows); /* [rows, 30752] */
  float *const relu_2 = (float *)(void *)(arena + 128 + 246016 * max_rows); /* [rows, 128] */
  float *const add = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 128 + 246592 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 128 + 246656 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64); /* [] */
  float *const multiply = (float *)(void *)(arena + 128 + 246528 * max_rows); /* [rows, 10] */
  float *const select = (float *)(void *)(arena + 128 + 522816 * max_rows); /* [rows, 128] */
  float *const dropout_2 = (float *)(void *)(arena + 128 + 246016 * max_rows); /* [rows, 30752] */
  float *const select_2 = (float *)(void *)(arena + 128 + 369024 * max_rows); /* [rows, 31, 31, 32] */
  float *const scratch_2 = (float *)(void *)(arena + 128 + 523328 * max_rows); /* [1984] */

  shapes_parallel(pool, rows * 415152, shapes_conv2d_backward_task, &(struct shapes_conv2d_backward_call){rows, inputs->x, parameters->values, parameters->values + 864, max_pooling, relu, scratch});
  SHAPES_LAP(trainer, 0);
  shapes_parallel(pool, rows * 61504, shapes_dropout_backward_task, &(struct shapes_dropout_backward_call){rows, seed, step, relu, dropout});
  SHAPES_LAP(trainer, 1);
  shapes_parallel(pool, rows * 787635, shapes_dense_backward_task, &(struct shapes_dense_backward_call){rows, dropout, parameters->values + 896, parameters->values + 3937152, relu_2});
  SHAPES_LAP(trainer, 2);
  shapes_parallel(pool, rows * 276, shapes_dense_1_forward_task, &(struct shapes_dense_1_forward_call){rows, relu_2, parameters->values + 3937280, parameters->values + 3938560, add, NULL});
  SHAPES_LAP(trainer, 3);
  shapes_dense_1_forward_2_2(rows, add, softmax);
  SHAPES_LAP(trainer, 4);
  shapes_loss_forward(rows, add, targets->y, softmax_cross_entropy);
  SHAPES_LAP(trainer, 5);
  shapes_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  SHAPES_LAP(trainer, 6);
  shapes_loss_forward_loss(sum_2, &row_count);
  SHAPES_LAP(trainer, 7);
  shapes_loss_forward_3(rows, softmax, argmax);
  SHAPES_LAP(trainer, 8);
  shapes_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  SHAPES_LAP(trainer, 9);
  shapes_loss_backward_bias(rows, targets->y, softmax, &row_count, multiply, trainer->gradients + 3938560);
  SHAPES_LAP(trainer, 10);
  shapes_parallel(pool, rows * 160, shapes_dense_1_backward_kernel_task, &(struct shapes_dense_1_backward_kernel_call){rows, relu_2, multiply, trainer->gradients + 3937280});
  SHAPES_LAP(trainer, 11);
  shapes_parallel(pool, rows * 768, shapes_dense_1_backward_bias_task, &(struct shapes_dense_1_backward_bias_call){rows, multiply, parameters->values + 3937280, relu_2, select, trainer->gradients + 3937152});
  SHAPES_LAP(trainer, 12);
  shapes_parallel(pool, rows * 848755, shapes_dense_backward_2_task, &(struct shapes_dense_backward_2_call){rows, seed, step, select, parameters->values + 896, dropout_2});
  SHAPES_LAP(trainer, 13);
  shapes_conv2d_backward_bias(rows, relu, dropout_2, select_2, trainer->gradients + 864);
  SHAPES_LAP(trainer, 14);
  shapes_parallel(pool, rows * 415152, shapes_max_pooling2d_backward_kernel_task, &(struct shapes_max_pooling2d_backward_kernel_call){rows, select_2, max_pooling, inputs->x, trainer->gradients, scratch_2});
  SHAPES_LAP(trainer, 15);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  if (!isfinite(batch_loss)) return SHAPES_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  shapes_finish_metrics(metrics);
  shapes_parallel(pool, rows * 59535872, shapes_dense_train_kernel_task, &(struct shapes_dense_train_kernel_call){rows, dropout, select, trainer->slots + 1792, trainer->slots + 3938048, &step_number, &learning_rate, parameters->values + 896});
  SHAPES_LAP(trainer, 16);
  return SHAPES_OK;
}

/* The update of the other weights by their gradients. */
static shapes_status shapes_finish_train_step(shapes_trainer *trainer, float learning_rate) {
  shapes_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  shapes_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  shapes_optimizer_update(&step_number, &learning_rate, divide);
  SHAPES_LAP(trainer, 17);
  shapes_parallel(pool, 12960, shapes_conv2d_update_kernel_task, &(struct shapes_conv2d_update_kernel_call){trainer->slots, trainer->gradients, trainer->slots + 864, divide, parameters->values});
  SHAPES_LAP(trainer, 18);
  shapes_conv2d_update_bias(trainer->slots + 1728, trainer->gradients + 864, trainer->slots + 1760, divide, parameters->values + 864);
  SHAPES_LAP(trainer, 19);
  shapes_dense_update_bias(trainer->slots + 7874304, trainer->gradients + 3937152, trainer->slots + 7874432, divide, parameters->values + 3937152);
  SHAPES_LAP(trainer, 20);
  shapes_parallel(pool, 19200, shapes_dense_1_update_kernel_task, &(struct shapes_dense_1_update_kernel_call){trainer->slots + 7874560, trainer->gradients + 3937280, trainer->slots + 7875840, divide, parameters->values + 3937280});
  SHAPES_LAP(trainer, 21);
  shapes_dense_1_update_bias(trainer->slots + 7877120, trainer->gradients + 3938560, trainer->slots + 7877130, divide, parameters->values + 3938560);
  SHAPES_LAP(trainer, 22);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return SHAPES_OK;
}

/* As backward, then apply: inputs x[rows, 64, 64, 3]; targets y[rows].
 * model.swift:3:13 */
shapes_status shapes_train_step(shapes_trainer *trainer, size_t rows, const shapes_inputs *inputs,
                          const shapes_targets *targets, shapes_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return SHAPES_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return SHAPES_ERROR_ROWS;
  if (!shapes_targets_are_valid(rows, targets)) return SHAPES_ERROR_LABEL;
  trainer->fault = "";
  const shapes_status status = shapes_run_train_step(trainer, rows, inputs, targets, metrics);
  if (status == SHAPES_OK) return shapes_finish_train_step(trainer, trainer->learning_rate);
  /* Nothing is updated: backward looks for the layer. */
  return shapes_backward(trainer, rows, inputs, targets, metrics);
}
