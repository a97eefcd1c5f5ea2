/* The model diabetes: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   normalization (Normalization) -> [rows, 10]  model.swift:4:3
 *   dense (Dense) -> [rows, 16]  model.swift:5:3
 *   dense_1 (Dense) -> [rows, 1]  model.swift:6:3
 */

#define _POSIX_C_SOURCE 200809L
#include "diabetes.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define DIABETES_SHARED_WORK 12000
#define DIABETES_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIABETES_INLINE static inline __attribute__((unused))
#define DIABETES_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define DIABETES_INLINE static inline
#define DIABETES_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define DIABETES_MICROKERNEL static __attribute__((noinline, unused))
#else
#define DIABETES_MICROKERNEL DIABETES_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses diabetes_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define DIABETES_HAS_FMA 1
#else
#define DIABETES_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define DIABETES_VECTOR_BYTES 64
#elif defined(__AVX__)
#define DIABETES_VECTOR_BYTES 32
#else
#define DIABETES_VECTOR_BYTES 16
#endif
#define DIABETES_LANES (DIABETES_VECTOR_BYTES * 8 / DIABETES_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define DIABETES_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define DIABETES_UNROLL _Pragma("GCC unroll 16")
#else
#define DIABETES_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define DIABETES_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DIABETES_ROLLED
#endif

#if defined(__GNUC__)
#define DIABETES_ALIGNED __attribute__((aligned(64)))
#define DIABETES_FLATTEN static inline __attribute__((always_inline, unused))
typedef diabetes_real diabetes_vector __attribute__((vector_size(DIABETES_VECTOR_BYTES)));
#if DIABETES_REAL_BITS == 32
typedef int32_t diabetes_bits;
#else
typedef int64_t diabetes_bits;
#endif
typedef diabetes_bits diabetes_mask __attribute__((vector_size(DIABETES_VECTOR_BYTES)));
#else
#define DIABETES_ALIGNED
#define DIABETES_FLATTEN static inline
typedef struct diabetes_vector { diabetes_real lane[DIABETES_LANES]; } diabetes_vector;
#endif

/* a * b + c, rounded once where the target can */
DIABETES_FLATTEN float diabetes_fma_f32(float a, float b, float c) {
#if DIABETES_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

DIABETES_FLATTEN diabetes_real diabetes_fma(diabetes_real a, diabetes_real b, diabetes_real c) {
#if DIABETES_REAL_BITS == 32
  return diabetes_fma_f32(a, b, c);
#elif DIABETES_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

DIABETES_FLATTEN diabetes_vector diabetes_vector_load(const diabetes_real *p) {
  diabetes_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

DIABETES_FLATTEN void diabetes_vector_store(diabetes_real *p, diabetes_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
DIABETES_FLATTEN diabetes_vector diabetes_vector_first(size_t count, diabetes_vector v) {
#if defined(__GNUC__)
  static const diabetes_bits ones[2 * DIABETES_LANES] = {
    -1, -1,
#if DIABETES_LANES >= 4
    -1, -1,
#endif
#if DIABETES_LANES >= 8
    -1, -1, -1, -1,
#endif
#if DIABETES_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  diabetes_mask mask;
  memcpy(&mask, ones + DIABETES_LANES - count, sizeof mask);
  return (diabetes_vector)((diabetes_mask)v & mask);
#else
  for (size_t i = count; i < DIABETES_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
DIABETES_FLATTEN diabetes_vector diabetes_vector_multiply_add(diabetes_vector a, diabetes_vector b, diabetes_vector c) {
#if defined(__clang__)
#if DIABETES_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__AVX512F__) && DIABETES_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__AVX__) && DIABETES_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__aarch64__) && DIABETES_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && DIABETES_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !DIABETES_HAS_FMA
  return a * b + c;
#else
  diabetes_real w[DIABETES_LANES], x[DIABETES_LANES], y[DIABETES_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < DIABETES_LANES; i++) y[i] = diabetes_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
DIABETES_FLATTEN diabetes_vector diabetes_vector_fma(diabetes_real s, diabetes_vector b, diabetes_vector c) {
#if defined(__GNUC__)
  return diabetes_vector_multiply_add(s - (diabetes_vector){0}, b, c);
#else
  diabetes_vector a;
  for (int i = 0; i < DIABETES_LANES; i++) a.lane[i] = s;
  return diabetes_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
DIABETES_INLINE diabetes_real diabetes_minimum(diabetes_real a, diabetes_real b) { return a < b || a != a ? a : b; }

DIABETES_INLINE diabetes_real diabetes_maximum(diabetes_real a, diabetes_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
DIABETES_INLINE diabetes_real diabetes_choose(int which, diabetes_real yes, diabetes_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
DIABETES_INLINE diabetes_real diabetes_sqrt(diabetes_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define DIABETES_ELEMENTWISE_SQRT
#endif
#endif
#if defined(DIABETES_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif DIABETES_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
DIABETES_INLINE void diabetes_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
DIABETES_INLINE void diabetes_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  diabetes_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
DIABETES_INLINE diabetes_real diabetes_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  diabetes_random(seed, purpose, step, element, words);
  return (diabetes_real)(words[0] >> 8) * (diabetes_real)0x1p-24;
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
#if DIABETES_REAL_BITS == 32
DIABETES_FLATTEN uint32_t diabetes_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

DIABETES_FLATTEN float diabetes_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
DIABETES_FLATTEN float diabetes_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return diabetes_bits_float((diabetes_float_bits(a) & mask) | (diabetes_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
DIABETES_FLATTEN float diabetes_signed_as(float x, float s) {
  return diabetes_bits_float(diabetes_float_bits(x) | (diabetes_float_bits(s) & 0x80000000u));
}

DIABETES_FLATTEN float diabetes_magnitude(float x) { return diabetes_bits_float(diabetes_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define DIABETES_LN2_HIGH 0x1.62ep-1f
#define DIABETES_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
DIABETES_FLATTEN float diabetes_power_of_2(uint32_t k) { return diabetes_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
DIABETES_FLATTEN float diabetes_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = diabetes_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = diabetes_fma_f32(n, -DIABETES_LN2_LOW, diabetes_fma_f32(n, -DIABETES_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = diabetes_fma_f32(q, r, 0x1.12258ap-7f);
  q = diabetes_fma_f32(q, r, 0x1.5554c8p-5f);
  q = diabetes_fma_f32(q, r, 0x1.5554b4p-3f);
  q = diabetes_fma_f32(q, r, 0.5f);
  *k = diabetes_float_bits(shifted) - diabetes_float_bits(shift);
  return diabetes_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
DIABETES_FLATTEN float diabetes_exp_inner(float x) {
  uint32_t k;
  float e = diabetes_exp_reduced(x, &k), scale = diabetes_power_of_2(k);
  return diabetes_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
DIABETES_FLATTEN float diabetes_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + diabetes_exp_reduced(diabetes_select(x < -104.0f, -104.0f, x), &k);
  return y * diabetes_power_of_2(k + 64u) * 0x1p-64f;
}

DIABETES_FLATTEN float diabetes_exp(float x) {
  x = diabetes_select(x > 89.0f, 89.0f, x);
  x = diabetes_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + diabetes_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * diabetes_power_of_2(half) * diabetes_power_of_2(k - half);
}

DIABETES_FLATTEN float diabetes_expm1(float x) {
  float y = diabetes_select(x > 89.0f, 89.0f, x);
  y = diabetes_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = diabetes_exp_reduced(y, &k), scale = diabetes_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * diabetes_fma_f32(e, scale, scale - 0.5f);
  return diabetes_select(diabetes_float_bits(diabetes_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
DIABETES_FLATTEN float diabetes_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = diabetes_fma_f32(p, m, 0x1.07d166p-3f);
  p = diabetes_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = diabetes_fma_f32(p, m, 0x1.226dcep-3f);
  p = diabetes_fma_f32(p, m, -0x1.547900p-3f);
  p = diabetes_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = diabetes_fma_f32(p, m, -0x1.00021ep-2f);
  p = diabetes_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = diabetes_fma_f32(n, DIABETES_LN2_LOW, m * square * p);
  return diabetes_fma_f32(n, DIABETES_LN2_HIGH, m + diabetes_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
DIABETES_FLATTEN uint32_t diabetes_exponent(float x) {
  return ((diabetes_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
DIABETES_FLATTEN float diabetes_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
DIABETES_FLATTEN float diabetes_log_special(float argument, float result) {
  uint32_t bits = diabetes_float_bits(argument);
  float special = diabetes_select(bits << 1 == 0, -INFINITY, NAN);
  special = diabetes_select(bits == 0x7F800000u, INFINITY, special);
  return diabetes_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

DIABETES_FLATTEN float diabetes_log(float x) {
  int subnormal = diabetes_float_bits(x) < 0x00800000u;
  float y = x * diabetes_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = diabetes_exponent(y);
  float m = diabetes_bits_float(diabetes_float_bits(y) - exponent) - 1.0f;
  float n = diabetes_exponent_value(exponent) - diabetes_select(subnormal, 23.0f, 0.0f);
  return diabetes_log_special(x, diabetes_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
DIABETES_FLATTEN float diabetes_log1p(float x) {
  uint32_t exponent = diabetes_exponent(1.0f + x);
  float inverse = diabetes_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = diabetes_bits_float(diabetes_float_bits(x) - exponent) + diabetes_fma_f32(0.25f, inverse, -1.0f);
  float result = diabetes_log_special(1.0f + x, diabetes_log_reduced(m, diabetes_exponent_value(exponent)));
  return diabetes_select(diabetes_float_bits(diabetes_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
DIABETES_FLATTEN float diabetes_tanh(float x) {
  float a = diabetes_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = diabetes_fma_f32(p, s, 0x1.524d76p-6f);
  p = diabetes_fma_f32(p, s, -0x1.b842d8p-5f);
  p = diabetes_fma_f32(p, s, 0x1.11075ep-3f);
  p = diabetes_fma_f32(p, s, -0x1.555534p-2f);
  float near = diabetes_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (diabetes_exp_inner(2.0f * diabetes_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return diabetes_signed_as(diabetes_select(diabetes_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
DIABETES_FLATTEN float diabetes_sigmoid(float x) {
  float e = diabetes_exp_falling(-diabetes_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = diabetes_select(diabetes_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return diabetes_fma_f32(-quotient * lost, diabetes_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
DIABETES_FLATTEN float diabetes_erf(float x) {
  float a = diabetes_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = diabetes_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = diabetes_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = diabetes_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = diabetes_fma_f32(p, s, -0x1.812728p-2f);
  p = diabetes_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = diabetes_fma_f32(a, p, a);
  float t = diabetes_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = diabetes_fma_f32(g, t, 0x1.336080p-12f);
  g = diabetes_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = diabetes_fma_f32(g, t, 0x1.814cc2p-6f);
  g = diabetes_fma_f32(g, t, -0x1.b2015ap-4f);
  g = diabetes_fma_f32(g, t, -0x1.454820p-1f);
  g = diabetes_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - diabetes_exp_inner(g * t);
  return diabetes_signed_as(diabetes_select(diabetes_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

DIABETES_INLINE float diabetes_sin(float x) { return sinf(x); }
DIABETES_INLINE float diabetes_cos(float x) { return cosf(x); }
#else
DIABETES_INLINE double diabetes_exp(double x) { return exp(x); }
DIABETES_INLINE double diabetes_exp_falling(double x) { return exp(x); }
DIABETES_INLINE double diabetes_expm1(double x) { return expm1(x); }
DIABETES_INLINE double diabetes_log(double x) { return log(x); }
DIABETES_INLINE double diabetes_log1p(double x) { return log1p(x); }
DIABETES_INLINE double diabetes_tanh(double x) { return tanh(x); }
DIABETES_INLINE double diabetes_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
DIABETES_INLINE double diabetes_erf(double x) { return erf(x); }
DIABETES_INLINE double diabetes_sin(double x) { return sin(x); }
DIABETES_INLINE double diabetes_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
DIABETES_INLINE void diabetes_fill_constant(diabetes_real *values, size_t count, diabetes_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
DIABETES_INLINE void diabetes_fill_uniform(diabetes_real *values, size_t count, uint64_t seed, uint32_t purpose, diabetes_real low,
                                       diabetes_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (diabetes_real)((double)low + range * (double)diabetes_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
DIABETES_INLINE double diabetes_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  diabetes_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

DIABETES_INLINE void diabetes_fill_normal(diabetes_real *values, size_t count, uint64_t seed, uint32_t purpose, diabetes_real mean,
                                      diabetes_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (diabetes_real)((double)mean + (double)stddev * diabetes_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
DIABETES_INLINE void diabetes_fill_truncated_normal(diabetes_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                diabetes_real mean, diabetes_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = diabetes_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = diabetes_normal(seed, purpose, step, i);
    values[i] = (diabetes_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
DIABETES_INLINE void diabetes_fill_orthogonal(diabetes_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          diabetes_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  diabetes_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      diabetes_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (diabetes_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        diabetes_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (diabetes_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

DIABETES_INLINE void diabetes_fill_identity(diabetes_real *values, size_t rows, size_t columns, diabetes_real gain) {
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
typedef void diabetes_task(void *call, size_t part, size_t parts);

#if DIABETES_THREADS > 1
struct diabetes_worker {
  diabetes_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct diabetes_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  diabetes_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct diabetes_worker workers[DIABETES_THREADS - 1];
};

DIABETES_INLINE void diabetes_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t diabetes_next_task(diabetes_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    diabetes_pause(turn);
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
static int diabetes_take(struct diabetes_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *diabetes_work(void *started) {
  struct diabetes_worker *const worker = started;
  diabetes_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = diabetes_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!diabetes_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void diabetes_announce(diabetes_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
DIABETES_APART void diabetes_share_out(diabetes_pool *pool, diabetes_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  diabetes_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!diabetes_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) diabetes_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void diabetes_parallel(diabetes_pool *pool, size_t work, diabetes_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < DIABETES_SHARED_WORK ||
    (work < DIABETES_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else diabetes_share_out(pool, task, call);
}

void diabetes_pool_stop(diabetes_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  diabetes_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static diabetes_status diabetes_pool_start(diabetes_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return DIABETES_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct diabetes_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, diabetes_work, worker)) {
      diabetes_pool_stop(pool);
      return DIABETES_ERROR_THREADS;
    }
  }
  return DIABETES_OK;
}
#else
struct diabetes_pool {
  size_t parts;
};

void diabetes_pool_stop(diabetes_pool *pool) { (void)pool; }

static diabetes_status diabetes_pool_start(diabetes_pool *pool, size_t threads) {
  pool->parts = threads;
  return DIABETES_OK;
}
#endif

diabetes_status diabetes_pool_init(void *memory, size_t bytes, size_t threads, diabetes_pool **out) {
  if (!memory || !out || threads == 0 || threads > DIABETES_THREADS) return DIABETES_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIABETES_ALIGNMENT) return DIABETES_ERROR_ALIGNMENT;
  if (bytes < DIABETES_POOL_BYTES || sizeof(diabetes_pool) > DIABETES_POOL_BYTES) return DIABETES_ERROR_MEMORY;
  diabetes_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const diabetes_status status = diabetes_pool_start(pool, threads);
  if (status == DIABETES_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef diabetes_real diabetes_octet __attribute__((vector_size(8 * sizeof(diabetes_real))));
typedef diabetes_bits diabetes_octet_mask __attribute__((vector_size(8 * sizeof(diabetes_real))));
#define DIABETES_HALVES(combine)              \
  diabetes_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define DIABETES_ADD_HALVES(a, b) (a) + (b)
#define DIABETES_CHOOSE_HALVES(a, b, mask) (diabetes_octet)(((diabetes_octet_mask)(a) & (mask)) | ((diabetes_octet_mask)(b) & ~(mask)))
#define DIABETES_MAXIMUM_HALVES(a, b) DIABETES_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define DIABETES_MINIMUM_HALVES(a, b) DIABETES_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define DIABETES_HALVES(combine) \
  diabetes_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define DIABETES_ADD_HALVES diabetes_plus
#define DIABETES_MAXIMUM_HALVES diabetes_maximum
#define DIABETES_MINIMUM_HALVES diabetes_minimum
#endif

DIABETES_INLINE diabetes_real diabetes_plus(diabetes_real a, diabetes_real b) { return a + b; }

#define DIABETES_JOIN(name, halves, two)                                                                                \
  DIABETES_INLINE diabetes_real name(const diabetes_real *lanes /* [16] */) {                                              \
    DIABETES_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
DIABETES_JOIN(diabetes_join_sum, DIABETES_ADD_HALVES, diabetes_plus)
DIABETES_JOIN(diabetes_join_maximum, DIABETES_MAXIMUM_HALVES, diabetes_maximum)
DIABETES_JOIN(diabetes_join_minimum, DIABETES_MINIMUM_HALVES, diabetes_minimum)
#undef DIABETES_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define DIABETES_TRANSPOSES 0
#else
#define DIABETES_TRANSPOSES 1
#if DIABETES_LANES == 16
#define DIABETES_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define DIABETES_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif DIABETES_LANES == 8
#define DIABETES_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define DIABETES_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif DIABETES_LANES == 4
#define DIABETES_LOW 0, 4, 1, 5
#define DIABETES_HIGH 2, 6, 3, 7
#else
#define DIABETES_LOW 0, 2
#define DIABETES_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
DIABETES_FLATTEN void diabetes_transpose(size_t width, const diabetes_real *source, size_t stride, diabetes_real *result, size_t result_stride) {
  enum { L = DIABETES_LANES, HALF = L / 2 };
  diabetes_vector v[L], w[L];
  DIABETES_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? diabetes_vector_load(source + i * stride) : (diabetes_vector){0};
  DIABETES_UNROLL for (int round = 1; round < L; round *= 2) {
    DIABETES_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], DIABETES_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], DIABETES_HIGH);
    }
    DIABETES_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  DIABETES_UNROLL for (int i = 0; i < L; i++) diabetes_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
DIABETES_INLINE void diabetes_transposed(size_t rows, size_t columns, const diabetes_real *from, size_t from_stride, diabetes_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if DIABETES_TRANSPOSES
  for (; i < rows / DIABETES_LANES * DIABETES_LANES; i += DIABETES_LANES) {
    const diabetes_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / DIABETES_LANES * DIABETES_LANES; j += DIABETES_LANES)
      diabetes_transpose(DIABETES_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < DIABETES_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
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
#define DIABETES_TILE_M 12
#define DIABETES_ROW_VECTORS 16
#elif defined(__aarch64__)
#define DIABETES_TILE_M 8
#define DIABETES_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define DIABETES_TILE_M 6
#define DIABETES_ROW_VECTORS 8
#endif
#define DIABETES_TILE_N (2 * DIABETES_LANES)
#ifndef DIABETES_TILE_K
#define DIABETES_TILE_K 512
#endif
#define DIABETES_LINES (32 * DIABETES_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define DIABETES_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define DIABETES_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define DIABETES_PREFETCH(p, elements) ((void)0)
#define DIABETES_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define DIABETES_UPDATED_LINES (3 * DIABETES_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
DIABETES_INLINE void diabetes_fetch(size_t height, const diabetes_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIABETES_TILE_N; s += 64 / sizeof *array) DIABETES_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
DIABETES_INLINE void diabetes_fetch_to_write(size_t height, const diabetes_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIABETES_TILE_N; s += 64 / sizeof *array) DIABETES_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
DIABETES_INLINE size_t diabetes_height(size_t left) {
  return left >= 2 * DIABETES_TILE_M ? DIABETES_TILE_M : left > DIABETES_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct diabetes_share { size_t top, bottom, left, right; } diabetes_share;

/* A part's share of m lines, by whole tiles. */
DIABETES_INLINE diabetes_share diabetes_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + DIABETES_TILE_M - 1) / DIABETES_TILE_M, bottom = (part + 1) * tiles / parts * DIABETES_TILE_M;
  const diabetes_share share = {part * tiles / parts * DIABETES_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
DIABETES_INLINE diabetes_share diabetes_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + DIABETES_TILE_N - 1) / DIABETES_TILE_N;
  diabetes_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * DIABETES_TILE_N;
    share.right = (part + 1) * panels / parts * DIABETES_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return diabetes_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
DIABETES_INLINE size_t diabetes_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + DIABETES_TILE_N - 1) / DIABETES_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? DIABETES_TILE_N : DIABETES_LANES;
}

/* A part's share of n columns. */
DIABETES_INLINE diabetes_share diabetes_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = diabetes_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const diabetes_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
DIABETES_INLINE void diabetes_pack(size_t depth, size_t width, const diabetes_real *source, size_t depth_stride, size_t width_stride,
                               diabetes_real *panel) {
  const size_t padded = width > DIABETES_LANES ? DIABETES_TILE_N : DIABETES_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - DIABETES_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const diabetes_real *from = source + k * depth_stride;
      DIABETES_PREFETCH(from, DIABETES_TILE_N); /* of the next panel */
      diabetes_real *to = panel + k * DIABETES_TILE_N;
      if (last) diabetes_vector_store(to, diabetes_vector_load(from));
      diabetes_vector_store(to + last, diabetes_vector_first(width - last, diabetes_vector_load(from + last)));
    }
  }
#if DIABETES_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / DIABETES_LANES * DIABETES_LANES; k += DIABETES_LANES)
      for (size_t j = 0; j < padded; j += DIABETES_LANES)
        diabetes_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * DIABETES_TILE_N + j, DIABETES_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * DIABETES_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct diabetes_runs { size_t depth, lines, down, runs, across; } diabetes_runs;

DIABETES_FLATTEN void diabetes_tile_body(const int adds, const diabetes_runs *along, const int rows, const int vectors,
                                     const diabetes_real *from, size_t row_stride, size_t depth_stride, const diabetes_real *panel,
                                     size_t panel_stride, diabetes_real *tile, size_t tile_stride, const int fetches,
                                     const diabetes_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  diabetes_vector c[DIABETES_TILE_M][2];
  DIABETES_UNROLL for (int i = 0; i < rows; i++)
    DIABETES_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? diabetes_vector_load(tile + (size_t)i * tile_stride + j * DIABETES_LANES) : (diabetes_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const diabetes_real *a = from + line * along->down + run * along->across;
      DIABETES_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          DIABETES_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        diabetes_vector b[2];
        DIABETES_UNROLL for (int j = 0; j < vectors; j++) b[j] = diabetes_vector_load(panel + j * DIABETES_LANES);
        DIABETES_UNROLL for (int i = 0; i < rows; i++)
          DIABETES_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = diabetes_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  DIABETES_UNROLL for (int i = 0; i < rows; i++)
    DIABETES_UNROLL for (int j = 0; j < vectors; j++) diabetes_vector_store(tile + (size_t)i * tile_stride + j * DIABETES_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define DIABETES_TILE_CASE(n)                         \
  case n:                                           \
    if (width > DIABETES_LANES) DIABETES_TILE_OF(n, 2); \
    else DIABETES_TILE_OF(n, 1);                      \
    break;
#define DIABETES_TILE_CASES_6 \
  DIABETES_TILE_CASE(1) DIABETES_TILE_CASE(2) DIABETES_TILE_CASE(3) DIABETES_TILE_CASE(4) DIABETES_TILE_CASE(5) DIABETES_TILE_CASE(6)
#define DIABETES_TILE_CASES_8 DIABETES_TILE_CASES_6 DIABETES_TILE_CASE(7) DIABETES_TILE_CASE(8)
#if DIABETES_TILE_M >= 12
#define DIABETES_TILE_CASES \
  DIABETES_TILE_CASES_8 DIABETES_TILE_CASE(9) DIABETES_TILE_CASE(10) DIABETES_TILE_CASE(11) DIABETES_TILE_CASE(12)
#elif DIABETES_TILE_M >= 8
#define DIABETES_TILE_CASES DIABETES_TILE_CASES_8
#else
#define DIABETES_TILE_CASES DIABETES_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
DIABETES_MICROKERNEL void diabetes_tile_at(const diabetes_runs *along, size_t height, size_t width, const diabetes_real *a, size_t row_stride,
                                       size_t depth_stride, const diabetes_real *panel, diabetes_real *tile, size_t tile_stride) {
#define DIABETES_TILE_OF(rows, vectors) \
  diabetes_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, DIABETES_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIABETES_TILE_CASES
    default: break;
  }
#undef DIABETES_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
DIABETES_MICROKERNEL void diabetes_tile_new(const diabetes_runs *along, size_t height, size_t width, const diabetes_real *a, size_t row_stride,
                                        size_t depth_stride, const diabetes_real *panel, diabetes_real *tile, size_t tile_stride) {
#define DIABETES_TILE_OF(rows, vectors) \
  diabetes_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, DIABETES_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIABETES_TILE_CASES
    default: break;
  }
#undef DIABETES_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
DIABETES_MICROKERNEL void diabetes_tile_across(int adds, size_t depth, size_t height, const diabetes_real *a, size_t depth_stride,
                                           const diabetes_real *panel, diabetes_real *tile, size_t tile_stride) {
  const diabetes_runs along = {depth, 1, 0, 1, 0};
  const size_t width = DIABETES_TILE_N;
#define DIABETES_TILE_OF(rows, vectors) \
  diabetes_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, DIABETES_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    DIABETES_TILE_CASES
    default: break;
  }
#undef DIABETES_TILE_OF
#define DIABETES_TILE_OF(rows, vectors) \
  diabetes_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, DIABETES_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    DIABETES_TILE_CASES
    default: break;
  }
#undef DIABETES_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define DIABETES_SLICE (16384 / sizeof(diabetes_real) / DIABETES_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
DIABETES_MICROKERNEL void diabetes_tile_ahead(size_t depth, size_t height, size_t width, const diabetes_real *a, size_t row_stride,
                                          const diabetes_real *panel, size_t panel_stride, diabetes_real *tile, const diabetes_real *ahead,
                                          size_t ahead_stride) {
  const diabetes_runs along = {depth, 1, 0, 1, 0};
#define DIABETES_TILE_OF(rows, vectors) \
  diabetes_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, DIABETES_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    DIABETES_TILE_CASES
    default: break;
  }
#undef DIABETES_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
DIABETES_INLINE void diabetes_tile(size_t depth, size_t height, size_t width, const diabetes_real *a, size_t row_stride,
                               size_t depth_stride, const diabetes_real *panel, diabetes_real *tile) {
  const diabetes_runs along = {depth, 1, 0, 1, 0};
  diabetes_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, DIABETES_TILE_N);
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
#define DIABETES_FEW 5                                /* rows, up to which B is read where it lies */
#define DIABETES_SOME (DIABETES_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
DIABETES_FLATTEN void diabetes_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const diabetes_real *a,
                                    size_t row_stride, size_t a_stride, const diabetes_real *source, size_t source_stride, int is_first,
                                    diabetes_real *c, size_t c_stride) {
  diabetes_vector sum[DIABETES_TILE_M][DIABETES_ROW_VECTORS];
  DIABETES_UNROLL for (int i = 0; i < rows; i++)
    DIABETES_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (diabetes_vector){0} : diabetes_vector_load(c + (size_t)i * c_stride + j * DIABETES_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    DIABETES_UNROLL for (int j = 0; j < vectors; j += 64 / DIABETES_VECTOR_BYTES)
      DIABETES_PREFETCH(source, ahead + (size_t)j * DIABETES_LANES);
    DIABETES_UNROLL for (int j = 0; j < vectors; j++) {
      const diabetes_vector b = diabetes_vector_load(source + j * DIABETES_LANES);
      DIABETES_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = diabetes_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  DIABETES_UNROLL for (int i = 0; i < rows; i++)
    DIABETES_UNROLL for (int j = 0; j < vectors; j++) diabetes_vector_store(c + (size_t)i * c_stride + j * DIABETES_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
DIABETES_INLINE void diabetes_few_rest(size_t depth, size_t columns, const diabetes_real *a, size_t a_stride, const diabetes_real *source,
                                   size_t source_stride, diabetes_real *c) {
  diabetes_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= DIABETES_LANES; k++)
    sum = diabetes_vector_fma(a[k * a_stride], diabetes_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    diabetes_real last[DIABETES_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = diabetes_vector_fma(a[k * a_stride], diabetes_vector_load(last), sum);
  }
  diabetes_real rest[DIABETES_LANES];
  diabetes_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define DIABETES_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
DIABETES_FLATTEN void diabetes_few_rows(const int rows, const int vectors, size_t depth, size_t width, const diabetes_real *a, size_t row_stride,
                                    size_t a_stride, const diabetes_real *source, size_t source_stride, diabetes_real *c, size_t c_stride) {
  const size_t whole = width / DIABETES_LANES * DIABETES_LANES;
  const size_t most = width < DIABETES_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define DIABETES_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * DIABETES_LANES <= whole; j += (size_t)(n) * DIABETES_LANES)                                                 \
  diabetes_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    DIABETES_COLUMNS(vectors);
    DIABETES_COLUMNS(4);
    DIABETES_COLUMNS(1);
#undef DIABETES_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    diabetes_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
DIABETES_INLINE void diabetes_few(size_t rows, size_t depth, size_t width, const diabetes_real *a, size_t row_stride, size_t a_stride,
                              const diabetes_real *source, size_t source_stride, diabetes_real *c, size_t c_stride) {
#define DIABETES_ROWS(n, vectors)                                                                                   \
  case n: diabetes_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    DIABETES_ROWS(1, DIABETES_ROW_VECTORS)
    DIABETES_ROWS(2, DIABETES_ROW_VECTORS / 2)
    DIABETES_ROWS(3, DIABETES_ROW_VECTORS / 2)
    DIABETES_ROWS(4, DIABETES_ROW_VECTORS / 4)
    DIABETES_ROWS(5, DIABETES_ROW_VECTORS / 4)
    default: break;
  }
#undef DIABETES_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define DIABETES_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
DIABETES_INLINE void diabetes_some(size_t rows, size_t depth, size_t width, const diabetes_real *a, size_t row_stride, size_t a_stride,
                               const diabetes_real *source, size_t source_stride, diabetes_real *c, size_t c_stride) {
  if (rows <= DIABETES_FEW) {
    diabetes_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define DIABETES_TILE_OF(rows, vectors)                                                                                       \
  diabetes_few_body(steps, rows, vectors, m == 0 ? 4 * DIABETES_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < DIABETES_SOME_DEPTH ? depth - k0 : DIABETES_SOME_DEPTH;
    for (size_t j = 0; j < width; j += DIABETES_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = diabetes_height(rows - m);
        switch (height) {
          DIABETES_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += DIABETES_SOME_DEPTH) < depth);
#undef DIABETES_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define DIABETES_LINE_VECTORS 16 /* at most */
#define DIABETES_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
DIABETES_FLATTEN void diabetes_line_body(const int adds, size_t depth, const int panels, const int vectors, const diabetes_real *a,
                                     size_t a_stride, const diabetes_real *panel, diabetes_real *sums) {
  const size_t width = (size_t)vectors * DIABETES_LANES;
  diabetes_vector c[DIABETES_LINE_VECTORS];
  DIABETES_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? diabetes_vector_load(sums + i * DIABETES_LANES) : (diabetes_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    DIABETES_UNROLL for (int p = 0; p < panels; p++)
      DIABETES_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = diabetes_vector_fma(*a, diabetes_vector_load(panel + (size_t)p * depth * width + j * DIABETES_LANES), c[p * vectors + j]);
  DIABETES_UNROLL for (int i = 0; i < panels * vectors; i++) diabetes_vector_store(sums + i * DIABETES_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
DIABETES_INLINE void diabetes_line(size_t depth, size_t width, size_t first, size_t last, const diabetes_real *a, size_t a_stride,
                               const diabetes_real *packed, diabetes_real *c) {
  const size_t padded = (width + DIABETES_TILE_N - 1) / DIABETES_TILE_N * DIABETES_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + DIABETES_TILE_N - 1) / DIABETES_TILE_N, panels = left >= DIABETES_LINE_TILES ? DIABETES_LINE_TILES : left >= 2 ? 2 : 1;
    DIABETES_ALIGNED diabetes_real sums[DIABETES_LINE_TILES * DIABETES_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += DIABETES_TILE_K) {
      const size_t steps = depth - k0 < DIABETES_TILE_K ? depth - k0 : DIABETES_TILE_K;
      const diabetes_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == DIABETES_LINE_TILES) diabetes_line_body(1, steps, DIABETES_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) diabetes_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else diabetes_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * DIABETES_TILE_N < last - n0 ? panels * DIABETES_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
DIABETES_INLINE size_t diabetes_utf8_length(const unsigned char *p, const unsigned char *end) {
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
typedef struct diabetes_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} diabetes_safetensors_reader;

DIABETES_INLINE int diabetes_safetensors_fail(diabetes_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
DIABETES_INLINE int diabetes_safetensors_peek(diabetes_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

DIABETES_INLINE int diabetes_safetensors_accept(diabetes_safetensors_reader *r, int c) {
  if (diabetes_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

DIABETES_INLINE int diabetes_safetensors_expect(diabetes_safetensors_reader *r, int c, const char *problem) {
  return diabetes_safetensors_accept(r, c) || diabetes_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
DIABETES_INLINE long diabetes_safetensors_hex(const unsigned char *p) {
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
DIABETES_INLINE int diabetes_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
DIABETES_INLINE size_t diabetes_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = diabetes_utf8_length(p, end);
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
  long code = left < 6 ? -1 : diabetes_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : diabetes_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

DIABETES_INLINE int diabetes_safetensors_string(diabetes_safetensors_reader *r, diabetes_safetensors_text *text) {
  if (!diabetes_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && diabetes_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = diabetes_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return diabetes_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return diabetes_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

DIABETES_INLINE int diabetes_safetensors_integer(diabetes_safetensors_reader *r, size_t *value) {
  int c = diabetes_safetensors_peek(r);
  if (c < '0' || c > '9') return diabetes_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return diabetes_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return diabetes_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int diabetes_safetensors_equals(diabetes_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = diabetes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t diabetes_safetensors_copy(diabetes_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = diabetes_safetensors_character(p, end, utf8, &count);
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
DIABETES_INLINE uint64_t diabetes_safetensors_hash(diabetes_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && diabetes_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = diabetes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see diabetes.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { DIABETES_SAFETENSORS_HEADER = 100000000, DIABETES_SAFETENSORS_NAMES = 32768, DIABETES_SAFETENSORS_CHUNK = 2048 };

DIABETES_INLINE int diabetes_safetensors_dtype(diabetes_safetensors_reader *r, diabetes_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  diabetes_safetensors_text text;
  if (!diabetes_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (diabetes_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return diabetes_safetensors_fail(r, "this dtype is not known");
}

DIABETES_INLINE int diabetes_safetensors_shape(diabetes_safetensors_reader *r, diabetes_safetensor *tensor) {
  if (!diabetes_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (diabetes_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!diabetes_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return diabetes_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (diabetes_safetensors_accept(r, ','));
  return diabetes_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
DIABETES_INLINE int diabetes_safetensors_offsets(diabetes_safetensors_reader *r, size_t *begin, size_t *end) {
  return diabetes_safetensors_expect(r, '[', "[ is expected") && diabetes_safetensors_integer(r, begin) &&
         diabetes_safetensors_expect(r, ',', ", is expected between the two offsets") && diabetes_safetensors_integer(r, end) &&
         diabetes_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
DIABETES_INLINE int diabetes_safetensors_value(diabetes_safetensors_reader *r, const diabetes_safetensors *file,
                                           diabetes_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!diabetes_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    diabetes_safetensors_text key;
    if (!diabetes_safetensors_string(r, &key) || !diabetes_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = diabetes_safetensors_equals(key, "dtype")          ? DTYPE
                     : diabetes_safetensors_equals(key, "shape")        ? SHAPE
                     : diabetes_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return diabetes_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? diabetes_safetensors_dtype(r, tensor)
          : field == SHAPE ? diabetes_safetensors_shape(r, tensor)
                           : diabetes_safetensors_offsets(r, &begin, &end))) return 0;
  } while (diabetes_safetensors_accept(r, ','));
  if (!diabetes_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return diabetes_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return diabetes_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return diabetes_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int diabetes_safetensors_next_metadata(const diabetes_safetensors *file, size_t *cursor,
                                     diabetes_safetensors_text *key, diabetes_safetensors_text *value) {
  diabetes_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || diabetes_safetensors_peek(&r) == '}') return 0;
  if (!diabetes_safetensors_string(&r, key) || !diabetes_safetensors_expect(&r, ':', ": is expected") ||
      !diabetes_safetensors_string(&r, value)) return 0;
  diabetes_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int diabetes_safetensors_next(const diabetes_safetensors *file, size_t *cursor, diabetes_safetensor *tensor) {
  diabetes_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (diabetes_safetensors_peek(&r) == '"') {
    if (!diabetes_safetensors_string(&r, &tensor->name) || !diabetes_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = diabetes_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      diabetes_safetensors_text key, value;
      for (r.at = file->metadata; diabetes_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      diabetes_safetensors_accept(&r, '}');
    } else if (!diabetes_safetensors_value(&r, file, tensor)) return 0;
    diabetes_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int diabetes_safetensors_find(const diabetes_safetensors *file, size_t *cursor, const char *name,
                            diabetes_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && diabetes_safetensors_next(file, cursor, tensor))
      if (diabetes_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int diabetes_safetensors_find_metadata(const diabetes_safetensors *file, size_t *cursor, const char *name,
                                     diabetes_safetensors_text *value) {
  size_t start = *cursor;
  diabetes_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && diabetes_safetensors_next_metadata(file, cursor, &key, value))
      if (diabetes_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct diabetes_safetensors_keys {
  uint64_t keys[DIABETES_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} diabetes_safetensors_keys;

DIABETES_INLINE void diabetes_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

DIABETES_INLINE void diabetes_safetensors_offer(diabetes_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < DIABETES_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == DIABETES_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) diabetes_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    diabetes_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
DIABETES_INLINE int diabetes_safetensors_settle(diabetes_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) diabetes_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    diabetes_safetensors_sift(list->keys, n, 0);
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
DIABETES_INLINE const char *diabetes_safetensors_unique(const diabetes_safetensors *file, size_t names) {
  diabetes_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += DIABETES_SAFETENSORS_CHUNK) {
    diabetes_safetensor tensor;
    diabetes_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; diabetes_safetensors_next_metadata(file, &cursor, &key, &value);)
      diabetes_safetensors_offer(&list[0], diabetes_safetensors_hash(key, 1));
    for (size_t cursor = 0; diabetes_safetensors_next(file, &cursor, &tensor);) {
      diabetes_safetensors_offer(&list[0], diabetes_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      diabetes_safetensors_offer(&list[1], tensor.offset);
      diabetes_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!diabetes_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = diabetes_safetensors_settle(&list[1]) & diabetes_safetensors_settle(&list[2]);
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
DIABETES_INLINE int diabetes_safetensors_header(diabetes_safetensors_reader *r, diabetes_safetensors *file, size_t *names) {
  if (!diabetes_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (diabetes_safetensors_accept(r, '}')) return 1;
  do {
    diabetes_safetensor tensor;
    if (!diabetes_safetensors_string(r, &tensor.name) || !diabetes_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!diabetes_safetensors_equals(tensor.name, "__metadata__")) {
      if (!diabetes_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return diabetes_safetensors_fail(r, "__metadata__ occurs twice");
      if (!diabetes_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (diabetes_safetensors_accept(r, '}')) continue;
      do {
        diabetes_safetensors_text key, value;
        if (!diabetes_safetensors_string(r, &key) || !diabetes_safetensors_expect(r, ':', ": is expected") ||
            !diabetes_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (diabetes_safetensors_accept(r, ','));
      if (!diabetes_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > DIABETES_SAFETENSORS_NAMES) return diabetes_safetensors_fail(r, "there are more than 32768 names");
  } while (diabetes_safetensors_accept(r, ','));
  return diabetes_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *diabetes_safetensors_open(const void *bytes, size_t size, diabetes_safetensors *file) {
  const diabetes_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > DIABETES_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  diabetes_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') diabetes_safetensors_fail(&r, "the header does not begin with {");
  else if (diabetes_safetensors_header(&r, file, &names) && (diabetes_safetensors_peek(&r), r.at != r.end))
    diabetes_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = diabetes_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int diabetes_safetensors_read(const diabetes_safetensor *tensor, size_t first, size_t count, diabetes_real *values) {
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
    values[i] = (diabetes_real)value;
  }
  return 1;
}

#if defined(DIABETES_PROFILE)
DIABETES_INLINE void diabetes_lap(diabetes_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define DIABETES_LAP(object, kernel) diabetes_lap((object)->profile, kernel)
#else
#define DIABETES_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct diabetes_parameters {
  uint64_t tag;
  float *values; /* [213] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct diabetes_context {
  uint64_t tag;
  size_t max_rows;
  diabetes_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIABETES_PROFILE)
  diabetes_profile *profile;
#endif
};

struct diabetes_trainer {
  uint64_t tag;
  size_t max_rows;
  diabetes_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  diabetes_parameters *parameters;
  float *gradients; /* [193] */
  float *slots;     /* [386] */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIABETES_PROFILE)
  diabetes_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void diabetes_released(const diabetes_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { DIABETES_TENSORS = 6 };
static const diabetes_tensor_info diabetes_tensors_table[] = {
  {"dense/kernel", 2, {10, 16}, 0, 160, 1},
  {"dense/bias", 1, {16}, 160, 16, 1},
  {"dense_1/kernel", 2, {16, 1}, 176, 16, 1},
  {"dense_1/bias", 1, {1}, 192, 1, 1},
  {"normalization/mean", 1, {10}, 193, 10, 0},
  {"normalization/variance", 1, {10}, 203, 10, 0},
};

enum { DIABETES_SLOTS = 8 };
static const diabetes_tensor_info diabetes_slots_table[] = {
  {"adam/dense/kernel/momentum", 2, {10, 16}, 0, 160, 0},
  {"adam/dense/kernel/velocity", 2, {10, 16}, 160, 160, 0},
  {"adam/dense/bias/momentum", 1, {16}, 320, 16, 0},
  {"adam/dense/bias/velocity", 1, {16}, 336, 16, 0},
  {"adam/dense_1/kernel/momentum", 2, {16, 1}, 352, 16, 0},
  {"adam/dense_1/kernel/velocity", 2, {16, 1}, 368, 16, 0},
  {"adam/dense_1/bias/momentum", 1, {1}, 384, 1, 0},
  {"adam/dense_1/bias/velocity", 1, {1}, 385, 1, 0},
};

/* maximum[10] = sqrt + maximum
 * model.swift:4:3 */
static void diabetes_normalization_forward(const float *restrict variance /* [10] */,
    float *restrict maximum /* [10] */) {
  for (size_t i = 0; i < 10; i++) {
    const float sqrt_2 = diabetes_sqrt(variance[i]);
    const float maximum_2 = diabetes_maximum(sqrt_2, 1e-07f);
    maximum[i] = maximum_2;
  }
}

/* divide[rows, 10] = subtract + divide
 * model.swift:4:3 */
static void diabetes_normalization_forward_2(size_t rows,
    const float *restrict x /* [rows, 10] */,
    const float *restrict mean /* [10] */,
    const float *restrict maximum /* [10] */,
    float *restrict divide /* [rows, 10] */) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 10; j++) {
      const float subtract = x[i * 10 + j] - mean[j];
      const float divide_2 = subtract / maximum[j];
      divide[i * 10 + j] = divide_2;
    }
  }
}

/* relu[rows, 16] = matmul + add + relu
 * model.swift:5:3 */
static void diabetes_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict divide /* [rows, 10] */,
    const float *restrict kernel /* [10, 16] */,
    const float *restrict bias /* [16] */,
    float *restrict relu /* [rows, 16] */,
    const float *restrict packed /* [320] */) {
  if (rows <= (packed ? 1 : DIABETES_FEW)) {
    const diabetes_share share = diabetes_share_of(part, parts, rows, 16, 1);
    const size_t first = share.left, last = share.right;
    if (packed) diabetes_line(10, 16, first, last, divide, 1, packed, relu);
    else diabetes_few(rows, 10, last - first, divide, 10, 1, kernel + first, 16, relu + first, 16);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 16 + j];
        const float add = sum + bias[j];
        const float relu_2 = diabetes_maximum(add, 0.0f);
        relu[i * 16 + j] = relu_2;
      }
    }
  }
  else {
    const diabetes_share share = diabetes_share_of(part, parts, rows, 16, 0);
    DIABETES_ALIGNED float own[DIABETES_TILE_K * DIABETES_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 10 - k0 < DIABETES_TILE_K ? 10 - k0 : DIABETES_TILE_K;
      const diabetes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
        const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
          const size_t width = 16 - n0 < DIABETES_TILE_N ? 16 - n0 : DIABETES_TILE_N;
          const float *const panel = packed ? packed + k0 * ((16 + DIABETES_TILE_N - 1) / DIABETES_TILE_N * DIABETES_TILE_N) + n0 * depth : own;
          if (!packed) diabetes_pack(depth, width, kernel + k0 * 16 + n0, 16, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = diabetes_height(last - m0);
            DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
            diabetes_tile_new(&along, height, width, divide + m0 * 10 + k0, 10, 1, panel, tile, DIABETES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIABETES_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = diabetes_maximum(add, 0.0f);
                relu[i * 16 + j] = relu_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIABETES_TILE_K) < 10);
  }
}

struct diabetes_dense_forward_call {
  size_t rows;
  const float *divide;
  const float *kernel;
  const float *bias;
  float *relu;
  const float *packed;
};

static void diabetes_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct diabetes_dense_forward_call *const call = given;
  diabetes_dense_forward(part, parts, call->rows, call->divide, call->kernel, call->bias, call->relu, call->packed);
}

/* dense_1[rows, 1] = matmul + add
 * model.swift:6:3 */
static void diabetes_dense_1_forward(size_t rows,
    const float *restrict relu /* [rows, 16] */,
    const float *restrict kernel /* [16, 1] */,
    const float *restrict bias /* [1] */,
    float *restrict dense_1 /* [rows, 1] */,
    const float *restrict packed /* [512] */) {
  if (rows <= (packed ? 1 : DIABETES_FEW)) {
    const size_t first = 0, last = 1;
    if (packed) diabetes_line(16, 1, first, last, relu, 1, packed, dense_1);
    else diabetes_few(rows, 16, last - first, relu, 16, 1, kernel + first, 1, dense_1 + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = dense_1[i + j];
        const float add = sum + bias[0];
        dense_1[i + j] = add;
      }
    }
  }
  else {
    const diabetes_share share = diabetes_share_of(0, 1, rows, 1, 0);
    DIABETES_ALIGNED float own[DIABETES_TILE_K * DIABETES_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 16 - k0 < DIABETES_TILE_K ? 16 - k0 : DIABETES_TILE_K;
      const diabetes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
        const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
          const size_t width = 1 - n0 < DIABETES_TILE_N ? 1 - n0 : DIABETES_TILE_N;
          const float *const panel = packed ? packed + k0 * ((1 + DIABETES_TILE_N - 1) / DIABETES_TILE_N * DIABETES_TILE_N) + n0 * depth : own;
          if (!packed) diabetes_pack(depth, width, kernel + k0 + n0, 1, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = diabetes_height(last - m0);
            DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
            diabetes_tile_new(&along, height, width, relu + m0 * 16 + k0, 16, 1, panel, tile, DIABETES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIABETES_TILE_N + s];
                const float add = sum + bias[0];
                dense_1[i + j] = add;
              }
            }
          }
        }
      }
    } while ((k0 += DIABETES_TILE_K) < 16);
  }
}

/* kernel[10, 16] as dense_forward multiplies it
 * model.swift:5:3 */
static void diabetes_dense_forward_pack(const diabetes_release *restrict release,
    const float *restrict kernel /* [10, 16] */,
    float *restrict packed /* [320] */) {
  for (size_t k0 = 0; k0 < 10; k0 += DIABETES_TILE_K) {
    const size_t depth = 10 - k0 < DIABETES_TILE_K ? 10 - k0 : DIABETES_TILE_K;
    for (size_t n0 = 0; n0 < 16; n0 += DIABETES_TILE_N) {
      const size_t width = 16 - n0 < DIABETES_TILE_N ? 16 - n0 : DIABETES_TILE_N;
      diabetes_pack(depth, width, kernel + k0 * 16 + n0, 16, 1, packed + k0 * ((16 + DIABETES_TILE_N - 1) / DIABETES_TILE_N * DIABETES_TILE_N) + n0 * depth);
    }
    diabetes_released(release, kernel + k0 * 16, depth * 16);
  }
}

/* kernel[16, 1] as dense_1_forward multiplies it
 * model.swift:6:3 */
static void diabetes_dense_1_forward_pack(const diabetes_release *restrict release,
    const float *restrict kernel /* [16, 1] */,
    float *restrict packed /* [512] */) {
  for (size_t k0 = 0; k0 < 16; k0 += DIABETES_TILE_K) {
    const size_t depth = 16 - k0 < DIABETES_TILE_K ? 16 - k0 : DIABETES_TILE_K;
    for (size_t n0 = 0; n0 < 1; n0 += DIABETES_TILE_N) {
      const size_t width = 1 - n0 < DIABETES_TILE_N ? 1 - n0 : DIABETES_TILE_N;
      diabetes_pack(depth, width, kernel + k0 + n0, 1, 1, packed + k0 * ((1 + DIABETES_TILE_N - 1) / DIABETES_TILE_N * DIABETES_TILE_N) + n0 * depth);
    }
    diabetes_released(release, kernel + k0, depth * 1);
  }
}

/* multiply[rows, 1], abs_2[rows, 1] = matmul + add + subtract + multiply + abs
 * model.swift:6:3, model.swift:9:18 */
static void diabetes_dense_1_forward_2(size_t rows,
    const float *restrict relu /* [rows, 16] */,
    const float *restrict kernel /* [16, 1] */,
    const float *restrict bias /* [1] */,
    const float *restrict y /* [rows, 1] */,
    float *restrict multiply /* [rows, 1] */,
    float *restrict abs_2 /* [rows, 1] */) {
  if (rows <= DIABETES_FEW) {
    const size_t first = 0, last = 1;
    diabetes_few(rows, 16, last - first, relu, 16, 1, kernel + first, 1, multiply + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = multiply[i + j];
        const float add = sum + bias[0];
        const float subtract = add - y[i + j];
        const float multiply_2 = subtract * subtract;
        const float abs_3 = fabsf(subtract);
        multiply[i + j] = multiply_2;
        abs_2[i + j] = abs_3;
      }
    }
  }
  else {
    const diabetes_share share = diabetes_share_of(0, 1, rows, 1, 0);
    DIABETES_ALIGNED float panel[DIABETES_TILE_K * DIABETES_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 16 - k0 < DIABETES_TILE_K ? 16 - k0 : DIABETES_TILE_K;
      const diabetes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
        const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
          const size_t width = 1 - n0 < DIABETES_TILE_N ? 1 - n0 : DIABETES_TILE_N;
          diabetes_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = diabetes_height(last - m0);
            DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
            diabetes_tile_new(&along, height, width, relu + m0 * 16 + k0, 16, 1, panel, tile, DIABETES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIABETES_TILE_N + s];
                const float add = sum + bias[0];
                const float subtract = add - y[i + j];
                const float multiply_2 = subtract * subtract;
                const float abs_3 = fabsf(subtract);
                multiply[i + j] = multiply_2;
                abs_2[i + j] = abs_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIABETES_TILE_K) < 16);
  }
}

/* sum_2[] = sum
 * model.swift:9:18 */
static void diabetes_loss_forward(size_t rows,
    const float *restrict multiply /* [rows, 1] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIABETES_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += multiply[i];
    }
  }
  float total = diabetes_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += multiply[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = sum
 * model.swift:9:18 */
static void diabetes_loss_forward_mean_absolute_error(size_t rows,
    const float *restrict abs_2 /* [rows, 1] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIABETES_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += abs_2[i];
    }
  }
  float total = diabetes_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += abs_2[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = multiply + sum
 * model.swift:5:3 */
static void diabetes_loss_forward_2(const float *restrict kernel /* [10, 16] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < 160; start += 16) {
    DIABETES_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      const float multiply = kernel[i] * kernel[i];
      total_lanes[lane] += multiply;
    }
  }
  const float total = diabetes_join_sum(total_lanes);
  sum_2[0] = total;
}

/* sum_2[] = divide + multiply + add
 * model.swift:9:18, model.swift:5:3 */
static void diabetes_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */,
    const float *restrict sum_3 /* [] */) {
  const float divide = sum_2[0] / row_count[0];
  const float multiply = sum_3[0] * 0.01f;
  const float add = divide + multiply;
  sum_2[0] = add;
}

/* constant[1, 1] = constant
 * model.swift:5:3 */
static void diabetes_loss_backward_2(float *restrict constant /* [1, 1] */) {
  constant[0] = 0.01f;
}

/* multiply[rows, 1], abs_2[rows, 1], add[rows, 1], bias_gradient[1] = matmul + add + subtract + multiply + abs + multiply + add + sum
 * model.swift:6:3, model.swift:9:18 */
static void diabetes_dense_1_backward_bias(size_t rows,
    const float *restrict relu /* [rows, 16] */,
    const float *restrict kernel /* [16, 1] */,
    const float *restrict bias /* [1] */,
    const float *restrict y /* [rows, 1] */,
    const float *restrict row_count /* [] */,
    float *restrict multiply /* [rows, 1] */,
    float *restrict abs_2 /* [rows, 1] */,
    float *restrict add /* [rows, 1] */,
    float *restrict bias_gradient /* [1] */) {
  const float divide = 1.0f / row_count[0];
  if (rows <= DIABETES_FEW) {
    const size_t first = 0, last = 1;
    for (size_t j = first; j < last; j++) {
      bias_gradient[j] = 0.0f;
    }
    diabetes_few(rows, 16, last - first, relu, 16, 1, kernel + first, 1, multiply + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = multiply[i + j];
        const float add_2 = sum + bias[0];
        const float subtract = add_2 - y[i + j];
        const float multiply_2 = subtract * subtract;
        const float abs_3 = fabsf(subtract);
        const float multiply_3 = divide * subtract;
        const float add_3 = multiply_3 + multiply_3;
        multiply[i + j] = multiply_2;
        abs_2[i + j] = abs_3;
        add[i + j] = add_3;
        bias_gradient[0] += add_3;
      }
    }
  }
  else {
    const diabetes_share share = diabetes_share_of(0, 1, rows, 1, 1);
    DIABETES_ALIGNED float panel[DIABETES_TILE_K * DIABETES_TILE_N];
    for (size_t j = share.left; j < share.right; j++) {
      bias_gradient[j] = 0.0f;
    }
    size_t k0 = 0;
    do {
      const size_t depth = 16 - k0 < DIABETES_TILE_K ? 16 - k0 : DIABETES_TILE_K;
      const diabetes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
        const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
          const size_t width = 1 - n0 < DIABETES_TILE_N ? 1 - n0 : DIABETES_TILE_N;
          diabetes_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = diabetes_height(last - m0);
            DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
            diabetes_tile_new(&along, height, width, relu + m0 * 16 + k0, 16, 1, panel, tile, DIABETES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIABETES_TILE_N + s];
                const float add_2 = sum + bias[0];
                const float subtract = add_2 - y[i + j];
                const float multiply_2 = subtract * subtract;
                const float abs_3 = fabsf(subtract);
                const float multiply_3 = divide * subtract;
                const float add_3 = multiply_3 + multiply_3;
                multiply[i + j] = multiply_2;
                abs_2[i + j] = abs_3;
                add[i + j] = add_3;
                bias_gradient[0] += add_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIABETES_TILE_K) < 16);
  }
}

/* kernel_gradient[16, 1] = matmul
 * model.swift:6:3 */
static void diabetes_dense_1_backward_kernel(size_t rows,
    const float *restrict relu /* [rows, 16] */,
    const float *restrict add /* [rows, 1] */,
    float *restrict kernel_gradient /* [16, 1] */) {
  const diabetes_share share = diabetes_share_of(0, 1, 16, 1, 0);
  DIABETES_ALIGNED float panel[DIABETES_TILE_K * DIABETES_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIABETES_TILE_K ? rows - k0 : DIABETES_TILE_K;
    const diabetes_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
      const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
        const size_t width = 1 - n0 < DIABETES_TILE_N ? 1 - n0 : DIABETES_TILE_N;
        diabetes_pack(depth, width, add + k0 + n0, 1, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = diabetes_height(last - m0);
          DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
          diabetes_tile_new(&along, height, width, relu + m0 + k0 * 16, 1, 16, panel, tile, DIABETES_TILE_N);
          for (size_t r = 0; r < height; r++)
            DIABETES_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[m0 + r + n0 + s] = tile[r * DIABETES_TILE_N + s];
        }
      }
    }
  } while ((k0 += DIABETES_TILE_K) < rows);
}

/* select[rows, 16], bias_gradient[16] = matmul + compare + select + sum
 * model.swift:6:3, model.swift:5:3 */
static void diabetes_dense_1_backward_bias_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 1] */,
    const float *restrict kernel /* [16, 1] */,
    const float *restrict relu /* [rows, 16] */,
    float *restrict select /* [rows, 16] */,
    float *restrict bias_gradient /* [16] */) {
  if (rows <= DIABETES_FEW) {
    const diabetes_share share = diabetes_share_of(part, parts, rows, 16, 1);
    const size_t first = share.left, last = share.right;
    for (size_t j = first; j < last; j++) {
      bias_gradient[j] = 0.0f;
    }
    diabetes_few(rows, 1, last - first, add, 1, 1, kernel + first, 1, select + first, 16);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = select[i * 16 + j];
        const float compare = relu[i * 16 + j] > 0.0f ? 1.0f : 0.0f;
        const float select_2 = compare != 0.0f ? sum : 0.0f;
        select[i * 16 + j] = select_2;
        bias_gradient[j] += select_2;
      }
    }
  }
  else {
    const diabetes_share share = diabetes_share_of(part, parts, rows, 16, 1);
    DIABETES_ALIGNED float panel[DIABETES_TILE_K * DIABETES_TILE_N];
    for (size_t j = share.left; j < share.right; j++) {
      bias_gradient[j] = 0.0f;
    }
    size_t k0 = 0;
    do {
      const size_t depth = 1 - k0 < DIABETES_TILE_K ? 1 - k0 : DIABETES_TILE_K;
      const diabetes_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
        const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
          const size_t width = 16 - n0 < DIABETES_TILE_N ? 16 - n0 : DIABETES_TILE_N;
          diabetes_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = diabetes_height(last - m0);
            DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
            diabetes_tile_new(&along, height, width, add + m0 + k0, 1, 1, panel, tile, DIABETES_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIABETES_TILE_N + s];
                const float compare = relu[i * 16 + j] > 0.0f ? 1.0f : 0.0f;
                const float select_2 = compare != 0.0f ? sum : 0.0f;
                select[i * 16 + j] = select_2;
                bias_gradient[j] += select_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIABETES_TILE_K) < 1);
  }
}

struct diabetes_dense_1_backward_bias_2_call {
  size_t rows;
  const float *add;
  const float *kernel;
  const float *relu;
  float *select;
  float *bias_gradient;
};

static void diabetes_dense_1_backward_bias_2_task(void *given, size_t part, size_t parts) {
  const struct diabetes_dense_1_backward_bias_2_call *const call = given;
  diabetes_dense_1_backward_bias_2(part, parts, call->rows, call->add, call->kernel, call->relu, call->select, call->bias_gradient);
}

/* kernel_gradient[10, 16] = multiply + add + matmul + add
 * model.swift:5:3 */
static void diabetes_loss_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict constant /* [1, 1] */,
    const float *restrict kernel /* [10, 16] */,
    const float *restrict divide /* [rows, 10] */,
    const float *restrict select /* [rows, 16] */,
    float *restrict kernel_gradient /* [10, 16] */) {
  const diabetes_share share = diabetes_share_of(part, parts, 10, 16, 0);
  DIABETES_ALIGNED float panel[DIABETES_TILE_K * DIABETES_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIABETES_TILE_K ? rows - k0 : DIABETES_TILE_K;
    const diabetes_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIABETES_LINES) {
      const size_t last = share.bottom - first < DIABETES_LINES ? share.bottom : first + DIABETES_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIABETES_TILE_N) {
        const size_t width = 16 - n0 < DIABETES_TILE_N ? 16 - n0 : DIABETES_TILE_N;
        diabetes_pack(depth, width, select + k0 * 16 + n0, 16, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = diabetes_height(last - m0);
          DIABETES_ALIGNED float tile[DIABETES_TILE_M * DIABETES_TILE_N];
          diabetes_tile_new(&along, height, width, divide + m0 + k0 * 10, 1, 10, panel, tile, DIABETES_TILE_N);
          for (size_t r = 0; r < height; r++) {
            DIABETES_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * DIABETES_TILE_N + s];
              const float multiply = constant[0] * kernel[i * 16 + j];
              const float add = multiply + multiply;
              const float add_2 = add + sum;
              kernel_gradient[i * 16 + j] = add_2;
            }
          }
        }
      }
    }
  } while ((k0 += DIABETES_TILE_K) < rows);
}

struct diabetes_loss_backward_kernel_call {
  size_t rows;
  const float *constant;
  const float *kernel;
  const float *divide;
  const float *select;
  float *kernel_gradient;
};

static void diabetes_loss_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct diabetes_loss_backward_kernel_call *const call = given;
  diabetes_loss_backward_kernel(part, parts, call->rows, call->constant, call->kernel, call->divide, call->select, call->kernel_gradient);
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:9:18 */
static void diabetes_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = diabetes_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[10, 16], velocity[10, 16], kernel[10, 16] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void diabetes_dense_update_kernel(float *restrict momentum /* [10, 16] */,
    const float *restrict kernel_gradient /* [10, 16] */,
    float *restrict velocity /* [10, 16] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [10, 16] */) {
  for (size_t i = 0; i < 160; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = diabetes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

/* momentum[16], velocity[16], bias[16] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void diabetes_dense_update_bias(float *restrict momentum /* [16] */,
    const float *restrict bias_gradient /* [16] */,
    float *restrict velocity /* [16] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [16] */) {
  DIABETES_ROLLED for (size_t i = 0; i < 16; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = diabetes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[16, 1], velocity[16, 1], kernel[16, 1] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void diabetes_dense_1_update_kernel(float *restrict momentum /* [16, 1] */,
    const float *restrict kernel_gradient /* [16, 1] */,
    float *restrict velocity /* [16, 1] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [16, 1] */) {
  DIABETES_ROLLED for (size_t i = 0; i < 16; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = diabetes_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

/* momentum[1], velocity[1], bias[1] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void diabetes_dense_1_update_bias(float *restrict momentum /* [1] */,
    const float *restrict bias_gradient /* [1] */,
    float *restrict velocity /* [1] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [1] */) {
  const float multiply = momentum[0] * 0.9f;
  const float multiply_2 = bias_gradient[0] * 0.1f;
  const float add = multiply + multiply_2;
  const float multiply_3 = velocity[0] * 0.999f;
  const float multiply_4 = bias_gradient[0] * bias_gradient[0];
  const float multiply_5 = multiply_4 * 0.001f;
  const float add_2 = multiply_3 + multiply_5;
  const float multiply_6 = divide[0] * add;
  const float sqrt_2 = diabetes_sqrt(add_2);
  const float add_3 = sqrt_2 + 1e-07f;
  const float divide_2 = multiply_6 / add_3;
  const float subtract = bias[0] - divide_2;
  momentum[0] = add;
  velocity[0] = add_2;
  bias[0] = subtract;
}

const char *diabetes_status_string(diabetes_status status) {
  switch (status) {
    case DIABETES_OK: return "done";
    case DIABETES_ERROR_ARGUMENT: return "a null pointer";
    case DIABETES_ERROR_ALIGNMENT: return "memory is not aligned";
    case DIABETES_ERROR_MEMORY: return "memory is too small";
    case DIABETES_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case DIABETES_ERROR_FORMAT: return "not a valid safetensors file";
    case DIABETES_ERROR_MODEL: return "tensors of another model";
    case DIABETES_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case DIABETES_ERROR_LABEL: return "a class number outside its range";
    case DIABETES_ERROR_IO: return "reading or writing failed: see errno";
    case DIABETES_ERROR_CHECKSUM: return "damaged file";
    case DIABETES_ERROR_THREADS: return "a thread cannot be started";
    case DIABETES_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case DIABETES_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { DIABETES_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t diabetes_tag = UINT64_C(0x4d2c456b473e662e);

static diabetes_status diabetes_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return DIABETES_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIABETES_ALIGNMENT != 0) return DIABETES_ERROR_ALIGNMENT;
  return bytes < needed ? DIABETES_ERROR_MEMORY : DIABETES_OK;
}

DIABETES_APART int diabetes_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

diabetes_status diabetes_parameters_init(void *memory, size_t bytes, uint64_t seed, diabetes_parameters **out) {
  if (!out) return DIABETES_ERROR_ARGUMENT;
  const diabetes_status status = diabetes_check_memory(memory, bytes, DIABETES_PARAMETERS_BYTES);
  if (status != DIABETES_OK) return status;
  diabetes_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + DIABETES_OBJECT_BYTES);
  parameters->tag = diabetes_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  diabetes_fill_constant(values + 193, 10, 0.0f); /* normalization/mean */
  diabetes_fill_constant(values + 203, 10, 1.0f); /* normalization/variance */
  diabetes_fill_uniform(values, 160, seed, 2u, -0.48038447f, 0.48038447f); /* dense/kernel */
  diabetes_fill_constant(values + 160, 16, 0.0f); /* dense/bias */
  diabetes_fill_uniform(values + 176, 16, seed, 4u, -0.59408855f, 0.59408855f); /* dense_1/kernel */
  diabetes_fill_constant(values + 192, 1, 0.0f); /* dense_1/bias */
  *out = parameters;
  return DIABETES_OK;
}

const diabetes_tensor_info *diabetes_tensors(size_t *count) {
  if (count) *count = DIABETES_TENSORS;
  return diabetes_tensors_table;
}

diabetes_real *diabetes_parameters_values(diabetes_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static diabetes_status diabetes_open(const diabetes_tensor_info *table, size_t count, const void *bytes, size_t size, diabetes_safetensors *file) {
  diabetes_safetensor tensor;
  if (!bytes) return DIABETES_ERROR_ARGUMENT;
  if (diabetes_safetensors_open(bytes, size, file)) return DIABETES_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!diabetes_safetensors_find(file, &cursor, table[i].name, &tensor)) return DIABETES_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return DIABETES_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return DIABETES_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return DIABETES_ERROR_FORMAT;
  }
  return DIABETES_OK;
}

/* Reads every tensor of the table into values, or none. */
static diabetes_status diabetes_load(const diabetes_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  diabetes_safetensors file;
  diabetes_safetensor tensor;
  if (!values) return DIABETES_ERROR_ARGUMENT;
  const diabetes_status status = diabetes_open(table, count, bytes, size, &file);
  if (status != DIABETES_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (diabetes_safetensors_find(&file, &cursor, table[i].name, &tensor))
      diabetes_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return DIABETES_OK;
}

diabetes_status diabetes_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, diabetes_parameters **out) {
  if (!out) return DIABETES_ERROR_ARGUMENT;
  diabetes_status status = diabetes_check_memory(memory, bytes, DIABETES_VIEW_BYTES);
  diabetes_safetensors file;
  diabetes_safetensor tensor;
  if (status == DIABETES_OK) status = diabetes_open(diabetes_tensors_table, DIABETES_TENSORS, safetensors, size, &file);
  if (status != DIABETES_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return DIABETES_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < DIABETES_TENSORS; i++) {
    const diabetes_tensor_info *const wanted = &diabetes_tensors_table[i];
    if (!diabetes_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != DIABETES_REAL_BITS) return DIABETES_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return DIABETES_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return DIABETES_ERROR_ALIGNMENT;
  diabetes_parameters *const parameters = memory;
  parameters->tag = diabetes_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return DIABETES_OK;
}

diabetes_status diabetes_parameters_load(diabetes_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return DIABETES_ERROR_ARGUMENT;
  if (parameters->is_view) return DIABETES_ERROR_VIEW;
  parameters->prepared = NULL;
  return diabetes_load(diabetes_tensors_table, DIABETES_TENSORS, parameters->values, safetensors, bytes);
}

diabetes_status diabetes_context_init(void *memory, size_t bytes, const diabetes_config *config, diabetes_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIABETES_MAX_ROWS;
  if (!out) return DIABETES_ERROR_ARGUMENT;
  if (max_rows > DIABETES_MAX_ROWS) return DIABETES_ERROR_ROWS;
  const diabetes_status status = diabetes_check_memory(memory, bytes, DIABETES_CONTEXT_BYTES(max_rows));
  if (status != DIABETES_OK) return status;
  diabetes_context *const context = memory;
  context->tag = diabetes_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(DIABETES_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + DIABETES_OBJECT_BYTES;
  context->arena = context->state + 0;
  diabetes_reset_state(context);
  *out = context;
  return DIABETES_OK;
}

void diabetes_reset_state(diabetes_context *context) {
  if (!context) return;
  context->position = 0;
  /* It keeps nothing. */
}

diabetes_status diabetes_trainer_init(void *memory, size_t bytes, diabetes_parameters *parameters, const diabetes_config *config,
                              diabetes_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIABETES_MAX_ROWS;
  if (!out || !parameters) return DIABETES_ERROR_ARGUMENT;
  if (parameters->is_view) return DIABETES_ERROR_VIEW;
  if (max_rows > DIABETES_MAX_ROWS) return DIABETES_ERROR_ROWS;
  const diabetes_status status = diabetes_check_memory(memory, bytes, DIABETES_TRAINER_BYTES(max_rows));
  if (status != DIABETES_OK) return status;
  diabetes_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + DIABETES_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = diabetes_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.01f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 832);
  trainer->state = base + 2432;
  trainer->arena = trainer->state + 0;
  diabetes_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 193 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 1600);
  *out = trainer;
  return DIABETES_OK;
}

void diabetes_reset_trainer_state(diabetes_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

diabetes_real *diabetes_gradients(diabetes_trainer *trainer, size_t *count) {
  if (count) *count = 193;
  return trainer ? trainer->gradients : NULL;
}

diabetes_real diabetes_learning_rate(const diabetes_trainer *trainer) { return trainer->learning_rate; }

void diabetes_set_learning_rate(diabetes_trainer *trainer, diabetes_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t diabetes_step(const diabetes_trainer *trainer) { return trainer->step; }

void diabetes_set_step(diabetes_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t diabetes_seed(const diabetes_trainer *trainer) { return trainer->seed; }

void diabetes_set_seed(diabetes_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *diabetes_fault(const diabetes_trainer *trainer) { return trainer->fault; }

const diabetes_tensor_info *diabetes_trainer_tensors(size_t *count) {
  if (count) *count = DIABETES_SLOTS;
  return diabetes_slots_table;
}

diabetes_real *diabetes_trainer_values(diabetes_trainer *trainer) { return trainer ? trainer->slots : NULL; }

diabetes_status diabetes_trainer_load(diabetes_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return DIABETES_ERROR_ARGUMENT;
  return diabetes_load(diabetes_slots_table, DIABETES_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(DIABETES_PROFILE)
void diabetes_context_profile(diabetes_context *context, diabetes_profile *profile) { context->profile = profile; }
void diabetes_trainer_profile(diabetes_trainer *trainer, diabetes_profile *profile) { trainer->profile = profile; }
#endif

/* One call of inference: inputs x[rows, 10]; outputs dense_1[rows, 1].
 * model.swift:3:13 */
diabetes_status diabetes_predict(diabetes_context *context, const diabetes_parameters *parameters, size_t rows,
                       const diabetes_inputs *inputs, const diabetes_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense_1) return DIABETES_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIABETES_ERROR_ROWS;
  diabetes_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = context->max_rows;
  float *const maximum = (float *)(void *)(prepared ? prepared + 0 : arena + 64 * max_rows); /* [10] */
  float *const divide = (float *)(void *)(arena + 0); /* [rows, 10] */
  float *const relu = (float *)(void *)(arena + 64 * max_rows); /* [rows, 16] */
  float *const packed = (float *)(void *)(prepared ? prepared + 64 : NULL); /* [320] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 1344 : NULL); /* [512] */

  if (!prepared) {
    diabetes_normalization_forward(parameters->values + 203, maximum);
    DIABETES_LAP(context, 0);
  }
  diabetes_normalization_forward_2(rows, inputs->x, parameters->values + 193, maximum, divide);
  DIABETES_LAP(context, 1);
  diabetes_parallel(pool, rows * 80, diabetes_dense_forward_task, &(struct diabetes_dense_forward_call){rows, divide, parameters->values, parameters->values + 160, relu, packed});
  DIABETES_LAP(context, 2);
  diabetes_dense_1_forward(rows, relu, parameters->values + 176, parameters->values + 192, outputs->dense_1, packed_2);
  DIABETES_LAP(context, 3);
  return DIABETES_OK;
}

/* What inference would make of the weights alone in each call, 3392 bytes of it.
 * model.swift:3:13 */
diabetes_status diabetes_parameters_prepare_and_release(diabetes_parameters *parameters, void *memory, size_t bytes,
                                            const diabetes_release *release) {
  if (!parameters) return DIABETES_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return DIABETES_OK;
  const diabetes_status status = diabetes_check_memory(memory, bytes, DIABETES_PREPARED_BYTES);
  if (status != DIABETES_OK) return status;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const maximum = (float *)(void *)(prepared + 0); /* [10] */
    float *const packed = (float *)(void *)(prepared + 64); /* [320] */
    float *const packed_2 = (float *)(void *)(prepared + 1344); /* [512] */
    diabetes_normalization_forward(parameters->values + 203, maximum);
    diabetes_released(release, parameters->values + 203, 10);
    diabetes_dense_forward_pack(release, parameters->values, packed);
    diabetes_dense_1_forward_pack(release, parameters->values + 176, packed_2);
  }
  parameters->prepared = memory;
  return DIABETES_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
diabetes_status diabetes_parameters_prepare(diabetes_parameters *parameters, void *memory, size_t bytes) {
  return diabetes_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 10].
 * model.swift:3:13 */
diabetes_status diabetes_adapt(diabetes_parameters *parameters, size_t rows, const diabetes_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return DIABETES_ERROR_ARGUMENT;
  if (rows == 0) return DIABETES_ERROR_ROWS;
  if (parameters->is_view) return DIABETES_ERROR_VIEW;
  for (size_t j = 0; j < 10; j++) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < 1 * rows; i++) {
      const double x = (double)inputs->x[i * 10 + j], delta = x - mean;
      mean += delta / (double)(i + 1);
      squares += delta * (x - mean);
    }
    parameters->values[193 + j] = (float)mean;
    parameters->values[203 + j] = (float)(squares / (double)(1 * rows));
  }
  parameters->prepared = NULL;
  return DIABETES_OK;
}

static void diabetes_finish_metrics(diabetes_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->mean_absolute_error = sums[2] / sums[0];
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 10]; targets y[rows, 1].
 * model.swift:3:13 */
diabetes_status diabetes_evaluate(diabetes_context *context, const diabetes_parameters *parameters, size_t rows,
                        const diabetes_inputs *inputs, const diabetes_targets *targets, diabetes_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIABETES_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIABETES_ERROR_ROWS;
  const float row_count = (float)rows;
  diabetes_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const maximum = (float *)(void *)(arena + 128 + 64 * max_rows); /* [10] */
  float *const divide = (float *)(void *)(arena + 128); /* [rows, 10] */
  float *const relu = (float *)(void *)(arena + 128 + 64 * max_rows); /* [rows, 16] */
  float *const multiply = (float *)(void *)(arena + 128); /* [rows, 1] */
  float *const abs_2 = (float *)(void *)(arena + 128 + 128 * max_rows); /* [rows, 1] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const sum_2_2 = (float *)(void *)(arena + 64); /* [] */
  float *const sum_2_3 = (float *)(void *)(arena + 128); /* [] */

  diabetes_normalization_forward(parameters->values + 203, maximum);
  diabetes_normalization_forward_2(rows, inputs->x, parameters->values + 193, maximum, divide);
  diabetes_parallel(pool, rows * 80, diabetes_dense_forward_task, &(struct diabetes_dense_forward_call){rows, divide, parameters->values, parameters->values + 160, relu, NULL});
  diabetes_dense_1_forward_2(rows, relu, parameters->values + 176, parameters->values + 192, targets->y, multiply, abs_2);
  diabetes_loss_forward(rows, multiply, sum_2);
  diabetes_loss_forward_mean_absolute_error(rows, abs_2, sum_2_2);
  diabetes_loss_forward_2(parameters->values, sum_2_3);
  diabetes_loss_forward_loss(sum_2, &row_count, sum_2_3);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* mean_absolute_error */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  diabetes_finish_metrics(metrics);
  return DIABETES_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static diabetes_status diabetes_run_backward(diabetes_trainer *trainer, size_t rows, const diabetes_inputs *inputs,
                                    const diabetes_targets *targets, diabetes_metrics *metrics, int check) {
  const diabetes_parameters *const parameters = trainer->parameters;
  const float row_count = (float)rows;
  diabetes_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  float *const maximum = (float *)(void *)(arena + 256 + 64 * max_rows); /* [10] */
  float *const divide = (float *)(void *)(arena + 256); /* [rows, 10] */
  float *const relu = (float *)(void *)(arena + 256 + 64 * max_rows); /* [rows, 16] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const constant = (float *)(void *)(arena + 64); /* [1, 1] */
  float *const multiply = (float *)(void *)(arena + 256 + 128 * max_rows); /* [rows, 1] */
  float *const abs_2 = (float *)(void *)(arena + 256 + 192 * max_rows); /* [rows, 1] */
  float *const add = (float *)(void *)(arena + 256 + 256 * max_rows); /* [rows, 1] */
  float *const sum_2_2 = (float *)(void *)(arena + 128); /* [] */
  float *const sum_2_3 = (float *)(void *)(arena + 192); /* [] */
  float *const select = (float *)(void *)(arena + 256 + 128 * max_rows); /* [rows, 16] */

  diabetes_normalization_forward(parameters->values + 203, maximum);
  DIABETES_LAP(trainer, 0);
  if (check && !diabetes_finite(maximum, 10)) { trainer->fault = "normalization"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_normalization_forward_2(rows, inputs->x, parameters->values + 193, maximum, divide);
  DIABETES_LAP(trainer, 1);
  if (check && !diabetes_finite(divide, rows * 10)) { trainer->fault = "normalization"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_parallel(pool, rows * 80, diabetes_dense_forward_task, &(struct diabetes_dense_forward_call){rows, divide, parameters->values, parameters->values + 160, relu, NULL});
  DIABETES_LAP(trainer, 2);
  if (check && !diabetes_finite(relu, rows * 16)) { trainer->fault = "dense"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_loss_forward_2(parameters->values, sum_2);
  DIABETES_LAP(trainer, 3);
  if (check && !diabetes_finite(sum_2, 1)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_loss_backward_2(constant);
  DIABETES_LAP(trainer, 4);
  if (check && !diabetes_finite(constant, 1)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_dense_1_backward_bias(rows, relu, parameters->values + 176, parameters->values + 192, targets->y, &row_count, multiply, abs_2, add, trainer->gradients + 192);
  DIABETES_LAP(trainer, 5);
  if (check && !diabetes_finite(multiply, rows)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  if (check && !diabetes_finite(abs_2, rows)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  if (check && !diabetes_finite(add, rows)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  if (check && !diabetes_finite(trainer->gradients + 192, 1)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_loss_forward(rows, multiply, sum_2_2);
  DIABETES_LAP(trainer, 6);
  if (check && !diabetes_finite(sum_2_2, 1)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_loss_forward_mean_absolute_error(rows, abs_2, sum_2_3);
  DIABETES_LAP(trainer, 7);
  if (check && !diabetes_finite(sum_2_3, 1)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_loss_forward_loss(sum_2_2, &row_count, sum_2);
  DIABETES_LAP(trainer, 8);
  if (check && !diabetes_finite(sum_2_2, 1)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_dense_1_backward_kernel(rows, relu, add, trainer->gradients + 176);
  DIABETES_LAP(trainer, 9);
  if (check && !diabetes_finite(trainer->gradients + 176, 16)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_parallel(pool, rows * 67, diabetes_dense_1_backward_bias_2_task, &(struct diabetes_dense_1_backward_bias_2_call){rows, add, parameters->values + 176, relu, select, trainer->gradients + 160});
  DIABETES_LAP(trainer, 10);
  if (check && !diabetes_finite(select, rows * 16)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  if (check && !diabetes_finite(trainer->gradients + 160, 16)) { trainer->fault = "dense_1"; return DIABETES_ERROR_NOT_FINITE; }
  diabetes_parallel(pool, rows * 660, diabetes_loss_backward_kernel_task, &(struct diabetes_loss_backward_kernel_call){rows, constant, parameters->values, divide, select, trainer->gradients});
  DIABETES_LAP(trainer, 11);
  if (check && !diabetes_finite(trainer->gradients, 160)) { trainer->fault = "loss"; return DIABETES_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 128));
  if (!isfinite(batch_loss)) return DIABETES_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 192); /* mean_absolute_error */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  diabetes_finish_metrics(metrics);
  return DIABETES_OK;
}

/* Gradients of the mean loss of the rows, 193 numbers in the trainer: inputs x[rows, 10]; targets y[rows, 1].
 * model.swift:3:13 */
diabetes_status diabetes_backward(diabetes_trainer *trainer, size_t rows, const diabetes_inputs *inputs,
                        const diabetes_targets *targets, diabetes_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIABETES_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return DIABETES_ERROR_ROWS;
  trainer->fault = "";
  const diabetes_status status = diabetes_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != DIABETES_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < DIABETES_TENSORS; i++) {
    const diabetes_tensor_info *const tensor = &diabetes_tensors_table[i];
    if (diabetes_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return diabetes_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 193 weights by their gradients.
 * model.swift:3:13 */
diabetes_status diabetes_apply(diabetes_trainer *trainer, float learning_rate) {
  if (!trainer) return DIABETES_ERROR_ARGUMENT;
  diabetes_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  diabetes_optimizer_update(&step_number, &learning_rate, divide);
  DIABETES_LAP(trainer, 12);
  diabetes_dense_update_kernel(trainer->slots, trainer->gradients, trainer->slots + 160, divide, parameters->values);
  DIABETES_LAP(trainer, 13);
  diabetes_dense_update_bias(trainer->slots + 320, trainer->gradients + 160, trainer->slots + 336, divide, parameters->values + 160);
  DIABETES_LAP(trainer, 14);
  diabetes_dense_1_update_kernel(trainer->slots + 352, trainer->gradients + 176, trainer->slots + 368, divide, parameters->values + 176);
  DIABETES_LAP(trainer, 15);
  diabetes_dense_1_update_bias(trainer->slots + 384, trainer->gradients + 192, trainer->slots + 385, divide, parameters->values + 192);
  DIABETES_LAP(trainer, 16);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return DIABETES_OK;
}

/* backward, then apply: inputs x[rows, 10]; targets y[rows, 1].
 * model.swift:3:13 */
diabetes_status diabetes_train_step(diabetes_trainer *trainer, size_t rows, const diabetes_inputs *inputs,
                          const diabetes_targets *targets, diabetes_metrics *metrics) {
  const diabetes_status status = diabetes_backward(trainer, rows, inputs, targets, metrics);
  return status == DIABETES_OK ? diabetes_apply(trainer, trainer->learning_rate) : status;
}
