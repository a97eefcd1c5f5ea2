/* The model digits: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   dropout (Dropout) -> [rows, 64]  model.swift:4:3
 *   dense (Dense) -> [rows, 256]  model.swift:5:3
 *   dropout_1 (Dropout) -> [rows, 256]  model.swift:6:3
 *   dense_1 (Dense) -> [rows, 128]  model.swift:7:3
 *   dropout_2 (Dropout) -> [rows, 128]  model.swift:8:3
 *   dense_2 (Dense) -> [rows, 10]  model.swift:9:3
 */

#define _POSIX_C_SOURCE 200809L
#include "digits.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define DIGITS_SHARED_WORK 12000
#define DIGITS_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIGITS_INLINE static inline __attribute__((unused))
#define DIGITS_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define DIGITS_INLINE static inline
#define DIGITS_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define DIGITS_MICROKERNEL static __attribute__((noinline, unused))
#else
#define DIGITS_MICROKERNEL DIGITS_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses digits_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define DIGITS_HAS_FMA 1
#else
#define DIGITS_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define DIGITS_VECTOR_BYTES 64
#elif defined(__AVX__)
#define DIGITS_VECTOR_BYTES 32
#else
#define DIGITS_VECTOR_BYTES 16
#endif
#define DIGITS_LANES (DIGITS_VECTOR_BYTES * 8 / DIGITS_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define DIGITS_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define DIGITS_UNROLL _Pragma("GCC unroll 16")
#else
#define DIGITS_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define DIGITS_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DIGITS_ROLLED
#endif

#if defined(__GNUC__)
#define DIGITS_ALIGNED __attribute__((aligned(64)))
#define DIGITS_FLATTEN static inline __attribute__((always_inline, unused))
typedef digits_real digits_vector __attribute__((vector_size(DIGITS_VECTOR_BYTES)));
#if DIGITS_REAL_BITS == 32
typedef int32_t digits_bits;
#else
typedef int64_t digits_bits;
#endif
typedef digits_bits digits_mask __attribute__((vector_size(DIGITS_VECTOR_BYTES)));
#else
#define DIGITS_ALIGNED
#define DIGITS_FLATTEN static inline
typedef struct digits_vector { digits_real lane[DIGITS_LANES]; } digits_vector;
#endif

/* a * b + c, rounded once where the target can */
DIGITS_FLATTEN float digits_fma_f32(float a, float b, float c) {
#if DIGITS_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_FLATTEN digits_real digits_fma(digits_real a, digits_real b, digits_real c) {
#if DIGITS_REAL_BITS == 32
  return digits_fma_f32(a, b, c);
#elif DIGITS_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_FLATTEN digits_vector digits_vector_load(const digits_real *p) {
  digits_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

DIGITS_FLATTEN void digits_vector_store(digits_real *p, digits_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
DIGITS_FLATTEN digits_vector digits_vector_first(size_t count, digits_vector v) {
#if defined(__GNUC__)
  static const digits_bits ones[2 * DIGITS_LANES] = {
    -1, -1,
#if DIGITS_LANES >= 4
    -1, -1,
#endif
#if DIGITS_LANES >= 8
    -1, -1, -1, -1,
#endif
#if DIGITS_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  digits_mask mask;
  memcpy(&mask, ones + DIGITS_LANES - count, sizeof mask);
  return (digits_vector)((digits_mask)v & mask);
#else
  for (size_t i = count; i < DIGITS_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
DIGITS_FLATTEN digits_vector digits_vector_multiply_add(digits_vector a, digits_vector b, digits_vector c) {
#if defined(__clang__)
#if DIGITS_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX512F__) && DIGITS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX__) && DIGITS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__aarch64__) && DIGITS_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !DIGITS_HAS_FMA
  return a * b + c;
#else
  digits_real w[DIGITS_LANES], x[DIGITS_LANES], y[DIGITS_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < DIGITS_LANES; i++) y[i] = digits_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
DIGITS_FLATTEN digits_vector digits_vector_fma(digits_real s, digits_vector b, digits_vector c) {
#if defined(__GNUC__)
  return digits_vector_multiply_add(s - (digits_vector){0}, b, c);
#else
  digits_vector a;
  for (int i = 0; i < DIGITS_LANES; i++) a.lane[i] = s;
  return digits_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
DIGITS_INLINE digits_real digits_minimum(digits_real a, digits_real b) { return a < b || a != a ? a : b; }

DIGITS_INLINE digits_real digits_maximum(digits_real a, digits_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
DIGITS_INLINE digits_real digits_choose(int which, digits_real yes, digits_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
DIGITS_INLINE digits_real digits_sqrt(digits_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define DIGITS_ELEMENTWISE_SQRT
#endif
#endif
#if defined(DIGITS_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif DIGITS_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
DIGITS_INLINE void digits_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
DIGITS_INLINE void digits_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  digits_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
DIGITS_INLINE digits_real digits_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  digits_random(seed, purpose, step, element, words);
  return (digits_real)(words[0] >> 8) * (digits_real)0x1p-24;
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
#if DIGITS_REAL_BITS == 32
DIGITS_FLATTEN uint32_t digits_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

DIGITS_FLATTEN float digits_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
DIGITS_FLATTEN float digits_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return digits_bits_float((digits_float_bits(a) & mask) | (digits_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
DIGITS_FLATTEN float digits_signed_as(float x, float s) {
  return digits_bits_float(digits_float_bits(x) | (digits_float_bits(s) & 0x80000000u));
}

DIGITS_FLATTEN float digits_magnitude(float x) { return digits_bits_float(digits_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define DIGITS_LN2_HIGH 0x1.62ep-1f
#define DIGITS_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
DIGITS_FLATTEN float digits_power_of_2(uint32_t k) { return digits_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
DIGITS_FLATTEN float digits_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = digits_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = digits_fma_f32(n, -DIGITS_LN2_LOW, digits_fma_f32(n, -DIGITS_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = digits_fma_f32(q, r, 0x1.12258ap-7f);
  q = digits_fma_f32(q, r, 0x1.5554c8p-5f);
  q = digits_fma_f32(q, r, 0x1.5554b4p-3f);
  q = digits_fma_f32(q, r, 0.5f);
  *k = digits_float_bits(shifted) - digits_float_bits(shift);
  return digits_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
DIGITS_FLATTEN float digits_exp_inner(float x) {
  uint32_t k;
  float e = digits_exp_reduced(x, &k), scale = digits_power_of_2(k);
  return digits_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
DIGITS_FLATTEN float digits_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + digits_exp_reduced(digits_select(x < -104.0f, -104.0f, x), &k);
  return y * digits_power_of_2(k + 64u) * 0x1p-64f;
}

DIGITS_FLATTEN float digits_exp(float x) {
  x = digits_select(x > 89.0f, 89.0f, x);
  x = digits_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + digits_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * digits_power_of_2(half) * digits_power_of_2(k - half);
}

DIGITS_FLATTEN float digits_expm1(float x) {
  float y = digits_select(x > 89.0f, 89.0f, x);
  y = digits_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = digits_exp_reduced(y, &k), scale = digits_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * digits_fma_f32(e, scale, scale - 0.5f);
  return digits_select(digits_float_bits(digits_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
DIGITS_FLATTEN float digits_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = digits_fma_f32(p, m, 0x1.07d166p-3f);
  p = digits_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = digits_fma_f32(p, m, 0x1.226dcep-3f);
  p = digits_fma_f32(p, m, -0x1.547900p-3f);
  p = digits_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = digits_fma_f32(p, m, -0x1.00021ep-2f);
  p = digits_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = digits_fma_f32(n, DIGITS_LN2_LOW, m * square * p);
  return digits_fma_f32(n, DIGITS_LN2_HIGH, m + digits_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
DIGITS_FLATTEN uint32_t digits_exponent(float x) {
  return ((digits_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
DIGITS_FLATTEN float digits_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
DIGITS_FLATTEN float digits_log_special(float argument, float result) {
  uint32_t bits = digits_float_bits(argument);
  float special = digits_select(bits << 1 == 0, -INFINITY, NAN);
  special = digits_select(bits == 0x7F800000u, INFINITY, special);
  return digits_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

DIGITS_FLATTEN float digits_log(float x) {
  int subnormal = digits_float_bits(x) < 0x00800000u;
  float y = x * digits_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = digits_exponent(y);
  float m = digits_bits_float(digits_float_bits(y) - exponent) - 1.0f;
  float n = digits_exponent_value(exponent) - digits_select(subnormal, 23.0f, 0.0f);
  return digits_log_special(x, digits_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
DIGITS_FLATTEN float digits_log1p(float x) {
  uint32_t exponent = digits_exponent(1.0f + x);
  float inverse = digits_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = digits_bits_float(digits_float_bits(x) - exponent) + digits_fma_f32(0.25f, inverse, -1.0f);
  float result = digits_log_special(1.0f + x, digits_log_reduced(m, digits_exponent_value(exponent)));
  return digits_select(digits_float_bits(digits_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
DIGITS_FLATTEN float digits_tanh(float x) {
  float a = digits_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = digits_fma_f32(p, s, 0x1.524d76p-6f);
  p = digits_fma_f32(p, s, -0x1.b842d8p-5f);
  p = digits_fma_f32(p, s, 0x1.11075ep-3f);
  p = digits_fma_f32(p, s, -0x1.555534p-2f);
  float near = digits_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (digits_exp_inner(2.0f * digits_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return digits_signed_as(digits_select(digits_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
DIGITS_FLATTEN float digits_sigmoid(float x) {
  float e = digits_exp_falling(-digits_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = digits_select(digits_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return digits_fma_f32(-quotient * lost, digits_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
DIGITS_FLATTEN float digits_erf(float x) {
  float a = digits_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = digits_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = digits_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = digits_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = digits_fma_f32(p, s, -0x1.812728p-2f);
  p = digits_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = digits_fma_f32(a, p, a);
  float t = digits_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = digits_fma_f32(g, t, 0x1.336080p-12f);
  g = digits_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = digits_fma_f32(g, t, 0x1.814cc2p-6f);
  g = digits_fma_f32(g, t, -0x1.b2015ap-4f);
  g = digits_fma_f32(g, t, -0x1.454820p-1f);
  g = digits_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - digits_exp_inner(g * t);
  return digits_signed_as(digits_select(digits_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

DIGITS_INLINE float digits_sin(float x) { return sinf(x); }
DIGITS_INLINE float digits_cos(float x) { return cosf(x); }
#else
DIGITS_INLINE double digits_exp(double x) { return exp(x); }
DIGITS_INLINE double digits_exp_falling(double x) { return exp(x); }
DIGITS_INLINE double digits_expm1(double x) { return expm1(x); }
DIGITS_INLINE double digits_log(double x) { return log(x); }
DIGITS_INLINE double digits_log1p(double x) { return log1p(x); }
DIGITS_INLINE double digits_tanh(double x) { return tanh(x); }
DIGITS_INLINE double digits_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
DIGITS_INLINE double digits_erf(double x) { return erf(x); }
DIGITS_INLINE double digits_sin(double x) { return sin(x); }
DIGITS_INLINE double digits_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
DIGITS_INLINE void digits_fill_constant(digits_real *values, size_t count, digits_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
DIGITS_INLINE void digits_fill_uniform(digits_real *values, size_t count, uint64_t seed, uint32_t purpose, digits_real low,
                                       digits_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (digits_real)((double)low + range * (double)digits_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
DIGITS_INLINE double digits_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  digits_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

DIGITS_INLINE void digits_fill_normal(digits_real *values, size_t count, uint64_t seed, uint32_t purpose, digits_real mean,
                                      digits_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (digits_real)((double)mean + (double)stddev * digits_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
DIGITS_INLINE void digits_fill_truncated_normal(digits_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                digits_real mean, digits_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = digits_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = digits_normal(seed, purpose, step, i);
    values[i] = (digits_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
DIGITS_INLINE void digits_fill_orthogonal(digits_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          digits_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  digits_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      digits_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (digits_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        digits_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (digits_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

DIGITS_INLINE void digits_fill_identity(digits_real *values, size_t rows, size_t columns, digits_real gain) {
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
typedef void digits_task(void *call, size_t part, size_t parts);

#if DIGITS_THREADS > 1
struct digits_worker {
  digits_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct digits_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  digits_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct digits_worker workers[DIGITS_THREADS - 1];
};

DIGITS_INLINE void digits_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t digits_next_task(digits_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    digits_pause(turn);
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
static int digits_take(struct digits_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *digits_work(void *started) {
  struct digits_worker *const worker = started;
  digits_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = digits_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!digits_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void digits_announce(digits_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
DIGITS_APART void digits_share_out(digits_pool *pool, digits_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  digits_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!digits_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) digits_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void digits_parallel(digits_pool *pool, size_t work, digits_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < DIGITS_SHARED_WORK ||
    (work < DIGITS_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else digits_share_out(pool, task, call);
}

void digits_pool_stop(digits_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  digits_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static digits_status digits_pool_start(digits_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return DIGITS_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct digits_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, digits_work, worker)) {
      digits_pool_stop(pool);
      return DIGITS_ERROR_THREADS;
    }
  }
  return DIGITS_OK;
}
#else
struct digits_pool {
  size_t parts;
};

void digits_pool_stop(digits_pool *pool) { (void)pool; }

static digits_status digits_pool_start(digits_pool *pool, size_t threads) {
  pool->parts = threads;
  return DIGITS_OK;
}
#endif

digits_status digits_pool_init(void *memory, size_t bytes, size_t threads, digits_pool **out) {
  if (!memory || !out || threads == 0 || threads > DIGITS_THREADS) return DIGITS_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIGITS_ALIGNMENT) return DIGITS_ERROR_ALIGNMENT;
  if (bytes < DIGITS_POOL_BYTES || sizeof(digits_pool) > DIGITS_POOL_BYTES) return DIGITS_ERROR_MEMORY;
  digits_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const digits_status status = digits_pool_start(pool, threads);
  if (status == DIGITS_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef digits_real digits_octet __attribute__((vector_size(8 * sizeof(digits_real))));
typedef digits_bits digits_octet_mask __attribute__((vector_size(8 * sizeof(digits_real))));
#define DIGITS_HALVES(combine)              \
  digits_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define DIGITS_ADD_HALVES(a, b) (a) + (b)
#define DIGITS_CHOOSE_HALVES(a, b, mask) (digits_octet)(((digits_octet_mask)(a) & (mask)) | ((digits_octet_mask)(b) & ~(mask)))
#define DIGITS_MAXIMUM_HALVES(a, b) DIGITS_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define DIGITS_MINIMUM_HALVES(a, b) DIGITS_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define DIGITS_HALVES(combine) \
  digits_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define DIGITS_ADD_HALVES digits_plus
#define DIGITS_MAXIMUM_HALVES digits_maximum
#define DIGITS_MINIMUM_HALVES digits_minimum
#endif

DIGITS_INLINE digits_real digits_plus(digits_real a, digits_real b) { return a + b; }

#define DIGITS_JOIN(name, halves, two)                                                                                \
  DIGITS_INLINE digits_real name(const digits_real *lanes /* [16] */) {                                              \
    DIGITS_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
DIGITS_JOIN(digits_join_sum, DIGITS_ADD_HALVES, digits_plus)
DIGITS_JOIN(digits_join_maximum, DIGITS_MAXIMUM_HALVES, digits_maximum)
DIGITS_JOIN(digits_join_minimum, DIGITS_MINIMUM_HALVES, digits_minimum)
#undef DIGITS_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define DIGITS_TRANSPOSES 0
#else
#define DIGITS_TRANSPOSES 1
#if DIGITS_LANES == 16
#define DIGITS_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define DIGITS_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif DIGITS_LANES == 8
#define DIGITS_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define DIGITS_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif DIGITS_LANES == 4
#define DIGITS_LOW 0, 4, 1, 5
#define DIGITS_HIGH 2, 6, 3, 7
#else
#define DIGITS_LOW 0, 2
#define DIGITS_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
DIGITS_FLATTEN void digits_transpose(size_t width, const digits_real *source, size_t stride, digits_real *result, size_t result_stride) {
  enum { L = DIGITS_LANES, HALF = L / 2 };
  digits_vector v[L], w[L];
  DIGITS_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? digits_vector_load(source + i * stride) : (digits_vector){0};
  DIGITS_UNROLL for (int round = 1; round < L; round *= 2) {
    DIGITS_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], DIGITS_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], DIGITS_HIGH);
    }
    DIGITS_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  DIGITS_UNROLL for (int i = 0; i < L; i++) digits_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
DIGITS_INLINE void digits_transposed(size_t rows, size_t columns, const digits_real *from, size_t from_stride, digits_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if DIGITS_TRANSPOSES
  for (; i < rows / DIGITS_LANES * DIGITS_LANES; i += DIGITS_LANES) {
    const digits_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / DIGITS_LANES * DIGITS_LANES; j += DIGITS_LANES)
      digits_transpose(DIGITS_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < DIGITS_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
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
#define DIGITS_TILE_M 12
#define DIGITS_ROW_VECTORS 16
#elif defined(__aarch64__)
#define DIGITS_TILE_M 8
#define DIGITS_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define DIGITS_TILE_M 6
#define DIGITS_ROW_VECTORS 8
#endif
#define DIGITS_TILE_N (2 * DIGITS_LANES)
#ifndef DIGITS_TILE_K
#define DIGITS_TILE_K 512
#endif
#define DIGITS_LINES (32 * DIGITS_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define DIGITS_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define DIGITS_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define DIGITS_PREFETCH(p, elements) ((void)0)
#define DIGITS_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define DIGITS_UPDATED_LINES (3 * DIGITS_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
DIGITS_INLINE void digits_fetch(size_t height, const digits_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIGITS_TILE_N; s += 64 / sizeof *array) DIGITS_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
DIGITS_INLINE void digits_fetch_to_write(size_t height, const digits_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIGITS_TILE_N; s += 64 / sizeof *array) DIGITS_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
DIGITS_INLINE size_t digits_height(size_t left) {
  return left >= 2 * DIGITS_TILE_M ? DIGITS_TILE_M : left > DIGITS_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct digits_share { size_t top, bottom, left, right; } digits_share;

/* A part's share of m lines, by whole tiles. */
DIGITS_INLINE digits_share digits_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + DIGITS_TILE_M - 1) / DIGITS_TILE_M, bottom = (part + 1) * tiles / parts * DIGITS_TILE_M;
  const digits_share share = {part * tiles / parts * DIGITS_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
DIGITS_INLINE digits_share digits_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + DIGITS_TILE_N - 1) / DIGITS_TILE_N;
  digits_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * DIGITS_TILE_N;
    share.right = (part + 1) * panels / parts * DIGITS_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return digits_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
DIGITS_INLINE size_t digits_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + DIGITS_TILE_N - 1) / DIGITS_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? DIGITS_TILE_N : DIGITS_LANES;
}

/* A part's share of n columns. */
DIGITS_INLINE digits_share digits_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = digits_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const digits_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
DIGITS_INLINE void digits_pack(size_t depth, size_t width, const digits_real *source, size_t depth_stride, size_t width_stride,
                               digits_real *panel) {
  const size_t padded = width > DIGITS_LANES ? DIGITS_TILE_N : DIGITS_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - DIGITS_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const digits_real *from = source + k * depth_stride;
      DIGITS_PREFETCH(from, DIGITS_TILE_N); /* of the next panel */
      digits_real *to = panel + k * DIGITS_TILE_N;
      if (last) digits_vector_store(to, digits_vector_load(from));
      digits_vector_store(to + last, digits_vector_first(width - last, digits_vector_load(from + last)));
    }
  }
#if DIGITS_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / DIGITS_LANES * DIGITS_LANES; k += DIGITS_LANES)
      for (size_t j = 0; j < padded; j += DIGITS_LANES)
        digits_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * DIGITS_TILE_N + j, DIGITS_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * DIGITS_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct digits_runs { size_t depth, lines, down, runs, across; } digits_runs;

DIGITS_FLATTEN void digits_tile_body(const int adds, const digits_runs *along, const int rows, const int vectors,
                                     const digits_real *from, size_t row_stride, size_t depth_stride, const digits_real *panel,
                                     size_t panel_stride, digits_real *tile, size_t tile_stride, const int fetches,
                                     const digits_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  digits_vector c[DIGITS_TILE_M][2];
  DIGITS_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? digits_vector_load(tile + (size_t)i * tile_stride + j * DIGITS_LANES) : (digits_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const digits_real *a = from + line * along->down + run * along->across;
      DIGITS_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          DIGITS_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        digits_vector b[2];
        DIGITS_UNROLL for (int j = 0; j < vectors; j++) b[j] = digits_vector_load(panel + j * DIGITS_LANES);
        DIGITS_UNROLL for (int i = 0; i < rows; i++)
          DIGITS_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = digits_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  DIGITS_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_UNROLL for (int j = 0; j < vectors; j++) digits_vector_store(tile + (size_t)i * tile_stride + j * DIGITS_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define DIGITS_TILE_CASE(n)                         \
  case n:                                           \
    if (width > DIGITS_LANES) DIGITS_TILE_OF(n, 2); \
    else DIGITS_TILE_OF(n, 1);                      \
    break;
#define DIGITS_TILE_CASES_6 \
  DIGITS_TILE_CASE(1) DIGITS_TILE_CASE(2) DIGITS_TILE_CASE(3) DIGITS_TILE_CASE(4) DIGITS_TILE_CASE(5) DIGITS_TILE_CASE(6)
#define DIGITS_TILE_CASES_8 DIGITS_TILE_CASES_6 DIGITS_TILE_CASE(7) DIGITS_TILE_CASE(8)
#if DIGITS_TILE_M >= 12
#define DIGITS_TILE_CASES \
  DIGITS_TILE_CASES_8 DIGITS_TILE_CASE(9) DIGITS_TILE_CASE(10) DIGITS_TILE_CASE(11) DIGITS_TILE_CASE(12)
#elif DIGITS_TILE_M >= 8
#define DIGITS_TILE_CASES DIGITS_TILE_CASES_8
#else
#define DIGITS_TILE_CASES DIGITS_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
DIGITS_MICROKERNEL void digits_tile_at(const digits_runs *along, size_t height, size_t width, const digits_real *a, size_t row_stride,
                                       size_t depth_stride, const digits_real *panel, digits_real *tile, size_t tile_stride) {
#define DIGITS_TILE_OF(rows, vectors) \
  digits_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, DIGITS_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIGITS_TILE_CASES
    default: break;
  }
#undef DIGITS_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
DIGITS_MICROKERNEL void digits_tile_new(const digits_runs *along, size_t height, size_t width, const digits_real *a, size_t row_stride,
                                        size_t depth_stride, const digits_real *panel, digits_real *tile, size_t tile_stride) {
#define DIGITS_TILE_OF(rows, vectors) \
  digits_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, DIGITS_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIGITS_TILE_CASES
    default: break;
  }
#undef DIGITS_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
DIGITS_MICROKERNEL void digits_tile_across(int adds, size_t depth, size_t height, const digits_real *a, size_t depth_stride,
                                           const digits_real *panel, digits_real *tile, size_t tile_stride) {
  const digits_runs along = {depth, 1, 0, 1, 0};
  const size_t width = DIGITS_TILE_N;
#define DIGITS_TILE_OF(rows, vectors) \
  digits_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, DIGITS_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    DIGITS_TILE_CASES
    default: break;
  }
#undef DIGITS_TILE_OF
#define DIGITS_TILE_OF(rows, vectors) \
  digits_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, DIGITS_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    DIGITS_TILE_CASES
    default: break;
  }
#undef DIGITS_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define DIGITS_SLICE (16384 / sizeof(digits_real) / DIGITS_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
DIGITS_MICROKERNEL void digits_tile_ahead(size_t depth, size_t height, size_t width, const digits_real *a, size_t row_stride,
                                          const digits_real *panel, size_t panel_stride, digits_real *tile, const digits_real *ahead,
                                          size_t ahead_stride) {
  const digits_runs along = {depth, 1, 0, 1, 0};
#define DIGITS_TILE_OF(rows, vectors) \
  digits_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, DIGITS_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    DIGITS_TILE_CASES
    default: break;
  }
#undef DIGITS_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
DIGITS_INLINE void digits_tile(size_t depth, size_t height, size_t width, const digits_real *a, size_t row_stride,
                               size_t depth_stride, const digits_real *panel, digits_real *tile) {
  const digits_runs along = {depth, 1, 0, 1, 0};
  digits_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, DIGITS_TILE_N);
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
#define DIGITS_FEW 5                                /* rows, up to which B is read where it lies */
#define DIGITS_SOME (DIGITS_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
DIGITS_FLATTEN void digits_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const digits_real *a,
                                    size_t row_stride, size_t a_stride, const digits_real *source, size_t source_stride, int is_first,
                                    digits_real *c, size_t c_stride) {
  digits_vector sum[DIGITS_TILE_M][DIGITS_ROW_VECTORS];
  DIGITS_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (digits_vector){0} : digits_vector_load(c + (size_t)i * c_stride + j * DIGITS_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    DIGITS_UNROLL for (int j = 0; j < vectors; j += 64 / DIGITS_VECTOR_BYTES)
      DIGITS_PREFETCH(source, ahead + (size_t)j * DIGITS_LANES);
    DIGITS_UNROLL for (int j = 0; j < vectors; j++) {
      const digits_vector b = digits_vector_load(source + j * DIGITS_LANES);
      DIGITS_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = digits_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  DIGITS_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_UNROLL for (int j = 0; j < vectors; j++) digits_vector_store(c + (size_t)i * c_stride + j * DIGITS_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
DIGITS_INLINE void digits_few_rest(size_t depth, size_t columns, const digits_real *a, size_t a_stride, const digits_real *source,
                                   size_t source_stride, digits_real *c) {
  digits_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= DIGITS_LANES; k++)
    sum = digits_vector_fma(a[k * a_stride], digits_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    digits_real last[DIGITS_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = digits_vector_fma(a[k * a_stride], digits_vector_load(last), sum);
  }
  digits_real rest[DIGITS_LANES];
  digits_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define DIGITS_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
DIGITS_FLATTEN void digits_few_rows(const int rows, const int vectors, size_t depth, size_t width, const digits_real *a, size_t row_stride,
                                    size_t a_stride, const digits_real *source, size_t source_stride, digits_real *c, size_t c_stride) {
  const size_t whole = width / DIGITS_LANES * DIGITS_LANES;
  const size_t most = width < DIGITS_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define DIGITS_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * DIGITS_LANES <= whole; j += (size_t)(n) * DIGITS_LANES)                                                 \
  digits_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    DIGITS_COLUMNS(vectors);
    DIGITS_COLUMNS(4);
    DIGITS_COLUMNS(1);
#undef DIGITS_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    digits_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
DIGITS_INLINE void digits_few(size_t rows, size_t depth, size_t width, const digits_real *a, size_t row_stride, size_t a_stride,
                              const digits_real *source, size_t source_stride, digits_real *c, size_t c_stride) {
#define DIGITS_ROWS(n, vectors)                                                                                   \
  case n: digits_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    DIGITS_ROWS(1, DIGITS_ROW_VECTORS)
    DIGITS_ROWS(2, DIGITS_ROW_VECTORS / 2)
    DIGITS_ROWS(3, DIGITS_ROW_VECTORS / 2)
    DIGITS_ROWS(4, DIGITS_ROW_VECTORS / 4)
    DIGITS_ROWS(5, DIGITS_ROW_VECTORS / 4)
    default: break;
  }
#undef DIGITS_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define DIGITS_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
DIGITS_INLINE void digits_some(size_t rows, size_t depth, size_t width, const digits_real *a, size_t row_stride, size_t a_stride,
                               const digits_real *source, size_t source_stride, digits_real *c, size_t c_stride) {
  if (rows <= DIGITS_FEW) {
    digits_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define DIGITS_TILE_OF(rows, vectors)                                                                                       \
  digits_few_body(steps, rows, vectors, m == 0 ? 4 * DIGITS_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < DIGITS_SOME_DEPTH ? depth - k0 : DIGITS_SOME_DEPTH;
    for (size_t j = 0; j < width; j += DIGITS_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = digits_height(rows - m);
        switch (height) {
          DIGITS_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += DIGITS_SOME_DEPTH) < depth);
#undef DIGITS_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define DIGITS_LINE_VECTORS 16 /* at most */
#define DIGITS_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
DIGITS_FLATTEN void digits_line_body(const int adds, size_t depth, const int panels, const int vectors, const digits_real *a,
                                     size_t a_stride, const digits_real *panel, digits_real *sums) {
  const size_t width = (size_t)vectors * DIGITS_LANES;
  digits_vector c[DIGITS_LINE_VECTORS];
  DIGITS_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? digits_vector_load(sums + i * DIGITS_LANES) : (digits_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    DIGITS_UNROLL for (int p = 0; p < panels; p++)
      DIGITS_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = digits_vector_fma(*a, digits_vector_load(panel + (size_t)p * depth * width + j * DIGITS_LANES), c[p * vectors + j]);
  DIGITS_UNROLL for (int i = 0; i < panels * vectors; i++) digits_vector_store(sums + i * DIGITS_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
DIGITS_INLINE void digits_line(size_t depth, size_t width, size_t first, size_t last, const digits_real *a, size_t a_stride,
                               const digits_real *packed, digits_real *c) {
  const size_t padded = (width + DIGITS_TILE_N - 1) / DIGITS_TILE_N * DIGITS_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + DIGITS_TILE_N - 1) / DIGITS_TILE_N, panels = left >= DIGITS_LINE_TILES ? DIGITS_LINE_TILES : left >= 2 ? 2 : 1;
    DIGITS_ALIGNED digits_real sums[DIGITS_LINE_TILES * DIGITS_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += DIGITS_TILE_K) {
      const size_t steps = depth - k0 < DIGITS_TILE_K ? depth - k0 : DIGITS_TILE_K;
      const digits_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == DIGITS_LINE_TILES) digits_line_body(1, steps, DIGITS_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) digits_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else digits_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * DIGITS_TILE_N < last - n0 ? panels * DIGITS_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
DIGITS_INLINE size_t digits_utf8_length(const unsigned char *p, const unsigned char *end) {
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
typedef struct digits_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} digits_safetensors_reader;

DIGITS_INLINE int digits_safetensors_fail(digits_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
DIGITS_INLINE int digits_safetensors_peek(digits_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

DIGITS_INLINE int digits_safetensors_accept(digits_safetensors_reader *r, int c) {
  if (digits_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

DIGITS_INLINE int digits_safetensors_expect(digits_safetensors_reader *r, int c, const char *problem) {
  return digits_safetensors_accept(r, c) || digits_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
DIGITS_INLINE long digits_safetensors_hex(const unsigned char *p) {
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
DIGITS_INLINE int digits_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
DIGITS_INLINE size_t digits_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = digits_utf8_length(p, end);
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
  long code = left < 6 ? -1 : digits_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : digits_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

DIGITS_INLINE int digits_safetensors_string(digits_safetensors_reader *r, digits_safetensors_text *text) {
  if (!digits_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && digits_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = digits_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return digits_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return digits_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

DIGITS_INLINE int digits_safetensors_integer(digits_safetensors_reader *r, size_t *value) {
  int c = digits_safetensors_peek(r);
  if (c < '0' || c > '9') return digits_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return digits_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return digits_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int digits_safetensors_equals(digits_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = digits_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t digits_safetensors_copy(digits_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = digits_safetensors_character(p, end, utf8, &count);
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
DIGITS_INLINE uint64_t digits_safetensors_hash(digits_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && digits_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = digits_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see digits.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { DIGITS_SAFETENSORS_HEADER = 100000000, DIGITS_SAFETENSORS_NAMES = 32768, DIGITS_SAFETENSORS_CHUNK = 2048 };

DIGITS_INLINE int digits_safetensors_dtype(digits_safetensors_reader *r, digits_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  digits_safetensors_text text;
  if (!digits_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (digits_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return digits_safetensors_fail(r, "this dtype is not known");
}

DIGITS_INLINE int digits_safetensors_shape(digits_safetensors_reader *r, digits_safetensor *tensor) {
  if (!digits_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (digits_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!digits_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return digits_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (digits_safetensors_accept(r, ','));
  return digits_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
DIGITS_INLINE int digits_safetensors_offsets(digits_safetensors_reader *r, size_t *begin, size_t *end) {
  return digits_safetensors_expect(r, '[', "[ is expected") && digits_safetensors_integer(r, begin) &&
         digits_safetensors_expect(r, ',', ", is expected between the two offsets") && digits_safetensors_integer(r, end) &&
         digits_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
DIGITS_INLINE int digits_safetensors_value(digits_safetensors_reader *r, const digits_safetensors *file,
                                           digits_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!digits_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    digits_safetensors_text key;
    if (!digits_safetensors_string(r, &key) || !digits_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = digits_safetensors_equals(key, "dtype")          ? DTYPE
                     : digits_safetensors_equals(key, "shape")        ? SHAPE
                     : digits_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return digits_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? digits_safetensors_dtype(r, tensor)
          : field == SHAPE ? digits_safetensors_shape(r, tensor)
                           : digits_safetensors_offsets(r, &begin, &end))) return 0;
  } while (digits_safetensors_accept(r, ','));
  if (!digits_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return digits_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return digits_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return digits_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int digits_safetensors_next_metadata(const digits_safetensors *file, size_t *cursor,
                                     digits_safetensors_text *key, digits_safetensors_text *value) {
  digits_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || digits_safetensors_peek(&r) == '}') return 0;
  if (!digits_safetensors_string(&r, key) || !digits_safetensors_expect(&r, ':', ": is expected") ||
      !digits_safetensors_string(&r, value)) return 0;
  digits_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int digits_safetensors_next(const digits_safetensors *file, size_t *cursor, digits_safetensor *tensor) {
  digits_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (digits_safetensors_peek(&r) == '"') {
    if (!digits_safetensors_string(&r, &tensor->name) || !digits_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = digits_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      digits_safetensors_text key, value;
      for (r.at = file->metadata; digits_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      digits_safetensors_accept(&r, '}');
    } else if (!digits_safetensors_value(&r, file, tensor)) return 0;
    digits_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int digits_safetensors_find(const digits_safetensors *file, size_t *cursor, const char *name,
                            digits_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && digits_safetensors_next(file, cursor, tensor))
      if (digits_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int digits_safetensors_find_metadata(const digits_safetensors *file, size_t *cursor, const char *name,
                                     digits_safetensors_text *value) {
  size_t start = *cursor;
  digits_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && digits_safetensors_next_metadata(file, cursor, &key, value))
      if (digits_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct digits_safetensors_keys {
  uint64_t keys[DIGITS_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} digits_safetensors_keys;

DIGITS_INLINE void digits_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

DIGITS_INLINE void digits_safetensors_offer(digits_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < DIGITS_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == DIGITS_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) digits_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    digits_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
DIGITS_INLINE int digits_safetensors_settle(digits_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) digits_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    digits_safetensors_sift(list->keys, n, 0);
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
DIGITS_INLINE const char *digits_safetensors_unique(const digits_safetensors *file, size_t names) {
  digits_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += DIGITS_SAFETENSORS_CHUNK) {
    digits_safetensor tensor;
    digits_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; digits_safetensors_next_metadata(file, &cursor, &key, &value);)
      digits_safetensors_offer(&list[0], digits_safetensors_hash(key, 1));
    for (size_t cursor = 0; digits_safetensors_next(file, &cursor, &tensor);) {
      digits_safetensors_offer(&list[0], digits_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      digits_safetensors_offer(&list[1], tensor.offset);
      digits_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!digits_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = digits_safetensors_settle(&list[1]) & digits_safetensors_settle(&list[2]);
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
DIGITS_INLINE int digits_safetensors_header(digits_safetensors_reader *r, digits_safetensors *file, size_t *names) {
  if (!digits_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (digits_safetensors_accept(r, '}')) return 1;
  do {
    digits_safetensor tensor;
    if (!digits_safetensors_string(r, &tensor.name) || !digits_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!digits_safetensors_equals(tensor.name, "__metadata__")) {
      if (!digits_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return digits_safetensors_fail(r, "__metadata__ occurs twice");
      if (!digits_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (digits_safetensors_accept(r, '}')) continue;
      do {
        digits_safetensors_text key, value;
        if (!digits_safetensors_string(r, &key) || !digits_safetensors_expect(r, ':', ": is expected") ||
            !digits_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (digits_safetensors_accept(r, ','));
      if (!digits_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > DIGITS_SAFETENSORS_NAMES) return digits_safetensors_fail(r, "there are more than 32768 names");
  } while (digits_safetensors_accept(r, ','));
  return digits_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *digits_safetensors_open(const void *bytes, size_t size, digits_safetensors *file) {
  const digits_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > DIGITS_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  digits_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') digits_safetensors_fail(&r, "the header does not begin with {");
  else if (digits_safetensors_header(&r, file, &names) && (digits_safetensors_peek(&r), r.at != r.end))
    digits_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = digits_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int digits_safetensors_read(const digits_safetensor *tensor, size_t first, size_t count, digits_real *values) {
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
    values[i] = (digits_real)value;
  }
  return 1;
}

#if defined(DIGITS_PROFILE)
DIGITS_INLINE void digits_lap(digits_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define DIGITS_LAP(object, kernel) digits_lap((object)->profile, kernel)
#else
#define DIGITS_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct digits_parameters {
  uint64_t tag;
  float *values; /* [50826] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct digits_context {
  uint64_t tag;
  size_t max_rows;
  digits_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIGITS_PROFILE)
  digits_profile *profile;
#endif
};

struct digits_trainer {
  uint64_t tag;
  size_t max_rows;
  digits_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  digits_parameters *parameters;
  float *gradients; /* [50826] */
  float *slots;     /* [101652] */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIGITS_PROFILE)
  digits_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void digits_released(const digits_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { DIGITS_TENSORS = 6 };
static const digits_tensor_info digits_tensors_table[] = {
  {"dense/kernel", 2, {64, 256}, 0, 16384, 1},
  {"dense/bias", 1, {256}, 16384, 256, 1},
  {"dense_1/kernel", 2, {256, 128}, 16640, 32768, 1},
  {"dense_1/bias", 1, {128}, 49408, 128, 1},
  {"dense_2/kernel", 2, {128, 10}, 49536, 1280, 1},
  {"dense_2/bias", 1, {10}, 50816, 10, 1},
};

enum { DIGITS_SLOTS = 12 };
static const digits_tensor_info digits_slots_table[] = {
  {"adam/dense/kernel/momentum", 2, {64, 256}, 0, 16384, 0},
  {"adam/dense/kernel/velocity", 2, {64, 256}, 16384, 16384, 0},
  {"adam/dense/bias/momentum", 1, {256}, 32768, 256, 0},
  {"adam/dense/bias/velocity", 1, {256}, 33024, 256, 0},
  {"adam/dense_1/kernel/momentum", 2, {256, 128}, 33280, 32768, 0},
  {"adam/dense_1/kernel/velocity", 2, {256, 128}, 66048, 32768, 0},
  {"adam/dense_1/bias/momentum", 1, {128}, 98816, 128, 0},
  {"adam/dense_1/bias/velocity", 1, {128}, 98944, 128, 0},
  {"adam/dense_2/kernel/momentum", 2, {128, 10}, 99072, 1280, 0},
  {"adam/dense_2/kernel/velocity", 2, {128, 10}, 100352, 1280, 0},
  {"adam/dense_2/bias/momentum", 1, {10}, 101632, 10, 0},
  {"adam/dense_2/bias/velocity", 1, {10}, 101642, 10, 0},
};

/* relu[rows, 256] = matmul + add + relu
 * model.swift:5:3 */
static void digits_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64] */,
    const float *restrict kernel /* [64, 256] */,
    const float *restrict bias /* [256] */,
    float *restrict relu /* [rows, 256] */,
    const float *restrict packed /* [16384] */) {
  if (rows <= (packed ? 1 : DIGITS_FEW)) {
    const digits_share share = digits_share_of(part, parts, rows, 256, 1);
    const size_t first = share.left, last = share.right;
    if (packed) digits_line(64, 256, first, last, x, 1, packed, relu);
    else digits_few(rows, 64, last - first, x, 64, 1, kernel + first, 256, relu + first, 256);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 256 + j];
        const float add = sum + bias[j];
        const float relu_2 = digits_maximum(add, 0.0f);
        relu[i * 256 + j] = relu_2;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 256, 0);
    DIGITS_ALIGNED float own[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 64 - k0 < DIGITS_TILE_K ? 64 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = DIGITS_TILE_N;
          const float *const panel = packed ? packed + k0 * 256 + n0 * depth : own;
          if (!packed) digits_pack(depth, width, kernel + k0 * 256 + n0, 256, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, x + m0 * 64 + k0, 64, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = digits_maximum(add, 0.0f);
                relu[i * 256 + j] = relu_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 64);
  }
}

struct digits_dense_forward_call {
  size_t rows;
  const float *x;
  const float *kernel;
  const float *bias;
  float *relu;
  const float *packed;
};

static void digits_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_forward_call *const call = given;
  digits_dense_forward(part, parts, call->rows, call->x, call->kernel, call->bias, call->relu, call->packed);
}

/* relu_2[rows, 128] = matmul + add + relu
 * model.swift:7:3 */
static void digits_dense_1_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 256] */,
    const float *restrict kernel /* [256, 128] */,
    const float *restrict bias /* [128] */,
    float *restrict relu_2 /* [rows, 128] */,
    const float *restrict packed /* [32768] */) {
  if (rows <= (packed ? 1 : DIGITS_FEW)) {
    const digits_share share = digits_share_of(part, parts, rows, 128, 1);
    const size_t first = share.left, last = share.right;
    if (packed) digits_line(256, 128, first, last, relu, 1, packed, relu_2);
    else digits_few(rows, 256, last - first, relu, 256, 1, kernel + first, 128, relu_2 + first, 128);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu_2[i * 128 + j];
        const float add = sum + bias[j];
        const float relu_3 = digits_maximum(add, 0.0f);
        relu_2[i * 128 + j] = relu_3;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 128, 0);
    DIGITS_ALIGNED float own[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 256 - k0 < DIGITS_TILE_K ? 256 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = DIGITS_TILE_N;
          const float *const panel = packed ? packed + k0 * 128 + n0 * depth : own;
          if (!packed) digits_pack(depth, width, kernel + k0 * 128 + n0, 128, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, relu + m0 * 256 + k0, 256, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_3 = digits_maximum(add, 0.0f);
                relu_2[i * 128 + j] = relu_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 256);
  }
}

struct digits_dense_1_forward_call {
  size_t rows;
  const float *relu;
  const float *kernel;
  const float *bias;
  float *relu_2;
  const float *packed;
};

static void digits_dense_1_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_1_forward_call *const call = given;
  digits_dense_1_forward(part, parts, call->rows, call->relu, call->kernel, call->bias, call->relu_2, call->packed);
}

/* add[rows, 10] = matmul + add
 * model.swift:9:3 */
static void digits_dense_2_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 128] */,
    const float *restrict kernel /* [128, 10] */,
    const float *restrict bias /* [10] */,
    float *restrict add /* [rows, 10] */,
    const float *restrict packed /* [4096] */) {
  if (rows <= (packed ? 1 : DIGITS_FEW)) {
    const digits_share share = digits_share_of(part, parts, rows, 10, 1);
    const size_t first = share.left, last = share.right;
    if (packed) digits_line(128, 10, first, last, relu, 1, packed, add);
    else digits_few(rows, 128, last - first, relu, 128, 1, kernel + first, 10, add + first, 10);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 10 + j];
        const float add_2 = sum + bias[j];
        add[i * 10 + j] = add_2;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 10, 0);
    DIGITS_ALIGNED float own[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < DIGITS_TILE_K ? 128 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = 10 - n0 < DIGITS_TILE_N ? 10 - n0 : DIGITS_TILE_N;
          const float *const panel = packed ? packed + k0 * ((10 + DIGITS_TILE_N - 1) / DIGITS_TILE_N * DIGITS_TILE_N) + n0 * depth : own;
          if (!packed) digits_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, relu + m0 * 128 + k0, 128, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 10 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 128);
  }
}

struct digits_dense_2_forward_call {
  size_t rows;
  const float *relu;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void digits_dense_2_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_2_forward_call *const call = given;
  digits_dense_2_forward(part, parts, call->rows, call->relu, call->kernel, call->bias, call->add, call->packed);
}

/* dense_2[rows, 10] = softmax
 * model.swift:9:3 */
static void digits_dense_2_forward_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict dense_2 /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      dense_2[i0 * 10 + j] = digits_exp_falling(add[i0 * 10 + j] - largest);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += dense_2[i0 * 10 + j];
    }
    for (size_t j = 0; j < 10; j++) {
      dense_2[i0 * 10 + j] = dense_2[i0 * 10 + j] / total;
    }
  }
}

/* kernel[64, 256] as dense_forward multiplies it
 * model.swift:5:3 */
static void digits_dense_forward_pack(const digits_release *restrict release,
    const float *restrict kernel /* [64, 256] */,
    float *restrict packed /* [16384] */) {
  for (size_t k0 = 0; k0 < 64; k0 += DIGITS_TILE_K) {
    const size_t depth = 64 - k0 < DIGITS_TILE_K ? 64 - k0 : DIGITS_TILE_K;
    for (size_t n0 = 0; n0 < 256; n0 += DIGITS_TILE_N) {
      const size_t width = DIGITS_TILE_N;
      digits_pack(depth, width, kernel + k0 * 256 + n0, 256, 1, packed + k0 * 256 + n0 * depth);
    }
    digits_released(release, kernel + k0 * 256, depth * 256);
  }
}

/* kernel[256, 128] as dense_1_forward multiplies it
 * model.swift:7:3 */
static void digits_dense_1_forward_pack(const digits_release *restrict release,
    const float *restrict kernel /* [256, 128] */,
    float *restrict packed /* [32768] */) {
  for (size_t k0 = 0; k0 < 256; k0 += DIGITS_TILE_K) {
    const size_t depth = 256 - k0 < DIGITS_TILE_K ? 256 - k0 : DIGITS_TILE_K;
    for (size_t n0 = 0; n0 < 128; n0 += DIGITS_TILE_N) {
      const size_t width = DIGITS_TILE_N;
      digits_pack(depth, width, kernel + k0 * 128 + n0, 128, 1, packed + k0 * 128 + n0 * depth);
    }
    digits_released(release, kernel + k0 * 128, depth * 128);
  }
}

/* kernel[128, 10] as dense_2_forward multiplies it
 * model.swift:9:3 */
static void digits_dense_2_forward_pack(const digits_release *restrict release,
    const float *restrict kernel /* [128, 10] */,
    float *restrict packed /* [4096] */) {
  for (size_t k0 = 0; k0 < 128; k0 += DIGITS_TILE_K) {
    const size_t depth = 128 - k0 < DIGITS_TILE_K ? 128 - k0 : DIGITS_TILE_K;
    for (size_t n0 = 0; n0 < 10; n0 += DIGITS_TILE_N) {
      const size_t width = 10 - n0 < DIGITS_TILE_N ? 10 - n0 : DIGITS_TILE_N;
      digits_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, packed + k0 * ((10 + DIGITS_TILE_N - 1) / DIGITS_TILE_N * DIGITS_TILE_N) + n0 * depth);
    }
    digits_released(release, kernel + k0 * 10, depth * 10);
  }
}

/* softmax[rows, 10] = softmax
 * model.swift:9:3 */
static void digits_dense_2_forward_2_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict softmax /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      softmax[i0 * 10 + j] = digits_exp_falling(add[i0 * 10 + j] - largest);
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
static void digits_loss_forward(size_t rows,
    const float *restrict add /* [rows, 10] */,
    const int32_t *restrict y /* [rows] */,
    float *restrict softmax_cross_entropy /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_maximum(largest, add[i0 * 10 + j]);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += digits_exp_falling(add[i0 * 10 + j] - largest);
    }
    const float log_total = largest + digits_log(total);
    softmax_cross_entropy[i0] = log_total - add[i0 * 10 + (size_t)y[i0]];
  }
}

/* sum_2[] = sum
 * model.swift:12:18 */
static void digits_loss_forward_2(size_t rows,
    const float *restrict softmax_cross_entropy /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIGITS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += softmax_cross_entropy[i];
    }
  }
  float total = digits_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += softmax_cross_entropy[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = divide
 * model.swift:12:18 */
static void digits_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */) {
  const float divide = sum_2[0] / row_count[0];
  sum_2[0] = divide;
}

/* argmax[rows] = argmax
 * model.swift:12:18 */
static void digits_loss_forward_3(size_t rows,
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
static void digits_loss_forward_accuracy(size_t rows,
    const int32_t *restrict y /* [rows] */,
    const float *restrict argmax /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIGITS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
      total_lanes[lane] += compare;
    }
  }
  float total = digits_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
    total += compare;
  }
  sum_2[0] = total;
}

/* dropout[rows, 64] = dropout
 * model.swift:4:3 */
static void digits_dropout_backward(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict x /* [rows, 64] */,
    float *restrict dropout /* [rows, 64] */) {
  for (size_t i = part * (rows * 64) / parts; i < (part + 1) * (rows * 64) / parts; i++) {
    const float dropout_2 = digits_uniform(seed, 1u, step, (uint64_t)i) >= 0.100000024f ? x[i] * 1.1111112f : 0.0f;
    dropout[i] = dropout_2;
  }
}

struct digits_dropout_backward_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *x;
  float *dropout;
};

static void digits_dropout_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_dropout_backward_call *const call = given;
  digits_dropout_backward(part, parts, call->rows, call->seed, call->step, call->x, call->dropout);
}

/* relu[rows, 256], dropout_2[rows, 256] = matmul + add + relu + dropout
 * model.swift:5:3, model.swift:6:3 */
static void digits_dense_backward(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict dropout /* [rows, 64] */,
    const float *restrict kernel /* [64, 256] */,
    const float *restrict bias /* [256] */,
    float *restrict relu /* [rows, 256] */,
    float *restrict dropout_2 /* [rows, 256] */) {
  if (rows <= DIGITS_FEW) {
    const digits_share share = digits_share_of(part, parts, rows, 256, 1);
    const size_t first = share.left, last = share.right;
    digits_few(rows, 64, last - first, dropout, 64, 1, kernel + first, 256, relu + first, 256);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 256 + j];
        const float add = sum + bias[j];
        const float relu_2 = digits_maximum(add, 0.0f);
        const float dropout_3 = digits_uniform(seed, 2u, step, (uint64_t)(i * 256 + j)) >= 0.40000004f ? relu_2 * 1.6666666f : 0.0f;
        relu[i * 256 + j] = relu_2;
        dropout_2[i * 256 + j] = dropout_3;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 256, 0);
    DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 64 - k0 < DIGITS_TILE_K ? 64 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = DIGITS_TILE_N;
          digits_pack(depth, width, kernel + k0 * 256 + n0, 256, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, dropout + m0 * 64 + k0, 64, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = digits_maximum(add, 0.0f);
                const float dropout_3 = digits_uniform(seed, 2u, step, (uint64_t)(i * 256 + j)) >= 0.40000004f ? relu_2 * 1.6666666f : 0.0f;
                relu[i * 256 + j] = relu_2;
                dropout_2[i * 256 + j] = dropout_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 64);
  }
}

struct digits_dense_backward_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *dropout;
  const float *kernel;
  const float *bias;
  float *relu;
  float *dropout_2;
};

static void digits_dense_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_backward_call *const call = given;
  digits_dense_backward(part, parts, call->rows, call->seed, call->step, call->dropout, call->kernel, call->bias, call->relu, call->dropout_2);
}

/* relu[rows, 128], dropout_2[rows, 128] = matmul + add + relu + dropout
 * model.swift:7:3, model.swift:8:3 */
static void digits_dense_1_backward(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict dropout /* [rows, 256] */,
    const float *restrict kernel /* [256, 128] */,
    const float *restrict bias /* [128] */,
    float *restrict relu /* [rows, 128] */,
    float *restrict dropout_2 /* [rows, 128] */) {
  if (rows <= DIGITS_FEW) {
    const digits_share share = digits_share_of(part, parts, rows, 128, 1);
    const size_t first = share.left, last = share.right;
    digits_few(rows, 256, last - first, dropout, 256, 1, kernel + first, 128, relu + first, 128);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = relu[i * 128 + j];
        const float add = sum + bias[j];
        const float relu_2 = digits_maximum(add, 0.0f);
        const float dropout_3 = digits_uniform(seed, 3u, step, (uint64_t)(i * 128 + j)) >= 0.40000004f ? relu_2 * 1.6666666f : 0.0f;
        relu[i * 128 + j] = relu_2;
        dropout_2[i * 128 + j] = dropout_3;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 128, 0);
    DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 256 - k0 < DIGITS_TILE_K ? 256 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = DIGITS_TILE_N;
          digits_pack(depth, width, kernel + k0 * 128 + n0, 128, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, dropout + m0 * 256 + k0, 256, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add = sum + bias[j];
                const float relu_2 = digits_maximum(add, 0.0f);
                const float dropout_3 = digits_uniform(seed, 3u, step, (uint64_t)(i * 128 + j)) >= 0.40000004f ? relu_2 * 1.6666666f : 0.0f;
                relu[i * 128 + j] = relu_2;
                dropout_2[i * 128 + j] = dropout_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 256);
  }
}

struct digits_dense_1_backward_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *dropout;
  const float *kernel;
  const float *bias;
  float *relu;
  float *dropout_2;
};

static void digits_dense_1_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_1_backward_call *const call = given;
  digits_dense_1_backward(part, parts, call->rows, call->seed, call->step, call->dropout, call->kernel, call->bias, call->relu, call->dropout_2);
}

/* add[rows, 10] = matmul + add
 * model.swift:9:3 */
static void digits_dense_2_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 128] */,
    const float *restrict kernel /* [128, 10] */,
    const float *restrict bias /* [10] */,
    float *restrict add /* [rows, 10] */) {
  if (rows <= DIGITS_FEW) {
    const digits_share share = digits_share_of(part, parts, rows, 10, 1);
    const size_t first = share.left, last = share.right;
    digits_few(rows, 128, last - first, dropout, 128, 1, kernel + first, 10, add + first, 10);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 10 + j];
        const float add_2 = sum + bias[j];
        add[i * 10 + j] = add_2;
      }
    }
  }
  else {
    const digits_share share = digits_share_of(part, parts, rows, 10, 0);
    DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < DIGITS_TILE_K ? 128 - k0 : DIGITS_TILE_K;
      const digits_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
        const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
          const size_t width = 10 - n0 < DIGITS_TILE_N ? 10 - n0 : DIGITS_TILE_N;
          digits_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_height(last - m0);
            DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
            digits_tile_new(&along, height, width, dropout + m0 * 128 + k0, 128, 1, panel, tile, DIGITS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 10 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_TILE_K) < 128);
  }
}

struct digits_dense_2_backward_call {
  size_t rows;
  const float *dropout;
  const float *kernel;
  const float *bias;
  float *add;
};

static void digits_dense_2_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_2_backward_call *const call = given;
  digits_dense_2_backward(part, parts, call->rows, call->dropout, call->kernel, call->bias, call->add);
}

/* multiply[rows, 10], bias_gradient[10] = one_hot + subtract + multiply + sum
 * model.swift:12:18, model.swift:9:3 */
static void digits_loss_backward_bias(size_t rows,
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
static void digits_dense_2_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 128] */,
    const float *restrict multiply /* [rows, 10] */,
    float *restrict kernel_gradient /* [128, 10] */) {
  const digits_share share = digits_share_of(part, parts, 128, 10, 0);
  DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIGITS_TILE_K ? rows - k0 : DIGITS_TILE_K;
    const digits_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
      const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
        const size_t width = 10 - n0 < DIGITS_TILE_N ? 10 - n0 : DIGITS_TILE_N;
        digits_pack(depth, width, multiply + k0 * 10 + n0, 10, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_height(last - m0);
          DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
          digits_tile_new(&along, height, width, dropout + m0 + k0 * 128, 1, 128, panel, tile, DIGITS_TILE_N);
          for (size_t r = 0; r < height; r++)
            DIGITS_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[(m0 + r) * 10 + n0 + s] = tile[r * DIGITS_TILE_N + s];
        }
      }
    }
  } while ((k0 += DIGITS_TILE_K) < rows);
}

struct digits_dense_2_backward_kernel_call {
  size_t rows;
  const float *dropout;
  const float *multiply;
  float *kernel_gradient;
};

static void digits_dense_2_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_2_backward_kernel_call *const call = given;
  digits_dense_2_backward_kernel(part, parts, call->rows, call->dropout, call->multiply, call->kernel_gradient);
}

/* select[rows, 128], bias_gradient[128] = matmul + dropout + compare + select + sum
 * model.swift:9:3, model.swift:8:3, model.swift:7:3 */
static void digits_dense_2_backward_bias(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict multiply /* [rows, 10] */,
    const float *restrict kernel /* [128, 10] */,
    const float *restrict relu /* [rows, 128] */,
    float *restrict select /* [rows, 128] */,
    float *restrict bias_gradient /* [128] */) {
  const digits_share share = digits_share_of(part, parts, rows, 128, 1);
  DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
  for (size_t j = share.left; j < share.right; j++) {
    bias_gradient[j] = 0.0f;
  }
  size_t k0 = 0;
  do {
    const size_t depth = 10 - k0 < DIGITS_TILE_K ? 10 - k0 : DIGITS_TILE_K;
    const digits_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
      const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
        const size_t width = DIGITS_TILE_N;
        digits_pack(depth, width, kernel + k0 + n0 * 10, 1, 10, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_height(last - m0);
          DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
          digits_tile_new(&along, height, width, multiply + m0 * 10 + k0, 10, 1, panel, tile, DIGITS_TILE_N);
          for (size_t r = 0; r < height; r++) {
            DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * DIGITS_TILE_N + s];
              const float compare = relu[i * 128 + j] > 0.0f ? 1.0f : 0.0f;
              const float dropout = digits_uniform(seed, 3u, step, (uint64_t)(i * 128 + j)) >= 0.40000004f ? sum * 1.6666666f : 0.0f;
              const float select_2 = compare != 0.0f ? dropout : 0.0f;
              select[i * 128 + j] = select_2;
              bias_gradient[j] += select_2;
            }
          }
        }
      }
    }
  } while ((k0 += DIGITS_TILE_K) < 10);
}

struct digits_dense_2_backward_bias_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *multiply;
  const float *kernel;
  const float *relu;
  float *select;
  float *bias_gradient;
};

static void digits_dense_2_backward_bias_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_2_backward_bias_call *const call = given;
  digits_dense_2_backward_bias(part, parts, call->rows, call->seed, call->step, call->multiply, call->kernel, call->relu, call->select, call->bias_gradient);
}

/* kernel_gradient[256, 128] = matmul
 * model.swift:7:3 */
static void digits_dense_1_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 256] */,
    const float *restrict select /* [rows, 128] */,
    float *restrict kernel_gradient /* [256, 128] */) {
  const digits_share share = digits_lines_of(part, parts, 256, 128);
  DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIGITS_TILE_K ? rows - k0 : DIGITS_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
      const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
        const size_t width = DIGITS_TILE_N;
        digits_pack(depth, width, select + k0 * 128 + n0, 128, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_height(last - m0);
          digits_tile_across(0, depth, height, dropout + m0 + k0 * 256, 256, panel, kernel_gradient + m0 * 128 + n0, 128);
        }
      }
    }
  } while ((k0 += DIGITS_TILE_K) < rows);
}

struct digits_dense_1_backward_kernel_call {
  size_t rows;
  const float *dropout;
  const float *select;
  float *kernel_gradient;
};

static void digits_dense_1_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_1_backward_kernel_call *const call = given;
  digits_dense_1_backward_kernel(part, parts, call->rows, call->dropout, call->select, call->kernel_gradient);
}

/* select_2[rows, 256], bias_gradient[256] = matmul + dropout + compare + select + sum
 * model.swift:7:3, model.swift:6:3, model.swift:5:3 */
static void digits_dense_1_backward_bias(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict select /* [rows, 128] */,
    const float *restrict kernel /* [256, 128] */,
    const float *restrict relu /* [rows, 256] */,
    float *restrict select_2 /* [rows, 256] */,
    float *restrict bias_gradient /* [256] */) {
  const digits_share share = digits_share_of(part, parts, rows, 256, 1);
  DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
  for (size_t j = share.left; j < share.right; j++) {
    bias_gradient[j] = 0.0f;
  }
  size_t k0 = 0;
  do {
    const size_t depth = 128 - k0 < DIGITS_TILE_K ? 128 - k0 : DIGITS_TILE_K;
    const digits_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
      const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
        const size_t width = DIGITS_TILE_N;
        digits_pack(depth, width, kernel + k0 + n0 * 128, 1, 128, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_height(last - m0);
          digits_fetch(height, relu, m0 * 256 + n0, 256);
          digits_fetch_to_write(height, select_2, m0 * 256 + n0, 256);
          DIGITS_ALIGNED float tile[DIGITS_TILE_M * DIGITS_TILE_N];
          digits_tile_new(&along, height, width, select + m0 * 128 + k0, 128, 1, panel, tile, DIGITS_TILE_N);
          for (size_t r = 0; r < height; r++) {
            DIGITS_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * DIGITS_TILE_N + s];
              const float compare = relu[i * 256 + j] > 0.0f ? 1.0f : 0.0f;
              const float dropout = digits_uniform(seed, 2u, step, (uint64_t)(i * 256 + j)) >= 0.40000004f ? sum * 1.6666666f : 0.0f;
              const float select_3 = compare != 0.0f ? dropout : 0.0f;
              select_2[i * 256 + j] = select_3;
              bias_gradient[j] += select_3;
            }
          }
        }
      }
    }
  } while ((k0 += DIGITS_TILE_K) < 128);
}

struct digits_dense_1_backward_bias_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *select;
  const float *kernel;
  const float *relu;
  float *select_2;
  float *bias_gradient;
};

static void digits_dense_1_backward_bias_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_1_backward_bias_call *const call = given;
  digits_dense_1_backward_bias(part, parts, call->rows, call->seed, call->step, call->select, call->kernel, call->relu, call->select_2, call->bias_gradient);
}

/* kernel_gradient[64, 256] = matmul
 * model.swift:5:3 */
static void digits_dense_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 64] */,
    const float *restrict select /* [rows, 256] */,
    float *restrict kernel_gradient /* [64, 256] */) {
  const digits_share share = digits_share_of(part, parts, 64, 256, 0);
  DIGITS_ALIGNED float panel[DIGITS_TILE_K * DIGITS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIGITS_TILE_K ? rows - k0 : DIGITS_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += DIGITS_LINES) {
      const size_t last = share.bottom - first < DIGITS_LINES ? share.bottom : first + DIGITS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_TILE_N) {
        const size_t width = DIGITS_TILE_N;
        digits_pack(depth, width, select + k0 * 256 + n0, 256, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_height(last - m0);
          digits_tile_across(0, depth, height, dropout + m0 + k0 * 64, 64, panel, kernel_gradient + m0 * 256 + n0, 256);
        }
      }
    }
  } while ((k0 += DIGITS_TILE_K) < rows);
}

struct digits_dense_backward_kernel_call {
  size_t rows;
  const float *dropout;
  const float *select;
  float *kernel_gradient;
};

static void digits_dense_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_backward_kernel_call *const call = given;
  digits_dense_backward_kernel(part, parts, call->rows, call->dropout, call->select, call->kernel_gradient);
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:12:18 */
static void digits_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = digits_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[64, 256], velocity[64, 256], kernel[64, 256] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void digits_dense_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [64, 256] */,
    const float *restrict kernel_gradient /* [64, 256] */,
    float *restrict velocity /* [64, 256] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [64, 256] */) {
  for (size_t i = part * (16384) / parts; i < (part + 1) * (16384) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_dense_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_dense_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_update_kernel_call *const call = given;
  digits_dense_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[256], velocity[256], bias[256] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void digits_dense_update_bias(float *restrict momentum /* [256] */,
    const float *restrict bias_gradient /* [256] */,
    float *restrict velocity /* [256] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [256] */) {
  for (size_t i = 0; i < 256; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[256, 128], velocity[256, 128], kernel[256, 128] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:7:3 */
static void digits_dense_1_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [256, 128] */,
    const float *restrict kernel_gradient /* [256, 128] */,
    float *restrict velocity /* [256, 128] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [256, 128] */) {
  for (size_t i = part * (32768) / parts; i < (part + 1) * (32768) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_dense_1_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_dense_1_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_1_update_kernel_call *const call = given;
  digits_dense_1_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[128], velocity[128], bias[128] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:7:3 */
static void digits_dense_1_update_bias(float *restrict momentum /* [128] */,
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
    const float sqrt_2 = digits_sqrt(add_2);
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
static void digits_dense_2_update_kernel(size_t part,
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
    const float sqrt_2 = digits_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_dense_2_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_dense_2_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_dense_2_update_kernel_call *const call = given;
  digits_dense_2_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[10], velocity[10], bias[10] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:9:3 */
static void digits_dense_2_update_bias(float *restrict momentum /* [10] */,
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
    const float sqrt_2 = digits_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

const char *digits_status_string(digits_status status) {
  switch (status) {
    case DIGITS_OK: return "done";
    case DIGITS_ERROR_ARGUMENT: return "a null pointer";
    case DIGITS_ERROR_ALIGNMENT: return "memory is not aligned";
    case DIGITS_ERROR_MEMORY: return "memory is too small";
    case DIGITS_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case DIGITS_ERROR_FORMAT: return "not a valid safetensors file";
    case DIGITS_ERROR_MODEL: return "tensors of another model";
    case DIGITS_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case DIGITS_ERROR_LABEL: return "a class number outside its range";
    case DIGITS_ERROR_IO: return "reading or writing failed: see errno";
    case DIGITS_ERROR_CHECKSUM: return "damaged file";
    case DIGITS_ERROR_THREADS: return "a thread cannot be started";
    case DIGITS_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case DIGITS_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { DIGITS_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t digits_tag = UINT64_C(0x5e7735c455239ed2);

static digits_status digits_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return DIGITS_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIGITS_ALIGNMENT != 0) return DIGITS_ERROR_ALIGNMENT;
  return bytes < needed ? DIGITS_ERROR_MEMORY : DIGITS_OK;
}

DIGITS_APART int digits_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

digits_status digits_parameters_init(void *memory, size_t bytes, uint64_t seed, digits_parameters **out) {
  if (!out) return DIGITS_ERROR_ARGUMENT;
  const digits_status status = digits_check_memory(memory, bytes, DIGITS_PARAMETERS_BYTES);
  if (status != DIGITS_OK) return status;
  digits_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + DIGITS_OBJECT_BYTES);
  parameters->tag = digits_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  digits_fill_uniform(values, 16384, seed, 0u, -0.13693064f, 0.13693064f); /* dense/kernel */
  digits_fill_constant(values + 16384, 256, 0.0f); /* dense/bias */
  digits_fill_uniform(values + 16640, 32768, seed, 2u, -0.125f, 0.125f); /* dense_1/kernel */
  digits_fill_constant(values + 49408, 128, 0.0f); /* dense_1/bias */
  digits_fill_uniform(values + 49536, 1280, seed, 4u, -0.2085144f, 0.2085144f); /* dense_2/kernel */
  digits_fill_constant(values + 50816, 10, 0.0f); /* dense_2/bias */
  *out = parameters;
  return DIGITS_OK;
}

const digits_tensor_info *digits_tensors(size_t *count) {
  if (count) *count = DIGITS_TENSORS;
  return digits_tensors_table;
}

digits_real *digits_parameters_values(digits_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static digits_status digits_open(const digits_tensor_info *table, size_t count, const void *bytes, size_t size, digits_safetensors *file) {
  digits_safetensor tensor;
  if (!bytes) return DIGITS_ERROR_ARGUMENT;
  if (digits_safetensors_open(bytes, size, file)) return DIGITS_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!digits_safetensors_find(file, &cursor, table[i].name, &tensor)) return DIGITS_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return DIGITS_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return DIGITS_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return DIGITS_ERROR_FORMAT;
  }
  return DIGITS_OK;
}

/* Reads every tensor of the table into values, or none. */
static digits_status digits_load(const digits_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  digits_safetensors file;
  digits_safetensor tensor;
  if (!values) return DIGITS_ERROR_ARGUMENT;
  const digits_status status = digits_open(table, count, bytes, size, &file);
  if (status != DIGITS_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (digits_safetensors_find(&file, &cursor, table[i].name, &tensor))
      digits_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return DIGITS_OK;
}

digits_status digits_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, digits_parameters **out) {
  if (!out) return DIGITS_ERROR_ARGUMENT;
  digits_status status = digits_check_memory(memory, bytes, DIGITS_VIEW_BYTES);
  digits_safetensors file;
  digits_safetensor tensor;
  if (status == DIGITS_OK) status = digits_open(digits_tensors_table, DIGITS_TENSORS, safetensors, size, &file);
  if (status != DIGITS_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return DIGITS_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < DIGITS_TENSORS; i++) {
    const digits_tensor_info *const wanted = &digits_tensors_table[i];
    if (!digits_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != DIGITS_REAL_BITS) return DIGITS_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return DIGITS_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return DIGITS_ERROR_ALIGNMENT;
  digits_parameters *const parameters = memory;
  parameters->tag = digits_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return DIGITS_OK;
}

digits_status digits_parameters_load(digits_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return DIGITS_ERROR_ARGUMENT;
  if (parameters->is_view) return DIGITS_ERROR_VIEW;
  parameters->prepared = NULL;
  return digits_load(digits_tensors_table, DIGITS_TENSORS, parameters->values, safetensors, bytes);
}

digits_status digits_context_init(void *memory, size_t bytes, const digits_config *config, digits_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIGITS_MAX_ROWS;
  if (!out) return DIGITS_ERROR_ARGUMENT;
  if (max_rows > DIGITS_MAX_ROWS) return DIGITS_ERROR_ROWS;
  const digits_status status = digits_check_memory(memory, bytes, DIGITS_CONTEXT_BYTES(max_rows));
  if (status != DIGITS_OK) return status;
  digits_context *const context = memory;
  context->tag = digits_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(DIGITS_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + DIGITS_OBJECT_BYTES;
  context->arena = context->state + 0;
  digits_reset_state(context);
  *out = context;
  return DIGITS_OK;
}

void digits_reset_state(digits_context *context) {
  if (!context) return;
  context->position = 0;
  /* It keeps nothing. */
}

digits_status digits_trainer_init(void *memory, size_t bytes, digits_parameters *parameters, const digits_config *config,
                              digits_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIGITS_MAX_ROWS;
  if (!out || !parameters) return DIGITS_ERROR_ARGUMENT;
  if (parameters->is_view) return DIGITS_ERROR_VIEW;
  if (max_rows > DIGITS_MAX_ROWS) return DIGITS_ERROR_ROWS;
  const digits_status status = digits_check_memory(memory, bytes, DIGITS_TRAINER_BYTES(max_rows));
  if (status != DIGITS_OK) return status;
  digits_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + DIGITS_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = digits_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.002f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 203328);
  trainer->state = base + 609984;
  trainer->arena = trainer->state + 0;
  digits_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 50826 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 406656);
  *out = trainer;
  return DIGITS_OK;
}

void digits_reset_trainer_state(digits_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

digits_real *digits_gradients(digits_trainer *trainer, size_t *count) {
  if (count) *count = 50826;
  return trainer ? trainer->gradients : NULL;
}

digits_real digits_learning_rate(const digits_trainer *trainer) { return trainer->learning_rate; }

void digits_set_learning_rate(digits_trainer *trainer, digits_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t digits_step(const digits_trainer *trainer) { return trainer->step; }

void digits_set_step(digits_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t digits_seed(const digits_trainer *trainer) { return trainer->seed; }

void digits_set_seed(digits_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *digits_fault(const digits_trainer *trainer) { return trainer->fault; }

const digits_tensor_info *digits_trainer_tensors(size_t *count) {
  if (count) *count = DIGITS_SLOTS;
  return digits_slots_table;
}

digits_real *digits_trainer_values(digits_trainer *trainer) { return trainer ? trainer->slots : NULL; }

digits_status digits_trainer_load(digits_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return DIGITS_ERROR_ARGUMENT;
  return digits_load(digits_slots_table, DIGITS_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(DIGITS_PROFILE)
void digits_context_profile(digits_context *context, digits_profile *profile) { context->profile = profile; }
void digits_trainer_profile(digits_trainer *trainer, digits_profile *profile) { trainer->profile = profile; }
#endif

/* One call of inference: inputs x[rows, 64]; outputs dense_2[rows, 10].
 * model.swift:3:13 */
digits_status digits_predict(digits_context *context, const digits_parameters *parameters, size_t rows,
                       const digits_inputs *inputs, const digits_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense_2) return DIGITS_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIGITS_ERROR_ROWS;
  digits_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = context->max_rows;
  float *const relu = (float *)(void *)(arena + 0); /* [rows, 256] */
  float *const packed = (float *)(void *)(prepared ? prepared + 0 : NULL); /* [16384] */
  float *const relu_2 = (float *)(void *)(arena + 1024 * max_rows); /* [rows, 128] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 65536 : NULL); /* [32768] */
  float *const add = (float *)(void *)(arena + 0); /* [rows, 10] */
  float *const packed_3 = (float *)(void *)(prepared ? prepared + 196608 : NULL); /* [4096] */

  digits_parallel(pool, rows * 4044, digits_dense_forward_task, &(struct digits_dense_forward_call){rows, inputs->x, parameters->values, parameters->values + 16384, relu, packed});
  DIGITS_LAP(context, 0);
  digits_parallel(pool, rows * 6937, digits_dense_1_forward_task, &(struct digits_dense_1_forward_call){rows, relu, parameters->values + 16640, parameters->values + 49408, relu_2, packed_2});
  DIGITS_LAP(context, 1);
  digits_parallel(pool, rows * 276, digits_dense_2_forward_task, &(struct digits_dense_2_forward_call){rows, relu_2, parameters->values + 49536, parameters->values + 50816, add, packed_3});
  DIGITS_LAP(context, 2);
  digits_dense_2_forward_2(rows, add, outputs->dense_2);
  DIGITS_LAP(context, 3);
  return DIGITS_OK;
}

/* What inference would make of the weights alone in each call, 212992 bytes of it.
 * model.swift:3:13 */
digits_status digits_parameters_prepare_and_release(digits_parameters *parameters, void *memory, size_t bytes,
                                            const digits_release *release) {
  if (!parameters) return DIGITS_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return DIGITS_OK;
  const digits_status status = digits_check_memory(memory, bytes, DIGITS_PREPARED_BYTES);
  if (status != DIGITS_OK) return status;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const packed = (float *)(void *)(prepared + 0); /* [16384] */
    float *const packed_2 = (float *)(void *)(prepared + 65536); /* [32768] */
    float *const packed_3 = (float *)(void *)(prepared + 196608); /* [4096] */
    digits_dense_forward_pack(release, parameters->values, packed);
    digits_dense_1_forward_pack(release, parameters->values + 16640, packed_2);
    digits_dense_2_forward_pack(release, parameters->values + 49536, packed_3);
  }
  parameters->prepared = memory;
  return DIGITS_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
digits_status digits_parameters_prepare(digits_parameters *parameters, void *memory, size_t bytes) {
  return digits_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 64].
 * model.swift:3:13 */
digits_status digits_adapt(digits_parameters *parameters, size_t rows, const digits_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return DIGITS_ERROR_ARGUMENT;
  if (rows == 0) return DIGITS_ERROR_ROWS;
  if (parameters->is_view) return DIGITS_ERROR_VIEW;
  parameters->prepared = NULL;
  return DIGITS_OK;
}

/* Whether class numbers and tokens are in range: targets y[rows].
 * model.swift:3:13 */
static int digits_targets_are_valid(size_t rows, const digits_targets *targets) {
  for (size_t i = 0; i < rows; i++)
    if (targets->y[i] < 0 || targets->y[i] >= 10) return 0;
  return 1;
}

static void digits_finish_metrics(digits_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->accuracy = sums[2] / sums[0];
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_status digits_evaluate(digits_context *context, const digits_parameters *parameters, size_t rows,
                        const digits_inputs *inputs, const digits_targets *targets, digits_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIGITS_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIGITS_ERROR_ROWS;
  if (!digits_targets_are_valid(rows, targets)) return DIGITS_ERROR_LABEL;
  const float row_count = (float)rows;
  digits_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const relu = (float *)(void *)(arena + 64); /* [rows, 256] */
  float *const relu_2 = (float *)(void *)(arena + 64 + 1024 * max_rows); /* [rows, 128] */
  float *const add = (float *)(void *)(arena + 64); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 64 + 64 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 64 + 128 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 64); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64 + 64 * max_rows); /* [] */

  digits_parallel(pool, rows * 4044, digits_dense_forward_task, &(struct digits_dense_forward_call){rows, inputs->x, parameters->values, parameters->values + 16384, relu, NULL});
  digits_parallel(pool, rows * 6937, digits_dense_1_forward_task, &(struct digits_dense_1_forward_call){rows, relu, parameters->values + 16640, parameters->values + 49408, relu_2, NULL});
  digits_parallel(pool, rows * 276, digits_dense_2_forward_task, &(struct digits_dense_2_forward_call){rows, relu_2, parameters->values + 49536, parameters->values + 50816, add, NULL});
  digits_dense_2_forward_2_2(rows, add, softmax);
  digits_loss_forward(rows, add, targets->y, softmax_cross_entropy);
  digits_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  digits_loss_forward_loss(sum_2, &row_count);
  digits_loss_forward_3(rows, softmax, argmax);
  digits_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64 + 64 * max_rows); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  digits_finish_metrics(metrics);
  return DIGITS_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static digits_status digits_run_backward(digits_trainer *trainer, size_t rows, const digits_inputs *inputs,
                                    const digits_targets *targets, digits_metrics *metrics, int check) {
  const digits_parameters *const parameters = trainer->parameters;
  const float row_count = (float)rows;
  const uint64_t seed = trainer->seed, step = trainer->step;
  digits_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  float *const dropout = (float *)(void *)(arena + 128 + 3072 * max_rows); /* [rows, 64] */
  float *const relu = (float *)(void *)(arena + 128); /* [rows, 256] */
  float *const dropout_2 = (float *)(void *)(arena + 128 + 1024 * max_rows); /* [rows, 256] */
  float *const relu_2 = (float *)(void *)(arena + 128 + 2048 * max_rows); /* [rows, 128] */
  float *const dropout_2_2 = (float *)(void *)(arena + 128 + 2560 * max_rows); /* [rows, 128] */
  float *const add = (float *)(void *)(arena + 128 + 3328 * max_rows); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 128 + 3392 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 128 + 3456 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 128 + 3328 * max_rows); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64); /* [] */
  float *const multiply = (float *)(void *)(arena + 128 + 3328 * max_rows); /* [rows, 10] */
  float *const select = (float *)(void *)(arena + 128 + 2560 * max_rows); /* [rows, 128] */
  float *const select_2 = (float *)(void *)(arena + 128 + 1024 * max_rows); /* [rows, 256] */

  digits_parallel(pool, rows * 128, digits_dropout_backward_task, &(struct digits_dropout_backward_call){rows, seed, step, inputs->x, dropout});
  DIGITS_LAP(trainer, 0);
  if (check && !digits_finite(dropout, rows * 64)) { trainer->fault = "dropout"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 4556, digits_dense_backward_task, &(struct digits_dense_backward_call){rows, seed, step, dropout, parameters->values, parameters->values + 16384, relu, dropout_2});
  DIGITS_LAP(trainer, 1);
  if (check && !digits_finite(relu, rows * 256)) { trainer->fault = "dense"; return DIGITS_ERROR_NOT_FINITE; }
  if (check && !digits_finite(dropout_2, rows * 256)) { trainer->fault = "dense"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 7193, digits_dense_1_backward_task, &(struct digits_dense_1_backward_call){rows, seed, step, dropout_2, parameters->values + 16640, parameters->values + 49408, relu_2, dropout_2_2});
  DIGITS_LAP(trainer, 2);
  if (check && !digits_finite(relu_2, rows * 128)) { trainer->fault = "dense_1"; return DIGITS_ERROR_NOT_FINITE; }
  if (check && !digits_finite(dropout_2_2, rows * 128)) { trainer->fault = "dense_1"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 276, digits_dense_2_backward_task, &(struct digits_dense_2_backward_call){rows, dropout_2_2, parameters->values + 49536, parameters->values + 50816, add});
  DIGITS_LAP(trainer, 3);
  if (check && !digits_finite(add, rows * 10)) { trainer->fault = "dense_2"; return DIGITS_ERROR_NOT_FINITE; }
  digits_dense_2_forward_2_2(rows, add, softmax);
  DIGITS_LAP(trainer, 4);
  if (check && !digits_finite(softmax, rows * 10)) { trainer->fault = "dense_2"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_forward(rows, add, targets->y, softmax_cross_entropy);
  DIGITS_LAP(trainer, 5);
  if (check && !digits_finite(softmax_cross_entropy, rows)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  DIGITS_LAP(trainer, 6);
  if (check && !digits_finite(sum_2, 1)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_forward_loss(sum_2, &row_count);
  DIGITS_LAP(trainer, 7);
  if (check && !digits_finite(sum_2, 1)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_forward_3(rows, softmax, argmax);
  DIGITS_LAP(trainer, 8);
  if (check && !digits_finite(argmax, rows)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  DIGITS_LAP(trainer, 9);
  if (check && !digits_finite(sum_2_2, 1)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_loss_backward_bias(rows, targets->y, softmax, &row_count, multiply, trainer->gradients + 50816);
  DIGITS_LAP(trainer, 10);
  if (check && !digits_finite(multiply, rows * 10)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  if (check && !digits_finite(trainer->gradients + 50816, 10)) { trainer->fault = "loss"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 160, digits_dense_2_backward_kernel_task, &(struct digits_dense_2_backward_kernel_call){rows, dropout_2_2, multiply, trainer->gradients + 49536});
  DIGITS_LAP(trainer, 11);
  if (check && !digits_finite(trainer->gradients + 49536, 1280)) { trainer->fault = "dense_2"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 896, digits_dense_2_backward_bias_task, &(struct digits_dense_2_backward_bias_call){rows, seed, step, multiply, parameters->values + 49536, relu_2, select, trainer->gradients + 49408});
  DIGITS_LAP(trainer, 12);
  if (check && !digits_finite(select, rows * 128)) { trainer->fault = "dense_2"; return DIGITS_ERROR_NOT_FINITE; }
  if (check && !digits_finite(trainer->gradients + 49408, 128)) { trainer->fault = "dense_2"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 4096, digits_dense_1_backward_kernel_task, &(struct digits_dense_1_backward_kernel_call){rows, dropout_2, select, trainer->gradients + 16640});
  DIGITS_LAP(trainer, 13);
  if (check && !digits_finite(trainer->gradients + 16640, 32768)) { trainer->fault = "dense_1"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 7833, digits_dense_1_backward_bias_task, &(struct digits_dense_1_backward_bias_call){rows, seed, step, select, parameters->values + 16640, relu, select_2, trainer->gradients + 16384});
  DIGITS_LAP(trainer, 14);
  if (check && !digits_finite(select_2, rows * 256)) { trainer->fault = "dense_1"; return DIGITS_ERROR_NOT_FINITE; }
  if (check && !digits_finite(trainer->gradients + 16384, 256)) { trainer->fault = "dense_1"; return DIGITS_ERROR_NOT_FINITE; }
  digits_parallel(pool, rows * 2048, digits_dense_backward_kernel_task, &(struct digits_dense_backward_kernel_call){rows, dropout, select_2, trainer->gradients});
  DIGITS_LAP(trainer, 15);
  if (check && !digits_finite(trainer->gradients, 16384)) { trainer->fault = "dense"; return DIGITS_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  if (!isfinite(batch_loss)) return DIGITS_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  digits_finish_metrics(metrics);
  return DIGITS_OK;
}

/* Gradients of the mean loss of the rows, 50826 numbers in the trainer: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_status digits_backward(digits_trainer *trainer, size_t rows, const digits_inputs *inputs,
                        const digits_targets *targets, digits_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIGITS_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return DIGITS_ERROR_ROWS;
  if (!digits_targets_are_valid(rows, targets)) return DIGITS_ERROR_LABEL;
  trainer->fault = "";
  const digits_status status = digits_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != DIGITS_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < DIGITS_TENSORS; i++) {
    const digits_tensor_info *const tensor = &digits_tensors_table[i];
    if (digits_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return digits_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 50826 weights by their gradients.
 * model.swift:3:13 */
digits_status digits_apply(digits_trainer *trainer, float learning_rate) {
  if (!trainer) return DIGITS_ERROR_ARGUMENT;
  digits_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  digits_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  digits_optimizer_update(&step_number, &learning_rate, divide);
  DIGITS_LAP(trainer, 16);
  digits_parallel(pool, 245760, digits_dense_update_kernel_task, &(struct digits_dense_update_kernel_call){trainer->slots, trainer->gradients, trainer->slots + 16384, divide, parameters->values});
  DIGITS_LAP(trainer, 17);
  digits_dense_update_bias(trainer->slots + 32768, trainer->gradients + 16384, trainer->slots + 33024, divide, parameters->values + 16384);
  DIGITS_LAP(trainer, 18);
  digits_parallel(pool, 491520, digits_dense_1_update_kernel_task, &(struct digits_dense_1_update_kernel_call){trainer->slots + 33280, trainer->gradients + 16640, trainer->slots + 66048, divide, parameters->values + 16640});
  DIGITS_LAP(trainer, 19);
  digits_dense_1_update_bias(trainer->slots + 98816, trainer->gradients + 49408, trainer->slots + 98944, divide, parameters->values + 49408);
  DIGITS_LAP(trainer, 20);
  digits_parallel(pool, 19200, digits_dense_2_update_kernel_task, &(struct digits_dense_2_update_kernel_call){trainer->slots + 99072, trainer->gradients + 49536, trainer->slots + 100352, divide, parameters->values + 49536});
  DIGITS_LAP(trainer, 21);
  digits_dense_2_update_bias(trainer->slots + 101632, trainer->gradients + 50816, trainer->slots + 101642, divide, parameters->values + 50816);
  DIGITS_LAP(trainer, 22);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return DIGITS_OK;
}

/* backward, then apply: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_status digits_train_step(digits_trainer *trainer, size_t rows, const digits_inputs *inputs,
                          const digits_targets *targets, digits_metrics *metrics) {
  const digits_status status = digits_backward(trainer, rows, inputs, targets, metrics);
  return status == DIGITS_OK ? digits_apply(trainer, trainer->learning_rate) : status;
}
