/* The model breast_cancer: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   normalization (Normalization) -> [rows, 30]  model.swift:4:3
 *   dense (Dense) -> [rows, 32]  model.swift:5:3
 *   dense_1 (Dense) -> [rows, 1]  model.swift:6:3
 */

#define _POSIX_C_SOURCE 200809L
#include "breast_cancer.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define BREAST_CANCER_SHARED_WORK 12000
#define BREAST_CANCER_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define BREAST_CANCER_INLINE static inline __attribute__((unused))
#define BREAST_CANCER_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define BREAST_CANCER_INLINE static inline
#define BREAST_CANCER_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define BREAST_CANCER_MICROKERNEL static __attribute__((noinline, unused))
#else
#define BREAST_CANCER_MICROKERNEL BREAST_CANCER_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses breast_cancer_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define BREAST_CANCER_HAS_FMA 1
#else
#define BREAST_CANCER_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define BREAST_CANCER_VECTOR_BYTES 64
#elif defined(__AVX__)
#define BREAST_CANCER_VECTOR_BYTES 32
#else
#define BREAST_CANCER_VECTOR_BYTES 16
#endif
#define BREAST_CANCER_LANES (BREAST_CANCER_VECTOR_BYTES * 8 / BREAST_CANCER_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define BREAST_CANCER_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define BREAST_CANCER_UNROLL _Pragma("GCC unroll 16")
#else
#define BREAST_CANCER_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define BREAST_CANCER_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define BREAST_CANCER_ROLLED
#endif

#if defined(__GNUC__)
#define BREAST_CANCER_ALIGNED __attribute__((aligned(64)))
#define BREAST_CANCER_FLATTEN static inline __attribute__((always_inline, unused))
typedef breast_cancer_real breast_cancer_vector __attribute__((vector_size(BREAST_CANCER_VECTOR_BYTES)));
#if BREAST_CANCER_REAL_BITS == 32
typedef int32_t breast_cancer_bits;
#else
typedef int64_t breast_cancer_bits;
#endif
typedef breast_cancer_bits breast_cancer_mask __attribute__((vector_size(BREAST_CANCER_VECTOR_BYTES)));
#else
#define BREAST_CANCER_ALIGNED
#define BREAST_CANCER_FLATTEN static inline
typedef struct breast_cancer_vector { breast_cancer_real lane[BREAST_CANCER_LANES]; } breast_cancer_vector;
#endif

/* a * b + c, rounded once where the target can */
BREAST_CANCER_FLATTEN float breast_cancer_fma_f32(float a, float b, float c) {
#if BREAST_CANCER_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

BREAST_CANCER_FLATTEN breast_cancer_real breast_cancer_fma(breast_cancer_real a, breast_cancer_real b, breast_cancer_real c) {
#if BREAST_CANCER_REAL_BITS == 32
  return breast_cancer_fma_f32(a, b, c);
#elif BREAST_CANCER_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

BREAST_CANCER_FLATTEN breast_cancer_vector breast_cancer_vector_load(const breast_cancer_real *p) {
  breast_cancer_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

BREAST_CANCER_FLATTEN void breast_cancer_vector_store(breast_cancer_real *p, breast_cancer_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
BREAST_CANCER_FLATTEN breast_cancer_vector breast_cancer_vector_first(size_t count, breast_cancer_vector v) {
#if defined(__GNUC__)
  static const breast_cancer_bits ones[2 * BREAST_CANCER_LANES] = {
    -1, -1,
#if BREAST_CANCER_LANES >= 4
    -1, -1,
#endif
#if BREAST_CANCER_LANES >= 8
    -1, -1, -1, -1,
#endif
#if BREAST_CANCER_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  breast_cancer_mask mask;
  memcpy(&mask, ones + BREAST_CANCER_LANES - count, sizeof mask);
  return (breast_cancer_vector)((breast_cancer_mask)v & mask);
#else
  for (size_t i = count; i < BREAST_CANCER_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
BREAST_CANCER_FLATTEN breast_cancer_vector breast_cancer_vector_multiply_add(breast_cancer_vector a, breast_cancer_vector b, breast_cancer_vector c) {
#if defined(__clang__)
#if BREAST_CANCER_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__AVX512F__) && BREAST_CANCER_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__AVX__) && BREAST_CANCER_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__aarch64__) && BREAST_CANCER_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && BREAST_CANCER_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !BREAST_CANCER_HAS_FMA
  return a * b + c;
#else
  breast_cancer_real w[BREAST_CANCER_LANES], x[BREAST_CANCER_LANES], y[BREAST_CANCER_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < BREAST_CANCER_LANES; i++) y[i] = breast_cancer_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
BREAST_CANCER_FLATTEN breast_cancer_vector breast_cancer_vector_fma(breast_cancer_real s, breast_cancer_vector b, breast_cancer_vector c) {
#if defined(__GNUC__)
  return breast_cancer_vector_multiply_add(s - (breast_cancer_vector){0}, b, c);
#else
  breast_cancer_vector a;
  for (int i = 0; i < BREAST_CANCER_LANES; i++) a.lane[i] = s;
  return breast_cancer_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
BREAST_CANCER_INLINE breast_cancer_real breast_cancer_minimum(breast_cancer_real a, breast_cancer_real b) { return a < b || a != a ? a : b; }

BREAST_CANCER_INLINE breast_cancer_real breast_cancer_maximum(breast_cancer_real a, breast_cancer_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
BREAST_CANCER_INLINE breast_cancer_real breast_cancer_choose(int which, breast_cancer_real yes, breast_cancer_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
BREAST_CANCER_INLINE breast_cancer_real breast_cancer_sqrt(breast_cancer_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define BREAST_CANCER_ELEMENTWISE_SQRT
#endif
#endif
#if defined(BREAST_CANCER_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif BREAST_CANCER_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
BREAST_CANCER_INLINE void breast_cancer_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
BREAST_CANCER_INLINE void breast_cancer_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  breast_cancer_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
BREAST_CANCER_INLINE breast_cancer_real breast_cancer_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  breast_cancer_random(seed, purpose, step, element, words);
  return (breast_cancer_real)(words[0] >> 8) * (breast_cancer_real)0x1p-24;
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
#if BREAST_CANCER_REAL_BITS == 32
BREAST_CANCER_FLATTEN uint32_t breast_cancer_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

BREAST_CANCER_FLATTEN float breast_cancer_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
BREAST_CANCER_FLATTEN float breast_cancer_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return breast_cancer_bits_float((breast_cancer_float_bits(a) & mask) | (breast_cancer_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
BREAST_CANCER_FLATTEN float breast_cancer_signed_as(float x, float s) {
  return breast_cancer_bits_float(breast_cancer_float_bits(x) | (breast_cancer_float_bits(s) & 0x80000000u));
}

BREAST_CANCER_FLATTEN float breast_cancer_magnitude(float x) { return breast_cancer_bits_float(breast_cancer_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define BREAST_CANCER_LN2_HIGH 0x1.62ep-1f
#define BREAST_CANCER_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
BREAST_CANCER_FLATTEN float breast_cancer_power_of_2(uint32_t k) { return breast_cancer_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
BREAST_CANCER_FLATTEN float breast_cancer_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = breast_cancer_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = breast_cancer_fma_f32(n, -BREAST_CANCER_LN2_LOW, breast_cancer_fma_f32(n, -BREAST_CANCER_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = breast_cancer_fma_f32(q, r, 0x1.12258ap-7f);
  q = breast_cancer_fma_f32(q, r, 0x1.5554c8p-5f);
  q = breast_cancer_fma_f32(q, r, 0x1.5554b4p-3f);
  q = breast_cancer_fma_f32(q, r, 0.5f);
  *k = breast_cancer_float_bits(shifted) - breast_cancer_float_bits(shift);
  return breast_cancer_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
BREAST_CANCER_FLATTEN float breast_cancer_exp_inner(float x) {
  uint32_t k;
  float e = breast_cancer_exp_reduced(x, &k), scale = breast_cancer_power_of_2(k);
  return breast_cancer_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
BREAST_CANCER_FLATTEN float breast_cancer_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + breast_cancer_exp_reduced(breast_cancer_select(x < -104.0f, -104.0f, x), &k);
  return y * breast_cancer_power_of_2(k + 64u) * 0x1p-64f;
}

BREAST_CANCER_FLATTEN float breast_cancer_exp(float x) {
  x = breast_cancer_select(x > 89.0f, 89.0f, x);
  x = breast_cancer_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + breast_cancer_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * breast_cancer_power_of_2(half) * breast_cancer_power_of_2(k - half);
}

BREAST_CANCER_FLATTEN float breast_cancer_expm1(float x) {
  float y = breast_cancer_select(x > 89.0f, 89.0f, x);
  y = breast_cancer_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = breast_cancer_exp_reduced(y, &k), scale = breast_cancer_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * breast_cancer_fma_f32(e, scale, scale - 0.5f);
  return breast_cancer_select(breast_cancer_float_bits(breast_cancer_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
BREAST_CANCER_FLATTEN float breast_cancer_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = breast_cancer_fma_f32(p, m, 0x1.07d166p-3f);
  p = breast_cancer_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = breast_cancer_fma_f32(p, m, 0x1.226dcep-3f);
  p = breast_cancer_fma_f32(p, m, -0x1.547900p-3f);
  p = breast_cancer_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = breast_cancer_fma_f32(p, m, -0x1.00021ep-2f);
  p = breast_cancer_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = breast_cancer_fma_f32(n, BREAST_CANCER_LN2_LOW, m * square * p);
  return breast_cancer_fma_f32(n, BREAST_CANCER_LN2_HIGH, m + breast_cancer_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
BREAST_CANCER_FLATTEN uint32_t breast_cancer_exponent(float x) {
  return ((breast_cancer_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
BREAST_CANCER_FLATTEN float breast_cancer_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
BREAST_CANCER_FLATTEN float breast_cancer_log_special(float argument, float result) {
  uint32_t bits = breast_cancer_float_bits(argument);
  float special = breast_cancer_select(bits << 1 == 0, -INFINITY, NAN);
  special = breast_cancer_select(bits == 0x7F800000u, INFINITY, special);
  return breast_cancer_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

BREAST_CANCER_FLATTEN float breast_cancer_log(float x) {
  int subnormal = breast_cancer_float_bits(x) < 0x00800000u;
  float y = x * breast_cancer_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = breast_cancer_exponent(y);
  float m = breast_cancer_bits_float(breast_cancer_float_bits(y) - exponent) - 1.0f;
  float n = breast_cancer_exponent_value(exponent) - breast_cancer_select(subnormal, 23.0f, 0.0f);
  return breast_cancer_log_special(x, breast_cancer_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
BREAST_CANCER_FLATTEN float breast_cancer_log1p(float x) {
  uint32_t exponent = breast_cancer_exponent(1.0f + x);
  float inverse = breast_cancer_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = breast_cancer_bits_float(breast_cancer_float_bits(x) - exponent) + breast_cancer_fma_f32(0.25f, inverse, -1.0f);
  float result = breast_cancer_log_special(1.0f + x, breast_cancer_log_reduced(m, breast_cancer_exponent_value(exponent)));
  return breast_cancer_select(breast_cancer_float_bits(breast_cancer_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
BREAST_CANCER_FLATTEN float breast_cancer_tanh(float x) {
  float a = breast_cancer_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = breast_cancer_fma_f32(p, s, 0x1.524d76p-6f);
  p = breast_cancer_fma_f32(p, s, -0x1.b842d8p-5f);
  p = breast_cancer_fma_f32(p, s, 0x1.11075ep-3f);
  p = breast_cancer_fma_f32(p, s, -0x1.555534p-2f);
  float near = breast_cancer_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (breast_cancer_exp_inner(2.0f * breast_cancer_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return breast_cancer_signed_as(breast_cancer_select(breast_cancer_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
BREAST_CANCER_FLATTEN float breast_cancer_sigmoid(float x) {
  float e = breast_cancer_exp_falling(-breast_cancer_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = breast_cancer_select(breast_cancer_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return breast_cancer_fma_f32(-quotient * lost, breast_cancer_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
BREAST_CANCER_FLATTEN float breast_cancer_erf(float x) {
  float a = breast_cancer_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = breast_cancer_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = breast_cancer_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = breast_cancer_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = breast_cancer_fma_f32(p, s, -0x1.812728p-2f);
  p = breast_cancer_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = breast_cancer_fma_f32(a, p, a);
  float t = breast_cancer_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = breast_cancer_fma_f32(g, t, 0x1.336080p-12f);
  g = breast_cancer_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = breast_cancer_fma_f32(g, t, 0x1.814cc2p-6f);
  g = breast_cancer_fma_f32(g, t, -0x1.b2015ap-4f);
  g = breast_cancer_fma_f32(g, t, -0x1.454820p-1f);
  g = breast_cancer_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - breast_cancer_exp_inner(g * t);
  return breast_cancer_signed_as(breast_cancer_select(breast_cancer_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

BREAST_CANCER_INLINE float breast_cancer_sin(float x) { return sinf(x); }
BREAST_CANCER_INLINE float breast_cancer_cos(float x) { return cosf(x); }
#else
BREAST_CANCER_INLINE double breast_cancer_exp(double x) { return exp(x); }
BREAST_CANCER_INLINE double breast_cancer_exp_falling(double x) { return exp(x); }
BREAST_CANCER_INLINE double breast_cancer_expm1(double x) { return expm1(x); }
BREAST_CANCER_INLINE double breast_cancer_log(double x) { return log(x); }
BREAST_CANCER_INLINE double breast_cancer_log1p(double x) { return log1p(x); }
BREAST_CANCER_INLINE double breast_cancer_tanh(double x) { return tanh(x); }
BREAST_CANCER_INLINE double breast_cancer_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
BREAST_CANCER_INLINE double breast_cancer_erf(double x) { return erf(x); }
BREAST_CANCER_INLINE double breast_cancer_sin(double x) { return sin(x); }
BREAST_CANCER_INLINE double breast_cancer_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
BREAST_CANCER_INLINE void breast_cancer_fill_constant(breast_cancer_real *values, size_t count, breast_cancer_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
BREAST_CANCER_INLINE void breast_cancer_fill_uniform(breast_cancer_real *values, size_t count, uint64_t seed, uint32_t purpose, breast_cancer_real low,
                                       breast_cancer_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (breast_cancer_real)((double)low + range * (double)breast_cancer_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
BREAST_CANCER_INLINE double breast_cancer_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  breast_cancer_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

BREAST_CANCER_INLINE void breast_cancer_fill_normal(breast_cancer_real *values, size_t count, uint64_t seed, uint32_t purpose, breast_cancer_real mean,
                                      breast_cancer_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (breast_cancer_real)((double)mean + (double)stddev * breast_cancer_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
BREAST_CANCER_INLINE void breast_cancer_fill_truncated_normal(breast_cancer_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                breast_cancer_real mean, breast_cancer_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = breast_cancer_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = breast_cancer_normal(seed, purpose, step, i);
    values[i] = (breast_cancer_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
BREAST_CANCER_INLINE void breast_cancer_fill_orthogonal(breast_cancer_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          breast_cancer_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  breast_cancer_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      breast_cancer_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (breast_cancer_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        breast_cancer_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (breast_cancer_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

BREAST_CANCER_INLINE void breast_cancer_fill_identity(breast_cancer_real *values, size_t rows, size_t columns, breast_cancer_real gain) {
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
typedef void breast_cancer_task(void *call, size_t part, size_t parts);

#if BREAST_CANCER_THREADS > 1
struct breast_cancer_worker {
  breast_cancer_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct breast_cancer_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  breast_cancer_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct breast_cancer_worker workers[BREAST_CANCER_THREADS - 1];
};

BREAST_CANCER_INLINE void breast_cancer_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t breast_cancer_next_task(breast_cancer_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    breast_cancer_pause(turn);
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
static int breast_cancer_take(struct breast_cancer_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *breast_cancer_work(void *started) {
  struct breast_cancer_worker *const worker = started;
  breast_cancer_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = breast_cancer_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!breast_cancer_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void breast_cancer_announce(breast_cancer_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
BREAST_CANCER_APART void breast_cancer_share_out(breast_cancer_pool *pool, breast_cancer_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  breast_cancer_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!breast_cancer_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) breast_cancer_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void breast_cancer_parallel(breast_cancer_pool *pool, size_t work, breast_cancer_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < BREAST_CANCER_SHARED_WORK ||
    (work < BREAST_CANCER_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else breast_cancer_share_out(pool, task, call);
}

void breast_cancer_pool_stop(breast_cancer_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  breast_cancer_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static breast_cancer_status breast_cancer_pool_start(breast_cancer_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return BREAST_CANCER_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct breast_cancer_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, breast_cancer_work, worker)) {
      breast_cancer_pool_stop(pool);
      return BREAST_CANCER_ERROR_THREADS;
    }
  }
  return BREAST_CANCER_OK;
}
#else
struct breast_cancer_pool {
  size_t parts;
};

void breast_cancer_pool_stop(breast_cancer_pool *pool) { (void)pool; }

static breast_cancer_status breast_cancer_pool_start(breast_cancer_pool *pool, size_t threads) {
  pool->parts = threads;
  return BREAST_CANCER_OK;
}
#endif

breast_cancer_status breast_cancer_pool_init(void *memory, size_t bytes, size_t threads, breast_cancer_pool **out) {
  if (!memory || !out || threads == 0 || threads > BREAST_CANCER_THREADS) return BREAST_CANCER_ERROR_ARGUMENT;
  if ((uintptr_t)memory % BREAST_CANCER_ALIGNMENT) return BREAST_CANCER_ERROR_ALIGNMENT;
  if (bytes < BREAST_CANCER_POOL_BYTES || sizeof(breast_cancer_pool) > BREAST_CANCER_POOL_BYTES) return BREAST_CANCER_ERROR_MEMORY;
  breast_cancer_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const breast_cancer_status status = breast_cancer_pool_start(pool, threads);
  if (status == BREAST_CANCER_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef breast_cancer_real breast_cancer_octet __attribute__((vector_size(8 * sizeof(breast_cancer_real))));
typedef breast_cancer_bits breast_cancer_octet_mask __attribute__((vector_size(8 * sizeof(breast_cancer_real))));
#define BREAST_CANCER_HALVES(combine)              \
  breast_cancer_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define BREAST_CANCER_ADD_HALVES(a, b) (a) + (b)
#define BREAST_CANCER_CHOOSE_HALVES(a, b, mask) (breast_cancer_octet)(((breast_cancer_octet_mask)(a) & (mask)) | ((breast_cancer_octet_mask)(b) & ~(mask)))
#define BREAST_CANCER_MAXIMUM_HALVES(a, b) BREAST_CANCER_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define BREAST_CANCER_MINIMUM_HALVES(a, b) BREAST_CANCER_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define BREAST_CANCER_HALVES(combine) \
  breast_cancer_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define BREAST_CANCER_ADD_HALVES breast_cancer_plus
#define BREAST_CANCER_MAXIMUM_HALVES breast_cancer_maximum
#define BREAST_CANCER_MINIMUM_HALVES breast_cancer_minimum
#endif

BREAST_CANCER_INLINE breast_cancer_real breast_cancer_plus(breast_cancer_real a, breast_cancer_real b) { return a + b; }

#define BREAST_CANCER_JOIN(name, halves, two)                                                                                \
  BREAST_CANCER_INLINE breast_cancer_real name(const breast_cancer_real *lanes /* [16] */) {                                              \
    BREAST_CANCER_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
BREAST_CANCER_JOIN(breast_cancer_join_sum, BREAST_CANCER_ADD_HALVES, breast_cancer_plus)
BREAST_CANCER_JOIN(breast_cancer_join_maximum, BREAST_CANCER_MAXIMUM_HALVES, breast_cancer_maximum)
BREAST_CANCER_JOIN(breast_cancer_join_minimum, BREAST_CANCER_MINIMUM_HALVES, breast_cancer_minimum)
#undef BREAST_CANCER_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define BREAST_CANCER_TRANSPOSES 0
#else
#define BREAST_CANCER_TRANSPOSES 1
#if BREAST_CANCER_LANES == 16
#define BREAST_CANCER_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define BREAST_CANCER_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif BREAST_CANCER_LANES == 8
#define BREAST_CANCER_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define BREAST_CANCER_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif BREAST_CANCER_LANES == 4
#define BREAST_CANCER_LOW 0, 4, 1, 5
#define BREAST_CANCER_HIGH 2, 6, 3, 7
#else
#define BREAST_CANCER_LOW 0, 2
#define BREAST_CANCER_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
BREAST_CANCER_FLATTEN void breast_cancer_transpose(size_t width, const breast_cancer_real *source, size_t stride, breast_cancer_real *result, size_t result_stride) {
  enum { L = BREAST_CANCER_LANES, HALF = L / 2 };
  breast_cancer_vector v[L], w[L];
  BREAST_CANCER_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? breast_cancer_vector_load(source + i * stride) : (breast_cancer_vector){0};
  BREAST_CANCER_UNROLL for (int round = 1; round < L; round *= 2) {
    BREAST_CANCER_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], BREAST_CANCER_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], BREAST_CANCER_HIGH);
    }
    BREAST_CANCER_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  BREAST_CANCER_UNROLL for (int i = 0; i < L; i++) breast_cancer_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
BREAST_CANCER_INLINE void breast_cancer_transposed(size_t rows, size_t columns, const breast_cancer_real *from, size_t from_stride, breast_cancer_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if BREAST_CANCER_TRANSPOSES
  for (; i < rows / BREAST_CANCER_LANES * BREAST_CANCER_LANES; i += BREAST_CANCER_LANES) {
    const breast_cancer_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / BREAST_CANCER_LANES * BREAST_CANCER_LANES; j += BREAST_CANCER_LANES)
      breast_cancer_transpose(BREAST_CANCER_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < BREAST_CANCER_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
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
#define BREAST_CANCER_TILE_M 12
#define BREAST_CANCER_ROW_VECTORS 16
#elif defined(__aarch64__)
#define BREAST_CANCER_TILE_M 8
#define BREAST_CANCER_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define BREAST_CANCER_TILE_M 6
#define BREAST_CANCER_ROW_VECTORS 8
#endif
#define BREAST_CANCER_TILE_N (2 * BREAST_CANCER_LANES)
#ifndef BREAST_CANCER_TILE_K
#define BREAST_CANCER_TILE_K 512
#endif
#define BREAST_CANCER_LINES (32 * BREAST_CANCER_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define BREAST_CANCER_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define BREAST_CANCER_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define BREAST_CANCER_PREFETCH(p, elements) ((void)0)
#define BREAST_CANCER_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define BREAST_CANCER_UPDATED_LINES (3 * BREAST_CANCER_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
BREAST_CANCER_INLINE void breast_cancer_fetch(size_t height, const breast_cancer_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < BREAST_CANCER_TILE_N; s += 64 / sizeof *array) BREAST_CANCER_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
BREAST_CANCER_INLINE void breast_cancer_fetch_to_write(size_t height, const breast_cancer_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < BREAST_CANCER_TILE_N; s += 64 / sizeof *array) BREAST_CANCER_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
BREAST_CANCER_INLINE size_t breast_cancer_height(size_t left) {
  return left >= 2 * BREAST_CANCER_TILE_M ? BREAST_CANCER_TILE_M : left > BREAST_CANCER_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct breast_cancer_share { size_t top, bottom, left, right; } breast_cancer_share;

/* A part's share of m lines, by whole tiles. */
BREAST_CANCER_INLINE breast_cancer_share breast_cancer_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + BREAST_CANCER_TILE_M - 1) / BREAST_CANCER_TILE_M, bottom = (part + 1) * tiles / parts * BREAST_CANCER_TILE_M;
  const breast_cancer_share share = {part * tiles / parts * BREAST_CANCER_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
BREAST_CANCER_INLINE breast_cancer_share breast_cancer_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N;
  breast_cancer_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * BREAST_CANCER_TILE_N;
    share.right = (part + 1) * panels / parts * BREAST_CANCER_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return breast_cancer_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
BREAST_CANCER_INLINE size_t breast_cancer_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? BREAST_CANCER_TILE_N : BREAST_CANCER_LANES;
}

/* A part's share of n columns. */
BREAST_CANCER_INLINE breast_cancer_share breast_cancer_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = breast_cancer_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const breast_cancer_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
BREAST_CANCER_INLINE void breast_cancer_pack(size_t depth, size_t width, const breast_cancer_real *source, size_t depth_stride, size_t width_stride,
                               breast_cancer_real *panel) {
  const size_t padded = width > BREAST_CANCER_LANES ? BREAST_CANCER_TILE_N : BREAST_CANCER_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - BREAST_CANCER_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const breast_cancer_real *from = source + k * depth_stride;
      BREAST_CANCER_PREFETCH(from, BREAST_CANCER_TILE_N); /* of the next panel */
      breast_cancer_real *to = panel + k * BREAST_CANCER_TILE_N;
      if (last) breast_cancer_vector_store(to, breast_cancer_vector_load(from));
      breast_cancer_vector_store(to + last, breast_cancer_vector_first(width - last, breast_cancer_vector_load(from + last)));
    }
  }
#if BREAST_CANCER_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / BREAST_CANCER_LANES * BREAST_CANCER_LANES; k += BREAST_CANCER_LANES)
      for (size_t j = 0; j < padded; j += BREAST_CANCER_LANES)
        breast_cancer_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * BREAST_CANCER_TILE_N + j, BREAST_CANCER_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * BREAST_CANCER_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct breast_cancer_runs { size_t depth, lines, down, runs, across; } breast_cancer_runs;

BREAST_CANCER_FLATTEN void breast_cancer_tile_body(const int adds, const breast_cancer_runs *along, const int rows, const int vectors,
                                     const breast_cancer_real *from, size_t row_stride, size_t depth_stride, const breast_cancer_real *panel,
                                     size_t panel_stride, breast_cancer_real *tile, size_t tile_stride, const int fetches,
                                     const breast_cancer_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  breast_cancer_vector c[BREAST_CANCER_TILE_M][2];
  BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++)
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? breast_cancer_vector_load(tile + (size_t)i * tile_stride + j * BREAST_CANCER_LANES) : (breast_cancer_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const breast_cancer_real *a = from + line * along->down + run * along->across;
      BREAST_CANCER_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          BREAST_CANCER_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        breast_cancer_vector b[2];
        BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++) b[j] = breast_cancer_vector_load(panel + j * BREAST_CANCER_LANES);
        BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++)
          BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = breast_cancer_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++)
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++) breast_cancer_vector_store(tile + (size_t)i * tile_stride + j * BREAST_CANCER_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define BREAST_CANCER_TILE_CASE(n)                         \
  case n:                                           \
    if (width > BREAST_CANCER_LANES) BREAST_CANCER_TILE_OF(n, 2); \
    else BREAST_CANCER_TILE_OF(n, 1);                      \
    break;
#define BREAST_CANCER_TILE_CASES_6 \
  BREAST_CANCER_TILE_CASE(1) BREAST_CANCER_TILE_CASE(2) BREAST_CANCER_TILE_CASE(3) BREAST_CANCER_TILE_CASE(4) BREAST_CANCER_TILE_CASE(5) BREAST_CANCER_TILE_CASE(6)
#define BREAST_CANCER_TILE_CASES_8 BREAST_CANCER_TILE_CASES_6 BREAST_CANCER_TILE_CASE(7) BREAST_CANCER_TILE_CASE(8)
#if BREAST_CANCER_TILE_M >= 12
#define BREAST_CANCER_TILE_CASES \
  BREAST_CANCER_TILE_CASES_8 BREAST_CANCER_TILE_CASE(9) BREAST_CANCER_TILE_CASE(10) BREAST_CANCER_TILE_CASE(11) BREAST_CANCER_TILE_CASE(12)
#elif BREAST_CANCER_TILE_M >= 8
#define BREAST_CANCER_TILE_CASES BREAST_CANCER_TILE_CASES_8
#else
#define BREAST_CANCER_TILE_CASES BREAST_CANCER_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
BREAST_CANCER_MICROKERNEL void breast_cancer_tile_at(const breast_cancer_runs *along, size_t height, size_t width, const breast_cancer_real *a, size_t row_stride,
                                       size_t depth_stride, const breast_cancer_real *panel, breast_cancer_real *tile, size_t tile_stride) {
#define BREAST_CANCER_TILE_OF(rows, vectors) \
  breast_cancer_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, BREAST_CANCER_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    BREAST_CANCER_TILE_CASES
    default: break;
  }
#undef BREAST_CANCER_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
BREAST_CANCER_MICROKERNEL void breast_cancer_tile_new(const breast_cancer_runs *along, size_t height, size_t width, const breast_cancer_real *a, size_t row_stride,
                                        size_t depth_stride, const breast_cancer_real *panel, breast_cancer_real *tile, size_t tile_stride) {
#define BREAST_CANCER_TILE_OF(rows, vectors) \
  breast_cancer_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, BREAST_CANCER_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    BREAST_CANCER_TILE_CASES
    default: break;
  }
#undef BREAST_CANCER_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
BREAST_CANCER_MICROKERNEL void breast_cancer_tile_across(int adds, size_t depth, size_t height, const breast_cancer_real *a, size_t depth_stride,
                                           const breast_cancer_real *panel, breast_cancer_real *tile, size_t tile_stride) {
  const breast_cancer_runs along = {depth, 1, 0, 1, 0};
  const size_t width = BREAST_CANCER_TILE_N;
#define BREAST_CANCER_TILE_OF(rows, vectors) \
  breast_cancer_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, BREAST_CANCER_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    BREAST_CANCER_TILE_CASES
    default: break;
  }
#undef BREAST_CANCER_TILE_OF
#define BREAST_CANCER_TILE_OF(rows, vectors) \
  breast_cancer_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, BREAST_CANCER_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    BREAST_CANCER_TILE_CASES
    default: break;
  }
#undef BREAST_CANCER_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define BREAST_CANCER_SLICE (16384 / sizeof(breast_cancer_real) / BREAST_CANCER_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
BREAST_CANCER_MICROKERNEL void breast_cancer_tile_ahead(size_t depth, size_t height, size_t width, const breast_cancer_real *a, size_t row_stride,
                                          const breast_cancer_real *panel, size_t panel_stride, breast_cancer_real *tile, const breast_cancer_real *ahead,
                                          size_t ahead_stride) {
  const breast_cancer_runs along = {depth, 1, 0, 1, 0};
#define BREAST_CANCER_TILE_OF(rows, vectors) \
  breast_cancer_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, BREAST_CANCER_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    BREAST_CANCER_TILE_CASES
    default: break;
  }
#undef BREAST_CANCER_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
BREAST_CANCER_INLINE void breast_cancer_tile(size_t depth, size_t height, size_t width, const breast_cancer_real *a, size_t row_stride,
                               size_t depth_stride, const breast_cancer_real *panel, breast_cancer_real *tile) {
  const breast_cancer_runs along = {depth, 1, 0, 1, 0};
  breast_cancer_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, BREAST_CANCER_TILE_N);
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
#define BREAST_CANCER_FEW 5                                /* rows, up to which B is read where it lies */
#define BREAST_CANCER_SOME (BREAST_CANCER_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
BREAST_CANCER_FLATTEN void breast_cancer_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const breast_cancer_real *a,
                                    size_t row_stride, size_t a_stride, const breast_cancer_real *source, size_t source_stride, int is_first,
                                    breast_cancer_real *c, size_t c_stride) {
  breast_cancer_vector sum[BREAST_CANCER_TILE_M][BREAST_CANCER_ROW_VECTORS];
  BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++)
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (breast_cancer_vector){0} : breast_cancer_vector_load(c + (size_t)i * c_stride + j * BREAST_CANCER_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j += 64 / BREAST_CANCER_VECTOR_BYTES)
      BREAST_CANCER_PREFETCH(source, ahead + (size_t)j * BREAST_CANCER_LANES);
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++) {
      const breast_cancer_vector b = breast_cancer_vector_load(source + j * BREAST_CANCER_LANES);
      BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = breast_cancer_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  BREAST_CANCER_UNROLL for (int i = 0; i < rows; i++)
    BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++) breast_cancer_vector_store(c + (size_t)i * c_stride + j * BREAST_CANCER_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
BREAST_CANCER_INLINE void breast_cancer_few_rest(size_t depth, size_t columns, const breast_cancer_real *a, size_t a_stride, const breast_cancer_real *source,
                                   size_t source_stride, breast_cancer_real *c) {
  breast_cancer_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= BREAST_CANCER_LANES; k++)
    sum = breast_cancer_vector_fma(a[k * a_stride], breast_cancer_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    breast_cancer_real last[BREAST_CANCER_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = breast_cancer_vector_fma(a[k * a_stride], breast_cancer_vector_load(last), sum);
  }
  breast_cancer_real rest[BREAST_CANCER_LANES];
  breast_cancer_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define BREAST_CANCER_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
BREAST_CANCER_FLATTEN void breast_cancer_few_rows(const int rows, const int vectors, size_t depth, size_t width, const breast_cancer_real *a, size_t row_stride,
                                    size_t a_stride, const breast_cancer_real *source, size_t source_stride, breast_cancer_real *c, size_t c_stride) {
  const size_t whole = width / BREAST_CANCER_LANES * BREAST_CANCER_LANES;
  const size_t most = width < BREAST_CANCER_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define BREAST_CANCER_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * BREAST_CANCER_LANES <= whole; j += (size_t)(n) * BREAST_CANCER_LANES)                                                 \
  breast_cancer_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    BREAST_CANCER_COLUMNS(vectors);
    BREAST_CANCER_COLUMNS(4);
    BREAST_CANCER_COLUMNS(1);
#undef BREAST_CANCER_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    breast_cancer_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
BREAST_CANCER_INLINE void breast_cancer_few(size_t rows, size_t depth, size_t width, const breast_cancer_real *a, size_t row_stride, size_t a_stride,
                              const breast_cancer_real *source, size_t source_stride, breast_cancer_real *c, size_t c_stride) {
#define BREAST_CANCER_ROWS(n, vectors)                                                                                   \
  case n: breast_cancer_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    BREAST_CANCER_ROWS(1, BREAST_CANCER_ROW_VECTORS)
    BREAST_CANCER_ROWS(2, BREAST_CANCER_ROW_VECTORS / 2)
    BREAST_CANCER_ROWS(3, BREAST_CANCER_ROW_VECTORS / 2)
    BREAST_CANCER_ROWS(4, BREAST_CANCER_ROW_VECTORS / 4)
    BREAST_CANCER_ROWS(5, BREAST_CANCER_ROW_VECTORS / 4)
    default: break;
  }
#undef BREAST_CANCER_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define BREAST_CANCER_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
BREAST_CANCER_INLINE void breast_cancer_some(size_t rows, size_t depth, size_t width, const breast_cancer_real *a, size_t row_stride, size_t a_stride,
                               const breast_cancer_real *source, size_t source_stride, breast_cancer_real *c, size_t c_stride) {
  if (rows <= BREAST_CANCER_FEW) {
    breast_cancer_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define BREAST_CANCER_TILE_OF(rows, vectors)                                                                                       \
  breast_cancer_few_body(steps, rows, vectors, m == 0 ? 4 * BREAST_CANCER_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < BREAST_CANCER_SOME_DEPTH ? depth - k0 : BREAST_CANCER_SOME_DEPTH;
    for (size_t j = 0; j < width; j += BREAST_CANCER_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = breast_cancer_height(rows - m);
        switch (height) {
          BREAST_CANCER_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += BREAST_CANCER_SOME_DEPTH) < depth);
#undef BREAST_CANCER_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define BREAST_CANCER_LINE_VECTORS 16 /* at most */
#define BREAST_CANCER_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
BREAST_CANCER_FLATTEN void breast_cancer_line_body(const int adds, size_t depth, const int panels, const int vectors, const breast_cancer_real *a,
                                     size_t a_stride, const breast_cancer_real *panel, breast_cancer_real *sums) {
  const size_t width = (size_t)vectors * BREAST_CANCER_LANES;
  breast_cancer_vector c[BREAST_CANCER_LINE_VECTORS];
  BREAST_CANCER_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? breast_cancer_vector_load(sums + i * BREAST_CANCER_LANES) : (breast_cancer_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    BREAST_CANCER_UNROLL for (int p = 0; p < panels; p++)
      BREAST_CANCER_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = breast_cancer_vector_fma(*a, breast_cancer_vector_load(panel + (size_t)p * depth * width + j * BREAST_CANCER_LANES), c[p * vectors + j]);
  BREAST_CANCER_UNROLL for (int i = 0; i < panels * vectors; i++) breast_cancer_vector_store(sums + i * BREAST_CANCER_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
BREAST_CANCER_INLINE void breast_cancer_line(size_t depth, size_t width, size_t first, size_t last, const breast_cancer_real *a, size_t a_stride,
                               const breast_cancer_real *packed, breast_cancer_real *c) {
  const size_t padded = (width + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N * BREAST_CANCER_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N, panels = left >= BREAST_CANCER_LINE_TILES ? BREAST_CANCER_LINE_TILES : left >= 2 ? 2 : 1;
    BREAST_CANCER_ALIGNED breast_cancer_real sums[BREAST_CANCER_LINE_TILES * BREAST_CANCER_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += BREAST_CANCER_TILE_K) {
      const size_t steps = depth - k0 < BREAST_CANCER_TILE_K ? depth - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == BREAST_CANCER_LINE_TILES) breast_cancer_line_body(1, steps, BREAST_CANCER_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) breast_cancer_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else breast_cancer_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * BREAST_CANCER_TILE_N < last - n0 ? panels * BREAST_CANCER_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
BREAST_CANCER_INLINE size_t breast_cancer_utf8_length(const unsigned char *p, const unsigned char *end) {
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
typedef struct breast_cancer_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} breast_cancer_safetensors_reader;

BREAST_CANCER_INLINE int breast_cancer_safetensors_fail(breast_cancer_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
BREAST_CANCER_INLINE int breast_cancer_safetensors_peek(breast_cancer_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

BREAST_CANCER_INLINE int breast_cancer_safetensors_accept(breast_cancer_safetensors_reader *r, int c) {
  if (breast_cancer_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

BREAST_CANCER_INLINE int breast_cancer_safetensors_expect(breast_cancer_safetensors_reader *r, int c, const char *problem) {
  return breast_cancer_safetensors_accept(r, c) || breast_cancer_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
BREAST_CANCER_INLINE long breast_cancer_safetensors_hex(const unsigned char *p) {
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
BREAST_CANCER_INLINE int breast_cancer_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
BREAST_CANCER_INLINE size_t breast_cancer_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = breast_cancer_utf8_length(p, end);
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
  long code = left < 6 ? -1 : breast_cancer_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : breast_cancer_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

BREAST_CANCER_INLINE int breast_cancer_safetensors_string(breast_cancer_safetensors_reader *r, breast_cancer_safetensors_text *text) {
  if (!breast_cancer_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && breast_cancer_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = breast_cancer_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return breast_cancer_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return breast_cancer_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

BREAST_CANCER_INLINE int breast_cancer_safetensors_integer(breast_cancer_safetensors_reader *r, size_t *value) {
  int c = breast_cancer_safetensors_peek(r);
  if (c < '0' || c > '9') return breast_cancer_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return breast_cancer_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return breast_cancer_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int breast_cancer_safetensors_equals(breast_cancer_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = breast_cancer_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t breast_cancer_safetensors_copy(breast_cancer_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = breast_cancer_safetensors_character(p, end, utf8, &count);
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
BREAST_CANCER_INLINE uint64_t breast_cancer_safetensors_hash(breast_cancer_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && breast_cancer_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = breast_cancer_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see breast_cancer.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { BREAST_CANCER_SAFETENSORS_HEADER = 100000000, BREAST_CANCER_SAFETENSORS_NAMES = 32768, BREAST_CANCER_SAFETENSORS_CHUNK = 2048 };

BREAST_CANCER_INLINE int breast_cancer_safetensors_dtype(breast_cancer_safetensors_reader *r, breast_cancer_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  breast_cancer_safetensors_text text;
  if (!breast_cancer_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (breast_cancer_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return breast_cancer_safetensors_fail(r, "this dtype is not known");
}

BREAST_CANCER_INLINE int breast_cancer_safetensors_shape(breast_cancer_safetensors_reader *r, breast_cancer_safetensor *tensor) {
  if (!breast_cancer_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (breast_cancer_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!breast_cancer_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return breast_cancer_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (breast_cancer_safetensors_accept(r, ','));
  return breast_cancer_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
BREAST_CANCER_INLINE int breast_cancer_safetensors_offsets(breast_cancer_safetensors_reader *r, size_t *begin, size_t *end) {
  return breast_cancer_safetensors_expect(r, '[', "[ is expected") && breast_cancer_safetensors_integer(r, begin) &&
         breast_cancer_safetensors_expect(r, ',', ", is expected between the two offsets") && breast_cancer_safetensors_integer(r, end) &&
         breast_cancer_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
BREAST_CANCER_INLINE int breast_cancer_safetensors_value(breast_cancer_safetensors_reader *r, const breast_cancer_safetensors *file,
                                           breast_cancer_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!breast_cancer_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    breast_cancer_safetensors_text key;
    if (!breast_cancer_safetensors_string(r, &key) || !breast_cancer_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = breast_cancer_safetensors_equals(key, "dtype")          ? DTYPE
                     : breast_cancer_safetensors_equals(key, "shape")        ? SHAPE
                     : breast_cancer_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return breast_cancer_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? breast_cancer_safetensors_dtype(r, tensor)
          : field == SHAPE ? breast_cancer_safetensors_shape(r, tensor)
                           : breast_cancer_safetensors_offsets(r, &begin, &end))) return 0;
  } while (breast_cancer_safetensors_accept(r, ','));
  if (!breast_cancer_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return breast_cancer_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return breast_cancer_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return breast_cancer_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int breast_cancer_safetensors_next_metadata(const breast_cancer_safetensors *file, size_t *cursor,
                                     breast_cancer_safetensors_text *key, breast_cancer_safetensors_text *value) {
  breast_cancer_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || breast_cancer_safetensors_peek(&r) == '}') return 0;
  if (!breast_cancer_safetensors_string(&r, key) || !breast_cancer_safetensors_expect(&r, ':', ": is expected") ||
      !breast_cancer_safetensors_string(&r, value)) return 0;
  breast_cancer_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int breast_cancer_safetensors_next(const breast_cancer_safetensors *file, size_t *cursor, breast_cancer_safetensor *tensor) {
  breast_cancer_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (breast_cancer_safetensors_peek(&r) == '"') {
    if (!breast_cancer_safetensors_string(&r, &tensor->name) || !breast_cancer_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = breast_cancer_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      breast_cancer_safetensors_text key, value;
      for (r.at = file->metadata; breast_cancer_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      breast_cancer_safetensors_accept(&r, '}');
    } else if (!breast_cancer_safetensors_value(&r, file, tensor)) return 0;
    breast_cancer_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int breast_cancer_safetensors_find(const breast_cancer_safetensors *file, size_t *cursor, const char *name,
                            breast_cancer_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && breast_cancer_safetensors_next(file, cursor, tensor))
      if (breast_cancer_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int breast_cancer_safetensors_find_metadata(const breast_cancer_safetensors *file, size_t *cursor, const char *name,
                                     breast_cancer_safetensors_text *value) {
  size_t start = *cursor;
  breast_cancer_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && breast_cancer_safetensors_next_metadata(file, cursor, &key, value))
      if (breast_cancer_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct breast_cancer_safetensors_keys {
  uint64_t keys[BREAST_CANCER_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} breast_cancer_safetensors_keys;

BREAST_CANCER_INLINE void breast_cancer_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

BREAST_CANCER_INLINE void breast_cancer_safetensors_offer(breast_cancer_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < BREAST_CANCER_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == BREAST_CANCER_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) breast_cancer_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    breast_cancer_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
BREAST_CANCER_INLINE int breast_cancer_safetensors_settle(breast_cancer_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) breast_cancer_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    breast_cancer_safetensors_sift(list->keys, n, 0);
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
BREAST_CANCER_INLINE const char *breast_cancer_safetensors_unique(const breast_cancer_safetensors *file, size_t names) {
  breast_cancer_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += BREAST_CANCER_SAFETENSORS_CHUNK) {
    breast_cancer_safetensor tensor;
    breast_cancer_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; breast_cancer_safetensors_next_metadata(file, &cursor, &key, &value);)
      breast_cancer_safetensors_offer(&list[0], breast_cancer_safetensors_hash(key, 1));
    for (size_t cursor = 0; breast_cancer_safetensors_next(file, &cursor, &tensor);) {
      breast_cancer_safetensors_offer(&list[0], breast_cancer_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      breast_cancer_safetensors_offer(&list[1], tensor.offset);
      breast_cancer_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!breast_cancer_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = breast_cancer_safetensors_settle(&list[1]) & breast_cancer_safetensors_settle(&list[2]);
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
BREAST_CANCER_INLINE int breast_cancer_safetensors_header(breast_cancer_safetensors_reader *r, breast_cancer_safetensors *file, size_t *names) {
  if (!breast_cancer_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (breast_cancer_safetensors_accept(r, '}')) return 1;
  do {
    breast_cancer_safetensor tensor;
    if (!breast_cancer_safetensors_string(r, &tensor.name) || !breast_cancer_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!breast_cancer_safetensors_equals(tensor.name, "__metadata__")) {
      if (!breast_cancer_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return breast_cancer_safetensors_fail(r, "__metadata__ occurs twice");
      if (!breast_cancer_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (breast_cancer_safetensors_accept(r, '}')) continue;
      do {
        breast_cancer_safetensors_text key, value;
        if (!breast_cancer_safetensors_string(r, &key) || !breast_cancer_safetensors_expect(r, ':', ": is expected") ||
            !breast_cancer_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (breast_cancer_safetensors_accept(r, ','));
      if (!breast_cancer_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > BREAST_CANCER_SAFETENSORS_NAMES) return breast_cancer_safetensors_fail(r, "there are more than 32768 names");
  } while (breast_cancer_safetensors_accept(r, ','));
  return breast_cancer_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *breast_cancer_safetensors_open(const void *bytes, size_t size, breast_cancer_safetensors *file) {
  const breast_cancer_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > BREAST_CANCER_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  breast_cancer_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') breast_cancer_safetensors_fail(&r, "the header does not begin with {");
  else if (breast_cancer_safetensors_header(&r, file, &names) && (breast_cancer_safetensors_peek(&r), r.at != r.end))
    breast_cancer_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = breast_cancer_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int breast_cancer_safetensors_read(const breast_cancer_safetensor *tensor, size_t first, size_t count, breast_cancer_real *values) {
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
    values[i] = (breast_cancer_real)value;
  }
  return 1;
}

#if defined(BREAST_CANCER_PROFILE)
BREAST_CANCER_INLINE void breast_cancer_lap(breast_cancer_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define BREAST_CANCER_LAP(object, kernel) breast_cancer_lap((object)->profile, kernel)
#else
#define BREAST_CANCER_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct breast_cancer_parameters {
  uint64_t tag;
  float *values; /* [1085] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct breast_cancer_context {
  uint64_t tag;
  size_t max_rows;
  breast_cancer_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(BREAST_CANCER_PROFILE)
  breast_cancer_profile *profile;
#endif
};

struct breast_cancer_trainer {
  uint64_t tag;
  size_t max_rows;
  breast_cancer_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  breast_cancer_parameters *parameters;
  float *gradients; /* [1025] */
  float *slots;     /* [2050] */
  unsigned char *state;
  unsigned char *arena;
#if defined(BREAST_CANCER_PROFILE)
  breast_cancer_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void breast_cancer_released(const breast_cancer_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { BREAST_CANCER_TENSORS = 6 };
static const breast_cancer_tensor_info breast_cancer_tensors_table[] = {
  {"dense/kernel", 2, {30, 32}, 0, 960, 1},
  {"dense/bias", 1, {32}, 960, 32, 1},
  {"dense_1/kernel", 2, {32, 1}, 992, 32, 1},
  {"dense_1/bias", 1, {1}, 1024, 1, 1},
  {"normalization/mean", 1, {30}, 1025, 30, 0},
  {"normalization/variance", 1, {30}, 1055, 30, 0},
};

enum { BREAST_CANCER_SLOTS = 8 };
static const breast_cancer_tensor_info breast_cancer_slots_table[] = {
  {"adam/dense/kernel/momentum", 2, {30, 32}, 0, 960, 0},
  {"adam/dense/kernel/velocity", 2, {30, 32}, 960, 960, 0},
  {"adam/dense/bias/momentum", 1, {32}, 1920, 32, 0},
  {"adam/dense/bias/velocity", 1, {32}, 1952, 32, 0},
  {"adam/dense_1/kernel/momentum", 2, {32, 1}, 1984, 32, 0},
  {"adam/dense_1/kernel/velocity", 2, {32, 1}, 2016, 32, 0},
  {"adam/dense_1/bias/momentum", 1, {1}, 2048, 1, 0},
  {"adam/dense_1/bias/velocity", 1, {1}, 2049, 1, 0},
};

/* maximum[30] = sqrt + maximum
 * model.swift:4:3 */
static void breast_cancer_normalization_forward(const float *restrict variance /* [30] */,
    float *restrict maximum /* [30] */) {
  BREAST_CANCER_ROLLED for (size_t i = 0; i < 30; i++) {
    const float sqrt_2 = breast_cancer_sqrt(variance[i]);
    const float maximum_2 = breast_cancer_maximum(sqrt_2, 1e-07f);
    maximum[i] = maximum_2;
  }
}

/* divide[rows, 30] = subtract + divide
 * model.swift:4:3 */
static void breast_cancer_normalization_forward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 30] */,
    const float *restrict mean /* [30] */,
    const float *restrict maximum /* [30] */,
    float *restrict divide /* [rows, 30] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    BREAST_CANCER_ROLLED for (size_t j = 0; j < 30; j++) {
      const float subtract = x[i * 30 + j] - mean[j];
      const float divide_2 = subtract / maximum[j];
      divide[i * 30 + j] = divide_2;
    }
  }
}

struct breast_cancer_normalization_forward_2_call {
  size_t rows;
  const float *x;
  const float *mean;
  const float *maximum;
  float *divide;
};

static void breast_cancer_normalization_forward_2_task(void *given, size_t part, size_t parts) {
  const struct breast_cancer_normalization_forward_2_call *const call = given;
  breast_cancer_normalization_forward_2(part, parts, call->rows, call->x, call->mean, call->maximum, call->divide);
}

/* relu[rows, 32] = matmul + add + relu
 * model.swift:5:3 */
static void breast_cancer_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict divide /* [rows, 30] */,
    const float *restrict kernel /* [30, 32] */,
    const float *restrict bias /* [32] */,
    float *restrict relu /* [rows, 32] */,
    const float *restrict packed /* [960] */) {
  if (rows <= (packed ? 1 : BREAST_CANCER_FEW)) {
    const breast_cancer_share share = breast_cancer_share_of(part, parts, rows, 32, 1);
    const size_t first = share.left, last = share.right;
    if (packed) breast_cancer_line(30, 32, first, last, divide, 1, packed, relu);
    else breast_cancer_few(rows, 30, last - first, divide, 30, 1, kernel + first, 32, relu + first, 32);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 32 + j];
        const float add = sum + bias[j];
        const float relu_2 = breast_cancer_maximum(add, 0.0f);
        relu[i * 32 + j] = relu_2;
      }
    }
  }
  else {
    const breast_cancer_share share = breast_cancer_share_of(part, parts, rows, 32, 0);
    BREAST_CANCER_ALIGNED float own[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 30 - k0 < BREAST_CANCER_TILE_K ? 30 - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
        const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
          const size_t width = BREAST_CANCER_TILE_N;
          const float *const panel = packed ? packed + k0 * 32 + n0 * depth : own;
          if (!packed) breast_cancer_pack(depth, width, kernel + k0 * 32 + n0, 32, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = breast_cancer_height(last - m0);
            BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
            breast_cancer_tile_new(&along, height, width, divide + m0 * 30 + k0, 30, 1, panel, tile, BREAST_CANCER_TILE_N);
            for (size_t r = 0; r < height; r++) {
              BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * BREAST_CANCER_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = breast_cancer_maximum(add, 0.0f);
                relu[i * 32 + j] = relu_2;
              }
            }
          }
        }
      }
    } while ((k0 += BREAST_CANCER_TILE_K) < 30);
  }
}

struct breast_cancer_dense_forward_call {
  size_t rows;
  const float *divide;
  const float *kernel;
  const float *bias;
  float *relu;
  const float *packed;
};

static void breast_cancer_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct breast_cancer_dense_forward_call *const call = given;
  breast_cancer_dense_forward(part, parts, call->rows, call->divide, call->kernel, call->bias, call->relu, call->packed);
}

/* dense_1[rows, 1] = matmul + add + sigmoid
 * model.swift:6:3 */
static void breast_cancer_dense_1_forward(size_t rows,
    const float *restrict relu /* [rows, 32] */,
    const float *restrict kernel /* [32, 1] */,
    const float *restrict bias /* [1] */,
    float *restrict dense_1 /* [rows, 1] */,
    const float *restrict packed /* [1024] */) {
  if (rows <= (packed ? 1 : BREAST_CANCER_FEW)) {
    const size_t first = 0, last = 1;
    if (packed) breast_cancer_line(32, 1, first, last, relu, 1, packed, dense_1);
    else breast_cancer_few(rows, 32, last - first, relu, 32, 1, kernel + first, 1, dense_1 + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = dense_1[i + j];
        const float add = sum + bias[0];
        const float sigmoid = breast_cancer_sigmoid(add);
        dense_1[i + j] = sigmoid;
      }
    }
  }
  else {
    const breast_cancer_share share = breast_cancer_share_of(0, 1, rows, 1, 0);
    BREAST_CANCER_ALIGNED float own[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 32 - k0 < BREAST_CANCER_TILE_K ? 32 - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
        const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
          const size_t width = 1 - n0 < BREAST_CANCER_TILE_N ? 1 - n0 : BREAST_CANCER_TILE_N;
          const float *const panel = packed ? packed + k0 * ((1 + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N * BREAST_CANCER_TILE_N) + n0 * depth : own;
          if (!packed) breast_cancer_pack(depth, width, kernel + k0 + n0, 1, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = breast_cancer_height(last - m0);
            BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
            breast_cancer_tile_new(&along, height, width, relu + m0 * 32 + k0, 32, 1, panel, tile, BREAST_CANCER_TILE_N);
            for (size_t r = 0; r < height; r++) {
              BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * BREAST_CANCER_TILE_N + s];
                const float add = sum + bias[0];
                const float sigmoid = breast_cancer_sigmoid(add);
                dense_1[i + j] = sigmoid;
              }
            }
          }
        }
      }
    } while ((k0 += BREAST_CANCER_TILE_K) < 32);
  }
}

/* kernel[30, 32] as dense_forward multiplies it
 * model.swift:5:3 */
static void breast_cancer_dense_forward_pack(const breast_cancer_release *restrict release,
    const float *restrict kernel /* [30, 32] */,
    float *restrict packed /* [960] */) {
  for (size_t k0 = 0; k0 < 30; k0 += BREAST_CANCER_TILE_K) {
    const size_t depth = 30 - k0 < BREAST_CANCER_TILE_K ? 30 - k0 : BREAST_CANCER_TILE_K;
    for (size_t n0 = 0; n0 < 32; n0 += BREAST_CANCER_TILE_N) {
      const size_t width = BREAST_CANCER_TILE_N;
      breast_cancer_pack(depth, width, kernel + k0 * 32 + n0, 32, 1, packed + k0 * 32 + n0 * depth);
    }
    breast_cancer_released(release, kernel + k0 * 32, depth * 32);
  }
}

/* kernel[32, 1] as dense_1_forward multiplies it
 * model.swift:6:3 */
static void breast_cancer_dense_1_forward_pack(const breast_cancer_release *restrict release,
    const float *restrict kernel /* [32, 1] */,
    float *restrict packed /* [1024] */) {
  for (size_t k0 = 0; k0 < 32; k0 += BREAST_CANCER_TILE_K) {
    const size_t depth = 32 - k0 < BREAST_CANCER_TILE_K ? 32 - k0 : BREAST_CANCER_TILE_K;
    for (size_t n0 = 0; n0 < 1; n0 += BREAST_CANCER_TILE_N) {
      const size_t width = 1 - n0 < BREAST_CANCER_TILE_N ? 1 - n0 : BREAST_CANCER_TILE_N;
      breast_cancer_pack(depth, width, kernel + k0 + n0, 1, 1, packed + k0 * ((1 + BREAST_CANCER_TILE_N - 1) / BREAST_CANCER_TILE_N * BREAST_CANCER_TILE_N) + n0 * depth);
    }
    breast_cancer_released(release, kernel + k0, depth * 1);
  }
}

/* sigmoid_cross_entropy[rows, 1], compare[rows, 1] = matmul + add + sigmoid + sigmoid_cross_entropy + compare + compare
 * model.swift:6:3, model.swift:9:18 */
static void breast_cancer_dense_1_forward_2(size_t rows,
    const float *restrict relu /* [rows, 32] */,
    const float *restrict kernel /* [32, 1] */,
    const float *restrict bias /* [1] */,
    const float *restrict y /* [rows, 1] */,
    float *restrict sigmoid_cross_entropy /* [rows, 1] */,
    float *restrict compare /* [rows, 1] */) {
  if (rows <= BREAST_CANCER_FEW) {
    const size_t first = 0, last = 1;
    breast_cancer_few(rows, 32, last - first, relu, 32, 1, kernel + first, 1, sigmoid_cross_entropy + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = sigmoid_cross_entropy[i + j];
        const float add = sum + bias[0];
        const float sigmoid_cross_entropy_2 = breast_cancer_maximum(add, 0.0f) - add * y[i + j] + breast_cancer_log1p(breast_cancer_exp_falling(-fabsf(add)));
        const float sigmoid = breast_cancer_sigmoid(add);
        const float compare_2 = sigmoid > 0.5f ? 1.0f : 0.0f;
        const float compare_3 = compare_2 == y[i + j] ? 1.0f : 0.0f;
        sigmoid_cross_entropy[i + j] = sigmoid_cross_entropy_2;
        compare[i + j] = compare_3;
      }
    }
  }
  else {
    const breast_cancer_share share = breast_cancer_share_of(0, 1, rows, 1, 0);
    BREAST_CANCER_ALIGNED float panel[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 32 - k0 < BREAST_CANCER_TILE_K ? 32 - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
        const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
          const size_t width = 1 - n0 < BREAST_CANCER_TILE_N ? 1 - n0 : BREAST_CANCER_TILE_N;
          breast_cancer_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = breast_cancer_height(last - m0);
            BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
            breast_cancer_tile_new(&along, height, width, relu + m0 * 32 + k0, 32, 1, panel, tile, BREAST_CANCER_TILE_N);
            for (size_t r = 0; r < height; r++) {
              BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * BREAST_CANCER_TILE_N + s];
                const float add = sum + bias[0];
                const float sigmoid_cross_entropy_2 = breast_cancer_maximum(add, 0.0f) - add * y[i + j] + breast_cancer_log1p(breast_cancer_exp_falling(-fabsf(add)));
                const float sigmoid = breast_cancer_sigmoid(add);
                const float compare_2 = sigmoid > 0.5f ? 1.0f : 0.0f;
                const float compare_3 = compare_2 == y[i + j] ? 1.0f : 0.0f;
                sigmoid_cross_entropy[i + j] = sigmoid_cross_entropy_2;
                compare[i + j] = compare_3;
              }
            }
          }
        }
      }
    } while ((k0 += BREAST_CANCER_TILE_K) < 32);
  }
}

/* sum_2[] = sum
 * model.swift:9:18 */
static void breast_cancer_loss_forward(size_t rows,
    const float *restrict sigmoid_cross_entropy /* [rows, 1] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    BREAST_CANCER_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += sigmoid_cross_entropy[i];
    }
  }
  float total = breast_cancer_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += sigmoid_cross_entropy[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = divide
 * model.swift:9:18 */
static void breast_cancer_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */) {
  const float divide = sum_2[0] / row_count[0];
  sum_2[0] = divide;
}

/* sum_2[] = sum
 * model.swift:9:18 */
static void breast_cancer_loss_forward_accuracy(size_t rows,
    const float *restrict compare /* [rows, 1] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    BREAST_CANCER_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += compare[i];
    }
  }
  float total = breast_cancer_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += compare[i];
  }
  sum_2[0] = total;
}

/* sigmoid_cross_entropy[rows, 1], compare[rows, 1], multiply[rows, 1], bias_gradient[1] = matmul + add + sigmoid + sigmoid_cross_entropy + compare + compare + subtract + multiply + sum
 * model.swift:6:3, model.swift:9:18 */
static void breast_cancer_dense_1_backward_bias(size_t rows,
    const float *restrict relu /* [rows, 32] */,
    const float *restrict kernel /* [32, 1] */,
    const float *restrict bias /* [1] */,
    const float *restrict y /* [rows, 1] */,
    const float *restrict row_count /* [] */,
    float *restrict sigmoid_cross_entropy /* [rows, 1] */,
    float *restrict compare /* [rows, 1] */,
    float *restrict multiply /* [rows, 1] */,
    float *restrict bias_gradient /* [1] */) {
  const float divide = 1.0f / row_count[0];
  if (rows <= BREAST_CANCER_FEW) {
    const size_t first = 0, last = 1;
    for (size_t j = first; j < last; j++) {
      bias_gradient[j] = 0.0f;
    }
    breast_cancer_few(rows, 32, last - first, relu, 32, 1, kernel + first, 1, sigmoid_cross_entropy + first, 1);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = sigmoid_cross_entropy[i + j];
        const float add = sum + bias[0];
        const float sigmoid_cross_entropy_2 = breast_cancer_maximum(add, 0.0f) - add * y[i + j] + breast_cancer_log1p(breast_cancer_exp_falling(-fabsf(add)));
        const float sigmoid = breast_cancer_sigmoid(add);
        const float compare_2 = sigmoid > 0.5f ? 1.0f : 0.0f;
        const float compare_3 = compare_2 == y[i + j] ? 1.0f : 0.0f;
        const float subtract = sigmoid - y[i + j];
        const float multiply_2 = divide * subtract;
        sigmoid_cross_entropy[i + j] = sigmoid_cross_entropy_2;
        compare[i + j] = compare_3;
        multiply[i + j] = multiply_2;
        bias_gradient[0] += multiply_2;
      }
    }
  }
  else {
    const breast_cancer_share share = breast_cancer_share_of(0, 1, rows, 1, 1);
    BREAST_CANCER_ALIGNED float panel[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
    for (size_t j = share.left; j < share.right; j++) {
      bias_gradient[j] = 0.0f;
    }
    size_t k0 = 0;
    do {
      const size_t depth = 32 - k0 < BREAST_CANCER_TILE_K ? 32 - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
        const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
          const size_t width = 1 - n0 < BREAST_CANCER_TILE_N ? 1 - n0 : BREAST_CANCER_TILE_N;
          breast_cancer_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = breast_cancer_height(last - m0);
            BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
            breast_cancer_tile_new(&along, height, width, relu + m0 * 32 + k0, 32, 1, panel, tile, BREAST_CANCER_TILE_N);
            for (size_t r = 0; r < height; r++) {
              BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * BREAST_CANCER_TILE_N + s];
                const float add = sum + bias[0];
                const float sigmoid_cross_entropy_2 = breast_cancer_maximum(add, 0.0f) - add * y[i + j] + breast_cancer_log1p(breast_cancer_exp_falling(-fabsf(add)));
                const float sigmoid = breast_cancer_sigmoid(add);
                const float compare_2 = sigmoid > 0.5f ? 1.0f : 0.0f;
                const float compare_3 = compare_2 == y[i + j] ? 1.0f : 0.0f;
                const float subtract = sigmoid - y[i + j];
                const float multiply_2 = divide * subtract;
                sigmoid_cross_entropy[i + j] = sigmoid_cross_entropy_2;
                compare[i + j] = compare_3;
                multiply[i + j] = multiply_2;
                bias_gradient[0] += multiply_2;
              }
            }
          }
        }
      }
    } while ((k0 += BREAST_CANCER_TILE_K) < 32);
  }
}

/* kernel_gradient[32, 1] = matmul
 * model.swift:6:3 */
static void breast_cancer_dense_1_backward_kernel(size_t rows,
    const float *restrict relu /* [rows, 32] */,
    const float *restrict multiply /* [rows, 1] */,
    float *restrict kernel_gradient /* [32, 1] */) {
  const breast_cancer_share share = breast_cancer_share_of(0, 1, 32, 1, 0);
  BREAST_CANCER_ALIGNED float panel[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < BREAST_CANCER_TILE_K ? rows - k0 : BREAST_CANCER_TILE_K;
    const breast_cancer_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
      const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
        const size_t width = 1 - n0 < BREAST_CANCER_TILE_N ? 1 - n0 : BREAST_CANCER_TILE_N;
        breast_cancer_pack(depth, width, multiply + k0 + n0, 1, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = breast_cancer_height(last - m0);
          BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
          breast_cancer_tile_new(&along, height, width, relu + m0 + k0 * 32, 1, 32, panel, tile, BREAST_CANCER_TILE_N);
          for (size_t r = 0; r < height; r++)
            BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[m0 + r + n0 + s] = tile[r * BREAST_CANCER_TILE_N + s];
        }
      }
    }
  } while ((k0 += BREAST_CANCER_TILE_K) < rows);
}

/* select[rows, 32], bias_gradient[32] = matmul + compare + select + sum
 * model.swift:6:3, model.swift:5:3 */
static void breast_cancer_dense_1_backward_bias_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict multiply /* [rows, 1] */,
    const float *restrict kernel /* [32, 1] */,
    const float *restrict relu /* [rows, 32] */,
    float *restrict select /* [rows, 32] */,
    float *restrict bias_gradient /* [32] */) {
  if (rows <= BREAST_CANCER_FEW) {
    const breast_cancer_share share = breast_cancer_share_of(part, parts, rows, 32, 1);
    const size_t first = share.left, last = share.right;
    for (size_t j = first; j < last; j++) {
      bias_gradient[j] = 0.0f;
    }
    breast_cancer_few(rows, 1, last - first, multiply, 1, 1, kernel + first, 1, select + first, 32);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = select[i * 32 + j];
        const float compare = relu[i * 32 + j] > 0.0f ? 1.0f : 0.0f;
        const float select_2 = compare != 0.0f ? sum : 0.0f;
        select[i * 32 + j] = select_2;
        bias_gradient[j] += select_2;
      }
    }
  }
  else {
    const breast_cancer_share share = breast_cancer_share_of(part, parts, rows, 32, 1);
    BREAST_CANCER_ALIGNED float panel[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
    for (size_t j = share.left; j < share.right; j++) {
      bias_gradient[j] = 0.0f;
    }
    size_t k0 = 0;
    do {
      const size_t depth = 1 - k0 < BREAST_CANCER_TILE_K ? 1 - k0 : BREAST_CANCER_TILE_K;
      const breast_cancer_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
        const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
          const size_t width = BREAST_CANCER_TILE_N;
          breast_cancer_pack(depth, width, kernel + k0 + n0, 1, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = breast_cancer_height(last - m0);
            BREAST_CANCER_ALIGNED float tile[BREAST_CANCER_TILE_M * BREAST_CANCER_TILE_N];
            breast_cancer_tile_new(&along, height, width, multiply + m0 + k0, 1, 1, panel, tile, BREAST_CANCER_TILE_N);
            for (size_t r = 0; r < height; r++) {
              BREAST_CANCER_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * BREAST_CANCER_TILE_N + s];
                const float compare = relu[i * 32 + j] > 0.0f ? 1.0f : 0.0f;
                const float select_2 = compare != 0.0f ? sum : 0.0f;
                select[i * 32 + j] = select_2;
                bias_gradient[j] += select_2;
              }
            }
          }
        }
      }
    } while ((k0 += BREAST_CANCER_TILE_K) < 1);
  }
}

struct breast_cancer_dense_1_backward_bias_2_call {
  size_t rows;
  const float *multiply;
  const float *kernel;
  const float *relu;
  float *select;
  float *bias_gradient;
};

static void breast_cancer_dense_1_backward_bias_2_task(void *given, size_t part, size_t parts) {
  const struct breast_cancer_dense_1_backward_bias_2_call *const call = given;
  breast_cancer_dense_1_backward_bias_2(part, parts, call->rows, call->multiply, call->kernel, call->relu, call->select, call->bias_gradient);
}

/* kernel_gradient[30, 32] = matmul
 * model.swift:5:3 */
static void breast_cancer_dense_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict divide /* [rows, 30] */,
    const float *restrict select /* [rows, 32] */,
    float *restrict kernel_gradient /* [30, 32] */) {
  const breast_cancer_share share = breast_cancer_share_of(part, parts, 30, 32, 0);
  BREAST_CANCER_ALIGNED float panel[BREAST_CANCER_TILE_K * BREAST_CANCER_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < BREAST_CANCER_TILE_K ? rows - k0 : BREAST_CANCER_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += BREAST_CANCER_LINES) {
      const size_t last = share.bottom - first < BREAST_CANCER_LINES ? share.bottom : first + BREAST_CANCER_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += BREAST_CANCER_TILE_N) {
        const size_t width = BREAST_CANCER_TILE_N;
        breast_cancer_pack(depth, width, select + k0 * 32 + n0, 32, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = breast_cancer_height(last - m0);
          breast_cancer_tile_across(0, depth, height, divide + m0 + k0 * 30, 30, panel, kernel_gradient + m0 * 32 + n0, 32);
        }
      }
    }
  } while ((k0 += BREAST_CANCER_TILE_K) < rows);
}

struct breast_cancer_dense_backward_kernel_call {
  size_t rows;
  const float *divide;
  const float *select;
  float *kernel_gradient;
};

static void breast_cancer_dense_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct breast_cancer_dense_backward_kernel_call *const call = given;
  breast_cancer_dense_backward_kernel(part, parts, call->rows, call->divide, call->select, call->kernel_gradient);
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:9:18 */
static void breast_cancer_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = breast_cancer_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[30, 32], velocity[30, 32], kernel[30, 32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void breast_cancer_dense_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [30, 32] */,
    const float *restrict kernel_gradient /* [30, 32] */,
    float *restrict velocity /* [30, 32] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [30, 32] */) {
  for (size_t i = part * (960) / parts; i < (part + 1) * (960) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = breast_cancer_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct breast_cancer_dense_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void breast_cancer_dense_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct breast_cancer_dense_update_kernel_call *const call = given;
  breast_cancer_dense_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[32], velocity[32], bias[32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void breast_cancer_dense_update_bias(float *restrict momentum /* [32] */,
    const float *restrict bias_gradient /* [32] */,
    float *restrict velocity /* [32] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [32] */) {
  BREAST_CANCER_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = breast_cancer_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[32, 1], velocity[32, 1], kernel[32, 1] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void breast_cancer_dense_1_update_kernel(float *restrict momentum /* [32, 1] */,
    const float *restrict kernel_gradient /* [32, 1] */,
    float *restrict velocity /* [32, 1] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [32, 1] */) {
  BREAST_CANCER_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = breast_cancer_sqrt(add_2);
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
static void breast_cancer_dense_1_update_bias(float *restrict momentum /* [1] */,
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
  const float sqrt_2 = breast_cancer_sqrt(add_2);
  const float add_3 = sqrt_2 + 1e-07f;
  const float divide_2 = multiply_6 / add_3;
  const float subtract = bias[0] - divide_2;
  momentum[0] = add;
  velocity[0] = add_2;
  bias[0] = subtract;
}

const char *breast_cancer_status_string(breast_cancer_status status) {
  switch (status) {
    case BREAST_CANCER_OK: return "done";
    case BREAST_CANCER_ERROR_ARGUMENT: return "a null pointer";
    case BREAST_CANCER_ERROR_ALIGNMENT: return "memory is not aligned";
    case BREAST_CANCER_ERROR_MEMORY: return "memory is too small";
    case BREAST_CANCER_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case BREAST_CANCER_ERROR_FORMAT: return "not a valid safetensors file";
    case BREAST_CANCER_ERROR_MODEL: return "tensors of another model";
    case BREAST_CANCER_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case BREAST_CANCER_ERROR_LABEL: return "a class number outside its range";
    case BREAST_CANCER_ERROR_IO: return "reading or writing failed: see errno";
    case BREAST_CANCER_ERROR_CHECKSUM: return "damaged file";
    case BREAST_CANCER_ERROR_THREADS: return "a thread cannot be started";
    case BREAST_CANCER_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case BREAST_CANCER_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { BREAST_CANCER_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t breast_cancer_tag = UINT64_C(0xd3987807991d62e0);

static breast_cancer_status breast_cancer_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return BREAST_CANCER_ERROR_ARGUMENT;
  if ((uintptr_t)memory % BREAST_CANCER_ALIGNMENT != 0) return BREAST_CANCER_ERROR_ALIGNMENT;
  return bytes < needed ? BREAST_CANCER_ERROR_MEMORY : BREAST_CANCER_OK;
}

BREAST_CANCER_APART int breast_cancer_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

breast_cancer_status breast_cancer_parameters_init(void *memory, size_t bytes, uint64_t seed, breast_cancer_parameters **out) {
  if (!out) return BREAST_CANCER_ERROR_ARGUMENT;
  const breast_cancer_status status = breast_cancer_check_memory(memory, bytes, BREAST_CANCER_PARAMETERS_BYTES);
  if (status != BREAST_CANCER_OK) return status;
  breast_cancer_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + BREAST_CANCER_OBJECT_BYTES);
  parameters->tag = breast_cancer_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  breast_cancer_fill_constant(values + 1025, 30, 0.0f); /* normalization/mean */
  breast_cancer_fill_constant(values + 1055, 30, 1.0f); /* normalization/variance */
  breast_cancer_fill_uniform(values, 960, seed, 2u, -0.31108552f, 0.31108552f); /* dense/kernel */
  breast_cancer_fill_constant(values + 960, 32, 0.0f); /* dense/bias */
  breast_cancer_fill_uniform(values + 992, 32, seed, 4u, -0.42640144f, 0.42640144f); /* dense_1/kernel */
  breast_cancer_fill_constant(values + 1024, 1, 0.0f); /* dense_1/bias */
  *out = parameters;
  return BREAST_CANCER_OK;
}

const breast_cancer_tensor_info *breast_cancer_tensors(size_t *count) {
  if (count) *count = BREAST_CANCER_TENSORS;
  return breast_cancer_tensors_table;
}

breast_cancer_real *breast_cancer_parameters_values(breast_cancer_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static breast_cancer_status breast_cancer_open(const breast_cancer_tensor_info *table, size_t count, const void *bytes, size_t size, breast_cancer_safetensors *file) {
  breast_cancer_safetensor tensor;
  if (!bytes) return BREAST_CANCER_ERROR_ARGUMENT;
  if (breast_cancer_safetensors_open(bytes, size, file)) return BREAST_CANCER_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!breast_cancer_safetensors_find(file, &cursor, table[i].name, &tensor)) return BREAST_CANCER_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return BREAST_CANCER_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return BREAST_CANCER_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return BREAST_CANCER_ERROR_FORMAT;
  }
  return BREAST_CANCER_OK;
}

/* Reads every tensor of the table into values, or none. */
static breast_cancer_status breast_cancer_load(const breast_cancer_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  breast_cancer_safetensors file;
  breast_cancer_safetensor tensor;
  if (!values) return BREAST_CANCER_ERROR_ARGUMENT;
  const breast_cancer_status status = breast_cancer_open(table, count, bytes, size, &file);
  if (status != BREAST_CANCER_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (breast_cancer_safetensors_find(&file, &cursor, table[i].name, &tensor))
      breast_cancer_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return BREAST_CANCER_OK;
}

breast_cancer_status breast_cancer_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, breast_cancer_parameters **out) {
  if (!out) return BREAST_CANCER_ERROR_ARGUMENT;
  breast_cancer_status status = breast_cancer_check_memory(memory, bytes, BREAST_CANCER_VIEW_BYTES);
  breast_cancer_safetensors file;
  breast_cancer_safetensor tensor;
  if (status == BREAST_CANCER_OK) status = breast_cancer_open(breast_cancer_tensors_table, BREAST_CANCER_TENSORS, safetensors, size, &file);
  if (status != BREAST_CANCER_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return BREAST_CANCER_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < BREAST_CANCER_TENSORS; i++) {
    const breast_cancer_tensor_info *const wanted = &breast_cancer_tensors_table[i];
    if (!breast_cancer_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != BREAST_CANCER_REAL_BITS) return BREAST_CANCER_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return BREAST_CANCER_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return BREAST_CANCER_ERROR_ALIGNMENT;
  breast_cancer_parameters *const parameters = memory;
  parameters->tag = breast_cancer_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return BREAST_CANCER_OK;
}

breast_cancer_status breast_cancer_parameters_load(breast_cancer_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return BREAST_CANCER_ERROR_ARGUMENT;
  if (parameters->is_view) return BREAST_CANCER_ERROR_VIEW;
  parameters->prepared = NULL;
  return breast_cancer_load(breast_cancer_tensors_table, BREAST_CANCER_TENSORS, parameters->values, safetensors, bytes);
}

breast_cancer_status breast_cancer_context_init(void *memory, size_t bytes, const breast_cancer_config *config, breast_cancer_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : BREAST_CANCER_MAX_ROWS;
  if (!out) return BREAST_CANCER_ERROR_ARGUMENT;
  if (max_rows > BREAST_CANCER_MAX_ROWS) return BREAST_CANCER_ERROR_ROWS;
  const breast_cancer_status status = breast_cancer_check_memory(memory, bytes, BREAST_CANCER_CONTEXT_BYTES(max_rows));
  if (status != BREAST_CANCER_OK) return status;
  breast_cancer_context *const context = memory;
  context->tag = breast_cancer_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(BREAST_CANCER_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + BREAST_CANCER_OBJECT_BYTES;
  context->arena = context->state + 0;
  breast_cancer_reset_state(context);
  *out = context;
  return BREAST_CANCER_OK;
}

void breast_cancer_reset_state(breast_cancer_context *context) {
  if (!context) return;
  context->position = 0;
  /* It keeps nothing. */
}

breast_cancer_status breast_cancer_trainer_init(void *memory, size_t bytes, breast_cancer_parameters *parameters, const breast_cancer_config *config,
                              breast_cancer_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : BREAST_CANCER_MAX_ROWS;
  if (!out || !parameters) return BREAST_CANCER_ERROR_ARGUMENT;
  if (parameters->is_view) return BREAST_CANCER_ERROR_VIEW;
  if (max_rows > BREAST_CANCER_MAX_ROWS) return BREAST_CANCER_ERROR_ROWS;
  const breast_cancer_status status = breast_cancer_check_memory(memory, bytes, BREAST_CANCER_TRAINER_BYTES(max_rows));
  if (status != BREAST_CANCER_OK) return status;
  breast_cancer_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + BREAST_CANCER_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = breast_cancer_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.001f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 4160);
  trainer->state = base + 12416;
  trainer->arena = trainer->state + 0;
  breast_cancer_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 1025 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 8256);
  *out = trainer;
  return BREAST_CANCER_OK;
}

void breast_cancer_reset_trainer_state(breast_cancer_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

breast_cancer_real *breast_cancer_gradients(breast_cancer_trainer *trainer, size_t *count) {
  if (count) *count = 1025;
  return trainer ? trainer->gradients : NULL;
}

breast_cancer_real breast_cancer_learning_rate(const breast_cancer_trainer *trainer) { return trainer->learning_rate; }

void breast_cancer_set_learning_rate(breast_cancer_trainer *trainer, breast_cancer_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t breast_cancer_step(const breast_cancer_trainer *trainer) { return trainer->step; }

void breast_cancer_set_step(breast_cancer_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t breast_cancer_seed(const breast_cancer_trainer *trainer) { return trainer->seed; }

void breast_cancer_set_seed(breast_cancer_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *breast_cancer_fault(const breast_cancer_trainer *trainer) { return trainer->fault; }

const breast_cancer_tensor_info *breast_cancer_trainer_tensors(size_t *count) {
  if (count) *count = BREAST_CANCER_SLOTS;
  return breast_cancer_slots_table;
}

breast_cancer_real *breast_cancer_trainer_values(breast_cancer_trainer *trainer) { return trainer ? trainer->slots : NULL; }

breast_cancer_status breast_cancer_trainer_load(breast_cancer_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return BREAST_CANCER_ERROR_ARGUMENT;
  return breast_cancer_load(breast_cancer_slots_table, BREAST_CANCER_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(BREAST_CANCER_PROFILE)
void breast_cancer_context_profile(breast_cancer_context *context, breast_cancer_profile *profile) { context->profile = profile; }
void breast_cancer_trainer_profile(breast_cancer_trainer *trainer, breast_cancer_profile *profile) { trainer->profile = profile; }
#endif

/* One call of inference: inputs x[rows, 30]; outputs dense_1[rows, 1].
 * model.swift:3:13 */
breast_cancer_status breast_cancer_predict(breast_cancer_context *context, const breast_cancer_parameters *parameters, size_t rows,
                       const breast_cancer_inputs *inputs, const breast_cancer_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense_1) return BREAST_CANCER_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return BREAST_CANCER_ERROR_ROWS;
  breast_cancer_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = context->max_rows;
  float *const maximum = (float *)(void *)(prepared ? prepared + 0 : arena + 128 * max_rows); /* [30] */
  float *const divide = (float *)(void *)(arena + 0); /* [rows, 30] */
  float *const relu = (float *)(void *)(arena + 128 * max_rows); /* [rows, 32] */
  float *const packed = (float *)(void *)(prepared ? prepared + 128 : NULL); /* [960] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 3968 : NULL); /* [1024] */

  if (!prepared) {
    breast_cancer_normalization_forward(parameters->values + 1055, maximum);
    BREAST_CANCER_LAP(context, 0);
  }
  breast_cancer_parallel(pool, rows * 90, breast_cancer_normalization_forward_2_task, &(struct breast_cancer_normalization_forward_2_call){rows, inputs->x, parameters->values + 1025, maximum, divide});
  BREAST_CANCER_LAP(context, 1);
  breast_cancer_parallel(pool, rows * 288, breast_cancer_dense_forward_task, &(struct breast_cancer_dense_forward_call){rows, divide, parameters->values, parameters->values + 960, relu, packed});
  BREAST_CANCER_LAP(context, 2);
  breast_cancer_dense_1_forward(rows, relu, parameters->values + 992, parameters->values + 1024, outputs->dense_1, packed_2);
  BREAST_CANCER_LAP(context, 3);
  return BREAST_CANCER_OK;
}

/* What inference would make of the weights alone in each call, 8064 bytes of it.
 * model.swift:3:13 */
breast_cancer_status breast_cancer_parameters_prepare_and_release(breast_cancer_parameters *parameters, void *memory, size_t bytes,
                                            const breast_cancer_release *release) {
  if (!parameters) return BREAST_CANCER_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return BREAST_CANCER_OK;
  const breast_cancer_status status = breast_cancer_check_memory(memory, bytes, BREAST_CANCER_PREPARED_BYTES);
  if (status != BREAST_CANCER_OK) return status;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const maximum = (float *)(void *)(prepared + 0); /* [30] */
    float *const packed = (float *)(void *)(prepared + 128); /* [960] */
    float *const packed_2 = (float *)(void *)(prepared + 3968); /* [1024] */
    breast_cancer_normalization_forward(parameters->values + 1055, maximum);
    breast_cancer_released(release, parameters->values + 1055, 30);
    breast_cancer_dense_forward_pack(release, parameters->values, packed);
    breast_cancer_dense_1_forward_pack(release, parameters->values + 992, packed_2);
  }
  parameters->prepared = memory;
  return BREAST_CANCER_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
breast_cancer_status breast_cancer_parameters_prepare(breast_cancer_parameters *parameters, void *memory, size_t bytes) {
  return breast_cancer_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 30].
 * model.swift:3:13 */
breast_cancer_status breast_cancer_adapt(breast_cancer_parameters *parameters, size_t rows, const breast_cancer_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return BREAST_CANCER_ERROR_ARGUMENT;
  if (rows == 0) return BREAST_CANCER_ERROR_ROWS;
  if (parameters->is_view) return BREAST_CANCER_ERROR_VIEW;
  for (size_t j = 0; j < 30; j++) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < 1 * rows; i++) {
      const double x = (double)inputs->x[i * 30 + j], delta = x - mean;
      mean += delta / (double)(i + 1);
      squares += delta * (x - mean);
    }
    parameters->values[1025 + j] = (float)mean;
    parameters->values[1055 + j] = (float)(squares / (double)(1 * rows));
  }
  parameters->prepared = NULL;
  return BREAST_CANCER_OK;
}

static void breast_cancer_finish_metrics(breast_cancer_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->accuracy = sums[2] / sums[0];
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 30]; targets y[rows, 1].
 * model.swift:3:13 */
breast_cancer_status breast_cancer_evaluate(breast_cancer_context *context, const breast_cancer_parameters *parameters, size_t rows,
                        const breast_cancer_inputs *inputs, const breast_cancer_targets *targets, breast_cancer_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return BREAST_CANCER_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return BREAST_CANCER_ERROR_ROWS;
  const float row_count = (float)rows;
  breast_cancer_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const maximum = (float *)(void *)(arena + 64 + 128 * max_rows); /* [30] */
  float *const divide = (float *)(void *)(arena + 64); /* [rows, 30] */
  float *const relu = (float *)(void *)(arena + 64 + 128 * max_rows); /* [rows, 32] */
  float *const sigmoid_cross_entropy = (float *)(void *)(arena + 64); /* [rows, 1] */
  float *const compare = (float *)(void *)(arena + 64 + 64 * max_rows); /* [rows, 1] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const sum_2_2 = (float *)(void *)(arena + 64 + 128 * max_rows); /* [] */

  breast_cancer_normalization_forward(parameters->values + 1055, maximum);
  breast_cancer_parallel(pool, rows * 90, breast_cancer_normalization_forward_2_task, &(struct breast_cancer_normalization_forward_2_call){rows, inputs->x, parameters->values + 1025, maximum, divide});
  breast_cancer_parallel(pool, rows * 288, breast_cancer_dense_forward_task, &(struct breast_cancer_dense_forward_call){rows, divide, parameters->values, parameters->values + 960, relu, NULL});
  breast_cancer_dense_1_forward_2(rows, relu, parameters->values + 992, parameters->values + 1024, targets->y, sigmoid_cross_entropy, compare);
  breast_cancer_loss_forward(rows, sigmoid_cross_entropy, sum_2);
  breast_cancer_loss_forward_loss(sum_2, &row_count);
  breast_cancer_loss_forward_accuracy(rows, compare, sum_2_2);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64 + 128 * max_rows); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  breast_cancer_finish_metrics(metrics);
  return BREAST_CANCER_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static breast_cancer_status breast_cancer_run_backward(breast_cancer_trainer *trainer, size_t rows, const breast_cancer_inputs *inputs,
                                    const breast_cancer_targets *targets, breast_cancer_metrics *metrics, int check) {
  const breast_cancer_parameters *const parameters = trainer->parameters;
  const float row_count = (float)rows;
  breast_cancer_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  float *const maximum = (float *)(void *)(arena + 128 + 128 * max_rows); /* [30] */
  float *const divide = (float *)(void *)(arena + 128); /* [rows, 30] */
  float *const relu = (float *)(void *)(arena + 128 + 128 * max_rows); /* [rows, 32] */
  float *const sigmoid_cross_entropy = (float *)(void *)(arena + 128 + 256 * max_rows); /* [rows, 1] */
  float *const compare = (float *)(void *)(arena + 128 + 320 * max_rows); /* [rows, 1] */
  float *const multiply = (float *)(void *)(arena + 128 + 384 * max_rows); /* [rows, 1] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const sum_2_2 = (float *)(void *)(arena + 64); /* [] */
  float *const select = (float *)(void *)(arena + 128 + 256 * max_rows); /* [rows, 32] */

  breast_cancer_normalization_forward(parameters->values + 1055, maximum);
  BREAST_CANCER_LAP(trainer, 0);
  if (check && !breast_cancer_finite(maximum, 30)) { trainer->fault = "normalization"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_parallel(pool, rows * 90, breast_cancer_normalization_forward_2_task, &(struct breast_cancer_normalization_forward_2_call){rows, inputs->x, parameters->values + 1025, maximum, divide});
  BREAST_CANCER_LAP(trainer, 1);
  if (check && !breast_cancer_finite(divide, rows * 30)) { trainer->fault = "normalization"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_parallel(pool, rows * 288, breast_cancer_dense_forward_task, &(struct breast_cancer_dense_forward_call){rows, divide, parameters->values, parameters->values + 960, relu, NULL});
  BREAST_CANCER_LAP(trainer, 2);
  if (check && !breast_cancer_finite(relu, rows * 32)) { trainer->fault = "dense"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_dense_1_backward_bias(rows, relu, parameters->values + 992, parameters->values + 1024, targets->y, &row_count, sigmoid_cross_entropy, compare, multiply, trainer->gradients + 1024);
  BREAST_CANCER_LAP(trainer, 3);
  if (check && !breast_cancer_finite(sigmoid_cross_entropy, rows)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  if (check && !breast_cancer_finite(compare, rows)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  if (check && !breast_cancer_finite(multiply, rows)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  if (check && !breast_cancer_finite(trainer->gradients + 1024, 1)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_loss_forward(rows, sigmoid_cross_entropy, sum_2);
  BREAST_CANCER_LAP(trainer, 4);
  if (check && !breast_cancer_finite(sum_2, 1)) { trainer->fault = "loss"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_loss_forward_loss(sum_2, &row_count);
  BREAST_CANCER_LAP(trainer, 5);
  if (check && !breast_cancer_finite(sum_2, 1)) { trainer->fault = "loss"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_loss_forward_accuracy(rows, compare, sum_2_2);
  BREAST_CANCER_LAP(trainer, 6);
  if (check && !breast_cancer_finite(sum_2_2, 1)) { trainer->fault = "loss"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_dense_1_backward_kernel(rows, relu, multiply, trainer->gradients + 992);
  BREAST_CANCER_LAP(trainer, 7);
  if (check && !breast_cancer_finite(trainer->gradients + 992, 32)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_parallel(pool, rows * 134, breast_cancer_dense_1_backward_bias_2_task, &(struct breast_cancer_dense_1_backward_bias_2_call){rows, multiply, parameters->values + 992, relu, select, trainer->gradients + 960});
  BREAST_CANCER_LAP(trainer, 8);
  if (check && !breast_cancer_finite(select, rows * 32)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  if (check && !breast_cancer_finite(trainer->gradients + 960, 32)) { trainer->fault = "dense_1"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  breast_cancer_parallel(pool, rows * 120, breast_cancer_dense_backward_kernel_task, &(struct breast_cancer_dense_backward_kernel_call){rows, divide, select, trainer->gradients});
  BREAST_CANCER_LAP(trainer, 9);
  if (check && !breast_cancer_finite(trainer->gradients, 960)) { trainer->fault = "dense"; return BREAST_CANCER_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  if (!isfinite(batch_loss)) return BREAST_CANCER_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  breast_cancer_finish_metrics(metrics);
  return BREAST_CANCER_OK;
}

/* Gradients of the mean loss of the rows, 1025 numbers in the trainer: inputs x[rows, 30]; targets y[rows, 1].
 * model.swift:3:13 */
breast_cancer_status breast_cancer_backward(breast_cancer_trainer *trainer, size_t rows, const breast_cancer_inputs *inputs,
                        const breast_cancer_targets *targets, breast_cancer_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return BREAST_CANCER_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return BREAST_CANCER_ERROR_ROWS;
  trainer->fault = "";
  const breast_cancer_status status = breast_cancer_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != BREAST_CANCER_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < BREAST_CANCER_TENSORS; i++) {
    const breast_cancer_tensor_info *const tensor = &breast_cancer_tensors_table[i];
    if (breast_cancer_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return breast_cancer_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 1025 weights by their gradients.
 * model.swift:3:13 */
breast_cancer_status breast_cancer_apply(breast_cancer_trainer *trainer, float learning_rate) {
  if (!trainer) return BREAST_CANCER_ERROR_ARGUMENT;
  breast_cancer_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  breast_cancer_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  breast_cancer_optimizer_update(&step_number, &learning_rate, divide);
  BREAST_CANCER_LAP(trainer, 10);
  breast_cancer_parallel(pool, 14400, breast_cancer_dense_update_kernel_task, &(struct breast_cancer_dense_update_kernel_call){trainer->slots, trainer->gradients, trainer->slots + 960, divide, parameters->values});
  BREAST_CANCER_LAP(trainer, 11);
  breast_cancer_dense_update_bias(trainer->slots + 1920, trainer->gradients + 960, trainer->slots + 1952, divide, parameters->values + 960);
  BREAST_CANCER_LAP(trainer, 12);
  breast_cancer_dense_1_update_kernel(trainer->slots + 1984, trainer->gradients + 992, trainer->slots + 2016, divide, parameters->values + 992);
  BREAST_CANCER_LAP(trainer, 13);
  breast_cancer_dense_1_update_bias(trainer->slots + 2048, trainer->gradients + 1024, trainer->slots + 2049, divide, parameters->values + 1024);
  BREAST_CANCER_LAP(trainer, 14);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return BREAST_CANCER_OK;
}

/* backward, then apply: inputs x[rows, 30]; targets y[rows, 1].
 * model.swift:3:13 */
breast_cancer_status breast_cancer_train_step(breast_cancer_trainer *trainer, size_t rows, const breast_cancer_inputs *inputs,
                          const breast_cancer_targets *targets, breast_cancer_metrics *metrics) {
  const breast_cancer_status status = breast_cancer_backward(trainer, rows, inputs, targets, metrics);
  return status == BREAST_CANCER_OK ? breast_cancer_apply(trainer, trainer->learning_rate) : status;
}
