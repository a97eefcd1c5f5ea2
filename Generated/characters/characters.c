/* The model characters: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   embedding (Embedding) -> [rows, 64, 32]  model.swift:4:3
 *   lstm (LSTM) -> [rows, 64, 128]  model.swift:5:3
 *   dense (Dense) -> [rows, 64, 80]  model.swift:6:3
 */

#define _POSIX_C_SOURCE 200809L
#include "characters.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define CHARACTERS_SHARED_WORK 12000
#define CHARACTERS_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define CHARACTERS_INLINE static inline __attribute__((unused))
#define CHARACTERS_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define CHARACTERS_INLINE static inline
#define CHARACTERS_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define CHARACTERS_MICROKERNEL static __attribute__((noinline, unused))
#else
#define CHARACTERS_MICROKERNEL CHARACTERS_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses characters_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define CHARACTERS_HAS_FMA 1
#else
#define CHARACTERS_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define CHARACTERS_VECTOR_BYTES 64
#elif defined(__AVX__)
#define CHARACTERS_VECTOR_BYTES 32
#else
#define CHARACTERS_VECTOR_BYTES 16
#endif
#define CHARACTERS_LANES (CHARACTERS_VECTOR_BYTES * 8 / CHARACTERS_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define CHARACTERS_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define CHARACTERS_UNROLL _Pragma("GCC unroll 16")
#else
#define CHARACTERS_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define CHARACTERS_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define CHARACTERS_ROLLED
#endif

#if defined(__GNUC__)
#define CHARACTERS_ALIGNED __attribute__((aligned(64)))
#define CHARACTERS_FLATTEN static inline __attribute__((always_inline, unused))
typedef characters_real characters_vector __attribute__((vector_size(CHARACTERS_VECTOR_BYTES)));
#if CHARACTERS_REAL_BITS == 32
typedef int32_t characters_bits;
#else
typedef int64_t characters_bits;
#endif
typedef characters_bits characters_mask __attribute__((vector_size(CHARACTERS_VECTOR_BYTES)));
#else
#define CHARACTERS_ALIGNED
#define CHARACTERS_FLATTEN static inline
typedef struct characters_vector { characters_real lane[CHARACTERS_LANES]; } characters_vector;
#endif

/* a * b + c, rounded once where the target can */
CHARACTERS_FLATTEN float characters_fma_f32(float a, float b, float c) {
#if CHARACTERS_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

CHARACTERS_FLATTEN characters_real characters_fma(characters_real a, characters_real b, characters_real c) {
#if CHARACTERS_REAL_BITS == 32
  return characters_fma_f32(a, b, c);
#elif CHARACTERS_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

CHARACTERS_FLATTEN characters_vector characters_vector_load(const characters_real *p) {
  characters_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

CHARACTERS_FLATTEN void characters_vector_store(characters_real *p, characters_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
CHARACTERS_FLATTEN characters_vector characters_vector_first(size_t count, characters_vector v) {
#if defined(__GNUC__)
  static const characters_bits ones[2 * CHARACTERS_LANES] = {
    -1, -1,
#if CHARACTERS_LANES >= 4
    -1, -1,
#endif
#if CHARACTERS_LANES >= 8
    -1, -1, -1, -1,
#endif
#if CHARACTERS_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  characters_mask mask;
  memcpy(&mask, ones + CHARACTERS_LANES - count, sizeof mask);
  return (characters_vector)((characters_mask)v & mask);
#else
  for (size_t i = count; i < CHARACTERS_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
CHARACTERS_FLATTEN characters_vector characters_vector_multiply_add(characters_vector a, characters_vector b, characters_vector c) {
#if defined(__clang__)
#if CHARACTERS_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__AVX512F__) && CHARACTERS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__AVX__) && CHARACTERS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__aarch64__) && CHARACTERS_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && CHARACTERS_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !CHARACTERS_HAS_FMA
  return a * b + c;
#else
  characters_real w[CHARACTERS_LANES], x[CHARACTERS_LANES], y[CHARACTERS_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < CHARACTERS_LANES; i++) y[i] = characters_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
CHARACTERS_FLATTEN characters_vector characters_vector_fma(characters_real s, characters_vector b, characters_vector c) {
#if defined(__GNUC__)
  return characters_vector_multiply_add(s - (characters_vector){0}, b, c);
#else
  characters_vector a;
  for (int i = 0; i < CHARACTERS_LANES; i++) a.lane[i] = s;
  return characters_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
CHARACTERS_INLINE characters_real characters_minimum(characters_real a, characters_real b) { return a < b || a != a ? a : b; }

CHARACTERS_INLINE characters_real characters_maximum(characters_real a, characters_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
CHARACTERS_INLINE characters_real characters_choose(int which, characters_real yes, characters_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
CHARACTERS_INLINE characters_real characters_sqrt(characters_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define CHARACTERS_ELEMENTWISE_SQRT
#endif
#endif
#if defined(CHARACTERS_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif CHARACTERS_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
CHARACTERS_INLINE void characters_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
CHARACTERS_INLINE void characters_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  characters_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
CHARACTERS_INLINE characters_real characters_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  characters_random(seed, purpose, step, element, words);
  return (characters_real)(words[0] >> 8) * (characters_real)0x1p-24;
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
#if CHARACTERS_REAL_BITS == 32
CHARACTERS_FLATTEN uint32_t characters_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

CHARACTERS_FLATTEN float characters_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
CHARACTERS_FLATTEN float characters_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return characters_bits_float((characters_float_bits(a) & mask) | (characters_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
CHARACTERS_FLATTEN float characters_signed_as(float x, float s) {
  return characters_bits_float(characters_float_bits(x) | (characters_float_bits(s) & 0x80000000u));
}

CHARACTERS_FLATTEN float characters_magnitude(float x) { return characters_bits_float(characters_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define CHARACTERS_LN2_HIGH 0x1.62ep-1f
#define CHARACTERS_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
CHARACTERS_FLATTEN float characters_power_of_2(uint32_t k) { return characters_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
CHARACTERS_FLATTEN float characters_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = characters_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = characters_fma_f32(n, -CHARACTERS_LN2_LOW, characters_fma_f32(n, -CHARACTERS_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = characters_fma_f32(q, r, 0x1.12258ap-7f);
  q = characters_fma_f32(q, r, 0x1.5554c8p-5f);
  q = characters_fma_f32(q, r, 0x1.5554b4p-3f);
  q = characters_fma_f32(q, r, 0.5f);
  *k = characters_float_bits(shifted) - characters_float_bits(shift);
  return characters_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
CHARACTERS_FLATTEN float characters_exp_inner(float x) {
  uint32_t k;
  float e = characters_exp_reduced(x, &k), scale = characters_power_of_2(k);
  return characters_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
CHARACTERS_FLATTEN float characters_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + characters_exp_reduced(characters_select(x < -104.0f, -104.0f, x), &k);
  return y * characters_power_of_2(k + 64u) * 0x1p-64f;
}

CHARACTERS_FLATTEN float characters_exp(float x) {
  x = characters_select(x > 89.0f, 89.0f, x);
  x = characters_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + characters_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * characters_power_of_2(half) * characters_power_of_2(k - half);
}

CHARACTERS_FLATTEN float characters_expm1(float x) {
  float y = characters_select(x > 89.0f, 89.0f, x);
  y = characters_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = characters_exp_reduced(y, &k), scale = characters_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * characters_fma_f32(e, scale, scale - 0.5f);
  return characters_select(characters_float_bits(characters_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
CHARACTERS_FLATTEN float characters_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = characters_fma_f32(p, m, 0x1.07d166p-3f);
  p = characters_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = characters_fma_f32(p, m, 0x1.226dcep-3f);
  p = characters_fma_f32(p, m, -0x1.547900p-3f);
  p = characters_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = characters_fma_f32(p, m, -0x1.00021ep-2f);
  p = characters_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = characters_fma_f32(n, CHARACTERS_LN2_LOW, m * square * p);
  return characters_fma_f32(n, CHARACTERS_LN2_HIGH, m + characters_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
CHARACTERS_FLATTEN uint32_t characters_exponent(float x) {
  return ((characters_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
CHARACTERS_FLATTEN float characters_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
CHARACTERS_FLATTEN float characters_log_special(float argument, float result) {
  uint32_t bits = characters_float_bits(argument);
  float special = characters_select(bits << 1 == 0, -INFINITY, NAN);
  special = characters_select(bits == 0x7F800000u, INFINITY, special);
  return characters_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

CHARACTERS_FLATTEN float characters_log(float x) {
  int subnormal = characters_float_bits(x) < 0x00800000u;
  float y = x * characters_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = characters_exponent(y);
  float m = characters_bits_float(characters_float_bits(y) - exponent) - 1.0f;
  float n = characters_exponent_value(exponent) - characters_select(subnormal, 23.0f, 0.0f);
  return characters_log_special(x, characters_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
CHARACTERS_FLATTEN float characters_log1p(float x) {
  uint32_t exponent = characters_exponent(1.0f + x);
  float inverse = characters_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = characters_bits_float(characters_float_bits(x) - exponent) + characters_fma_f32(0.25f, inverse, -1.0f);
  float result = characters_log_special(1.0f + x, characters_log_reduced(m, characters_exponent_value(exponent)));
  return characters_select(characters_float_bits(characters_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
CHARACTERS_FLATTEN float characters_tanh(float x) {
  float a = characters_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = characters_fma_f32(p, s, 0x1.524d76p-6f);
  p = characters_fma_f32(p, s, -0x1.b842d8p-5f);
  p = characters_fma_f32(p, s, 0x1.11075ep-3f);
  p = characters_fma_f32(p, s, -0x1.555534p-2f);
  float near = characters_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (characters_exp_inner(2.0f * characters_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return characters_signed_as(characters_select(characters_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
CHARACTERS_FLATTEN float characters_sigmoid(float x) {
  float e = characters_exp_falling(-characters_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = characters_select(characters_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return characters_fma_f32(-quotient * lost, characters_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
CHARACTERS_FLATTEN float characters_erf(float x) {
  float a = characters_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = characters_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = characters_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = characters_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = characters_fma_f32(p, s, -0x1.812728p-2f);
  p = characters_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = characters_fma_f32(a, p, a);
  float t = characters_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = characters_fma_f32(g, t, 0x1.336080p-12f);
  g = characters_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = characters_fma_f32(g, t, 0x1.814cc2p-6f);
  g = characters_fma_f32(g, t, -0x1.b2015ap-4f);
  g = characters_fma_f32(g, t, -0x1.454820p-1f);
  g = characters_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - characters_exp_inner(g * t);
  return characters_signed_as(characters_select(characters_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

CHARACTERS_INLINE float characters_sin(float x) { return sinf(x); }
CHARACTERS_INLINE float characters_cos(float x) { return cosf(x); }
#else
CHARACTERS_INLINE double characters_exp(double x) { return exp(x); }
CHARACTERS_INLINE double characters_exp_falling(double x) { return exp(x); }
CHARACTERS_INLINE double characters_expm1(double x) { return expm1(x); }
CHARACTERS_INLINE double characters_log(double x) { return log(x); }
CHARACTERS_INLINE double characters_log1p(double x) { return log1p(x); }
CHARACTERS_INLINE double characters_tanh(double x) { return tanh(x); }
CHARACTERS_INLINE double characters_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
CHARACTERS_INLINE double characters_erf(double x) { return erf(x); }
CHARACTERS_INLINE double characters_sin(double x) { return sin(x); }
CHARACTERS_INLINE double characters_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
CHARACTERS_INLINE void characters_fill_constant(characters_real *values, size_t count, characters_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
CHARACTERS_INLINE void characters_fill_uniform(characters_real *values, size_t count, uint64_t seed, uint32_t purpose, characters_real low,
                                       characters_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (characters_real)((double)low + range * (double)characters_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
CHARACTERS_INLINE double characters_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  characters_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

CHARACTERS_INLINE void characters_fill_normal(characters_real *values, size_t count, uint64_t seed, uint32_t purpose, characters_real mean,
                                      characters_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (characters_real)((double)mean + (double)stddev * characters_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
CHARACTERS_INLINE void characters_fill_truncated_normal(characters_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                characters_real mean, characters_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = characters_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = characters_normal(seed, purpose, step, i);
    values[i] = (characters_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
CHARACTERS_INLINE void characters_fill_orthogonal(characters_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          characters_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  characters_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      characters_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (characters_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        characters_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (characters_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

CHARACTERS_INLINE void characters_fill_identity(characters_real *values, size_t rows, size_t columns, characters_real gain) {
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
typedef void characters_task(void *call, size_t part, size_t parts);

#if CHARACTERS_THREADS > 1
struct characters_worker {
  characters_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct characters_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  characters_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct characters_worker workers[CHARACTERS_THREADS - 1];
};

CHARACTERS_INLINE void characters_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t characters_next_task(characters_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    characters_pause(turn);
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
static int characters_take(struct characters_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *characters_work(void *started) {
  struct characters_worker *const worker = started;
  characters_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = characters_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!characters_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void characters_announce(characters_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
CHARACTERS_APART void characters_share_out(characters_pool *pool, characters_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  characters_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!characters_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) characters_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void characters_parallel(characters_pool *pool, size_t work, characters_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < CHARACTERS_SHARED_WORK ||
    (work < CHARACTERS_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else characters_share_out(pool, task, call);
}

void characters_pool_stop(characters_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  characters_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static characters_status characters_pool_start(characters_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return CHARACTERS_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct characters_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, characters_work, worker)) {
      characters_pool_stop(pool);
      return CHARACTERS_ERROR_THREADS;
    }
  }
  return CHARACTERS_OK;
}
#else
struct characters_pool {
  size_t parts;
};

void characters_pool_stop(characters_pool *pool) { (void)pool; }

static characters_status characters_pool_start(characters_pool *pool, size_t threads) {
  pool->parts = threads;
  return CHARACTERS_OK;
}
#endif

characters_status characters_pool_init(void *memory, size_t bytes, size_t threads, characters_pool **out) {
  if (!memory || !out || threads == 0 || threads > CHARACTERS_THREADS) return CHARACTERS_ERROR_ARGUMENT;
  if ((uintptr_t)memory % CHARACTERS_ALIGNMENT) return CHARACTERS_ERROR_ALIGNMENT;
  if (bytes < CHARACTERS_POOL_BYTES || sizeof(characters_pool) > CHARACTERS_POOL_BYTES) return CHARACTERS_ERROR_MEMORY;
  characters_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const characters_status status = characters_pool_start(pool, threads);
  if (status == CHARACTERS_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef characters_real characters_octet __attribute__((vector_size(8 * sizeof(characters_real))));
typedef characters_bits characters_octet_mask __attribute__((vector_size(8 * sizeof(characters_real))));
#define CHARACTERS_HALVES(combine)              \
  characters_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define CHARACTERS_ADD_HALVES(a, b) (a) + (b)
#define CHARACTERS_CHOOSE_HALVES(a, b, mask) (characters_octet)(((characters_octet_mask)(a) & (mask)) | ((characters_octet_mask)(b) & ~(mask)))
#define CHARACTERS_MAXIMUM_HALVES(a, b) CHARACTERS_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define CHARACTERS_MINIMUM_HALVES(a, b) CHARACTERS_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define CHARACTERS_HALVES(combine) \
  characters_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define CHARACTERS_ADD_HALVES characters_plus
#define CHARACTERS_MAXIMUM_HALVES characters_maximum
#define CHARACTERS_MINIMUM_HALVES characters_minimum
#endif

CHARACTERS_INLINE characters_real characters_plus(characters_real a, characters_real b) { return a + b; }

#define CHARACTERS_JOIN(name, halves, two)                                                                                \
  CHARACTERS_INLINE characters_real name(const characters_real *lanes /* [16] */) {                                              \
    CHARACTERS_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
CHARACTERS_JOIN(characters_join_sum, CHARACTERS_ADD_HALVES, characters_plus)
CHARACTERS_JOIN(characters_join_maximum, CHARACTERS_MAXIMUM_HALVES, characters_maximum)
CHARACTERS_JOIN(characters_join_minimum, CHARACTERS_MINIMUM_HALVES, characters_minimum)
#undef CHARACTERS_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define CHARACTERS_TRANSPOSES 0
#else
#define CHARACTERS_TRANSPOSES 1
#if CHARACTERS_LANES == 16
#define CHARACTERS_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define CHARACTERS_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif CHARACTERS_LANES == 8
#define CHARACTERS_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define CHARACTERS_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif CHARACTERS_LANES == 4
#define CHARACTERS_LOW 0, 4, 1, 5
#define CHARACTERS_HIGH 2, 6, 3, 7
#else
#define CHARACTERS_LOW 0, 2
#define CHARACTERS_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
CHARACTERS_FLATTEN void characters_transpose(size_t width, const characters_real *source, size_t stride, characters_real *result, size_t result_stride) {
  enum { L = CHARACTERS_LANES, HALF = L / 2 };
  characters_vector v[L], w[L];
  CHARACTERS_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? characters_vector_load(source + i * stride) : (characters_vector){0};
  CHARACTERS_UNROLL for (int round = 1; round < L; round *= 2) {
    CHARACTERS_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], CHARACTERS_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], CHARACTERS_HIGH);
    }
    CHARACTERS_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  CHARACTERS_UNROLL for (int i = 0; i < L; i++) characters_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
CHARACTERS_INLINE void characters_transposed(size_t rows, size_t columns, const characters_real *from, size_t from_stride, characters_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if CHARACTERS_TRANSPOSES
  for (; i < rows / CHARACTERS_LANES * CHARACTERS_LANES; i += CHARACTERS_LANES) {
    const characters_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / CHARACTERS_LANES * CHARACTERS_LANES; j += CHARACTERS_LANES)
      characters_transpose(CHARACTERS_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < CHARACTERS_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
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
#define CHARACTERS_TILE_M 12
#define CHARACTERS_ROW_VECTORS 16
#elif defined(__aarch64__)
#define CHARACTERS_TILE_M 8
#define CHARACTERS_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define CHARACTERS_TILE_M 6
#define CHARACTERS_ROW_VECTORS 8
#endif
#define CHARACTERS_TILE_N (2 * CHARACTERS_LANES)
#ifndef CHARACTERS_TILE_K
#define CHARACTERS_TILE_K 512
#endif
#define CHARACTERS_LINES (32 * CHARACTERS_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define CHARACTERS_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define CHARACTERS_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define CHARACTERS_PREFETCH(p, elements) ((void)0)
#define CHARACTERS_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define CHARACTERS_UPDATED_LINES (3 * CHARACTERS_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
CHARACTERS_INLINE void characters_fetch(size_t height, const characters_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < CHARACTERS_TILE_N; s += 64 / sizeof *array) CHARACTERS_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
CHARACTERS_INLINE void characters_fetch_to_write(size_t height, const characters_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < CHARACTERS_TILE_N; s += 64 / sizeof *array) CHARACTERS_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
CHARACTERS_INLINE size_t characters_height(size_t left) {
  return left >= 2 * CHARACTERS_TILE_M ? CHARACTERS_TILE_M : left > CHARACTERS_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct characters_share { size_t top, bottom, left, right; } characters_share;

/* A part's share of m lines, by whole tiles. */
CHARACTERS_INLINE characters_share characters_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + CHARACTERS_TILE_M - 1) / CHARACTERS_TILE_M, bottom = (part + 1) * tiles / parts * CHARACTERS_TILE_M;
  const characters_share share = {part * tiles / parts * CHARACTERS_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
CHARACTERS_INLINE characters_share characters_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N;
  characters_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * CHARACTERS_TILE_N;
    share.right = (part + 1) * panels / parts * CHARACTERS_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return characters_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
CHARACTERS_INLINE size_t characters_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? CHARACTERS_TILE_N : CHARACTERS_LANES;
}

/* A part's share of n columns. */
CHARACTERS_INLINE characters_share characters_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = characters_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const characters_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
CHARACTERS_INLINE void characters_pack(size_t depth, size_t width, const characters_real *source, size_t depth_stride, size_t width_stride,
                               characters_real *panel) {
  const size_t padded = width > CHARACTERS_LANES ? CHARACTERS_TILE_N : CHARACTERS_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - CHARACTERS_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const characters_real *from = source + k * depth_stride;
      CHARACTERS_PREFETCH(from, CHARACTERS_TILE_N); /* of the next panel */
      characters_real *to = panel + k * CHARACTERS_TILE_N;
      if (last) characters_vector_store(to, characters_vector_load(from));
      characters_vector_store(to + last, characters_vector_first(width - last, characters_vector_load(from + last)));
    }
  }
#if CHARACTERS_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / CHARACTERS_LANES * CHARACTERS_LANES; k += CHARACTERS_LANES)
      for (size_t j = 0; j < padded; j += CHARACTERS_LANES)
        characters_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * CHARACTERS_TILE_N + j, CHARACTERS_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * CHARACTERS_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct characters_runs { size_t depth, lines, down, runs, across; } characters_runs;

CHARACTERS_FLATTEN void characters_tile_body(const int adds, const characters_runs *along, const int rows, const int vectors,
                                     const characters_real *from, size_t row_stride, size_t depth_stride, const characters_real *panel,
                                     size_t panel_stride, characters_real *tile, size_t tile_stride, const int fetches,
                                     const characters_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  characters_vector c[CHARACTERS_TILE_M][2];
  CHARACTERS_UNROLL for (int i = 0; i < rows; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? characters_vector_load(tile + (size_t)i * tile_stride + j * CHARACTERS_LANES) : (characters_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const characters_real *a = from + line * along->down + run * along->across;
      CHARACTERS_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          CHARACTERS_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        characters_vector b[2];
        CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) b[j] = characters_vector_load(panel + j * CHARACTERS_LANES);
        CHARACTERS_UNROLL for (int i = 0; i < rows; i++)
          CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = characters_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  CHARACTERS_UNROLL for (int i = 0; i < rows; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) characters_vector_store(tile + (size_t)i * tile_stride + j * CHARACTERS_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define CHARACTERS_TILE_CASE(n)                         \
  case n:                                           \
    if (width > CHARACTERS_LANES) CHARACTERS_TILE_OF(n, 2); \
    else CHARACTERS_TILE_OF(n, 1);                      \
    break;
#define CHARACTERS_TILE_CASES_6 \
  CHARACTERS_TILE_CASE(1) CHARACTERS_TILE_CASE(2) CHARACTERS_TILE_CASE(3) CHARACTERS_TILE_CASE(4) CHARACTERS_TILE_CASE(5) CHARACTERS_TILE_CASE(6)
#define CHARACTERS_TILE_CASES_8 CHARACTERS_TILE_CASES_6 CHARACTERS_TILE_CASE(7) CHARACTERS_TILE_CASE(8)
#if CHARACTERS_TILE_M >= 12
#define CHARACTERS_TILE_CASES \
  CHARACTERS_TILE_CASES_8 CHARACTERS_TILE_CASE(9) CHARACTERS_TILE_CASE(10) CHARACTERS_TILE_CASE(11) CHARACTERS_TILE_CASE(12)
#elif CHARACTERS_TILE_M >= 8
#define CHARACTERS_TILE_CASES CHARACTERS_TILE_CASES_8
#else
#define CHARACTERS_TILE_CASES CHARACTERS_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
CHARACTERS_MICROKERNEL void characters_tile_at(const characters_runs *along, size_t height, size_t width, const characters_real *a, size_t row_stride,
                                       size_t depth_stride, const characters_real *panel, characters_real *tile, size_t tile_stride) {
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, CHARACTERS_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    CHARACTERS_TILE_CASES
    default: break;
  }
#undef CHARACTERS_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
CHARACTERS_MICROKERNEL void characters_tile_new(const characters_runs *along, size_t height, size_t width, const characters_real *a, size_t row_stride,
                                        size_t depth_stride, const characters_real *panel, characters_real *tile, size_t tile_stride) {
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, CHARACTERS_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    CHARACTERS_TILE_CASES
    default: break;
  }
#undef CHARACTERS_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
CHARACTERS_MICROKERNEL void characters_tile_across(int adds, size_t depth, size_t height, const characters_real *a, size_t depth_stride,
                                           const characters_real *panel, characters_real *tile, size_t tile_stride) {
  const characters_runs along = {depth, 1, 0, 1, 0};
  const size_t width = CHARACTERS_TILE_N;
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, CHARACTERS_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    CHARACTERS_TILE_CASES
    default: break;
  }
#undef CHARACTERS_TILE_OF
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, CHARACTERS_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    CHARACTERS_TILE_CASES
    default: break;
  }
#undef CHARACTERS_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define CHARACTERS_SLICE (16384 / sizeof(characters_real) / CHARACTERS_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
CHARACTERS_MICROKERNEL void characters_tile_ahead(size_t depth, size_t height, size_t width, const characters_real *a, size_t row_stride,
                                          const characters_real *panel, size_t panel_stride, characters_real *tile, const characters_real *ahead,
                                          size_t ahead_stride) {
  const characters_runs along = {depth, 1, 0, 1, 0};
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, CHARACTERS_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    CHARACTERS_TILE_CASES
    default: break;
  }
#undef CHARACTERS_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
CHARACTERS_INLINE void characters_tile(size_t depth, size_t height, size_t width, const characters_real *a, size_t row_stride,
                               size_t depth_stride, const characters_real *panel, characters_real *tile) {
  const characters_runs along = {depth, 1, 0, 1, 0};
  characters_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, CHARACTERS_TILE_N);
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
#define CHARACTERS_FEW 5                                /* rows, up to which B is read where it lies */
#define CHARACTERS_SOME (CHARACTERS_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
CHARACTERS_FLATTEN void characters_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const characters_real *a,
                                    size_t row_stride, size_t a_stride, const characters_real *source, size_t source_stride, int is_first,
                                    characters_real *c, size_t c_stride) {
  characters_vector sum[CHARACTERS_TILE_M][CHARACTERS_ROW_VECTORS];
  CHARACTERS_UNROLL for (int i = 0; i < rows; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (characters_vector){0} : characters_vector_load(c + (size_t)i * c_stride + j * CHARACTERS_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j += 64 / CHARACTERS_VECTOR_BYTES)
      CHARACTERS_PREFETCH(source, ahead + (size_t)j * CHARACTERS_LANES);
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) {
      const characters_vector b = characters_vector_load(source + j * CHARACTERS_LANES);
      CHARACTERS_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = characters_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  CHARACTERS_UNROLL for (int i = 0; i < rows; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) characters_vector_store(c + (size_t)i * c_stride + j * CHARACTERS_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
CHARACTERS_INLINE void characters_few_rest(size_t depth, size_t columns, const characters_real *a, size_t a_stride, const characters_real *source,
                                   size_t source_stride, characters_real *c) {
  characters_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= CHARACTERS_LANES; k++)
    sum = characters_vector_fma(a[k * a_stride], characters_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    characters_real last[CHARACTERS_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = characters_vector_fma(a[k * a_stride], characters_vector_load(last), sum);
  }
  characters_real rest[CHARACTERS_LANES];
  characters_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define CHARACTERS_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
CHARACTERS_FLATTEN void characters_few_rows(const int rows, const int vectors, size_t depth, size_t width, const characters_real *a, size_t row_stride,
                                    size_t a_stride, const characters_real *source, size_t source_stride, characters_real *c, size_t c_stride) {
  const size_t whole = width / CHARACTERS_LANES * CHARACTERS_LANES;
  const size_t most = width < CHARACTERS_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define CHARACTERS_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * CHARACTERS_LANES <= whole; j += (size_t)(n) * CHARACTERS_LANES)                                                 \
  characters_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    CHARACTERS_COLUMNS(vectors);
    CHARACTERS_COLUMNS(4);
    CHARACTERS_COLUMNS(1);
#undef CHARACTERS_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    characters_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
CHARACTERS_INLINE void characters_few(size_t rows, size_t depth, size_t width, const characters_real *a, size_t row_stride, size_t a_stride,
                              const characters_real *source, size_t source_stride, characters_real *c, size_t c_stride) {
#define CHARACTERS_ROWS(n, vectors)                                                                                   \
  case n: characters_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    CHARACTERS_ROWS(1, CHARACTERS_ROW_VECTORS)
    CHARACTERS_ROWS(2, CHARACTERS_ROW_VECTORS / 2)
    CHARACTERS_ROWS(3, CHARACTERS_ROW_VECTORS / 2)
    CHARACTERS_ROWS(4, CHARACTERS_ROW_VECTORS / 4)
    CHARACTERS_ROWS(5, CHARACTERS_ROW_VECTORS / 4)
    default: break;
  }
#undef CHARACTERS_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define CHARACTERS_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
CHARACTERS_INLINE void characters_some(size_t rows, size_t depth, size_t width, const characters_real *a, size_t row_stride, size_t a_stride,
                               const characters_real *source, size_t source_stride, characters_real *c, size_t c_stride) {
  if (rows <= CHARACTERS_FEW) {
    characters_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define CHARACTERS_TILE_OF(rows, vectors)                                                                                       \
  characters_few_body(steps, rows, vectors, m == 0 ? 4 * CHARACTERS_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < CHARACTERS_SOME_DEPTH ? depth - k0 : CHARACTERS_SOME_DEPTH;
    for (size_t j = 0; j < width; j += CHARACTERS_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = characters_height(rows - m);
        switch (height) {
          CHARACTERS_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += CHARACTERS_SOME_DEPTH) < depth);
#undef CHARACTERS_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define CHARACTERS_LINE_VECTORS 16 /* at most */
#define CHARACTERS_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
CHARACTERS_FLATTEN void characters_line_body(const int adds, size_t depth, const int panels, const int vectors, const characters_real *a,
                                     size_t a_stride, const characters_real *panel, characters_real *sums) {
  const size_t width = (size_t)vectors * CHARACTERS_LANES;
  characters_vector c[CHARACTERS_LINE_VECTORS];
  CHARACTERS_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? characters_vector_load(sums + i * CHARACTERS_LANES) : (characters_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    CHARACTERS_UNROLL for (int p = 0; p < panels; p++)
      CHARACTERS_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = characters_vector_fma(*a, characters_vector_load(panel + (size_t)p * depth * width + j * CHARACTERS_LANES), c[p * vectors + j]);
  CHARACTERS_UNROLL for (int i = 0; i < panels * vectors; i++) characters_vector_store(sums + i * CHARACTERS_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
CHARACTERS_INLINE void characters_line(size_t depth, size_t width, size_t first, size_t last, const characters_real *a, size_t a_stride,
                               const characters_real *packed, characters_real *c) {
  const size_t padded = (width + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * CHARACTERS_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N, panels = left >= CHARACTERS_LINE_TILES ? CHARACTERS_LINE_TILES : left >= 2 ? 2 : 1;
    CHARACTERS_ALIGNED characters_real sums[CHARACTERS_LINE_TILES * CHARACTERS_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += CHARACTERS_TILE_K) {
      const size_t steps = depth - k0 < CHARACTERS_TILE_K ? depth - k0 : CHARACTERS_TILE_K;
      const characters_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == CHARACTERS_LINE_TILES) characters_line_body(1, steps, CHARACTERS_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) characters_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else characters_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * CHARACTERS_TILE_N < last - n0 ? panels * CHARACTERS_TILE_N : last - n0;
    memcpy(c + n0, sums, columns * sizeof *c);
  }
}

/*
 * Products with a matrix that is packed once and used many times, as by the steps of a recurrent layer:
 *
 *   C[lines][width] = A[lines][depth] · B, B as panels of PANEL columns, [panel][depth][PANEL], zeros behind the last column
 *
 * Lines of C are c_stride apart, at least width rounded up to whole panels: whole vectors are stored, and what they put behind
 * the last column has no meaning. As in tile.c every element is one chain of multiply-adds over the depth in rising order.
 * Include after tile.c and rows.c.
 */
#define CHARACTERS_PANEL 32
#define CHARACTERS_PANEL_VECTORS (CHARACTERS_PANEL / CHARACTERS_LANES)
/* Panels that a single line is multiplied with at once, as many as there are registers for: all of them hide how long a
 * multiply-add takes. */
#if defined(__AVX512F__) || defined(__aarch64__) /* LINE_VECTORS of 32 registers */
#define CHARACTERS_LINE_PANELS (CHARACTERS_LINE_VECTORS / CHARACTERS_PANEL_VECTORS)
#elif CHARACTERS_PANEL_VECTORS <= 12 /* of 16 */
#define CHARACTERS_LINE_PANELS (12 / CHARACTERS_PANEL_VECTORS)
#else
#define CHARACTERS_LINE_PANELS 1
#endif

CHARACTERS_FLATTEN void characters_panel_tile(size_t depth, const int lines, const int vectors, const characters_real *a, size_t a_stride,
                                      const characters_real *panel, characters_real *c, size_t c_stride) {
  characters_vector sum[CHARACTERS_TILE_M][2];
  CHARACTERS_UNROLL for (int i = 0; i < lines; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = (characters_vector){0};
  for (size_t k = 0; k < depth; k++, a++, panel += CHARACTERS_PANEL) {
    characters_vector b[2];
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) {
      if (j * CHARACTERS_VECTOR_BYTES % 64 == 0) CHARACTERS_PREFETCH(panel, depth * CHARACTERS_PANEL + (size_t)j * CHARACTERS_LANES); /* what follows this panel */
      b[j] = characters_vector_load(panel + j * CHARACTERS_LANES);
    }
    CHARACTERS_UNROLL for (int i = 0; i < lines; i++)
      CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = characters_vector_fma(a[(size_t)i * a_stride], b[j], sum[i][j]);
  }
  CHARACTERS_UNROLL for (int i = 0; i < lines; i++)
    CHARACTERS_UNROLL for (int j = 0; j < vectors; j++) characters_vector_store(c + (size_t)i * c_stride + j * CHARACTERS_LANES, sum[i][j]);
}

/* One line; its panels in groups of about the same size. */
CHARACTERS_INLINE void characters_panel_row(size_t depth, size_t width, const characters_real *a, const characters_real *panels, characters_real *c) {
#define CHARACTERS_PANELS(n) \
  case n: characters_line_body(0, depth, n, CHARACTERS_PANEL_VECTORS, a, 1, panels, c); break;
  for (size_t left = (width + CHARACTERS_PANEL - 1) / CHARACTERS_PANEL, count = 0; left > 0; left -= count) {
    const size_t groups = (left + CHARACTERS_LINE_PANELS - 1) / CHARACTERS_LINE_PANELS;
    count = (left + groups - 1) / groups;
    switch (count) {
      CHARACTERS_PANELS(1)
#if CHARACTERS_LINE_PANELS >= 2
      CHARACTERS_PANELS(2)
#endif
#if CHARACTERS_LINE_PANELS >= 3
      CHARACTERS_PANELS(3)
#endif
#if CHARACTERS_LINE_PANELS >= 4
      CHARACTERS_PANELS(4)
#endif
#if CHARACTERS_LINE_PANELS >= 8
      CHARACTERS_PANELS(5) CHARACTERS_PANELS(6) CHARACTERS_PANELS(7) CHARACTERS_PANELS(8)
#endif
      default: break;
    }
    panels += count * depth * CHARACTERS_PANEL;
    c += count * CHARACTERS_PANEL;
  }
#undef CHARACTERS_PANELS
}

/* Lines of one tile's columns, at most TILE_N of them. */
CHARACTERS_INLINE void characters_panel_lines(size_t lines, size_t depth, size_t width, const characters_real *a, size_t a_stride,
                                      const characters_real *panel, characters_real *c, size_t c_stride) {
#define CHARACTERS_TILE_OF(rows, vectors) \
  characters_panel_tile(depth, rows, vectors, a + m * a_stride, a_stride, panel, c + m * c_stride, c_stride)
  for (size_t m = 0, height = 0; m < lines; m += height) {
    height = characters_height(lines - m);
    switch (height) {
      CHARACTERS_TILE_CASES
      default: break;
    }
  }
#undef CHARACTERS_TILE_OF
}

CHARACTERS_INLINE void characters_panel_product(size_t lines, size_t depth, size_t width, const characters_real *a, size_t a_stride,
                                        const characters_real *panels, characters_real *c, size_t c_stride) {
  if (lines <= 2) {
    for (size_t i = 0; i < lines; i++) characters_panel_row(depth, width, a + i * a_stride, panels, c + i * c_stride);
    return;
  }
  for (size_t n = 0; n < width; n += CHARACTERS_TILE_N)
    characters_panel_lines(lines, depth, width - n, a, a_stride, panels + n / CHARACTERS_PANEL * CHARACTERS_PANEL * depth + n % CHARACTERS_PANEL, c + n,
                       c_stride);
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
CHARACTERS_INLINE size_t characters_utf8_length(const unsigned char *p, const unsigned char *end) {
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
typedef struct characters_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} characters_safetensors_reader;

CHARACTERS_INLINE int characters_safetensors_fail(characters_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
CHARACTERS_INLINE int characters_safetensors_peek(characters_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

CHARACTERS_INLINE int characters_safetensors_accept(characters_safetensors_reader *r, int c) {
  if (characters_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

CHARACTERS_INLINE int characters_safetensors_expect(characters_safetensors_reader *r, int c, const char *problem) {
  return characters_safetensors_accept(r, c) || characters_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
CHARACTERS_INLINE long characters_safetensors_hex(const unsigned char *p) {
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
CHARACTERS_INLINE int characters_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
CHARACTERS_INLINE size_t characters_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = characters_utf8_length(p, end);
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
  long code = left < 6 ? -1 : characters_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : characters_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

CHARACTERS_INLINE int characters_safetensors_string(characters_safetensors_reader *r, characters_safetensors_text *text) {
  if (!characters_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && characters_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = characters_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return characters_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return characters_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

CHARACTERS_INLINE int characters_safetensors_integer(characters_safetensors_reader *r, size_t *value) {
  int c = characters_safetensors_peek(r);
  if (c < '0' || c > '9') return characters_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return characters_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return characters_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int characters_safetensors_equals(characters_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = characters_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t characters_safetensors_copy(characters_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = characters_safetensors_character(p, end, utf8, &count);
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
CHARACTERS_INLINE uint64_t characters_safetensors_hash(characters_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && characters_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = characters_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see characters.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { CHARACTERS_SAFETENSORS_HEADER = 100000000, CHARACTERS_SAFETENSORS_NAMES = 32768, CHARACTERS_SAFETENSORS_CHUNK = 2048 };

CHARACTERS_INLINE int characters_safetensors_dtype(characters_safetensors_reader *r, characters_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  characters_safetensors_text text;
  if (!characters_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (characters_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return characters_safetensors_fail(r, "this dtype is not known");
}

CHARACTERS_INLINE int characters_safetensors_shape(characters_safetensors_reader *r, characters_safetensor *tensor) {
  if (!characters_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (characters_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!characters_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return characters_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (characters_safetensors_accept(r, ','));
  return characters_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
CHARACTERS_INLINE int characters_safetensors_offsets(characters_safetensors_reader *r, size_t *begin, size_t *end) {
  return characters_safetensors_expect(r, '[', "[ is expected") && characters_safetensors_integer(r, begin) &&
         characters_safetensors_expect(r, ',', ", is expected between the two offsets") && characters_safetensors_integer(r, end) &&
         characters_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
CHARACTERS_INLINE int characters_safetensors_value(characters_safetensors_reader *r, const characters_safetensors *file,
                                           characters_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!characters_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    characters_safetensors_text key;
    if (!characters_safetensors_string(r, &key) || !characters_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = characters_safetensors_equals(key, "dtype")          ? DTYPE
                     : characters_safetensors_equals(key, "shape")        ? SHAPE
                     : characters_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return characters_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? characters_safetensors_dtype(r, tensor)
          : field == SHAPE ? characters_safetensors_shape(r, tensor)
                           : characters_safetensors_offsets(r, &begin, &end))) return 0;
  } while (characters_safetensors_accept(r, ','));
  if (!characters_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return characters_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return characters_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return characters_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int characters_safetensors_next_metadata(const characters_safetensors *file, size_t *cursor,
                                     characters_safetensors_text *key, characters_safetensors_text *value) {
  characters_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || characters_safetensors_peek(&r) == '}') return 0;
  if (!characters_safetensors_string(&r, key) || !characters_safetensors_expect(&r, ':', ": is expected") ||
      !characters_safetensors_string(&r, value)) return 0;
  characters_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int characters_safetensors_next(const characters_safetensors *file, size_t *cursor, characters_safetensor *tensor) {
  characters_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (characters_safetensors_peek(&r) == '"') {
    if (!characters_safetensors_string(&r, &tensor->name) || !characters_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = characters_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      characters_safetensors_text key, value;
      for (r.at = file->metadata; characters_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      characters_safetensors_accept(&r, '}');
    } else if (!characters_safetensors_value(&r, file, tensor)) return 0;
    characters_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int characters_safetensors_find(const characters_safetensors *file, size_t *cursor, const char *name,
                            characters_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && characters_safetensors_next(file, cursor, tensor))
      if (characters_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int characters_safetensors_find_metadata(const characters_safetensors *file, size_t *cursor, const char *name,
                                     characters_safetensors_text *value) {
  size_t start = *cursor;
  characters_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && characters_safetensors_next_metadata(file, cursor, &key, value))
      if (characters_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct characters_safetensors_keys {
  uint64_t keys[CHARACTERS_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} characters_safetensors_keys;

CHARACTERS_INLINE void characters_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

CHARACTERS_INLINE void characters_safetensors_offer(characters_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < CHARACTERS_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == CHARACTERS_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) characters_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    characters_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
CHARACTERS_INLINE int characters_safetensors_settle(characters_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) characters_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    characters_safetensors_sift(list->keys, n, 0);
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
CHARACTERS_INLINE const char *characters_safetensors_unique(const characters_safetensors *file, size_t names) {
  characters_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += CHARACTERS_SAFETENSORS_CHUNK) {
    characters_safetensor tensor;
    characters_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; characters_safetensors_next_metadata(file, &cursor, &key, &value);)
      characters_safetensors_offer(&list[0], characters_safetensors_hash(key, 1));
    for (size_t cursor = 0; characters_safetensors_next(file, &cursor, &tensor);) {
      characters_safetensors_offer(&list[0], characters_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      characters_safetensors_offer(&list[1], tensor.offset);
      characters_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!characters_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = characters_safetensors_settle(&list[1]) & characters_safetensors_settle(&list[2]);
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
CHARACTERS_INLINE int characters_safetensors_header(characters_safetensors_reader *r, characters_safetensors *file, size_t *names) {
  if (!characters_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (characters_safetensors_accept(r, '}')) return 1;
  do {
    characters_safetensor tensor;
    if (!characters_safetensors_string(r, &tensor.name) || !characters_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!characters_safetensors_equals(tensor.name, "__metadata__")) {
      if (!characters_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return characters_safetensors_fail(r, "__metadata__ occurs twice");
      if (!characters_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (characters_safetensors_accept(r, '}')) continue;
      do {
        characters_safetensors_text key, value;
        if (!characters_safetensors_string(r, &key) || !characters_safetensors_expect(r, ':', ": is expected") ||
            !characters_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (characters_safetensors_accept(r, ','));
      if (!characters_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > CHARACTERS_SAFETENSORS_NAMES) return characters_safetensors_fail(r, "there are more than 32768 names");
  } while (characters_safetensors_accept(r, ','));
  return characters_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *characters_safetensors_open(const void *bytes, size_t size, characters_safetensors *file) {
  const characters_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > CHARACTERS_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  characters_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') characters_safetensors_fail(&r, "the header does not begin with {");
  else if (characters_safetensors_header(&r, file, &names) && (characters_safetensors_peek(&r), r.at != r.end))
    characters_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = characters_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int characters_safetensors_read(const characters_safetensor *tensor, size_t first, size_t count, characters_real *values) {
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
    values[i] = (characters_real)value;
  }
  return 1;
}

#if defined(CHARACTERS_PROFILE)
CHARACTERS_INLINE void characters_lap(characters_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define CHARACTERS_LAP(object, kernel) characters_lap((object)->profile, kernel)
#else
#define CHARACTERS_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct characters_parameters {
  uint64_t tag;
  float *values; /* [95312] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct characters_context {
  uint64_t tag;
  size_t max_rows;
  characters_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(CHARACTERS_PROFILE)
  characters_profile *profile;
#endif
};

struct characters_trainer {
  uint64_t tag;
  size_t max_rows;
  characters_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  characters_parameters *parameters;
  float *gradients; /* [95312] */
  float *slots;     /* [190624] */
  unsigned char *state;
  unsigned char *arena;
#if defined(CHARACTERS_PROFILE)
  characters_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void characters_released(const characters_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { CHARACTERS_TENSORS = 6 };
static const characters_tensor_info characters_tensors_table[] = {
  {"embedding/embeddings", 2, {80, 32}, 0, 2560, 1},
  {"lstm/kernel", 2, {32, 512}, 2560, 16384, 1},
  {"lstm/recurrent_kernel", 2, {128, 512}, 18944, 65536, 1},
  {"lstm/bias", 1, {512}, 84480, 512, 1},
  {"dense/kernel", 2, {128, 80}, 84992, 10240, 1},
  {"dense/bias", 1, {80}, 95232, 80, 1},
};

enum { CHARACTERS_SLOTS = 12 };
static const characters_tensor_info characters_slots_table[] = {
  {"adam/embedding/embeddings/momentum", 2, {80, 32}, 0, 2560, 0},
  {"adam/embedding/embeddings/velocity", 2, {80, 32}, 2560, 2560, 0},
  {"adam/lstm/kernel/momentum", 2, {32, 512}, 5120, 16384, 0},
  {"adam/lstm/kernel/velocity", 2, {32, 512}, 21504, 16384, 0},
  {"adam/lstm/recurrent_kernel/momentum", 2, {128, 512}, 37888, 65536, 0},
  {"adam/lstm/recurrent_kernel/velocity", 2, {128, 512}, 103424, 65536, 0},
  {"adam/lstm/bias/momentum", 1, {512}, 168960, 512, 0},
  {"adam/lstm/bias/velocity", 1, {512}, 169472, 512, 0},
  {"adam/dense/kernel/momentum", 2, {128, 80}, 169984, 10240, 0},
  {"adam/dense/kernel/velocity", 2, {128, 80}, 180224, 10240, 0},
  {"adam/dense/bias/momentum", 1, {80}, 190464, 80, 0},
  {"adam/dense/bias/velocity", 1, {80}, 190544, 80, 0},
};

/* gather[rows, 64, 32] = gather
 * model.swift:4:3 */
static void characters_embedding_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict embeddings /* [80, 32] */,
    const int32_t *restrict x /* [rows, 64] */,
    float *restrict gather /* [rows, 64, 32] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 64; j++) {
      CHARACTERS_ROLLED for (size_t k = 0; k < 32; k++) {
        gather[i * 2048 + j * 32 + k] = embeddings[(size_t)x[i * 64 + j] * 32 + k];
      }
    }
  }
}

struct characters_embedding_forward_call {
  size_t rows;
  const float *embeddings;
  const int32_t *x;
  float *gather;
};

static void characters_embedding_forward_task(void *given, size_t part, size_t parts) {
  const struct characters_embedding_forward_call *const call = given;
  characters_embedding_forward(part, parts, call->rows, call->embeddings, call->x, call->gather);
}

/* add[rows, 64, 512] = matmul + add
 * model.swift:5:3 */
static void characters_lstm_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict gather /* [rows, 64, 32] */,
    const float *restrict kernel /* [32, 512] */,
    const float *restrict bias /* [512] */,
    float *restrict add /* [rows, 64, 512] */,
    const float *restrict packed /* [16384] */) {
  const characters_share share = characters_share_of(part, parts, rows * 64, 512, 0);
  CHARACTERS_ALIGNED float own[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 32 - k0 < CHARACTERS_TILE_K ? 32 - k0 : CHARACTERS_TILE_K;
    const characters_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = CHARACTERS_TILE_N;
        const float *const panel = packed ? packed + k0 * 512 + n0 * depth : own;
        if (!packed) characters_pack(depth, width, kernel + k0 * 512 + n0, 512, 1, own);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          CHARACTERS_ALIGNED float tile[CHARACTERS_TILE_M * CHARACTERS_TILE_N];
          characters_tile_new(&along, height, width, gather + m0 * 32 + k0, 32, 1, panel, tile, CHARACTERS_TILE_N);
          for (size_t r = 0; r < height; r++) {
            CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * CHARACTERS_TILE_N + s];
              const float add_2 = sum + bias[j];
              add[i * 512 + j] = add_2;
            }
          }
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < 32);
}

struct characters_lstm_forward_call {
  size_t rows;
  const float *gather;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void characters_lstm_forward_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_forward_call *const call = given;
  characters_lstm_forward(part, parts, call->rows, call->gather, call->kernel, call->bias, call->add, call->packed);
}

/* panels_2[16, 128, 32] = panels
 * model.swift:5:3 */
static void characters_lstm_forward_2(size_t part,
    size_t parts,
    const float *restrict recurrent_kernel /* [128, 512] */,
    float *restrict panels_2 /* [16, 128, 32] */) {
  for (size_t b0 = part * (16) / parts; b0 < (part + 1) * (16) / parts; b0++) {
    for (size_t i0 = 0; i0 < 128; i0++) {
      CHARACTERS_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        panels_2[b0 * 4096 + i0 * 32 + i1] = recurrent_kernel[i0 * 512 + b0 * 32 + i1];
      }
    }
  }
}

struct characters_lstm_forward_2_call {
  const float *recurrent_kernel;
  float *panels_2;
};

static void characters_lstm_forward_2_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_forward_2_call *const call = given;
  characters_lstm_forward_2(part, parts, call->recurrent_kernel, call->panels_2);
}

/* lstm[rows, 64, 128], lstm_2[rows, 128], lstm_3[rows, 128], lstm_4[rows, 512] = lstm
 * model.swift:5:3 */
static void characters_lstm_forward_3(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 64, 512] */,
    const float *restrict panels_2 /* [16, 128, 32] */,
    float *restrict lstm /* [rows, 64, 128] */,
    float *restrict lstm_2 /* [rows, 128] */,
    float *restrict lstm_3 /* [rows, 128] */,
    float *restrict lstm_4 /* [rows, 512] */) {
  const size_t end = (part + 1) * rows / parts;
  for (size_t first = part * rows / parts; first < end; first += 24) {
    const size_t height = end - first < 24 ? end - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 128; i1++) {
        lstm_2[(first + i0) * 128 + i1] = 0.0f;
        lstm_3[(first + i0) * 128 + i1] = 0.0f;
      }
    }
    for (size_t t = 0; t < 64; t++) {
      characters_panel_product(height, 128, 512, lstm_2 + first * 128, 128, panels_2, lstm_4 + first * 512, 512);
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 128; i1++) {
          const float input = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1] + lstm_4[(first + i0) * 512 + i1]);
          const float forget = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1 + 128] + lstm_4[(first + i0) * 512 + i1 + 128]);
          const float candidate = characters_tanh(add[(first + i0) * 32768 + t * 512 + i1 + 256] + lstm_4[(first + i0) * 512 + i1 + 256]);
          const float out = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1 + 384] + lstm_4[(first + i0) * 512 + i1 + 384]);
          const float old = lstm_3[(first + i0) * 128 + i1];
          const float cell = forget * old + input * candidate;
          const float state = out * characters_tanh(cell);
          lstm[(first + i0) * 8192 + t * 128 + i1] = state;
          lstm_2[(first + i0) * 128 + i1] = state;
          lstm_3[(first + i0) * 128 + i1] = cell;
        }
      }
    }
  }
}

struct characters_lstm_forward_3_call {
  size_t rows;
  const float *add;
  const float *panels_2;
  float *lstm;
  float *lstm_2;
  float *lstm_3;
  float *lstm_4;
};

static void characters_lstm_forward_3_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_forward_3_call *const call = given;
  characters_lstm_forward_3(part, parts, call->rows, call->add, call->panels_2, call->lstm, call->lstm_2, call->lstm_3, call->lstm_4);
}

/* add[rows, 64, 80] = matmul + add
 * model.swift:6:3 */
static void characters_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict lstm /* [rows, 64, 128] */,
    const float *restrict kernel /* [128, 80] */,
    const float *restrict bias /* [80] */,
    float *restrict add /* [rows, 64, 80] */,
    const float *restrict packed /* [12288] */) {
  const characters_share share = characters_share_of(part, parts, rows * 64, 80, 0);
  CHARACTERS_ALIGNED float own[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
    const characters_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = 80 - n0 < CHARACTERS_TILE_N ? 80 - n0 : CHARACTERS_TILE_N;
        const float *const panel = packed ? packed + k0 * ((80 + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * CHARACTERS_TILE_N) + n0 * depth : own;
        if (!packed) characters_pack(depth, width, kernel + k0 * 80 + n0, 80, 1, own);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          CHARACTERS_ALIGNED float tile[CHARACTERS_TILE_M * CHARACTERS_TILE_N];
          characters_tile_new(&along, height, width, lstm + m0 * 128 + k0, 128, 1, panel, tile, CHARACTERS_TILE_N);
          for (size_t r = 0; r < height; r++) {
            CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * CHARACTERS_TILE_N + s];
              const float add_2 = sum + bias[j];
              add[i * 80 + j] = add_2;
            }
          }
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < 128);
}

struct characters_dense_forward_call {
  size_t rows;
  const float *lstm;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void characters_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_forward_call *const call = given;
  characters_dense_forward(part, parts, call->rows, call->lstm, call->kernel, call->bias, call->add, call->packed);
}

/* dense[rows, 64, 80] = softmax
 * model.swift:6:3 */
static void characters_dense_forward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 64, 80] */,
    float *restrict dense /* [rows, 64, 80] */) {
  for (size_t i0i1 = part * (rows * 64) / parts; i0i1 < (part + 1) * (rows * 64) / parts; i0i1++) {
    const size_t i0 = i0i1 / 64;
    const size_t i1 = i0i1 % 64;
    float largest_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) largest_lanes[lane] = -(float)INFINITY;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        largest_lanes[lane] = characters_maximum(largest_lanes[lane], add[i0 * 5120 + i1 * 80 + j]);
      }
    }
    const float largest = characters_join_maximum(largest_lanes);
    for (size_t j = 0; j < 80; j++) {
      dense[i0 * 5120 + i1 * 80 + j] = characters_exp_falling(add[i0 * 5120 + i1 * 80 + j] - largest);
    }
    float total_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        total_lanes[lane] += dense[i0 * 5120 + i1 * 80 + j];
      }
    }
    const float total = characters_join_sum(total_lanes);
    for (size_t j = 0; j < 80; j++) {
      dense[i0 * 5120 + i1 * 80 + j] = dense[i0 * 5120 + i1 * 80 + j] / total;
    }
  }
}

struct characters_dense_forward_2_call {
  size_t rows;
  const float *add;
  float *dense;
};

static void characters_dense_forward_2_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_forward_2_call *const call = given;
  characters_dense_forward_2(part, parts, call->rows, call->add, call->dense);
}

/* kernel[32, 512] as lstm_forward multiplies it
 * model.swift:5:3 */
static void characters_lstm_forward_pack(const characters_release *restrict release,
    const float *restrict kernel /* [32, 512] */,
    float *restrict packed /* [16384] */) {
  for (size_t k0 = 0; k0 < 32; k0 += CHARACTERS_TILE_K) {
    const size_t depth = 32 - k0 < CHARACTERS_TILE_K ? 32 - k0 : CHARACTERS_TILE_K;
    for (size_t n0 = 0; n0 < 512; n0 += CHARACTERS_TILE_N) {
      const size_t width = CHARACTERS_TILE_N;
      characters_pack(depth, width, kernel + k0 * 512 + n0, 512, 1, packed + k0 * 512 + n0 * depth);
    }
    characters_released(release, kernel + k0 * 512, depth * 512);
  }
}

/* kernel[128, 80] as dense_forward multiplies it
 * model.swift:6:3 */
static void characters_dense_forward_pack(const characters_release *restrict release,
    const float *restrict kernel /* [128, 80] */,
    float *restrict packed /* [12288] */) {
  for (size_t k0 = 0; k0 < 128; k0 += CHARACTERS_TILE_K) {
    const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
    for (size_t n0 = 0; n0 < 80; n0 += CHARACTERS_TILE_N) {
      const size_t width = 80 - n0 < CHARACTERS_TILE_N ? 80 - n0 : CHARACTERS_TILE_N;
      characters_pack(depth, width, kernel + k0 * 80 + n0, 80, 1, packed + k0 * ((80 + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * CHARACTERS_TILE_N) + n0 * depth);
    }
    characters_released(release, kernel + k0 * 80, depth * 80);
  }
}

/* kernel[32, 512] as lstm_step multiplies it
 * model.swift:5:3 */
static void characters_lstm_step_pack(const characters_release *restrict release,
    const float *restrict kernel /* [32, 512] */,
    float *restrict packed /* [16384] */) {
  for (size_t k0 = 0; k0 < 32; k0 += CHARACTERS_TILE_K) {
    const size_t depth = 32 - k0 < CHARACTERS_TILE_K ? 32 - k0 : CHARACTERS_TILE_K;
    for (size_t n0 = 0; n0 < 512; n0 += CHARACTERS_TILE_N) {
      const size_t width = CHARACTERS_TILE_N;
      characters_pack(depth, width, kernel + k0 * 512 + n0, 512, 1, packed + k0 * 512 + n0 * depth);
    }
    characters_released(release, kernel + k0 * 512, depth * 512);
  }
}

/* recurrent_kernel[128, 512] as lstm_step_2 multiplies it
 * model.swift:5:3 */
static void characters_lstm_step_2_pack(const characters_release *restrict release,
    const float *restrict recurrent_kernel /* [128, 512] */,
    float *restrict packed /* [65536] */) {
  for (size_t k0 = 0; k0 < 128; k0 += CHARACTERS_TILE_K) {
    const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
    for (size_t n0 = 0; n0 < 512; n0 += CHARACTERS_TILE_N) {
      const size_t width = CHARACTERS_TILE_N;
      characters_pack(depth, width, recurrent_kernel + k0 * 512 + n0, 512, 1, packed + k0 * 512 + n0 * depth);
    }
    characters_released(release, recurrent_kernel + k0 * 512, depth * 512);
  }
}

/* kernel[128, 80] as dense_step multiplies it
 * model.swift:6:3 */
static void characters_dense_step_pack(const characters_release *restrict release,
    const float *restrict kernel /* [128, 80] */,
    float *restrict packed /* [12288] */) {
  for (size_t k0 = 0; k0 < 128; k0 += CHARACTERS_TILE_K) {
    const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
    for (size_t n0 = 0; n0 < 80; n0 += CHARACTERS_TILE_N) {
      const size_t width = 80 - n0 < CHARACTERS_TILE_N ? 80 - n0 : CHARACTERS_TILE_N;
      characters_pack(depth, width, kernel + k0 * 80 + n0, 80, 1, packed + k0 * ((80 + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * CHARACTERS_TILE_N) + n0 * depth);
    }
    characters_released(release, kernel + k0 * 80, depth * 80);
  }
}

/* gather[rows, 1, 32] = gather
 * model.swift:4:3 */
static void characters_embedding_step(size_t rows,
    const float *restrict embeddings /* [80, 32] */,
    const int32_t *restrict x /* [rows, 1] */,
    float *restrict gather /* [rows, 1, 32] */) {
  for (size_t i = 0; i < rows; i++) {
    CHARACTERS_ROLLED for (size_t j = 0; j < 32; j++) {
      gather[i * 32 + j] = embeddings[(size_t)x[i] * 32 + j];
    }
  }
}

/* add[rows, 1, 512] = matmul + add
 * model.swift:5:3 */
static void characters_lstm_step(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict gather /* [rows, 1, 32] */,
    const float *restrict kernel /* [32, 512] */,
    const float *restrict bias /* [512] */,
    float *restrict add /* [rows, 1, 512] */,
    const float *restrict packed /* [16384] */) {
  if (rows <= (packed ? 1 : CHARACTERS_FEW)) {
    const characters_share share = characters_share_of(part, parts, rows, 512, 1);
    const size_t first = share.left, last = share.right;
    if (packed) characters_line(32, 512, first, last, gather, 1, packed, add);
    else characters_few(rows, 32, last - first, gather, 32, 1, kernel + first, 512, add + first, 512);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 512 + j];
        const float add_2 = sum + bias[j];
        add[i * 512 + j] = add_2;
      }
    }
  }
  else {
    const characters_share share = characters_share_of(part, parts, rows, 512, 0);
    CHARACTERS_ALIGNED float own[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 32 - k0 < CHARACTERS_TILE_K ? 32 - k0 : CHARACTERS_TILE_K;
      const characters_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
        const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
          const size_t width = CHARACTERS_TILE_N;
          const float *const panel = packed ? packed + k0 * 512 + n0 * depth : own;
          if (!packed) characters_pack(depth, width, kernel + k0 * 512 + n0, 512, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = characters_height(last - m0);
            CHARACTERS_ALIGNED float tile[CHARACTERS_TILE_M * CHARACTERS_TILE_N];
            characters_tile_new(&along, height, width, gather + m0 * 32 + k0, 32, 1, panel, tile, CHARACTERS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * CHARACTERS_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 512 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += CHARACTERS_TILE_K) < 32);
  }
}

struct characters_lstm_step_call {
  size_t rows;
  const float *gather;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void characters_lstm_step_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_step_call *const call = given;
  characters_lstm_step(part, parts, call->rows, call->gather, call->kernel, call->bias, call->add, call->packed);
}

/* matmul[rows, 512] = matmul
 * model.swift:5:3 */
static void characters_lstm_step_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict h /* [rows, 128] */,
    const float *restrict recurrent_kernel /* [128, 512] */,
    float *restrict matmul /* [rows, 512] */,
    const float *restrict packed /* [65536] */) {
  if (rows <= (packed ? 1 : CHARACTERS_FEW)) {
    const characters_share share = characters_share_of(part, parts, rows, 512, 1);
    const size_t first = share.left, last = share.right;
    if (packed) characters_line(128, 512, first, last, h, 1, packed, matmul);
    else characters_few(rows, 128, last - first, h, 128, 1, recurrent_kernel + first, 512, matmul + first, 512);
  }
  else {
    const characters_share share = characters_share_of(part, parts, rows, 512, 0);
    CHARACTERS_ALIGNED float own[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
      const characters_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
        const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
          const size_t width = CHARACTERS_TILE_N;
          const float *const panel = packed ? packed + k0 * 512 + n0 * depth : own;
          if (!packed) characters_pack(depth, width, recurrent_kernel + k0 * 512 + n0, 512, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = characters_height(last - m0);
            characters_tile_new(&along, height, width, h + m0 * 128 + k0, 128, 1, panel, matmul + m0 * 512 + n0, 512);
          }
        }
      }
    } while ((k0 += CHARACTERS_TILE_K) < 128);
  }
}

struct characters_lstm_step_2_call {
  size_t rows;
  const float *h;
  const float *recurrent_kernel;
  float *matmul;
  const float *packed;
};

static void characters_lstm_step_2_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_step_2_call *const call = given;
  characters_lstm_step_2(part, parts, call->rows, call->h, call->recurrent_kernel, call->matmul, call->packed);
}

/* add_2[rows, 128], h[rows, 128] = slice + slice + slice + slice + slice + slice + slice + slice + add + sigmoid + add + sigmoid + add + tanh + add + sigmoid + multiply + multiply + add + tanh + multiply
 * model.swift:5:3 */
static void characters_lstm_step_3(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 1, 512] */,
    const float *restrict matmul /* [rows, 512] */,
    const float *restrict c_2 /* [rows, 128] */,
    float *restrict add_2 /* [rows, 128] */,
    float *restrict h /* [rows, 128] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 128; j++) {
      const float add_3 = add[i * 512 + j + 128] + matmul[i * 512 + j + 128];
      const float sigmoid = characters_sigmoid(add_3);
      const float multiply = sigmoid * c_2[i * 128 + j];
      const float add_4 = add[i * 512 + j] + matmul[i * 512 + j];
      const float sigmoid_2 = characters_sigmoid(add_4);
      const float add_5 = add[i * 512 + j + 256] + matmul[i * 512 + j + 256];
      const float tanh_2 = characters_tanh(add_5);
      const float multiply_2 = sigmoid_2 * tanh_2;
      const float add_6 = multiply + multiply_2;
      const float add_7 = add[i * 512 + j + 384] + matmul[i * 512 + j + 384];
      const float sigmoid_3 = characters_sigmoid(add_7);
      const float tanh_3 = characters_tanh(add_6);
      const float multiply_3 = sigmoid_3 * tanh_3;
      add_2[i * 128 + j] = add_6;
      h[i * 128 + j] = multiply_3;
    }
  }
}

struct characters_lstm_step_3_call {
  size_t rows;
  const float *add;
  const float *matmul;
  const float *c_2;
  float *add_2;
  float *h;
};

static void characters_lstm_step_3_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_step_3_call *const call = given;
  characters_lstm_step_3(part, parts, call->rows, call->add, call->matmul, call->c_2, call->add_2, call->h);
}

/* add[rows, 1, 80] = matmul + add
 * model.swift:6:3 */
static void characters_dense_step(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict h /* [rows, 128] */,
    const float *restrict kernel /* [128, 80] */,
    const float *restrict bias /* [80] */,
    float *restrict add /* [rows, 1, 80] */,
    const float *restrict packed /* [12288] */) {
  if (rows <= (packed ? 1 : CHARACTERS_FEW)) {
    const characters_share share = characters_share_of(part, parts, rows, 80, 1);
    const size_t first = share.left, last = share.right;
    if (packed) characters_line(128, 80, first, last, h, 1, packed, add);
    else characters_few(rows, 128, last - first, h, 128, 1, kernel + first, 80, add + first, 80);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 80 + j];
        const float add_2 = sum + bias[j];
        add[i * 80 + j] = add_2;
      }
    }
  }
  else {
    const characters_share share = characters_share_of(part, parts, rows, 80, 0);
    CHARACTERS_ALIGNED float own[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 128 - k0 < CHARACTERS_TILE_K ? 128 - k0 : CHARACTERS_TILE_K;
      const characters_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
        const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
          const size_t width = 80 - n0 < CHARACTERS_TILE_N ? 80 - n0 : CHARACTERS_TILE_N;
          const float *const panel = packed ? packed + k0 * ((80 + CHARACTERS_TILE_N - 1) / CHARACTERS_TILE_N * CHARACTERS_TILE_N) + n0 * depth : own;
          if (!packed) characters_pack(depth, width, kernel + k0 * 80 + n0, 80, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = characters_height(last - m0);
            CHARACTERS_ALIGNED float tile[CHARACTERS_TILE_M * CHARACTERS_TILE_N];
            characters_tile_new(&along, height, width, h + m0 * 128 + k0, 128, 1, panel, tile, CHARACTERS_TILE_N);
            for (size_t r = 0; r < height; r++) {
              CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * CHARACTERS_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 80 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += CHARACTERS_TILE_K) < 128);
  }
}

struct characters_dense_step_call {
  size_t rows;
  const float *h;
  const float *kernel;
  const float *bias;
  float *add;
  const float *packed;
};

static void characters_dense_step_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_step_call *const call = given;
  characters_dense_step(part, parts, call->rows, call->h, call->kernel, call->bias, call->add, call->packed);
}

/* dense[rows, 1, 80] = softmax
 * model.swift:6:3 */
static void characters_dense_step_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 1, 80] */,
    float *restrict dense /* [rows, 1, 80] */) {
  for (size_t i0 = part * (rows) / parts; i0 < (part + 1) * (rows) / parts; i0++) {
    float largest_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) largest_lanes[lane] = -(float)INFINITY;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        largest_lanes[lane] = characters_maximum(largest_lanes[lane], add[i0 * 80 + j]);
      }
    }
    const float largest = characters_join_maximum(largest_lanes);
    for (size_t j = 0; j < 80; j++) {
      dense[i0 * 80 + j] = characters_exp_falling(add[i0 * 80 + j] - largest);
    }
    float total_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        total_lanes[lane] += dense[i0 * 80 + j];
      }
    }
    const float total = characters_join_sum(total_lanes);
    for (size_t j = 0; j < 80; j++) {
      dense[i0 * 80 + j] = dense[i0 * 80 + j] / total;
    }
  }
}

struct characters_dense_step_2_call {
  size_t rows;
  const float *add;
  float *dense;
};

static void characters_dense_step_2_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_step_2_call *const call = given;
  characters_dense_step_2(part, parts, call->rows, call->add, call->dense);
}

/* to[128*rows] = from */
static void characters_copy(size_t rows,
    const float *restrict from /* [rows, 128] */,
    float *restrict to /* [rows, 128] */) {
  for (size_t i = 0; i < rows * 128; i++) {
    to[i] = from[i];
  }
}

/* softmax[rows, 64, 80] = softmax
 * model.swift:6:3 */
static void characters_dense_forward_2_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 64, 80] */,
    float *restrict softmax /* [rows, 64, 80] */) {
  for (size_t i0i1 = part * (rows * 64) / parts; i0i1 < (part + 1) * (rows * 64) / parts; i0i1++) {
    const size_t i0 = i0i1 / 64;
    const size_t i1 = i0i1 % 64;
    float largest_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) largest_lanes[lane] = -(float)INFINITY;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        largest_lanes[lane] = characters_maximum(largest_lanes[lane], add[i0 * 5120 + i1 * 80 + j]);
      }
    }
    const float largest = characters_join_maximum(largest_lanes);
    for (size_t j = 0; j < 80; j++) {
      softmax[i0 * 5120 + i1 * 80 + j] = characters_exp_falling(add[i0 * 5120 + i1 * 80 + j] - largest);
    }
    float total_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
    for (size_t start = 0; start < 80; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        total_lanes[lane] += softmax[i0 * 5120 + i1 * 80 + j];
      }
    }
    const float total = characters_join_sum(total_lanes);
    for (size_t j = 0; j < 80; j++) {
      softmax[i0 * 5120 + i1 * 80 + j] = softmax[i0 * 5120 + i1 * 80 + j] / total;
    }
  }
}

struct characters_dense_forward_2_2_call {
  size_t rows;
  const float *add;
  float *softmax;
};

static void characters_dense_forward_2_2_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_forward_2_2_call *const call = given;
  characters_dense_forward_2_2(part, parts, call->rows, call->add, call->softmax);
}

/* softmax_cross_entropy[rows, 64] = softmax_cross_entropy
 * model.swift:9:18 */
static void characters_loss_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 64, 80] */,
    const int32_t *restrict y /* [rows, 64] */,
    float *restrict softmax_cross_entropy /* [rows, 64] */) {
  for (size_t i0 = part * (rows) / parts; i0 < (part + 1) * (rows) / parts; i0++) {
    for (size_t i1 = 0; i1 < 64; i1++) {
      float largest_lanes[16];
      for (size_t lane = 0; lane < 16; lane++) largest_lanes[lane] = -(float)INFINITY;
      for (size_t start = 0; start < 80; start += 16) {
        CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
          const size_t j = start + lane;
          largest_lanes[lane] = characters_maximum(largest_lanes[lane], add[i0 * 5120 + i1 * 80 + j]);
        }
      }
      const float largest = characters_join_maximum(largest_lanes);
      float total_lanes[16];
      for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
      for (size_t start = 0; start < 80; start += 16) {
        CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
          const size_t j = start + lane;
          total_lanes[lane] += characters_exp_falling(add[i0 * 5120 + i1 * 80 + j] - largest);
        }
      }
      const float total = characters_join_sum(total_lanes);
      const float log_total = largest + characters_log(total);
      softmax_cross_entropy[i0 * 64 + i1] = log_total - add[i0 * 5120 + i1 * 80 + (size_t)y[i0 * 64 + i1]];
    }
  }
}

struct characters_loss_forward_call {
  size_t rows;
  const float *add;
  const int32_t *y;
  float *softmax_cross_entropy;
};

static void characters_loss_forward_task(void *given, size_t part, size_t parts) {
  const struct characters_loss_forward_call *const call = given;
  characters_loss_forward(part, parts, call->rows, call->add, call->y, call->softmax_cross_entropy);
}

/* sum_2[] = sum
 * model.swift:9:18 */
static void characters_loss_forward_2(size_t rows,
    const float *restrict softmax_cross_entropy /* [rows, 64] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows * 64 / 16 * 16; start += 16) {
    CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += softmax_cross_entropy[i];
    }
  }
  float total = characters_join_sum(total_lanes);
  for (size_t i = rows * 64 / 16 * 16; i < rows * 64; i++) {
    total += softmax_cross_entropy[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = divide
 * model.swift:9:18 */
static void characters_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */) {
  const float multiply = row_count[0] * 64.0f;
  const float divide = sum_2[0] / multiply;
  sum_2[0] = divide;
}

/* argmax[rows, 64] = argmax
 * model.swift:9:18 */
static void characters_loss_forward_3(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict softmax /* [rows, 64, 80] */,
    float *restrict argmax /* [rows, 64] */) {
  for (size_t i0 = part * (rows) / parts; i0 < (part + 1) * (rows) / parts; i0++) {
    for (size_t i1 = 0; i1 < 64; i1++) {
      float largest = softmax[i0 * 5120 + i1 * 80];
      float position = 0.0f;
      for (size_t j = 0; j < 80; j++) {
        if (softmax[i0 * 5120 + i1 * 80 + j] > largest) {
          largest = softmax[i0 * 5120 + i1 * 80 + j];
          position = (float)j;
        }
      }
      argmax[i0 * 64 + i1] = position;
    }
  }
}

struct characters_loss_forward_3_call {
  size_t rows;
  const float *softmax;
  float *argmax;
};

static void characters_loss_forward_3_task(void *given, size_t part, size_t parts) {
  const struct characters_loss_forward_3_call *const call = given;
  characters_loss_forward_3(part, parts, call->rows, call->softmax, call->argmax);
}

/* sum_2[rows] = cast + compare + sum
 * model.swift:9:18 */
static void characters_loss_forward_4(size_t part,
    size_t parts,
    size_t rows,
    const int32_t *restrict y /* [rows, 64] */,
    const float *restrict argmax /* [rows, 64] */,
    float *restrict sum_2 /* [rows] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    float total_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
    for (size_t start = 0; start < 64; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        const float compare = argmax[i * 64 + j] == (float)y[i * 64 + j] ? 1.0f : 0.0f;
        total_lanes[lane] += compare;
      }
    }
    const float total = characters_join_sum(total_lanes);
    sum_2[i] = total;
  }
}

struct characters_loss_forward_4_call {
  size_t rows;
  const int32_t *y;
  const float *argmax;
  float *sum_2;
};

static void characters_loss_forward_4_task(void *given, size_t part, size_t parts) {
  const struct characters_loss_forward_4_call *const call = given;
  characters_loss_forward_4(part, parts, call->rows, call->y, call->argmax, call->sum_2);
}

/* sum_3[] = multiply + sum
 * model.swift:9:18 */
static void characters_loss_forward_accuracy(size_t rows,
    const float *restrict sum_2 /* [rows] */,
    float *restrict sum_3 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      const float multiply = sum_2[i] * 0.015625f;
      total_lanes[lane] += multiply;
    }
  }
  float total = characters_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    const float multiply = sum_2[i] * 0.015625f;
    total += multiply;
  }
  sum_3[0] = total;
}

/* sum_2[rows] = sum
 * model.swift:9:18 */
static void characters_loss_forward_5(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict softmax_cross_entropy /* [rows, 64] */,
    float *restrict sum_2 /* [rows] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    float total_lanes[16];
    for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
    for (size_t start = 0; start < 64; start += 16) {
      CHARACTERS_ROLLED for (size_t lane = 0; lane < 16; lane++) {
        const size_t j = start + lane;
        total_lanes[lane] += softmax_cross_entropy[i * 64 + j];
      }
    }
    const float total = characters_join_sum(total_lanes);
    sum_2[i] = total;
  }
}

struct characters_loss_forward_5_call {
  size_t rows;
  const float *softmax_cross_entropy;
  float *sum_2;
};

static void characters_loss_forward_5_task(void *given, size_t part, size_t parts) {
  const struct characters_loss_forward_5_call *const call = given;
  characters_loss_forward_5(part, parts, call->rows, call->softmax_cross_entropy, call->sum_2);
}

/* lstm[rows, 64, 128], lstm_2[rows, 64, 512], lstm_3[rows, 64, 128], lstm_4[rows, 64, 128], lstm_5[rows, 128], lstm_6[rows, 128], lstm_7[rows, 512] = lstm
 * model.swift:5:3 */
static void characters_lstm_backward_3(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 64, 512] */,
    const float *restrict panels_2 /* [16, 128, 32] */,
    float *restrict lstm /* [rows, 64, 128] */,
    float *restrict lstm_2 /* [rows, 64, 512] */,
    float *restrict lstm_3 /* [rows, 64, 128] */,
    float *restrict lstm_4 /* [rows, 64, 128] */,
    float *restrict lstm_5 /* [rows, 128] */,
    float *restrict lstm_6 /* [rows, 128] */,
    float *restrict lstm_7 /* [rows, 512] */) {
  const size_t end = (part + 1) * rows / parts;
  for (size_t first = part * rows / parts; first < end; first += 24) {
    const size_t height = end - first < 24 ? end - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 128; i1++) {
        lstm_5[(first + i0) * 128 + i1] = 0.0f;
        lstm_6[(first + i0) * 128 + i1] = 0.0f;
      }
    }
    for (size_t t = 0; t < 64; t++) {
      characters_panel_product(height, 128, 512, lstm_5 + first * 128, 128, panels_2, lstm_7 + first * 512, 512);
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 128; i1++) {
          const float input = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1] + lstm_7[(first + i0) * 512 + i1]);
          const float forget = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1 + 128] + lstm_7[(first + i0) * 512 + i1 + 128]);
          const float candidate = characters_tanh(add[(first + i0) * 32768 + t * 512 + i1 + 256] + lstm_7[(first + i0) * 512 + i1 + 256]);
          const float out = characters_sigmoid(add[(first + i0) * 32768 + t * 512 + i1 + 384] + lstm_7[(first + i0) * 512 + i1 + 384]);
          const float old = lstm_6[(first + i0) * 128 + i1];
          const float cell = forget * old + input * candidate;
          const float state = out * characters_tanh(cell);
          lstm_2[(first + i0) * 32768 + t * 512 + i1] = input;
          lstm_2[(first + i0) * 32768 + t * 512 + i1 + 128] = forget;
          lstm_2[(first + i0) * 32768 + t * 512 + i1 + 256] = candidate;
          lstm_2[(first + i0) * 32768 + t * 512 + i1 + 384] = out;
          lstm_3[(first + i0) * 8192 + t * 128 + i1] = old;
          lstm_4[(first + i0) * 8192 + t * 128 + i1] = lstm_5[(first + i0) * 128 + i1];
          lstm[(first + i0) * 8192 + t * 128 + i1] = state;
          lstm_5[(first + i0) * 128 + i1] = state;
          lstm_6[(first + i0) * 128 + i1] = cell;
        }
      }
    }
  }
}

struct characters_lstm_backward_3_call {
  size_t rows;
  const float *add;
  const float *panels_2;
  float *lstm;
  float *lstm_2;
  float *lstm_3;
  float *lstm_4;
  float *lstm_5;
  float *lstm_6;
  float *lstm_7;
};

static void characters_lstm_backward_3_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_3_call *const call = given;
  characters_lstm_backward_3(part, parts, call->rows, call->add, call->panels_2, call->lstm, call->lstm_2, call->lstm_3, call->lstm_4, call->lstm_5, call->lstm_6, call->lstm_7);
}

/* multiply[rows, 64, 80], bias_gradient[80] = one_hot + subtract + multiply + sum
 * model.swift:9:18, model.swift:6:3 */
static void characters_loss_backward_bias(size_t rows,
    const int32_t *restrict y /* [rows, 64] */,
    const float *restrict softmax /* [rows, 64, 80] */,
    const float *restrict row_count /* [] */,
    float *restrict multiply /* [rows, 64, 80] */,
    float *restrict bias_gradient /* [80] */) {
  const float multiply_2 = row_count[0] * 64.0f;
  const float divide = 1.0f / multiply_2;
  for (size_t i = 0; i < 80; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 64; j++) {
      for (size_t k = 0; k < 80; k++) {
        const float one_hot = (float)y[i * 64 + j] == (float)k ? 1.0f : 0.0f;
        const float subtract = softmax[i * 5120 + j * 80 + k] - one_hot;
        const float multiply_3 = subtract * divide;
        multiply[i * 5120 + j * 80 + k] = multiply_3;
        bias_gradient[k] += multiply_3;
      }
    }
  }
}

/* matmul[rows, 64, 128] = matmul
 * model.swift:6:3 */
static void characters_dense_backward_3(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict multiply /* [rows, 64, 80] */,
    const float *restrict kernel /* [128, 80] */,
    float *restrict matmul /* [rows, 64, 128] */) {
  const characters_share share = characters_share_of(part, parts, rows * 64, 128, 0);
  CHARACTERS_ALIGNED float panel[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 80 - k0 < CHARACTERS_TILE_K ? 80 - k0 : CHARACTERS_TILE_K;
    const characters_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = CHARACTERS_TILE_N;
        characters_pack(depth, width, kernel + k0 + n0 * 80, 1, 80, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          characters_tile_new(&along, height, width, multiply + m0 * 80 + k0, 80, 1, panel, matmul + m0 * 128 + n0, 128);
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < 80);
}

struct characters_dense_backward_3_call {
  size_t rows;
  const float *multiply;
  const float *kernel;
  float *matmul;
};

static void characters_dense_backward_3_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_backward_3_call *const call = given;
  characters_dense_backward_3(part, parts, call->rows, call->multiply, call->kernel, call->matmul);
}

/* kernel_gradient[128, 80] = matmul
 * model.swift:6:3 */
static void characters_dense_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict lstm /* [rows, 64, 128] */,
    const float *restrict multiply /* [rows, 64, 80] */,
    float *restrict kernel_gradient /* [128, 80] */) {
  const characters_share share = characters_share_of(part, parts, 128, 80, 0);
  CHARACTERS_ALIGNED float panel[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows * 64 - k0 < CHARACTERS_TILE_K ? rows * 64 - k0 : CHARACTERS_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = 80 - n0 < CHARACTERS_TILE_N ? 80 - n0 : CHARACTERS_TILE_N;
        characters_pack(depth, width, multiply + k0 * 80 + n0, 80, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          CHARACTERS_ALIGNED float tile[CHARACTERS_TILE_M * CHARACTERS_TILE_N] = {0};
          if (k0 > 0) {
            for (size_t r = 0; r < height; r++)
              CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) tile[r * CHARACTERS_TILE_N + s] = kernel_gradient[(m0 + r) * 80 + n0 + s];
          }
          characters_tile(depth, height, width, lstm + m0 + k0 * 128, 1, 128, panel, tile);
          for (size_t r = 0; r < height; r++)
            CHARACTERS_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[(m0 + r) * 80 + n0 + s] = tile[r * CHARACTERS_TILE_N + s];
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < rows * 64);
}

struct characters_dense_backward_kernel_call {
  size_t rows;
  const float *lstm;
  const float *multiply;
  float *kernel_gradient;
};

static void characters_dense_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_backward_kernel_call *const call = given;
  characters_dense_backward_kernel(part, parts, call->rows, call->lstm, call->multiply, call->kernel_gradient);
}

/* panels_2[4, 512, 32] = panels
 * model.swift:5:3 */
static void characters_lstm_backward_4(size_t part,
    size_t parts,
    const float *restrict recurrent_kernel /* [128, 512] */,
    float *restrict panels_2 /* [4, 512, 32] */) {
  for (size_t b0 = part * (4) / parts; b0 < (part + 1) * (4) / parts; b0++) {
    for (size_t i0 = 0; i0 < 512; i0++) {
      CHARACTERS_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        panels_2[b0 * 16384 + i0 * 32 + i1] = recurrent_kernel[(b0 * 32 + i1) * 512 + i0];
      }
    }
  }
}

struct characters_lstm_backward_4_call {
  const float *recurrent_kernel;
  float *panels_2;
};

static void characters_lstm_backward_4_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_4_call *const call = given;
  characters_lstm_backward_4(part, parts, call->recurrent_kernel, call->panels_2);
}

/* lstm_gradient[rows, 64, 512], lstm_gradient_2[rows, 128], lstm_gradient_3[rows, 128], lstm_gradient_4[rows, 128] = lstm_gradient
 * model.swift:5:3 */
static void characters_lstm_backward_5(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict lstm /* [rows, 64, 512] */,
    const float *restrict lstm_2 /* [rows, 64, 128] */,
    const float *restrict panels_2 /* [4, 512, 32] */,
    const float *restrict matmul /* [rows, 64, 128] */,
    float *restrict lstm_gradient /* [rows, 64, 512] */,
    float *restrict lstm_gradient_2 /* [rows, 128] */,
    float *restrict lstm_gradient_3 /* [rows, 128] */,
    float *restrict lstm_gradient_4 /* [rows, 128] */) {
  const size_t end = (part + 1) * rows / parts;
  for (size_t first = part * rows / parts; first < end; first += 24) {
    const size_t height = end - first < 24 ? end - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 128; i1++) {
        lstm_gradient_3[(first + i0) * 128 + i1] = 0.0f;
        lstm_gradient_2[(first + i0) * 128 + i1] = 0.0f;
        lstm_gradient_4[(first + i0) * 128 + i1] = 0.0f;
      }
    }
    for (size_t back = 0; back < 64; back++) {
      const size_t t = 63 - back;
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 128; i1++) {
          const float input = lstm[(first + i0) * 32768 + t * 512 + i1];
          const float forget = lstm[(first + i0) * 32768 + t * 512 + i1 + 128];
          const float candidate = lstm[(first + i0) * 32768 + t * 512 + i1 + 256];
          const float out = lstm[(first + i0) * 32768 + t * 512 + i1 + 384];
          const float old = lstm_2[(first + i0) * 8192 + t * 128 + i1];
          const float bent = characters_tanh(forget * old + input * candidate);
          const float state = lstm_gradient_4[(first + i0) * 128 + i1] + lstm_gradient_3[(first + i0) * 128 + i1] + matmul[(first + i0) * 8192 + t * 128 + i1];
          const float passed = lstm_gradient_2[(first + i0) * 128 + i1];
          const float cell = passed + state * out * (1.0f - bent * bent);
          lstm_gradient[(first + i0) * 32768 + t * 512 + i1] = cell * candidate * (input * (1.0f - input));
          lstm_gradient[(first + i0) * 32768 + t * 512 + i1 + 128] = cell * old * (forget * (1.0f - forget));
          lstm_gradient[(first + i0) * 32768 + t * 512 + i1 + 256] = cell * input * (1.0f - candidate * candidate);
          lstm_gradient[(first + i0) * 32768 + t * 512 + i1 + 384] = state * bent * (out * (1.0f - out));
          lstm_gradient_2[(first + i0) * 128 + i1] = cell * forget;
          lstm_gradient_3[(first + i0) * 128 + i1] = 0.0f;
        }
      }
      if ((ptrdiff_t)t > 0) {
        characters_panel_product(height, 512, 128, lstm_gradient + first * 32768 + t * 512, 32768, panels_2, lstm_gradient_4 + first * 128, 128);
      }
    }
  }
}

struct characters_lstm_backward_5_call {
  size_t rows;
  const float *lstm;
  const float *lstm_2;
  const float *panels_2;
  const float *matmul;
  float *lstm_gradient;
  float *lstm_gradient_2;
  float *lstm_gradient_3;
  float *lstm_gradient_4;
};

static void characters_lstm_backward_5_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_5_call *const call = given;
  characters_lstm_backward_5(part, parts, call->rows, call->lstm, call->lstm_2, call->panels_2, call->matmul, call->lstm_gradient, call->lstm_gradient_2, call->lstm_gradient_3, call->lstm_gradient_4);
}

/* recurrent_kernel_gradient[128, 512] = matmul
 * model.swift:5:3 */
static void characters_lstm_backward_recurrent_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict lstm /* [rows, 64, 128] */,
    const float *restrict lstm_gradient /* [rows, 64, 512] */,
    float *restrict recurrent_kernel_gradient /* [128, 512] */) {
  const characters_share share = characters_share_of(part, parts, 128, 512, 0);
  CHARACTERS_ALIGNED float panel[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows * 64 - k0 < CHARACTERS_TILE_K ? rows * 64 - k0 : CHARACTERS_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = CHARACTERS_TILE_N;
        characters_pack(depth, width, lstm_gradient + k0 * 512 + n0, 512, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          characters_tile_across(k0 > 0, depth, height, lstm + m0 + k0 * 128, 128, panel, recurrent_kernel_gradient + m0 * 512 + n0, 512);
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < rows * 64);
}

struct characters_lstm_backward_recurrent_kernel_call {
  size_t rows;
  const float *lstm;
  const float *lstm_gradient;
  float *recurrent_kernel_gradient;
};

static void characters_lstm_backward_recurrent_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_recurrent_kernel_call *const call = given;
  characters_lstm_backward_recurrent_kernel(part, parts, call->rows, call->lstm, call->lstm_gradient, call->recurrent_kernel_gradient);
}

/* bias_gradient[512] = sum
 * model.swift:5:3 */
static void characters_lstm_backward_bias(size_t rows,
    const float *restrict lstm_gradient /* [rows, 64, 512] */,
    float *restrict bias_gradient /* [512] */) {
  for (size_t i = 0; i < 512; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 64; j++) {
      for (size_t k = 0; k < 512; k++) {
        bias_gradient[k] += lstm_gradient[i * 32768 + j * 512 + k];
      }
    }
  }
}

/* matmul[rows, 64, 32] = matmul
 * model.swift:5:3 */
static void characters_lstm_backward_6(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict lstm_gradient /* [rows, 64, 512] */,
    const float *restrict kernel /* [32, 512] */,
    float *restrict matmul /* [rows, 64, 32] */) {
  const characters_share share = characters_share_of(part, parts, rows * 64, 32, 0);
  CHARACTERS_ALIGNED float panel[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 512 - k0 < CHARACTERS_TILE_K ? 512 - k0 : CHARACTERS_TILE_K;
    const characters_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = CHARACTERS_TILE_N;
        characters_pack(depth, width, kernel + k0 + n0 * 512, 1, 512, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          characters_tile_new(&along, height, width, lstm_gradient + m0 * 512 + k0, 512, 1, panel, matmul + m0 * 32 + n0, 32);
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < 512);
}

struct characters_lstm_backward_6_call {
  size_t rows;
  const float *lstm_gradient;
  const float *kernel;
  float *matmul;
};

static void characters_lstm_backward_6_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_6_call *const call = given;
  characters_lstm_backward_6(part, parts, call->rows, call->lstm_gradient, call->kernel, call->matmul);
}

/* kernel_gradient[32, 512] = matmul
 * model.swift:5:3 */
static void characters_lstm_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict gather /* [rows, 64, 32] */,
    const float *restrict lstm_gradient /* [rows, 64, 512] */,
    float *restrict kernel_gradient /* [32, 512] */) {
  const characters_share share = characters_share_of(part, parts, 32, 512, 0);
  CHARACTERS_ALIGNED float panel[CHARACTERS_TILE_K * CHARACTERS_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows * 64 - k0 < CHARACTERS_TILE_K ? rows * 64 - k0 : CHARACTERS_TILE_K;
    for (size_t first = share.top; first < share.bottom; first += CHARACTERS_LINES) {
      const size_t last = share.bottom - first < CHARACTERS_LINES ? share.bottom : first + CHARACTERS_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += CHARACTERS_TILE_N) {
        const size_t width = CHARACTERS_TILE_N;
        characters_pack(depth, width, lstm_gradient + k0 * 512 + n0, 512, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = characters_height(last - m0);
          characters_tile_across(k0 > 0, depth, height, gather + m0 + k0 * 32, 32, panel, kernel_gradient + m0 * 512 + n0, 512);
        }
      }
    }
  } while ((k0 += CHARACTERS_TILE_K) < rows * 64);
}

struct characters_lstm_backward_kernel_call {
  size_t rows;
  const float *gather;
  const float *lstm_gradient;
  float *kernel_gradient;
};

static void characters_lstm_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_backward_kernel_call *const call = given;
  characters_lstm_backward_kernel(part, parts, call->rows, call->gather, call->lstm_gradient, call->kernel_gradient);
}

/* embeddings_gradient[80, 32] = scatter_add
 * model.swift:4:3 */
static void characters_embedding_backward_embeddings(size_t rows,
    const float *restrict matmul /* [rows, 64, 32] */,
    const int32_t *restrict x /* [rows, 64] */,
    float *restrict embeddings_gradient /* [80, 32] */) {
  for (size_t z0 = 0; z0 < 80; z0++) {
    CHARACTERS_ROLLED for (size_t z1 = 0; z1 < 32; z1++) {
      embeddings_gradient[z0 * 32 + z1] = 0.0f;
    }
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 64; i1++) {
      CHARACTERS_ROLLED for (size_t i2 = 0; i2 < 32; i2++) {
        embeddings_gradient[(size_t)x[i0 * 64 + i1] * 32 + i2] = embeddings_gradient[(size_t)x[i0 * 64 + i1] * 32 + i2] + matmul[i0 * 2048 + i1 * 32 + i2];
      }
    }
  }
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:9:18 */
static void characters_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = characters_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[80, 32], velocity[80, 32], embeddings[80, 32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:4:3 */
static void characters_embedding_update_embeddings(size_t part,
    size_t parts,
    float *restrict momentum /* [80, 32] */,
    const float *restrict embeddings_gradient /* [80, 32] */,
    float *restrict velocity /* [80, 32] */,
    const float *restrict divide /* [] */,
    float *restrict embeddings /* [80, 32] */) {
  for (size_t i = part * (2560) / parts; i < (part + 1) * (2560) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = embeddings_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = embeddings_gradient[i] * embeddings_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = embeddings[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    embeddings[i] = subtract;
  }
}

struct characters_embedding_update_embeddings_call {
  float *momentum;
  const float *embeddings_gradient;
  float *velocity;
  const float *divide;
  float *embeddings;
};

static void characters_embedding_update_embeddings_task(void *given, size_t part, size_t parts) {
  const struct characters_embedding_update_embeddings_call *const call = given;
  characters_embedding_update_embeddings(part, parts, call->momentum, call->embeddings_gradient, call->velocity, call->divide, call->embeddings);
}

/* momentum[32, 512], velocity[32, 512], kernel[32, 512] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void characters_lstm_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [32, 512] */,
    const float *restrict kernel_gradient /* [32, 512] */,
    float *restrict velocity /* [32, 512] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [32, 512] */) {
  for (size_t i = part * (16384) / parts; i < (part + 1) * (16384) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct characters_lstm_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void characters_lstm_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_update_kernel_call *const call = given;
  characters_lstm_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[128, 512], velocity[128, 512], recurrent_kernel[128, 512] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void characters_lstm_update_recurrent_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [128, 512] */,
    const float *restrict recurrent_kernel_gradient /* [128, 512] */,
    float *restrict velocity /* [128, 512] */,
    const float *restrict divide /* [] */,
    float *restrict recurrent_kernel /* [128, 512] */) {
  for (size_t i = part * (65536) / parts; i < (part + 1) * (65536) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = recurrent_kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = recurrent_kernel_gradient[i] * recurrent_kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = recurrent_kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    recurrent_kernel[i] = subtract;
  }
}

struct characters_lstm_update_recurrent_kernel_call {
  float *momentum;
  const float *recurrent_kernel_gradient;
  float *velocity;
  const float *divide;
  float *recurrent_kernel;
};

static void characters_lstm_update_recurrent_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_lstm_update_recurrent_kernel_call *const call = given;
  characters_lstm_update_recurrent_kernel(part, parts, call->momentum, call->recurrent_kernel_gradient, call->velocity, call->divide, call->recurrent_kernel);
}

/* momentum[512], velocity[512], bias[512] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void characters_lstm_update_bias(float *restrict momentum /* [512] */,
    const float *restrict bias_gradient /* [512] */,
    float *restrict velocity /* [512] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [512] */) {
  for (size_t i = 0; i < 512; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[128, 80], velocity[128, 80], kernel[128, 80] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void characters_dense_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [128, 80] */,
    const float *restrict kernel_gradient /* [128, 80] */,
    float *restrict velocity /* [128, 80] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [128, 80] */) {
  for (size_t i = part * (10240) / parts; i < (part + 1) * (10240) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct characters_dense_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void characters_dense_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct characters_dense_update_kernel_call *const call = given;
  characters_dense_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[80], velocity[80], bias[80] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void characters_dense_update_bias(float *restrict momentum /* [80] */,
    const float *restrict bias_gradient /* [80] */,
    float *restrict velocity /* [80] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [80] */) {
  for (size_t i = 0; i < 80; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = characters_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

const char *characters_status_string(characters_status status) {
  switch (status) {
    case CHARACTERS_OK: return "done";
    case CHARACTERS_ERROR_ARGUMENT: return "a null pointer";
    case CHARACTERS_ERROR_ALIGNMENT: return "memory is not aligned";
    case CHARACTERS_ERROR_MEMORY: return "memory is too small";
    case CHARACTERS_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case CHARACTERS_ERROR_FORMAT: return "not a valid safetensors file";
    case CHARACTERS_ERROR_MODEL: return "tensors of another model";
    case CHARACTERS_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case CHARACTERS_ERROR_LABEL: return "a class number outside its range";
    case CHARACTERS_ERROR_IO: return "reading or writing failed: see errno";
    case CHARACTERS_ERROR_CHECKSUM: return "damaged file";
    case CHARACTERS_ERROR_THREADS: return "a thread cannot be started";
    case CHARACTERS_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case CHARACTERS_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { CHARACTERS_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t characters_tag = UINT64_C(0x17557da6c6e17105);

static characters_status characters_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return CHARACTERS_ERROR_ARGUMENT;
  if ((uintptr_t)memory % CHARACTERS_ALIGNMENT != 0) return CHARACTERS_ERROR_ALIGNMENT;
  return bytes < needed ? CHARACTERS_ERROR_MEMORY : CHARACTERS_OK;
}

CHARACTERS_APART int characters_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

characters_status characters_parameters_init(void *memory, size_t bytes, uint64_t seed, characters_parameters **out) {
  if (!out) return CHARACTERS_ERROR_ARGUMENT;
  const characters_status status = characters_check_memory(memory, bytes, CHARACTERS_PARAMETERS_BYTES);
  if (status != CHARACTERS_OK) return status;
  characters_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + CHARACTERS_OBJECT_BYTES);
  parameters->tag = characters_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  characters_fill_uniform(values, 2560, seed, 0u, -0.05f, 0.05f); /* embedding/embeddings */
  characters_fill_uniform(values + 2560, 16384, seed, 1u, -0.10502101f, 0.10502101f); /* lstm/kernel */
  characters_fill_orthogonal(values + 18944, 128, 512, seed, 2u, 1.0f); /* lstm/recurrent_kernel */
  characters_fill_constant(values + 84480, 128, 0.0f); characters_fill_constant(values + 84608, 128, 1.0f); characters_fill_constant(values + 84736, 128, 0.0f); characters_fill_constant(values + 84864, 128, 0.0f); /* lstm/bias */
  characters_fill_uniform(values + 84992, 10240, seed, 4u, -0.16984156f, 0.16984156f); /* dense/kernel */
  characters_fill_constant(values + 95232, 80, 0.0f); /* dense/bias */
  *out = parameters;
  return CHARACTERS_OK;
}

const characters_tensor_info *characters_tensors(size_t *count) {
  if (count) *count = CHARACTERS_TENSORS;
  return characters_tensors_table;
}

characters_real *characters_parameters_values(characters_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static characters_status characters_open(const characters_tensor_info *table, size_t count, const void *bytes, size_t size, characters_safetensors *file) {
  characters_safetensor tensor;
  if (!bytes) return CHARACTERS_ERROR_ARGUMENT;
  if (characters_safetensors_open(bytes, size, file)) return CHARACTERS_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!characters_safetensors_find(file, &cursor, table[i].name, &tensor)) return CHARACTERS_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return CHARACTERS_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return CHARACTERS_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return CHARACTERS_ERROR_FORMAT;
  }
  return CHARACTERS_OK;
}

/* Reads every tensor of the table into values, or none. */
static characters_status characters_load(const characters_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  characters_safetensors file;
  characters_safetensor tensor;
  if (!values) return CHARACTERS_ERROR_ARGUMENT;
  const characters_status status = characters_open(table, count, bytes, size, &file);
  if (status != CHARACTERS_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (characters_safetensors_find(&file, &cursor, table[i].name, &tensor))
      characters_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return CHARACTERS_OK;
}

characters_status characters_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, characters_parameters **out) {
  if (!out) return CHARACTERS_ERROR_ARGUMENT;
  characters_status status = characters_check_memory(memory, bytes, CHARACTERS_VIEW_BYTES);
  characters_safetensors file;
  characters_safetensor tensor;
  if (status == CHARACTERS_OK) status = characters_open(characters_tensors_table, CHARACTERS_TENSORS, safetensors, size, &file);
  if (status != CHARACTERS_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return CHARACTERS_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < CHARACTERS_TENSORS; i++) {
    const characters_tensor_info *const wanted = &characters_tensors_table[i];
    if (!characters_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != CHARACTERS_REAL_BITS) return CHARACTERS_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return CHARACTERS_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return CHARACTERS_ERROR_ALIGNMENT;
  characters_parameters *const parameters = memory;
  parameters->tag = characters_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return CHARACTERS_OK;
}

characters_status characters_parameters_load(characters_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return CHARACTERS_ERROR_ARGUMENT;
  if (parameters->is_view) return CHARACTERS_ERROR_VIEW;
  parameters->prepared = NULL;
  return characters_load(characters_tensors_table, CHARACTERS_TENSORS, parameters->values, safetensors, bytes);
}

characters_status characters_context_init(void *memory, size_t bytes, const characters_config *config, characters_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : CHARACTERS_MAX_ROWS;
  if (!out) return CHARACTERS_ERROR_ARGUMENT;
  if (max_rows > CHARACTERS_MAX_ROWS) return CHARACTERS_ERROR_ROWS;
  const characters_status status = characters_check_memory(memory, bytes, CHARACTERS_CONTEXT_BYTES(max_rows));
  if (status != CHARACTERS_OK) return status;
  characters_context *const context = memory;
  context->tag = characters_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(CHARACTERS_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + CHARACTERS_OBJECT_BYTES;
  context->arena = context->state + 1024 * max_rows;
  characters_reset_state(context);
  *out = context;
  return CHARACTERS_OK;
}

void characters_reset_state(characters_context *context) {
  if (!context) return;
  context->position = 0;
  memset(context->state, 0, 1024 * context->max_rows);
}

characters_status characters_trainer_init(void *memory, size_t bytes, characters_parameters *parameters, const characters_config *config,
                              characters_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : CHARACTERS_MAX_ROWS;
  if (!out || !parameters) return CHARACTERS_ERROR_ARGUMENT;
  if (parameters->is_view) return CHARACTERS_ERROR_VIEW;
  if (max_rows > CHARACTERS_MAX_ROWS) return CHARACTERS_ERROR_ROWS;
  const characters_status status = characters_check_memory(memory, bytes, CHARACTERS_TRAINER_BYTES(max_rows));
  if (status != CHARACTERS_OK) return status;
  characters_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + CHARACTERS_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = characters_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.005f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 381248);
  trainer->state = base + 1143744;
  trainer->arena = trainer->state + 0;
  characters_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 95312 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 762496);
  *out = trainer;
  return CHARACTERS_OK;
}

void characters_reset_trainer_state(characters_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

characters_real *characters_gradients(characters_trainer *trainer, size_t *count) {
  if (count) *count = 95312;
  return trainer ? trainer->gradients : NULL;
}

characters_real characters_learning_rate(const characters_trainer *trainer) { return trainer->learning_rate; }

void characters_set_learning_rate(characters_trainer *trainer, characters_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t characters_step(const characters_trainer *trainer) { return trainer->step; }

void characters_set_step(characters_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t characters_seed(const characters_trainer *trainer) { return trainer->seed; }

void characters_set_seed(characters_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *characters_fault(const characters_trainer *trainer) { return trainer->fault; }

const characters_tensor_info *characters_trainer_tensors(size_t *count) {
  if (count) *count = CHARACTERS_SLOTS;
  return characters_slots_table;
}

characters_real *characters_trainer_values(characters_trainer *trainer) { return trainer ? trainer->slots : NULL; }

characters_status characters_trainer_load(characters_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return CHARACTERS_ERROR_ARGUMENT;
  return characters_load(characters_slots_table, CHARACTERS_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(CHARACTERS_PROFILE)
void characters_context_profile(characters_context *context, characters_profile *profile) { context->profile = profile; }
void characters_trainer_profile(characters_trainer *trainer, characters_profile *profile) { trainer->profile = profile; }
#endif

/* Whether class numbers and tokens are in range: inputs x[rows, 64].
 * model.swift:3:13 */
static int characters_inputs_are_valid(size_t rows, const characters_inputs *inputs) {
  for (size_t i = 0; i < rows * 64; i++)
    if (inputs->x[i] < 0 || inputs->x[i] >= 80) return 0;
  return 1;
}

/* Inference for the rows of a group: inputs x[rows, 64]; outputs dense[rows, 64, 80].
 * model.swift:3:13 */
static void characters_predict_group(characters_context *context, const characters_parameters *parameters, size_t rows,
                       const characters_inputs *inputs, const characters_outputs *outputs) {
  characters_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = CHARACTERS_IN_GROUP(context->max_rows);
  float *const gather = (float *)(void *)(arena + 131072 * max_rows); /* [rows, 64, 32] */
  float *const add = (float *)(void *)(arena + 0); /* [rows, 64, 512] */
  float *const packed = (float *)(void *)(prepared ? prepared + 0 : NULL); /* [16384] */
  float *const panels_2 = (float *)(void *)(prepared ? prepared + 65536 : arena + 166912 * max_rows); /* [16, 128, 32] */
  float *const lstm = (float *)(void *)(arena + 131072 * max_rows); /* [rows, 64, 128] */
  float *const lstm_2 = (float *)(void *)(arena + 165888 * max_rows); /* [rows, 128] */
  float *const lstm_3 = (float *)(void *)(arena + 166400 * max_rows); /* [rows, 128] */
  float *const lstm_4 = (float *)(void *)(arena + 163840 * max_rows); /* [rows, 512] */
  float *const add_2 = (float *)(void *)(arena + 0); /* [rows, 64, 80] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 327680 : NULL); /* [12288] */

  characters_parallel(pool, rows * 2048, characters_embedding_forward_task, &(struct characters_embedding_forward_call){rows, parameters->values, inputs->x, gather});
  CHARACTERS_LAP(context, 0);
  characters_parallel(pool, rows * 196608, characters_lstm_forward_task, &(struct characters_lstm_forward_call){rows, gather, parameters->values + 2560, parameters->values + 84480, add, packed});
  CHARACTERS_LAP(context, 1);
  if (!prepared) {
    characters_parallel(pool, 65536, characters_lstm_forward_2_task, &(struct characters_lstm_forward_2_call){parameters->values + 18944, panels_2});
    CHARACTERS_LAP(context, 2);
  }
  characters_parallel(pool, rows * 606464, characters_lstm_forward_3_task, &(struct characters_lstm_forward_3_call){rows, add, panels_2, lstm, lstm_2, lstm_3, lstm_4});
  CHARACTERS_LAP(context, 3);
  characters_parallel(pool, rows * 92160, characters_dense_forward_task, &(struct characters_dense_forward_call){rows, lstm, parameters->values + 84992, parameters->values + 95232, add_2, packed_2});
  CHARACTERS_LAP(context, 4);
  characters_parallel(pool, rows * 20480, characters_dense_forward_2_task, &(struct characters_dense_forward_2_call){rows, add_2, outputs->dense});
  CHARACTERS_LAP(context, 5);
}

/* One call of inference: inputs x[rows, 64]; outputs dense[rows, 64, 80].
 * model.swift:3:13 */
characters_status characters_predict(characters_context *context, const characters_parameters *parameters, size_t rows,
                       const characters_inputs *inputs, const characters_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense) return CHARACTERS_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return CHARACTERS_ERROR_ROWS;
  if (!characters_inputs_are_valid(rows, inputs)) return CHARACTERS_ERROR_LABEL;
  characters_inputs group_inputs = *inputs;
  characters_outputs group_outputs = *outputs;
  for (size_t left = rows, count = 0; left > 0; left -= count) {
    const size_t groups = (left + CHARACTERS_GROUP - 1) / CHARACTERS_GROUP;
    count = (left + groups - 1) / groups;
    characters_predict_group(context, parameters, count, &group_inputs, &group_outputs);
    group_inputs.x += count * 64;
    group_outputs.dense += count * 5120;
  }
  return CHARACTERS_OK;
}

/* What inference would make of the weights alone in each call, 753664 bytes of it.
 * model.swift:3:13 */
characters_status characters_parameters_prepare_and_release(characters_parameters *parameters, void *memory, size_t bytes,
                                            const characters_release *release) {
  if (!parameters) return CHARACTERS_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return CHARACTERS_OK;
  const characters_status status = characters_check_memory(memory, bytes, CHARACTERS_PREPARED_BYTES);
  if (status != CHARACTERS_OK) return status;
  characters_pool *const pool = NULL;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const packed = (float *)(void *)(prepared + 0); /* [16384] */
    float *const panels_2 = (float *)(void *)(prepared + 65536); /* [16, 128, 32] */
    float *const packed_2 = (float *)(void *)(prepared + 327680); /* [12288] */
    characters_lstm_forward_pack(NULL, parameters->values + 2560, packed);
    characters_parallel(pool, 65536, characters_lstm_forward_2_task, &(struct characters_lstm_forward_2_call){parameters->values + 18944, panels_2});
    characters_dense_forward_pack(NULL, parameters->values + 84992, packed_2);
  }
  /* for stream */ {
    float *const packed = (float *)(void *)(prepared + 376832); /* [16384] */
    float *const packed_2 = (float *)(void *)(prepared + 442368); /* [65536] */
    float *const packed_3 = (float *)(void *)(prepared + 704512); /* [12288] */
    characters_lstm_step_pack(release, parameters->values + 2560, packed);
    characters_lstm_step_2_pack(release, parameters->values + 18944, packed_2);
    characters_dense_step_pack(release, parameters->values + 84992, packed_3);
  }
  parameters->prepared = memory;
  return CHARACTERS_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
characters_status characters_parameters_prepare(characters_parameters *parameters, void *memory, size_t bytes) {
  return characters_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 64].
 * model.swift:3:13 */
characters_status characters_adapt(characters_parameters *parameters, size_t rows, const characters_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return CHARACTERS_ERROR_ARGUMENT;
  if (rows == 0) return CHARACTERS_ERROR_ROWS;
  if (parameters->is_view) return CHARACTERS_ERROR_VIEW;
  parameters->prepared = NULL;
  return CHARACTERS_OK;
}

/* Whether class numbers and tokens are in range: inputs x[rows, 1].
 * model.swift:3:13 */
static int characters_step_inputs_are_valid(size_t rows, const characters_inputs *inputs) {
  for (size_t i = 0; i < rows; i++)
    if (inputs->x[i] < 0 || inputs->x[i] >= 80) return 0;
  return 1;
}

/* One step of each sequence: inputs x[rows, 1]; outputs dense[rows, 1, 80].
 * model.swift:3:13 */
characters_status characters_stream(characters_context *context, const characters_parameters *parameters, size_t rows,
                      const characters_inputs *inputs, const characters_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense) return CHARACTERS_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return CHARACTERS_ERROR_ROWS;
  if (!characters_step_inputs_are_valid(rows, inputs)) return CHARACTERS_ERROR_LABEL;
  characters_pool *const pool = context->pool;
  unsigned char *const state = context->state;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared ? parameters->prepared + 376832 : NULL;
  const size_t max_rows = context->max_rows;
  float *const gather = (float *)(void *)(arena + 2048 * max_rows); /* [rows, 1, 32] */
  float *const add = (float *)(void *)(arena + 0); /* [rows, 1, 512] */
  float *const packed = (float *)(void *)(prepared ? prepared + 0 : NULL); /* [16384] */
  float *const h = (float *)(void *)(state + 0); /* [rows, 128] */
  float *const matmul = (float *)(void *)(arena + 2048 * max_rows); /* [rows, 512] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 65536 : NULL); /* [65536] */
  float *const c_2 = (float *)(void *)(state + 512 * max_rows); /* [rows, 128] */
  float *const add_2 = (float *)(void *)(arena + 4096 * max_rows); /* [rows, 128] */
  float *const add_3 = (float *)(void *)(arena + 0); /* [rows, 1, 80] */
  float *const packed_3 = (float *)(void *)(prepared ? prepared + 327680 : NULL); /* [12288] */

  characters_embedding_step(rows, parameters->values, inputs->x, gather);
  characters_parallel(pool, rows * 4300, characters_lstm_step_task, &(struct characters_lstm_step_call){rows, gather, parameters->values + 2560, parameters->values + 84480, add, packed});
  characters_parallel(pool, rows * 13107, characters_lstm_step_2_task, &(struct characters_lstm_step_2_call){rows, h, parameters->values + 18944, matmul, packed_2});
  characters_parallel(pool, rows * 1920, characters_lstm_step_3_task, &(struct characters_lstm_step_3_call){rows, add, matmul, c_2, add_2, h});
  characters_parallel(pool, rows * 2208, characters_dense_step_task, &(struct characters_dense_step_call){rows, h, parameters->values + 84992, parameters->values + 95232, add_3, packed_3});
  characters_parallel(pool, rows * 320, characters_dense_step_2_task, &(struct characters_dense_step_2_call){rows, add_3, outputs->dense});
  characters_copy(rows, add_2, c_2);
  context->position++;
  return CHARACTERS_OK;
}

/* Whether class numbers and tokens are in range: targets y[rows, 64].
 * model.swift:3:13 */
static int characters_targets_are_valid(size_t rows, const characters_targets *targets) {
  for (size_t i = 0; i < rows * 64; i++)
    if (targets->y[i] < 0 || targets->y[i] >= 80) return 0;
  return 1;
}

static void characters_finish_metrics(characters_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->accuracy = sums[2] / sums[0];
  metrics->perplexity = exp(sums[3] / sums[0]);
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 64]; targets y[rows, 64].
 * model.swift:3:13 */
characters_status characters_evaluate(characters_context *context, const characters_parameters *parameters, size_t rows,
                        const characters_inputs *inputs, const characters_targets *targets, characters_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return CHARACTERS_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return CHARACTERS_ERROR_ROWS;
  if (!characters_inputs_are_valid(rows, inputs)) return CHARACTERS_ERROR_LABEL;
  if (!characters_targets_are_valid(rows, targets)) return CHARACTERS_ERROR_LABEL;
  const float row_count = (float)rows;
  characters_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const gather = (float *)(void *)(arena + 262144 + 131072 * max_rows); /* [rows, 64, 32] */
  float *const add = (float *)(void *)(arena + 262144); /* [rows, 64, 512] */
  float *const panels_2 = (float *)(void *)(arena + 0); /* [16, 128, 32] */
  float *const lstm = (float *)(void *)(arena + 262144 + 131072 * max_rows); /* [rows, 64, 128] */
  float *const lstm_2 = (float *)(void *)(arena + 262144 + 165888 * max_rows); /* [rows, 128] */
  float *const lstm_3 = (float *)(void *)(arena + 262144 + 166400 * max_rows); /* [rows, 128] */
  float *const lstm_4 = (float *)(void *)(arena + 262144 + 163840 * max_rows); /* [rows, 512] */
  float *const add_2 = (float *)(void *)(arena + 262144); /* [rows, 64, 80] */
  float *const softmax = (float *)(void *)(arena + 262144 + 20480 * max_rows); /* [rows, 64, 80] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 262144 + 40960 * max_rows); /* [rows, 64] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 262144); /* [rows, 64] */
  float *const sum_2_2 = (float *)(void *)(arena + 262144 + 256 * max_rows); /* [rows] */
  float *const sum_3 = (float *)(void *)(arena + 64); /* [] */
  float *const sum_2_3 = (float *)(void *)(arena + 262144); /* [rows] */
  float *const sum_3_2 = (float *)(void *)(arena + 128); /* [] */

  characters_parallel(pool, rows * 2048, characters_embedding_forward_task, &(struct characters_embedding_forward_call){rows, parameters->values, inputs->x, gather});
  characters_parallel(pool, rows * 196608, characters_lstm_forward_task, &(struct characters_lstm_forward_call){rows, gather, parameters->values + 2560, parameters->values + 84480, add, NULL});
  characters_parallel(pool, 65536, characters_lstm_forward_2_task, &(struct characters_lstm_forward_2_call){parameters->values + 18944, panels_2});
  characters_parallel(pool, rows * 606464, characters_lstm_forward_3_task, &(struct characters_lstm_forward_3_call){rows, add, panels_2, lstm, lstm_2, lstm_3, lstm_4});
  characters_parallel(pool, rows * 92160, characters_dense_forward_task, &(struct characters_dense_forward_call){rows, lstm, parameters->values + 84992, parameters->values + 95232, add_2, NULL});
  characters_parallel(pool, rows * 20480, characters_dense_forward_2_2_task, &(struct characters_dense_forward_2_2_call){rows, add_2, softmax});
  characters_parallel(pool, rows * 10368, characters_loss_forward_task, &(struct characters_loss_forward_call){rows, add_2, targets->y, softmax_cross_entropy});
  characters_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  characters_loss_forward_loss(sum_2, &row_count);
  characters_parallel(pool, rows * 10432, characters_loss_forward_3_task, &(struct characters_loss_forward_3_call){rows, softmax, argmax});
  characters_parallel(pool, rows * 129, characters_loss_forward_4_task, &(struct characters_loss_forward_4_call){rows, targets->y, argmax, sum_2_2});
  characters_loss_forward_accuracy(rows, sum_2_2, sum_3);
  characters_parallel(pool, rows * 65, characters_loss_forward_5_task, &(struct characters_loss_forward_5_call){rows, softmax_cross_entropy, sum_2_3});
  characters_loss_forward_accuracy(rows, sum_2_3, sum_3_2);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  {
    const float *const batch = (const float *)(const void *)(arena + 128); /* perplexity */
    for (size_t i = 0; i < 1; i++) metrics->sums[3 + i] += (double)batch[i];
  }
  characters_finish_metrics(metrics);
  return CHARACTERS_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static characters_status characters_run_backward(characters_trainer *trainer, size_t rows, const characters_inputs *inputs,
                                    const characters_targets *targets, characters_metrics *metrics, int check) {
  const characters_parameters *const parameters = trainer->parameters;
  const float row_count = (float)rows;
  characters_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  float *const gather = (float *)(void *)(arena + 192 + 360960 * max_rows); /* [rows, 64, 32] */
  float *const add = (float *)(void *)(arena + 192); /* [rows, 64, 512] */
  float *const panels_2 = (float *)(void *)(arena + 192 + 371712 * max_rows); /* [16, 128, 32] */
  float *const lstm = (float *)(void *)(arena + 192 + 131072 * max_rows); /* [rows, 64, 128] */
  float *const lstm_2 = (float *)(void *)(arena + 192 + 163840 * max_rows); /* [rows, 64, 512] */
  float *const lstm_3 = (float *)(void *)(arena + 192 + 295424 * max_rows); /* [rows, 64, 128] */
  float *const lstm_4 = (float *)(void *)(arena + 192 + 328192 * max_rows); /* [rows, 64, 128] */
  float *const lstm_5 = (float *)(void *)(arena + 192 + 294912 * max_rows); /* [rows, 128] */
  float *const lstm_6 = (float *)(void *)(arena + 192 + 371200 * max_rows); /* [rows, 128] */
  float *const lstm_7 = (float *)(void *)(arena + 192 + 369152 * max_rows); /* [rows, 512] */
  float *const add_2 = (float *)(void *)(arena + 192 + 20736 * max_rows); /* [rows, 64, 80] */
  float *const softmax = (float *)(void *)(arena + 192); /* [rows, 64, 80] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 192 + 20480 * max_rows); /* [rows, 64] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 192 + 20736 * max_rows); /* [rows, 64] */
  float *const sum_2_2 = (float *)(void *)(arena + 192 + 20992 * max_rows); /* [rows] */
  float *const sum_3 = (float *)(void *)(arena + 128); /* [] */
  float *const sum_2_3 = (float *)(void *)(arena + 192 + 20736 * max_rows); /* [rows] */
  float *const sum_3_2 = (float *)(void *)(arena + 64); /* [] */
  float *const multiply = (float *)(void *)(arena + 192 + 32768 * max_rows); /* [rows, 64, 80] */
  float *const matmul = (float *)(void *)(arena + 192); /* [rows, 64, 128] */
  float *const panels_2_2 = (float *)(void *)(arena + 192 + 370176 * max_rows); /* [4, 512, 32] */
  float *const lstm_gradient = (float *)(void *)(arena + 192 + 32768 * max_rows); /* [rows, 64, 512] */
  float *const lstm_gradient_2 = (float *)(void *)(arena + 192 + 294912 * max_rows); /* [rows, 128] */
  float *const lstm_gradient_3 = (float *)(void *)(arena + 192 + 369152 * max_rows); /* [rows, 128] */
  float *const lstm_gradient_4 = (float *)(void *)(arena + 192 + 369664 * max_rows); /* [rows, 128] */
  float *const matmul_2 = (float *)(void *)(arena + 192); /* [rows, 64, 32] */

  characters_parallel(pool, rows * 2048, characters_embedding_forward_task, &(struct characters_embedding_forward_call){rows, parameters->values, inputs->x, gather});
  CHARACTERS_LAP(trainer, 0);
  if (check && !characters_finite(gather, rows * 2048)) { trainer->fault = "embedding"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 196608, characters_lstm_forward_task, &(struct characters_lstm_forward_call){rows, gather, parameters->values + 2560, parameters->values + 84480, add, NULL});
  CHARACTERS_LAP(trainer, 1);
  if (check && !characters_finite(add, rows * 32768)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, 65536, characters_lstm_forward_2_task, &(struct characters_lstm_forward_2_call){parameters->values + 18944, panels_2});
  CHARACTERS_LAP(trainer, 2);
  if (check && !characters_finite(panels_2, 65536)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 655616, characters_lstm_backward_3_task, &(struct characters_lstm_backward_3_call){rows, add, panels_2, lstm, lstm_2, lstm_3, lstm_4, lstm_5, lstm_6, lstm_7});
  CHARACTERS_LAP(trainer, 3);
  if (check && !characters_finite(lstm, rows * 8192)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_2, rows * 32768)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_3, rows * 8192)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_4, rows * 8192)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_5, rows * 128)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_6, rows * 128)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_7, rows * 512)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 92160, characters_dense_forward_task, &(struct characters_dense_forward_call){rows, lstm, parameters->values + 84992, parameters->values + 95232, add_2, NULL});
  CHARACTERS_LAP(trainer, 4);
  if (check && !characters_finite(add_2, rows * 5120)) { trainer->fault = "dense"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 20480, characters_dense_forward_2_2_task, &(struct characters_dense_forward_2_2_call){rows, add_2, softmax});
  CHARACTERS_LAP(trainer, 5);
  if (check && !characters_finite(softmax, rows * 5120)) { trainer->fault = "dense"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 10368, characters_loss_forward_task, &(struct characters_loss_forward_call){rows, add_2, targets->y, softmax_cross_entropy});
  CHARACTERS_LAP(trainer, 6);
  if (check && !characters_finite(softmax_cross_entropy, rows * 64)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  CHARACTERS_LAP(trainer, 7);
  if (check && !characters_finite(sum_2, 1)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_loss_forward_loss(sum_2, &row_count);
  CHARACTERS_LAP(trainer, 8);
  if (check && !characters_finite(sum_2, 1)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 10432, characters_loss_forward_3_task, &(struct characters_loss_forward_3_call){rows, softmax, argmax});
  CHARACTERS_LAP(trainer, 9);
  if (check && !characters_finite(argmax, rows * 64)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 129, characters_loss_forward_4_task, &(struct characters_loss_forward_4_call){rows, targets->y, argmax, sum_2_2});
  CHARACTERS_LAP(trainer, 10);
  if (check && !characters_finite(sum_2_2, rows)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_loss_forward_accuracy(rows, sum_2_2, sum_3);
  CHARACTERS_LAP(trainer, 11);
  if (check && !characters_finite(sum_3, 1)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 65, characters_loss_forward_5_task, &(struct characters_loss_forward_5_call){rows, softmax_cross_entropy, sum_2_3});
  CHARACTERS_LAP(trainer, 12);
  if (check && !characters_finite(sum_2_3, rows)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_loss_forward_accuracy(rows, sum_2_3, sum_3_2);
  CHARACTERS_LAP(trainer, 13);
  if (check && !characters_finite(sum_3_2, 1)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_loss_backward_bias(rows, targets->y, softmax, &row_count, multiply, trainer->gradients + 95232);
  CHARACTERS_LAP(trainer, 14);
  if (check && !characters_finite(multiply, rows * 5120)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(trainer->gradients + 95232, 80)) { trainer->fault = "loss"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 81920, characters_dense_backward_3_task, &(struct characters_dense_backward_3_call){rows, multiply, parameters->values + 84992, matmul});
  CHARACTERS_LAP(trainer, 15);
  if (check && !characters_finite(matmul, rows * 8192)) { trainer->fault = "dense"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 81920, characters_dense_backward_kernel_task, &(struct characters_dense_backward_kernel_call){rows, lstm, multiply, trainer->gradients + 84992});
  CHARACTERS_LAP(trainer, 16);
  if (check && !characters_finite(trainer->gradients + 84992, 10240)) { trainer->fault = "dense"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, 65536, characters_lstm_backward_4_task, &(struct characters_lstm_backward_4_call){parameters->values + 18944, panels_2_2});
  CHARACTERS_LAP(trainer, 17);
  if (check && !characters_finite(panels_2_2, 65536)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 647552, characters_lstm_backward_5_task, &(struct characters_lstm_backward_5_call){rows, lstm_2, lstm_3, panels_2_2, matmul, lstm_gradient, lstm_gradient_2, lstm_gradient_3, lstm_gradient_4});
  CHARACTERS_LAP(trainer, 18);
  if (check && !characters_finite(lstm_gradient, rows * 32768)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_gradient_2, rows * 128)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_gradient_3, rows * 128)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  if (check && !characters_finite(lstm_gradient_4, rows * 128)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 524288, characters_lstm_backward_recurrent_kernel_task, &(struct characters_lstm_backward_recurrent_kernel_call){rows, lstm_4, lstm_gradient, trainer->gradients + 18944});
  CHARACTERS_LAP(trainer, 19);
  if (check && !characters_finite(trainer->gradients + 18944, 65536)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_lstm_backward_bias(rows, lstm_gradient, trainer->gradients + 84480);
  CHARACTERS_LAP(trainer, 20);
  if (check && !characters_finite(trainer->gradients + 84480, 512)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 131072, characters_lstm_backward_6_task, &(struct characters_lstm_backward_6_call){rows, lstm_gradient, parameters->values + 2560, matmul_2});
  CHARACTERS_LAP(trainer, 21);
  if (check && !characters_finite(matmul_2, rows * 2048)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_parallel(pool, rows * 131072, characters_lstm_backward_kernel_task, &(struct characters_lstm_backward_kernel_call){rows, gather, lstm_gradient, trainer->gradients + 2560});
  CHARACTERS_LAP(trainer, 22);
  if (check && !characters_finite(trainer->gradients + 2560, 16384)) { trainer->fault = "lstm"; return CHARACTERS_ERROR_NOT_FINITE; }
  characters_embedding_backward_embeddings(rows, matmul_2, inputs->x, trainer->gradients);
  CHARACTERS_LAP(trainer, 23);
  if (check && !characters_finite(trainer->gradients, 2560)) { trainer->fault = "embedding"; return CHARACTERS_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  if (!isfinite(batch_loss)) return CHARACTERS_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 128); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  {
    const float *const batch = (const float *)(const void *)(arena + 64); /* perplexity */
    for (size_t i = 0; i < 1; i++) metrics->sums[3 + i] += (double)batch[i];
  }
  characters_finish_metrics(metrics);
  return CHARACTERS_OK;
}

/* Gradients of the mean loss of the rows, 95312 numbers in the trainer: inputs x[rows, 64]; targets y[rows, 64].
 * model.swift:3:13 */
characters_status characters_backward(characters_trainer *trainer, size_t rows, const characters_inputs *inputs,
                        const characters_targets *targets, characters_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return CHARACTERS_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return CHARACTERS_ERROR_ROWS;
  if (!characters_inputs_are_valid(rows, inputs)) return CHARACTERS_ERROR_LABEL;
  if (!characters_targets_are_valid(rows, targets)) return CHARACTERS_ERROR_LABEL;
  trainer->fault = "";
  const characters_status status = characters_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != CHARACTERS_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < CHARACTERS_TENSORS; i++) {
    const characters_tensor_info *const tensor = &characters_tensors_table[i];
    if (characters_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return characters_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 95312 weights by their gradients.
 * model.swift:3:13 */
characters_status characters_apply(characters_trainer *trainer, float learning_rate) {
  if (!trainer) return CHARACTERS_ERROR_ARGUMENT;
  characters_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  characters_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  characters_optimizer_update(&step_number, &learning_rate, divide);
  CHARACTERS_LAP(trainer, 24);
  characters_parallel(pool, 38400, characters_embedding_update_embeddings_task, &(struct characters_embedding_update_embeddings_call){trainer->slots, trainer->gradients, trainer->slots + 2560, divide, parameters->values});
  CHARACTERS_LAP(trainer, 25);
  characters_parallel(pool, 245760, characters_lstm_update_kernel_task, &(struct characters_lstm_update_kernel_call){trainer->slots + 5120, trainer->gradients + 2560, trainer->slots + 21504, divide, parameters->values + 2560});
  CHARACTERS_LAP(trainer, 26);
  characters_parallel(pool, 983040, characters_lstm_update_recurrent_kernel_task, &(struct characters_lstm_update_recurrent_kernel_call){trainer->slots + 37888, trainer->gradients + 18944, trainer->slots + 103424, divide, parameters->values + 18944});
  CHARACTERS_LAP(trainer, 27);
  characters_lstm_update_bias(trainer->slots + 168960, trainer->gradients + 84480, trainer->slots + 169472, divide, parameters->values + 84480);
  CHARACTERS_LAP(trainer, 28);
  characters_parallel(pool, 153600, characters_dense_update_kernel_task, &(struct characters_dense_update_kernel_call){trainer->slots + 169984, trainer->gradients + 84992, trainer->slots + 180224, divide, parameters->values + 84992});
  CHARACTERS_LAP(trainer, 29);
  characters_dense_update_bias(trainer->slots + 190464, trainer->gradients + 95232, trainer->slots + 190544, divide, parameters->values + 95232);
  CHARACTERS_LAP(trainer, 30);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return CHARACTERS_OK;
}

/* backward, then apply: inputs x[rows, 64]; targets y[rows, 64].
 * model.swift:3:13 */
characters_status characters_train_step(characters_trainer *trainer, size_t rows, const characters_inputs *inputs,
                          const characters_targets *targets, characters_metrics *metrics) {
  const characters_status status = characters_backward(trainer, rows, inputs, targets, metrics);
  return status == CHARACTERS_OK ? characters_apply(trainer, trainer->learning_rate) : status;
}
