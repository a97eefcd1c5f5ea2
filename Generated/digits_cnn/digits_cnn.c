/* The model digits_cnn: inference, loss, gradients and optimizer.
 *
 * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.
 *   reshape (Reshape) -> [rows, 8, 8, 1]  model.swift:4:3
 *   conv2d (Conv2D) -> [rows, 8, 8, 32]  model.swift:5:3
 *   batch_normalization (BatchNormalization) -> [rows, 8, 8, 32]  model.swift:6:3
 *   conv2d_1 (Conv2D) -> [rows, 8, 8, 32]  model.swift:7:3
 *   batch_normalization_1 (BatchNormalization) -> [rows, 8, 8, 32]  model.swift:8:3
 *   max_pooling2d (MaxPooling2D) -> [rows, 4, 4, 32]  model.swift:9:3
 *   dropout (Dropout) -> [rows, 4, 4, 32]  model.swift:10:3
 *   conv2d_2 (Conv2D) -> [rows, 4, 4, 64]  model.swift:11:3
 *   batch_normalization_2 (BatchNormalization) -> [rows, 4, 4, 64]  model.swift:12:3
 *   max_pooling2d_1 (MaxPooling2D) -> [rows, 2, 2, 64]  model.swift:13:3
 *   flatten (Flatten) -> [rows, 256]  model.swift:14:3
 *   dropout_1 (Dropout) -> [rows, 256]  model.swift:15:3
 *   dense (Dense) -> [rows, 10]  model.swift:16:3
 */

#define _POSIX_C_SOURCE 200809L
#include "digits_cnn.h"

#include <math.h>
#include <string.h>

#include <pthread.h>
#include <sched.h>

/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */
#define DIGITS_CNN_SHARED_WORK 12000
#define DIGITS_CNN_WAKING_WORK 60000

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIGITS_CNN_INLINE static inline __attribute__((unused))
#define DIGITS_CNN_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define DIGITS_CNN_INLINE static inline
#define DIGITS_CNN_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define DIGITS_CNN_MICROKERNEL static __attribute__((noinline, unused))
#else
#define DIGITS_CNN_MICROKERNEL DIGITS_CNN_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses digits_cnn_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define DIGITS_CNN_HAS_FMA 1
#else
#define DIGITS_CNN_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define DIGITS_CNN_VECTOR_BYTES 64
#elif defined(__AVX__)
#define DIGITS_CNN_VECTOR_BYTES 32
#else
#define DIGITS_CNN_VECTOR_BYTES 16
#endif
#define DIGITS_CNN_LANES (DIGITS_CNN_VECTOR_BYTES * 8 / DIGITS_CNN_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define DIGITS_CNN_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define DIGITS_CNN_UNROLL _Pragma("GCC unroll 16")
#else
#define DIGITS_CNN_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define DIGITS_CNN_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DIGITS_CNN_ROLLED
#endif

#if defined(__GNUC__)
#define DIGITS_CNN_ALIGNED __attribute__((aligned(64)))
#define DIGITS_CNN_FLATTEN static inline __attribute__((always_inline, unused))
typedef digits_cnn_real digits_cnn_vector __attribute__((vector_size(DIGITS_CNN_VECTOR_BYTES)));
#if DIGITS_CNN_REAL_BITS == 32
typedef int32_t digits_cnn_bits;
#else
typedef int64_t digits_cnn_bits;
#endif
typedef digits_cnn_bits digits_cnn_mask __attribute__((vector_size(DIGITS_CNN_VECTOR_BYTES)));
#else
#define DIGITS_CNN_ALIGNED
#define DIGITS_CNN_FLATTEN static inline
typedef struct digits_cnn_vector { digits_cnn_real lane[DIGITS_CNN_LANES]; } digits_cnn_vector;
#endif

/* a * b + c, rounded once where the target can */
DIGITS_CNN_FLATTEN float digits_cnn_fma_f32(float a, float b, float c) {
#if DIGITS_CNN_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_CNN_FLATTEN digits_cnn_real digits_cnn_fma(digits_cnn_real a, digits_cnn_real b, digits_cnn_real c) {
#if DIGITS_CNN_REAL_BITS == 32
  return digits_cnn_fma_f32(a, b, c);
#elif DIGITS_CNN_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_load(const digits_cnn_real *p) {
  digits_cnn_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

DIGITS_CNN_FLATTEN void digits_cnn_vector_store(digits_cnn_real *p, digits_cnn_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_first(size_t count, digits_cnn_vector v) {
#if defined(__GNUC__)
  static const digits_cnn_bits ones[2 * DIGITS_CNN_LANES] = {
    -1, -1,
#if DIGITS_CNN_LANES >= 4
    -1, -1,
#endif
#if DIGITS_CNN_LANES >= 8
    -1, -1, -1, -1,
#endif
#if DIGITS_CNN_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  digits_cnn_mask mask;
  memcpy(&mask, ones + DIGITS_CNN_LANES - count, sizeof mask);
  return (digits_cnn_vector)((digits_cnn_mask)v & mask);
#else
  for (size_t i = count; i < DIGITS_CNN_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_multiply_add(digits_cnn_vector a, digits_cnn_vector b, digits_cnn_vector c) {
#if defined(__clang__)
#if DIGITS_CNN_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__AVX512F__) && DIGITS_CNN_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__AVX__) && DIGITS_CNN_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__aarch64__) && DIGITS_CNN_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && DIGITS_CNN_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !DIGITS_CNN_HAS_FMA
  return a * b + c;
#else
  digits_cnn_real w[DIGITS_CNN_LANES], x[DIGITS_CNN_LANES], y[DIGITS_CNN_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < DIGITS_CNN_LANES; i++) y[i] = digits_cnn_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_fma(digits_cnn_real s, digits_cnn_vector b, digits_cnn_vector c) {
#if defined(__GNUC__)
  return digits_cnn_vector_multiply_add(s - (digits_cnn_vector){0}, b, c);
#else
  digits_cnn_vector a;
  for (int i = 0; i < DIGITS_CNN_LANES; i++) a.lane[i] = s;
  return digits_cnn_vector_multiply_add(a, b, c);
#endif
}

/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
DIGITS_CNN_INLINE digits_cnn_real digits_cnn_minimum(digits_cnn_real a, digits_cnn_real b) { return a < b || a != a ? a : b; }

DIGITS_CNN_INLINE digits_cnn_real digits_cnn_maximum(digits_cnn_real a, digits_cnn_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
DIGITS_CNN_INLINE digits_cnn_real digits_cnn_choose(int which, digits_cnn_real yes, digits_cnn_real no) { return which ? yes : no; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
DIGITS_CNN_INLINE digits_cnn_real digits_cnn_sqrt(digits_cnn_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define DIGITS_CNN_ELEMENTWISE_SQRT
#endif
#endif
#if defined(DIGITS_CNN_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif DIGITS_CNN_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
DIGITS_CNN_INLINE void digits_cnn_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
DIGITS_CNN_INLINE void digits_cnn_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  digits_cnn_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
DIGITS_CNN_INLINE digits_cnn_real digits_cnn_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  digits_cnn_random(seed, purpose, step, element, words);
  return (digits_cnn_real)(words[0] >> 8) * (digits_cnn_real)0x1p-24;
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
#if DIGITS_CNN_REAL_BITS == 32
DIGITS_CNN_FLATTEN uint32_t digits_cnn_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

DIGITS_CNN_FLATTEN float digits_cnn_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
DIGITS_CNN_FLATTEN float digits_cnn_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return digits_cnn_bits_float((digits_cnn_float_bits(a) & mask) | (digits_cnn_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
DIGITS_CNN_FLATTEN float digits_cnn_signed_as(float x, float s) {
  return digits_cnn_bits_float(digits_cnn_float_bits(x) | (digits_cnn_float_bits(s) & 0x80000000u));
}

DIGITS_CNN_FLATTEN float digits_cnn_magnitude(float x) { return digits_cnn_bits_float(digits_cnn_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define DIGITS_CNN_LN2_HIGH 0x1.62ep-1f
#define DIGITS_CNN_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
DIGITS_CNN_FLATTEN float digits_cnn_power_of_2(uint32_t k) { return digits_cnn_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
DIGITS_CNN_FLATTEN float digits_cnn_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = digits_cnn_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = digits_cnn_fma_f32(n, -DIGITS_CNN_LN2_LOW, digits_cnn_fma_f32(n, -DIGITS_CNN_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = digits_cnn_fma_f32(q, r, 0x1.12258ap-7f);
  q = digits_cnn_fma_f32(q, r, 0x1.5554c8p-5f);
  q = digits_cnn_fma_f32(q, r, 0x1.5554b4p-3f);
  q = digits_cnn_fma_f32(q, r, 0.5f);
  *k = digits_cnn_float_bits(shifted) - digits_cnn_float_bits(shift);
  return digits_cnn_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
DIGITS_CNN_FLATTEN float digits_cnn_exp_inner(float x) {
  uint32_t k;
  float e = digits_cnn_exp_reduced(x, &k), scale = digits_cnn_power_of_2(k);
  return digits_cnn_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
DIGITS_CNN_FLATTEN float digits_cnn_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + digits_cnn_exp_reduced(digits_cnn_select(x < -104.0f, -104.0f, x), &k);
  return y * digits_cnn_power_of_2(k + 64u) * 0x1p-64f;
}

DIGITS_CNN_FLATTEN float digits_cnn_exp(float x) {
  x = digits_cnn_select(x > 89.0f, 89.0f, x);
  x = digits_cnn_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + digits_cnn_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * digits_cnn_power_of_2(half) * digits_cnn_power_of_2(k - half);
}

DIGITS_CNN_FLATTEN float digits_cnn_expm1(float x) {
  float y = digits_cnn_select(x > 89.0f, 89.0f, x);
  y = digits_cnn_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = digits_cnn_exp_reduced(y, &k), scale = digits_cnn_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * digits_cnn_fma_f32(e, scale, scale - 0.5f);
  return digits_cnn_select(digits_cnn_float_bits(digits_cnn_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
DIGITS_CNN_FLATTEN float digits_cnn_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = digits_cnn_fma_f32(p, m, 0x1.07d166p-3f);
  p = digits_cnn_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = digits_cnn_fma_f32(p, m, 0x1.226dcep-3f);
  p = digits_cnn_fma_f32(p, m, -0x1.547900p-3f);
  p = digits_cnn_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = digits_cnn_fma_f32(p, m, -0x1.00021ep-2f);
  p = digits_cnn_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = digits_cnn_fma_f32(n, DIGITS_CNN_LN2_LOW, m * square * p);
  return digits_cnn_fma_f32(n, DIGITS_CNN_LN2_HIGH, m + digits_cnn_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
DIGITS_CNN_FLATTEN uint32_t digits_cnn_exponent(float x) {
  return ((digits_cnn_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
DIGITS_CNN_FLATTEN float digits_cnn_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
DIGITS_CNN_FLATTEN float digits_cnn_log_special(float argument, float result) {
  uint32_t bits = digits_cnn_float_bits(argument);
  float special = digits_cnn_select(bits << 1 == 0, -INFINITY, NAN);
  special = digits_cnn_select(bits == 0x7F800000u, INFINITY, special);
  return digits_cnn_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

DIGITS_CNN_FLATTEN float digits_cnn_log(float x) {
  int subnormal = digits_cnn_float_bits(x) < 0x00800000u;
  float y = x * digits_cnn_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = digits_cnn_exponent(y);
  float m = digits_cnn_bits_float(digits_cnn_float_bits(y) - exponent) - 1.0f;
  float n = digits_cnn_exponent_value(exponent) - digits_cnn_select(subnormal, 23.0f, 0.0f);
  return digits_cnn_log_special(x, digits_cnn_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
DIGITS_CNN_FLATTEN float digits_cnn_log1p(float x) {
  uint32_t exponent = digits_cnn_exponent(1.0f + x);
  float inverse = digits_cnn_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = digits_cnn_bits_float(digits_cnn_float_bits(x) - exponent) + digits_cnn_fma_f32(0.25f, inverse, -1.0f);
  float result = digits_cnn_log_special(1.0f + x, digits_cnn_log_reduced(m, digits_cnn_exponent_value(exponent)));
  return digits_cnn_select(digits_cnn_float_bits(digits_cnn_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
DIGITS_CNN_FLATTEN float digits_cnn_tanh(float x) {
  float a = digits_cnn_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = digits_cnn_fma_f32(p, s, 0x1.524d76p-6f);
  p = digits_cnn_fma_f32(p, s, -0x1.b842d8p-5f);
  p = digits_cnn_fma_f32(p, s, 0x1.11075ep-3f);
  p = digits_cnn_fma_f32(p, s, -0x1.555534p-2f);
  float near = digits_cnn_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (digits_cnn_exp_inner(2.0f * digits_cnn_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return digits_cnn_signed_as(digits_cnn_select(digits_cnn_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
DIGITS_CNN_FLATTEN float digits_cnn_sigmoid(float x) {
  float e = digits_cnn_exp_falling(-digits_cnn_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = digits_cnn_select(digits_cnn_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return digits_cnn_fma_f32(-quotient * lost, digits_cnn_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
DIGITS_CNN_FLATTEN float digits_cnn_erf(float x) {
  float a = digits_cnn_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = digits_cnn_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = digits_cnn_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = digits_cnn_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = digits_cnn_fma_f32(p, s, -0x1.812728p-2f);
  p = digits_cnn_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = digits_cnn_fma_f32(a, p, a);
  float t = digits_cnn_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = digits_cnn_fma_f32(g, t, 0x1.336080p-12f);
  g = digits_cnn_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = digits_cnn_fma_f32(g, t, 0x1.814cc2p-6f);
  g = digits_cnn_fma_f32(g, t, -0x1.b2015ap-4f);
  g = digits_cnn_fma_f32(g, t, -0x1.454820p-1f);
  g = digits_cnn_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - digits_cnn_exp_inner(g * t);
  return digits_cnn_signed_as(digits_cnn_select(digits_cnn_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

DIGITS_CNN_INLINE float digits_cnn_sin(float x) { return sinf(x); }
DIGITS_CNN_INLINE float digits_cnn_cos(float x) { return cosf(x); }
#else
DIGITS_CNN_INLINE double digits_cnn_exp(double x) { return exp(x); }
DIGITS_CNN_INLINE double digits_cnn_exp_falling(double x) { return exp(x); }
DIGITS_CNN_INLINE double digits_cnn_expm1(double x) { return expm1(x); }
DIGITS_CNN_INLINE double digits_cnn_log(double x) { return log(x); }
DIGITS_CNN_INLINE double digits_cnn_log1p(double x) { return log1p(x); }
DIGITS_CNN_INLINE double digits_cnn_tanh(double x) { return tanh(x); }
DIGITS_CNN_INLINE double digits_cnn_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
DIGITS_CNN_INLINE double digits_cnn_erf(double x) { return erf(x); }
DIGITS_CNN_INLINE double digits_cnn_sin(double x) { return sin(x); }
DIGITS_CNN_INLINE double digits_cnn_cos(double x) { return cos(x); }
#endif

/*
 * Initial values of parameters, as Keras defines them. purpose is the index of the parameter, so that each draws numbers of
 * its own. Include after inline.c and philox.c; needs <math.h>, <stddef.h>, <stdint.h>.
 */
DIGITS_CNN_INLINE void digits_cnn_fill_constant(digits_cnn_real *values, size_t count, digits_cnn_real value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

/* From low to high */
DIGITS_CNN_INLINE void digits_cnn_fill_uniform(digits_cnn_real *values, size_t count, uint64_t seed, uint32_t purpose, digits_cnn_real low,
                                       digits_cnn_real high) {
  const double range = (double)high - (double)low;
  for (size_t i = 0; i < count; i++)
    values[i] = (digits_cnn_real)((double)low + range * (double)digits_cnn_uniform(seed, purpose, 0, i));
}

/* A standard normal number by Box and Muller's transform: sqrt(-2 ln u) cos(2 pi v), u in (0, 1), v in [0, 1). */
DIGITS_CNN_INLINE double digits_cnn_normal(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  digits_cnn_random(seed, purpose, step, element, words);
  double u = ((double)words[0] + 0.5) * 0x1p-32, v = (double)words[1] * 0x1p-32;
  return sqrt(-2 * log(u)) * cos(6.283185307179586477 * v);
}

DIGITS_CNN_INLINE void digits_cnn_fill_normal(digits_cnn_real *values, size_t count, uint64_t seed, uint32_t purpose, digits_cnn_real mean,
                                      digits_cnn_real stddev) {
  for (size_t i = 0; i < count; i++)
    values[i] = (digits_cnn_real)((double)mean + (double)stddev * digits_cnn_normal(seed, purpose, 0, i));
}

/* Drawn again, as the next step, while beyond two standard deviations: one in 22 is, so 16 attempts leave one in 10^21. */
DIGITS_CNN_INLINE void digits_cnn_fill_truncated_normal(digits_cnn_real *values, size_t count, uint64_t seed, uint32_t purpose,
                                                digits_cnn_real mean, digits_cnn_real stddev) {
  for (size_t i = 0; i < count; i++) {
    double z = digits_cnn_normal(seed, purpose, 0, i);
    for (uint64_t step = 1; fabs(z) > 2 && step < 16; step++) z = digits_cnn_normal(seed, purpose, step, i);
    values[i] = (digits_cnn_real)((double)mean + (double)stddev * fmax(-2, fmin(2, z)));
  }
}

/*
 * A random orthogonal matrix times gain: orthonormal columns, or rows where there are fewer of them. Normal numbers made
 * orthonormal by the modified Gram-Schmidt process, twice, as once leaves what rounding brought in (Giraud, Langou and
 * Rozloznik, 2005); that leaves the diagonal of R positive, so the matrix is uniform (Mezzadri, 2007).
 */
DIGITS_CNN_INLINE void digits_cnn_fill_orthogonal(digits_cnn_real *values, size_t rows, size_t columns, uint64_t seed, uint32_t purpose,
                                          digits_cnn_real gain) {
  enum { CHUNK = 16 }; /* vectors that are made orthogonal to another in one walk: the floats of a cache line */
  const size_t vectors = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  const size_t vector_stride = rows < columns ? columns : 1, stride = rows < columns ? 1 : columns;
  digits_cnn_fill_normal(values, rows * columns, seed, purpose, 0, 1);
  for (int pass = 0; pass < 2; pass++)
    for (size_t j = 0; j < vectors; j++) {
      digits_cnn_real *q = values + j * vector_stride;
      double square = 0;
      for (size_t i = 0; i < length; i++) square += (double)q[i * stride] * (double)q[i * stride];
      const double scale = square > 0 ? 1 / sqrt(square) : 0;
      for (size_t i = 0; i < length; i++) q[i * stride] = (digits_cnn_real)((double)q[i * stride] * scale);
      for (size_t first = j + 1; first < vectors; first += CHUNK) {
        const size_t count = vectors - first < CHUNK ? vectors - first : CHUNK;
        digits_cnn_real *others = values + first * vector_stride;
        double dots[CHUNK] = {0};
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            dots[k] += (double)q[i * stride] * (double)others[i * stride + k * vector_stride];
        for (size_t i = 0; i < length; i++)
          for (size_t k = 0; k < count; k++)
            others[i * stride + k * vector_stride] -= (digits_cnn_real)(dots[k] * (double)q[i * stride]);
      }
    }
  for (size_t i = 0; i < rows * columns; i++) values[i] *= gain;
}

DIGITS_CNN_INLINE void digits_cnn_fill_identity(digits_cnn_real *values, size_t rows, size_t columns, digits_cnn_real gain) {
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
typedef void digits_cnn_task(void *call, size_t part, size_t parts);

#if DIGITS_CNN_THREADS > 1
struct digits_cnn_worker {
  digits_cnn_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct digits_cnn_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  digits_cnn_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct digits_cnn_worker workers[DIGITS_CNN_THREADS - 1];
};

DIGITS_CNN_INLINE void digits_cnn_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t digits_cnn_next_task(digits_cnn_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    digits_cnn_pause(turn);
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
static int digits_cnn_take(struct digits_cnn_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *digits_cnn_work(void *started) {
  struct digits_cnn_worker *const worker = started;
  digits_cnn_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = digits_cnn_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!digits_cnn_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void digits_cnn_announce(digits_cnn_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
DIGITS_CNN_APART void digits_cnn_share_out(digits_cnn_pool *pool, digits_cnn_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  digits_cnn_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!digits_cnn_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) digits_cnn_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void digits_cnn_parallel(digits_cnn_pool *pool, size_t work, digits_cnn_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < DIGITS_CNN_SHARED_WORK ||
    (work < DIGITS_CNN_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else digits_cnn_share_out(pool, task, call);
}

void digits_cnn_pool_stop(digits_cnn_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  digits_cnn_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static digits_cnn_status digits_cnn_pool_start(digits_cnn_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return DIGITS_CNN_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct digits_cnn_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, digits_cnn_work, worker)) {
      digits_cnn_pool_stop(pool);
      return DIGITS_CNN_ERROR_THREADS;
    }
  }
  return DIGITS_CNN_OK;
}
#else
struct digits_cnn_pool {
  size_t parts;
};

void digits_cnn_pool_stop(digits_cnn_pool *pool) { (void)pool; }

static digits_cnn_status digits_cnn_pool_start(digits_cnn_pool *pool, size_t threads) {
  pool->parts = threads;
  return DIGITS_CNN_OK;
}
#endif

digits_cnn_status digits_cnn_pool_init(void *memory, size_t bytes, size_t threads, digits_cnn_pool **out) {
  if (!memory || !out || threads == 0 || threads > DIGITS_CNN_THREADS) return DIGITS_CNN_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIGITS_CNN_ALIGNMENT) return DIGITS_CNN_ERROR_ALIGNMENT;
  if (bytes < DIGITS_CNN_POOL_BYTES || sizeof(digits_cnn_pool) > DIGITS_CNN_POOL_BYTES) return DIGITS_CNN_ERROR_MEMORY;
  digits_cnn_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const digits_cnn_status status = digits_cnn_pool_start(pool, threads);
  if (status == DIGITS_CNN_OK) *out = pool;
  return status;
}

/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef digits_cnn_real digits_cnn_octet __attribute__((vector_size(8 * sizeof(digits_cnn_real))));
typedef digits_cnn_bits digits_cnn_octet_mask __attribute__((vector_size(8 * sizeof(digits_cnn_real))));
#define DIGITS_CNN_HALVES(combine)              \
  digits_cnn_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define DIGITS_CNN_ADD_HALVES(a, b) (a) + (b)
#define DIGITS_CNN_CHOOSE_HALVES(a, b, mask) (digits_cnn_octet)(((digits_cnn_octet_mask)(a) & (mask)) | ((digits_cnn_octet_mask)(b) & ~(mask)))
#define DIGITS_CNN_MAXIMUM_HALVES(a, b) DIGITS_CNN_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define DIGITS_CNN_MINIMUM_HALVES(a, b) DIGITS_CNN_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define DIGITS_CNN_HALVES(combine) \
  digits_cnn_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define DIGITS_CNN_ADD_HALVES digits_cnn_plus
#define DIGITS_CNN_MAXIMUM_HALVES digits_cnn_maximum
#define DIGITS_CNN_MINIMUM_HALVES digits_cnn_minimum
#endif

DIGITS_CNN_INLINE digits_cnn_real digits_cnn_plus(digits_cnn_real a, digits_cnn_real b) { return a + b; }

#define DIGITS_CNN_JOIN(name, halves, two)                                                                                \
  DIGITS_CNN_INLINE digits_cnn_real name(const digits_cnn_real *lanes /* [16] */) {                                              \
    DIGITS_CNN_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
DIGITS_CNN_JOIN(digits_cnn_join_sum, DIGITS_CNN_ADD_HALVES, digits_cnn_plus)
DIGITS_CNN_JOIN(digits_cnn_join_maximum, DIGITS_CNN_MAXIMUM_HALVES, digits_cnn_maximum)
DIGITS_CNN_JOIN(digits_cnn_join_minimum, DIGITS_CNN_MINIMUM_HALVES, digits_cnn_minimum)
#undef DIGITS_CNN_JOIN

/*
 * Matrices whose lines become columns, LANES by LANES values at a time. Include after inline.c and vector.c; needs <stddef.h>.
 */
/* Transposes LANES by LANES values: interleaving rows i and i + LANES/2 log2(LANES) times brings each to its place. */
#if !defined(__clang__) && (!defined(__GNUC__) || __GNUC__ < 12)
#define DIGITS_CNN_TRANSPOSES 0
#else
#define DIGITS_CNN_TRANSPOSES 1
#if DIGITS_CNN_LANES == 16
#define DIGITS_CNN_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define DIGITS_CNN_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif DIGITS_CNN_LANES == 8
#define DIGITS_CNN_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define DIGITS_CNN_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif DIGITS_CNN_LANES == 4
#define DIGITS_CNN_LOW 0, 4, 1, 5
#define DIGITS_CNN_HIGH 2, 6, 3, 7
#else
#define DIGITS_CNN_LOW 0, 2
#define DIGITS_CNN_HIGH 1, 3
#endif
/* Source rows from width on count as 0; lines of the result are result_stride apart. */
DIGITS_CNN_FLATTEN void digits_cnn_transpose(size_t width, const digits_cnn_real *source, size_t stride, digits_cnn_real *result, size_t result_stride) {
  enum { L = DIGITS_CNN_LANES, HALF = L / 2 };
  digits_cnn_vector v[L], w[L];
  DIGITS_CNN_UNROLL for (size_t i = 0; i < L; i++) v[i] = i < width ? digits_cnn_vector_load(source + i * stride) : (digits_cnn_vector){0};
  DIGITS_CNN_UNROLL for (int round = 1; round < L; round *= 2) {
    DIGITS_CNN_UNROLL for (int i = 0; i < HALF; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + HALF], DIGITS_CNN_LOW);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + HALF], DIGITS_CNN_HIGH);
    }
    DIGITS_CNN_UNROLL for (int i = 0; i < L; i++) v[i] = w[i];
  }
  DIGITS_CNN_UNROLL for (int i = 0; i < L; i++) digits_cnn_vector_store(result + (size_t)i * result_stride, v[i]);
}
#endif

/* to[columns][rows] is from[rows][columns], each with its lines so far apart, turned about: to[j][i] = from[i][j]. */
DIGITS_CNN_INLINE void digits_cnn_transposed(size_t rows, size_t columns, const digits_cnn_real *from, size_t from_stride, digits_cnn_real *to,
                                     size_t to_stride) {
  size_t i = 0;
#if DIGITS_CNN_TRANSPOSES
  for (; i < rows / DIGITS_CNN_LANES * DIGITS_CNN_LANES; i += DIGITS_CNN_LANES) {
    const digits_cnn_real *const lines = from + i * from_stride;
    size_t j = 0;
    for (; j < columns / DIGITS_CNN_LANES * DIGITS_CNN_LANES; j += DIGITS_CNN_LANES)
      digits_cnn_transpose(DIGITS_CNN_LANES, lines + j, from_stride, to + j * to_stride + i, to_stride);
    for (; j < columns; j++)
      for (size_t l = 0; l < DIGITS_CNN_LANES; l++) to[j * to_stride + i + l] = lines[l * from_stride + j];
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
#define DIGITS_CNN_TILE_M 12
#define DIGITS_CNN_ROW_VECTORS 16
#elif defined(__aarch64__)
#define DIGITS_CNN_TILE_M 8
#define DIGITS_CNN_ROW_VECTORS 16
#else /* 16 registers: 12 accumulators, two vectors of the panel, one of A */
#define DIGITS_CNN_TILE_M 6
#define DIGITS_CNN_ROW_VECTORS 8
#endif
#define DIGITS_CNN_TILE_N (2 * DIGITS_CNN_LANES)
#ifndef DIGITS_CNN_TILE_K
#define DIGITS_CNN_TILE_K 512
#endif
#define DIGITS_CNN_LINES (32 * DIGITS_CNN_TILE_M) /* of A, for which a panel of B is packed; they and their C stay in second-level cache */

/* Has a line of memory brought into the caches that is read soon, or written; the address may lie behind the array. */
#if defined(__GNUC__)
#define DIGITS_CNN_PREFETCH(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 0, 3)
#define DIGITS_CNN_PREFETCH_TO_WRITE(p, elements) __builtin_prefetch((const void *)((uintptr_t)(p) + (elements) * sizeof *(p)), 1, 3)
#else
#define DIGITS_CNN_PREFETCH(p, elements) ((void)0)
#define DIGITS_CNN_PREFETCH_TO_WRITE(p, elements) ((void)0)
#endif

/* Of C where an epilogue updates what lies in memory: a few tiles, so that whole lines of it are read soon after one another. */
#define DIGITS_CNN_UPDATED_LINES (3 * DIGITS_CNN_TILE_M)

/* Has a panel's columns of `height` lines of an array brought near, from element `start` on. */
DIGITS_CNN_INLINE void digits_cnn_fetch(size_t height, const digits_cnn_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIGITS_CNN_TILE_N; s += 64 / sizeof *array) DIGITS_CNN_PREFETCH(array, start + r * stride + s);
}

/* The same to write there. */
DIGITS_CNN_INLINE void digits_cnn_fetch_to_write(size_t height, const digits_cnn_real *array, size_t start, size_t stride) {
  for (size_t r = 0; r < height; r++)
    for (size_t s = 0; s < DIGITS_CNN_TILE_N; s += 64 / sizeof *array) DIGITS_CNN_PREFETCH_TO_WRITE(array, start + r * stride + s);
}

/*
 * Lines of the next tile where so many are left. The last two tiles share theirs: one of a line or two waits for the
 * accumulators that it adds to again at once, and takes as long as one of four.
 */
DIGITS_CNN_INLINE size_t digits_cnn_height(size_t left) {
  return left >= 2 * DIGITS_CNN_TILE_M ? DIGITS_CNN_TILE_M : left > DIGITS_CNN_TILE_M ? (left + 1) / 2 : left;
}

/* Lines top to bottom of C, columns left to right. */
typedef struct digits_cnn_share { size_t top, bottom, left, right; } digits_cnn_share;

/* A part's share of m lines, by whole tiles. */
DIGITS_CNN_INLINE digits_cnn_share digits_cnn_lines_of(size_t part, size_t parts, size_t m, size_t n) {
  const size_t tiles = (m + DIGITS_CNN_TILE_M - 1) / DIGITS_CNN_TILE_M, bottom = (part + 1) * tiles / parts * DIGITS_CNN_TILE_M;
  const digits_cnn_share share = {part * tiles / parts * DIGITS_CNN_TILE_M, bottom < m ? bottom : m, 0, n};
  return share;
}

/* A part's share of m lines and n columns: columns by whole panels where that is even, or else (unless by_columns) lines by whole tiles. */
DIGITS_CNN_INLINE digits_cnn_share digits_cnn_share_of(size_t part, size_t parts, size_t m, size_t n, int by_columns) {
  const size_t panels = (n + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  digits_cnn_share share = {0, m, 0, n};
  if (by_columns || panels % parts == 0 || panels >= 8 * parts) {
    share.left = part * panels / parts * DIGITS_CNN_TILE_N;
    share.right = (part + 1) * panels / parts * DIGITS_CNN_TILE_N;
    if (share.right > n) share.right = n;
    return share;
  }
  return digits_cnn_lines_of(part, parts, m, n);
}

/* Columns of a unit of work, of which there are so many for each of n columns: a panel where parts then get even shares, or else a vector. */
DIGITS_CNN_INLINE size_t digits_cnn_unit_columns(size_t parts, size_t n, size_t times) {
  const size_t units = (n + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N * times;
  return units % parts == 0 || units >= 8 * parts ? DIGITS_CNN_TILE_N : DIGITS_CNN_LANES;
}

/* A part's share of n columns. */
DIGITS_CNN_INLINE digits_cnn_share digits_cnn_columns_of(size_t part, size_t parts, size_t n) {
  const size_t unit = digits_cnn_unit_columns(parts, n, 1);
  const size_t units = (n + unit - 1) / unit, left = part * units / parts * unit, right = (part + 1) * units / parts * unit;
  const digits_cnn_share share = {0, 0, left, right < n ? right : n};
  return share;
}

/*
 * panel[depth][TILE_N] = source[k * depth_stride + j * width_stride] for j < width, then 0; of a panel that is no wider than
 * one vector only that vector is written. Quick where one stride is 1.
 */
DIGITS_CNN_INLINE void digits_cnn_pack(size_t depth, size_t width, const digits_cnn_real *source, size_t depth_stride, size_t width_stride,
                               digits_cnn_real *panel) {
  const size_t padded = width > DIGITS_CNN_LANES ? DIGITS_CNN_TILE_N : DIGITS_CNN_LANES;
  size_t k = 0;
  if (width_stride == 1) {
    const int whole = width == padded; /* else whole vectors while they stay within what was given, cleared from width on */
    const size_t last = padded - DIGITS_CNN_LANES;
    for (; k < depth && (whole || (depth - 1 - k) * depth_stride + width >= padded); k++) {
      const digits_cnn_real *from = source + k * depth_stride;
      DIGITS_CNN_PREFETCH(from, DIGITS_CNN_TILE_N); /* of the next panel */
      digits_cnn_real *to = panel + k * DIGITS_CNN_TILE_N;
      if (last) digits_cnn_vector_store(to, digits_cnn_vector_load(from));
      digits_cnn_vector_store(to + last, digits_cnn_vector_first(width - last, digits_cnn_vector_load(from + last)));
    }
  }
#if DIGITS_CNN_TRANSPOSES
  else if (depth_stride == 1)
    for (; k < depth / DIGITS_CNN_LANES * DIGITS_CNN_LANES; k += DIGITS_CNN_LANES)
      for (size_t j = 0; j < padded; j += DIGITS_CNN_LANES)
        digits_cnn_transpose(width - j, source + k + j * width_stride, width_stride, panel + k * DIGITS_CNN_TILE_N + j, DIGITS_CNN_TILE_N);
#endif
  for (; k < depth; k++)
    for (size_t j = 0; j < padded; j++)
      panel[k * DIGITS_CNN_TILE_N + j] = j < width ? source[k * depth_stride + j * width_stride] : 0;
}

/* The depth of a product as runs of `depth` in A: `runs` of them `across` apart, and that `lines` times, `down` apart. */
typedef struct digits_cnn_runs { size_t depth, lines, down, runs, across; } digits_cnn_runs;

DIGITS_CNN_FLATTEN void digits_cnn_tile_body(const int adds, const digits_cnn_runs *along, const int rows, const int vectors,
                                     const digits_cnn_real *from, size_t row_stride, size_t depth_stride, const digits_cnn_real *panel,
                                     size_t panel_stride, digits_cnn_real *tile, size_t tile_stride, const int fetches,
                                     const digits_cnn_real *ahead, size_t ahead_stride) {
  const size_t depth = along->depth;
  digits_cnn_vector c[DIGITS_CNN_TILE_M][2];
  DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++)
      c[i][j] = adds ? digits_cnn_vector_load(tile + (size_t)i * tile_stride + j * DIGITS_CNN_LANES) : (digits_cnn_vector){0};
  for (size_t line = 0; line < along->lines; line++)
    for (size_t run = 0; run < along->runs; run++) {
      const digits_cnn_real *a = from + line * along->down + run * along->across;
      DIGITS_CNN_ROLLED for (size_t k = 0; k < depth; k++, a += depth_stride, panel += panel_stride) {
        if (fetches) {
          DIGITS_CNN_PREFETCH(ahead, 0);
          ahead += ahead_stride;
        }
        digits_cnn_vector b[2];
        DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) b[j] = digits_cnn_vector_load(panel + j * DIGITS_CNN_LANES);
        DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++)
          DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) c[i][j] = digits_cnn_vector_fma(a[(size_t)i * row_stride], b[j], c[i][j]);
      }
    }
  DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) digits_cnn_vector_store(tile + (size_t)i * tile_stride + j * DIGITS_CNN_LANES, c[i][j]);
}

/* The cases of a switch over a tile's height, TILE_OF(rows, vectors) in each; `width` says how many vectors are needed. */
#define DIGITS_CNN_TILE_CASE(n)                         \
  case n:                                           \
    if (width > DIGITS_CNN_LANES) DIGITS_CNN_TILE_OF(n, 2); \
    else DIGITS_CNN_TILE_OF(n, 1);                      \
    break;
#define DIGITS_CNN_TILE_CASES_6 \
  DIGITS_CNN_TILE_CASE(1) DIGITS_CNN_TILE_CASE(2) DIGITS_CNN_TILE_CASE(3) DIGITS_CNN_TILE_CASE(4) DIGITS_CNN_TILE_CASE(5) DIGITS_CNN_TILE_CASE(6)
#define DIGITS_CNN_TILE_CASES_8 DIGITS_CNN_TILE_CASES_6 DIGITS_CNN_TILE_CASE(7) DIGITS_CNN_TILE_CASE(8)
#if DIGITS_CNN_TILE_M >= 12
#define DIGITS_CNN_TILE_CASES \
  DIGITS_CNN_TILE_CASES_8 DIGITS_CNN_TILE_CASE(9) DIGITS_CNN_TILE_CASE(10) DIGITS_CNN_TILE_CASE(11) DIGITS_CNN_TILE_CASE(12)
#elif DIGITS_CNN_TILE_M >= 8
#define DIGITS_CNN_TILE_CASES DIGITS_CNN_TILE_CASES_8
#else
#define DIGITS_CNN_TILE_CASES DIGITS_CNN_TILE_CASES_6
#endif

/*
 * tile[height][TILE_N] += A[height][depth] · panel[depth][TILE_N], A[i][k] = a[i * row_stride + k * depth_stride] in a run, lines of
 * the tile tile_stride apart.
 * The columns from width on are not needed: those beyond the first vector are left alone if width is that small.
 */
DIGITS_CNN_MICROKERNEL void digits_cnn_tile_at(const digits_cnn_runs *along, size_t height, size_t width, const digits_cnn_real *a, size_t row_stride,
                                       size_t depth_stride, const digits_cnn_real *panel, digits_cnn_real *tile, size_t tile_stride) {
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_tile_body(1, along, rows, vectors, a, row_stride, depth_stride, panel, DIGITS_CNN_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIGITS_CNN_TILE_CASES
    default: break;
  }
#undef DIGITS_CNN_TILE_OF
}

/* tile[height][TILE_N] = A · panel: the same with nothing in the tile before. */
DIGITS_CNN_MICROKERNEL void digits_cnn_tile_new(const digits_cnn_runs *along, size_t height, size_t width, const digits_cnn_real *a, size_t row_stride,
                                        size_t depth_stride, const digits_cnn_real *panel, digits_cnn_real *tile, size_t tile_stride) {
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_tile_body(0, along, rows, vectors, a, row_stride, depth_stride, panel, DIGITS_CNN_TILE_N, tile, tile_stride, 0, NULL, 0)
  switch (height) {
    DIGITS_CNN_TILE_CASES
    default: break;
  }
#undef DIGITS_CNN_TILE_OF
}

/*
 * The same for an A that lies column after column, and columns of a whole panel: tile = A · panel, or (adds) tile += A · panel. What the
 * next tile reads of each column of A is brought near meanwhile: mostly it is in the same line of cache or in the next one.
 */
DIGITS_CNN_MICROKERNEL void digits_cnn_tile_across(int adds, size_t depth, size_t height, const digits_cnn_real *a, size_t depth_stride,
                                           const digits_cnn_real *panel, digits_cnn_real *tile, size_t tile_stride) {
  const digits_cnn_runs along = {depth, 1, 0, 1, 0};
  const size_t width = DIGITS_CNN_TILE_N;
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_tile_body(1, &along, rows, vectors, a, 1, depth_stride, panel, DIGITS_CNN_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  if (adds) switch (height) {
    DIGITS_CNN_TILE_CASES
    default: break;
  }
#undef DIGITS_CNN_TILE_OF
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_tile_body(0, &along, rows, vectors, a, 1, depth_stride, panel, DIGITS_CNN_TILE_N, tile, tile_stride, 1, a + height, depth_stride)
  else switch (height) {
    DIGITS_CNN_TILE_CASES
    default: break;
  }
#undef DIGITS_CNN_TILE_OF
}

/* Depth of a slice of a panel that stays in first-level cache: 16 KiB. */
#define DIGITS_CNN_SLICE (16384 / sizeof(digits_cnn_real) / DIGITS_CNN_TILE_N)

/*
 * tile, for a slice of a panel, with lines panel_stride apart, that many tiles take in one after the other. Each has a share of the next
 * slice brought near meanwhile, an address `ahead_stride` on with each step of the depth.
 */
DIGITS_CNN_MICROKERNEL void digits_cnn_tile_ahead(size_t depth, size_t height, size_t width, const digits_cnn_real *a, size_t row_stride,
                                          const digits_cnn_real *panel, size_t panel_stride, digits_cnn_real *tile, const digits_cnn_real *ahead,
                                          size_t ahead_stride) {
  const digits_cnn_runs along = {depth, 1, 0, 1, 0};
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_tile_body(1, &along, rows, vectors, a, row_stride, 1, panel, panel_stride, tile, DIGITS_CNN_TILE_N, 1, ahead, ahead_stride)
  switch (height) {
    DIGITS_CNN_TILE_CASES
    default: break;
  }
#undef DIGITS_CNN_TILE_OF
}

/* tile_at for a depth in one run, and a tile whose lines lie TILE_N apart. */
DIGITS_CNN_INLINE void digits_cnn_tile(size_t depth, size_t height, size_t width, const digits_cnn_real *a, size_t row_stride,
                               size_t depth_stride, const digits_cnn_real *panel, digits_cnn_real *tile) {
  const digits_cnn_runs along = {depth, 1, 0, 1, 0};
  digits_cnn_tile_at(&along, height, width, a, row_stride, depth_stride, panel, tile, DIGITS_CNN_TILE_N);
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
#define DIGITS_CNN_FEW 5                                /* rows, up to which B is read where it lies */
#define DIGITS_CNN_SOME (DIGITS_CNN_TILE_M >= 12 ? 32 : 16) /* the same where its lines are long, of whole panels */

/*
 * Columns of a few rows, so many vectors of them, over a part of the depth; the first part begins at 0. What lies `ahead` elements
 * behind each line of B is asked for.
 */
DIGITS_CNN_FLATTEN void digits_cnn_few_body(size_t depth, const int rows, const int vectors, size_t ahead, const digits_cnn_real *a,
                                    size_t row_stride, size_t a_stride, const digits_cnn_real *source, size_t source_stride, int is_first,
                                    digits_cnn_real *c, size_t c_stride) {
  digits_cnn_vector sum[DIGITS_CNN_TILE_M][DIGITS_CNN_ROW_VECTORS];
  DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++)
      sum[i][j] = is_first ? (digits_cnn_vector){0} : digits_cnn_vector_load(c + (size_t)i * c_stride + j * DIGITS_CNN_LANES);
  for (size_t k = 0; k < depth; k++, a += a_stride, source += source_stride) {
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j += 64 / DIGITS_CNN_VECTOR_BYTES)
      DIGITS_CNN_PREFETCH(source, ahead + (size_t)j * DIGITS_CNN_LANES);
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) {
      const digits_cnn_vector b = digits_cnn_vector_load(source + j * DIGITS_CNN_LANES);
      DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++) sum[i][j] = digits_cnn_vector_fma(a[(size_t)i * row_stride], b, sum[i][j]);
    }
  }
  DIGITS_CNN_UNROLL for (int i = 0; i < rows; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) digits_cnn_vector_store(c + (size_t)i * c_stride + j * DIGITS_CNN_LANES, sum[i][j]);
}

/* The columns behind the last whole vector: the lanes behind them work on what follows, as long as that is still B, and are dropped. */
DIGITS_CNN_INLINE void digits_cnn_few_rest(size_t depth, size_t columns, const digits_cnn_real *a, size_t a_stride, const digits_cnn_real *source,
                                   size_t source_stride, digits_cnn_real *c) {
  digits_cnn_vector sum = {0};
  size_t k = 0;
  for (; k < depth && (depth - 1 - k) * source_stride + columns >= DIGITS_CNN_LANES; k++)
    sum = digits_cnn_vector_fma(a[k * a_stride], digits_cnn_vector_load(source + k * source_stride), sum);
  for (; k < depth; k++) {
    digits_cnn_real last[DIGITS_CNN_LANES] = {0};
    for (size_t i = 0; i < columns; i++) last[i] = source[k * source_stride + i];
    sum = digits_cnn_vector_fma(a[k * a_stride], digits_cnn_vector_load(last), sum);
  }
  digits_cnn_real rest[DIGITS_CNN_LANES];
  digits_cnn_vector_store(rest, sum);
  memcpy(c, rest, columns * sizeof *rest);
}

#define DIGITS_CNN_NARROW 512 /* columns, below which lines of B are so short that each is read as it comes */

/* Rows of constant number: 8 steps of depth over all columns, so that B is read in few streams, each of them long; or all steps at once
 * where its lines are short. */
DIGITS_CNN_FLATTEN void digits_cnn_few_rows(const int rows, const int vectors, size_t depth, size_t width, const digits_cnn_real *a, size_t row_stride,
                                    size_t a_stride, const digits_cnn_real *source, size_t source_stride, digits_cnn_real *c, size_t c_stride) {
  const size_t whole = width / DIGITS_CNN_LANES * DIGITS_CNN_LANES;
  const size_t most = width < DIGITS_CNN_NARROW ? depth : 8;
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < most ? depth - k0 : most;
    size_t j = 0;
#define DIGITS_CNN_COLUMNS(n)                                                                                                          \
  for (; j + (size_t)(n) * DIGITS_CNN_LANES <= whole; j += (size_t)(n) * DIGITS_CNN_LANES)                                                 \
  digits_cnn_few_body(steps, rows, n, 4 * source_stride, a + k0 * a_stride, row_stride, a_stride, source + k0 * source_stride + j,     \
                  source_stride, k0 == 0, c + j, c_stride)
    DIGITS_CNN_COLUMNS(vectors);
    DIGITS_CNN_COLUMNS(4);
    DIGITS_CNN_COLUMNS(1);
#undef DIGITS_CNN_COLUMNS
  } while ((k0 += most) < depth);
  for (int i = 0; i < rows && whole < width; i++)
    digits_cnn_few_rest(depth, width - whole, a + (size_t)i * row_stride, a_stride, source + whole, source_stride,
                    c + (size_t)i * c_stride + whole);
}

/*
 * C[rows][width] = A[rows][depth] · B[depth][width] for at most FEW rows, A[i][k] = a[i * row_stride + k * a_stride],
 * B[k][j] = source[k * source_stride + j], C[i][j] = c[i * c_stride + j].
 */
DIGITS_CNN_INLINE void digits_cnn_few(size_t rows, size_t depth, size_t width, const digits_cnn_real *a, size_t row_stride, size_t a_stride,
                              const digits_cnn_real *source, size_t source_stride, digits_cnn_real *c, size_t c_stride) {
#define DIGITS_CNN_ROWS(n, vectors)                                                                                   \
  case n: digits_cnn_few_rows(n, vectors, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride); break;
  switch (rows) {
    DIGITS_CNN_ROWS(1, DIGITS_CNN_ROW_VECTORS)
    DIGITS_CNN_ROWS(2, DIGITS_CNN_ROW_VECTORS / 2)
    DIGITS_CNN_ROWS(3, DIGITS_CNN_ROW_VECTORS / 2)
    DIGITS_CNN_ROWS(4, DIGITS_CNN_ROW_VECTORS / 4)
    DIGITS_CNN_ROWS(5, DIGITS_CNN_ROW_VECTORS / 4)
    default: break;
  }
#undef DIGITS_CNN_ROWS
}

/* So many lines of B are read side by side, each asked for some panels ahead, and C is taken up again for each of them. */
#define DIGITS_CNN_SOME_DEPTH 32

/* few for at most SOME rows, and a width of whole panels. */
DIGITS_CNN_INLINE void digits_cnn_some(size_t rows, size_t depth, size_t width, const digits_cnn_real *a, size_t row_stride, size_t a_stride,
                               const digits_cnn_real *source, size_t source_stride, digits_cnn_real *c, size_t c_stride) {
  if (rows <= DIGITS_CNN_FEW) {
    digits_cnn_few(rows, depth, width, a, row_stride, a_stride, source, source_stride, c, c_stride);
    return;
  }
#define DIGITS_CNN_TILE_OF(rows, vectors)                                                                                       \
  digits_cnn_few_body(steps, rows, vectors, m == 0 ? 4 * DIGITS_CNN_TILE_N : 0, a + m * row_stride + k0 * a_stride, row_stride, a_stride,     \
                  source + k0 * source_stride + j, source_stride, k0 == 0, c + m * c_stride + j, c_stride)
  size_t k0 = 0;
  do {
    const size_t steps = depth - k0 < DIGITS_CNN_SOME_DEPTH ? depth - k0 : DIGITS_CNN_SOME_DEPTH;
    for (size_t j = 0; j < width; j += DIGITS_CNN_TILE_N)
      for (size_t m = 0, height = 0; m < rows; m += height) {
        height = digits_cnn_height(rows - m);
        switch (height) {
          DIGITS_CNN_TILE_CASES
          default: break;
        }
      }
  } while ((k0 += DIGITS_CNN_SOME_DEPTH) < depth);
#undef DIGITS_CNN_TILE_OF
}

/* One row is multiplied with several panels at once: enough accumulators to hide how long a multiply-add takes. */
#define DIGITS_CNN_LINE_VECTORS 16 /* at most */
#define DIGITS_CNN_LINE_TILES 4

/*
 * sums = a[depth] · panels, or added to what is there, for panels of so many vectors, each of them behind the one before; sums lie as
 * far apart as the vectors of a panel reach.
 */
DIGITS_CNN_FLATTEN void digits_cnn_line_body(const int adds, size_t depth, const int panels, const int vectors, const digits_cnn_real *a,
                                     size_t a_stride, const digits_cnn_real *panel, digits_cnn_real *sums) {
  const size_t width = (size_t)vectors * DIGITS_CNN_LANES;
  digits_cnn_vector c[DIGITS_CNN_LINE_VECTORS];
  DIGITS_CNN_UNROLL for (int i = 0; i < panels * vectors; i++) c[i] = adds ? digits_cnn_vector_load(sums + i * DIGITS_CNN_LANES) : (digits_cnn_vector){0};
  for (size_t k = 0; k < depth; k++, a += a_stride, panel += width)
    DIGITS_CNN_UNROLL for (int p = 0; p < panels; p++)
      DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++)
        c[p * vectors + j] = digits_cnn_vector_fma(*a, digits_cnn_vector_load(panel + (size_t)p * depth * width + j * DIGITS_CNN_LANES), c[p * vectors + j]);
  DIGITS_CNN_UNROLL for (int i = 0; i < panels * vectors; i++) digits_cnn_vector_store(sums + i * DIGITS_CNN_LANES, c[i]);
}

/*
 * c[width] = a[depth] · B[depth][width] for one row and the columns from first, where a panel begins, to last. B is packed: panels
 * of TILE_K by TILE_N at most, all of one depth, then those of the next.
 */
DIGITS_CNN_INLINE void digits_cnn_line(size_t depth, size_t width, size_t first, size_t last, const digits_cnn_real *a, size_t a_stride,
                               const digits_cnn_real *packed, digits_cnn_real *c) {
  const size_t padded = (width + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N * DIGITS_CNN_TILE_N;
  for (size_t n0 = first, columns = 0; n0 < last; n0 += columns) {
    const size_t left = (last - n0 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N, panels = left >= DIGITS_CNN_LINE_TILES ? DIGITS_CNN_LINE_TILES : left >= 2 ? 2 : 1;
    DIGITS_CNN_ALIGNED digits_cnn_real sums[DIGITS_CNN_LINE_TILES * DIGITS_CNN_TILE_N] = {0};
    for (size_t k0 = 0; k0 < depth; k0 += DIGITS_CNN_TILE_K) {
      const size_t steps = depth - k0 < DIGITS_CNN_TILE_K ? depth - k0 : DIGITS_CNN_TILE_K;
      const digits_cnn_real *const from = a + k0 * a_stride, *const panel = packed + k0 * padded + n0 * steps;
      if (panels == DIGITS_CNN_LINE_TILES) digits_cnn_line_body(1, steps, DIGITS_CNN_LINE_TILES, 2, from, a_stride, panel, sums);
      else if (panels == 2) digits_cnn_line_body(1, steps, 2, 2, from, a_stride, panel, sums);
      else digits_cnn_line_body(1, steps, 1, 2, from, a_stride, panel, sums);
    }
    columns = panels * DIGITS_CNN_TILE_N < last - n0 ? panels * DIGITS_CNN_TILE_N : last - n0;
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
#define DIGITS_CNN_FEW_TAPS 28
#else /* 16 registers */
#define DIGITS_CNN_FEW_TAPS 12
#endif
#define DIGITS_CNN_PLACES_AHEAD 128 /* so far before it is multiplied a line of B is asked for */

/* C[lines · run][LANES] += patches · B: a line of taps is a run of neighbours in a patch, the next one lies `down` from it. */
DIGITS_CNN_FLATTEN void digits_cnn_few_taps_body(const int lines, const int run, const int fetches, size_t down, size_t places,
                                         const digits_cnn_real *a, size_t step, const digits_cnn_real *b, size_t b_stride,
                                         digits_cnn_real *c, size_t c_stride) {
  digits_cnn_vector sum[DIGITS_CNN_FEW_TAPS];
  DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++)
    DIGITS_CNN_UNROLL for (int e = 0; e < run; e++)
      sum[y * run + e] = digits_cnn_vector_load(c + (size_t)(y * run + e) * c_stride);
  DIGITS_CNN_ROLLED for (size_t k = 0; k < places; k++, a += step, b += b_stride) {
#if defined(__GNUC__) && !defined(__clang__)
    __asm__ volatile("" : : : "memory"); /* nothing of A is kept for the next place: the sums want the registers */
#endif
    if (fetches) DIGITS_CNN_PREFETCH(b, DIGITS_CNN_PLACES_AHEAD * b_stride);
    const digits_cnn_vector v = digits_cnn_vector_load(b);
    DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++)
      DIGITS_CNN_UNROLL for (int e = 0; e < run; e++)
        sum[y * run + e] = digits_cnn_vector_fma(a[(size_t)y * down + (size_t)e], v, sum[y * run + e]);
  }
  DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++)
    DIGITS_CNN_UNROLL for (int e = 0; e < run; e++)
      digits_cnn_vector_store(c + (size_t)(y * run + e) * c_stride, sum[y * run + e]);
}

/* The same for as many lines as there are registers for at a time; of a part that has one of them, for the first. */
DIGITS_CNN_FLATTEN void digits_cnn_few_taps(const int lines, const int run, const int fetches, int has_one, size_t down, size_t places,
                                    const digits_cnn_real *a, size_t step, const digits_cnn_real *b, size_t b_stride, digits_cnn_real *c,
                                    size_t c_stride) {
  if (!has_one && lines * run <= DIGITS_CNN_FEW_TAPS) {
    digits_cnn_few_taps_body(lines, run, fetches, down, places, a, step, b, b_stride, c, c_stride);
    return;
  }
  for (size_t y = 0; y < (has_one ? 1 : (size_t)lines); y++)
    digits_cnn_few_taps_body(1, run, fetches, down, places, a + y * down, step, b, b_stride, c + y * (size_t)run * c_stride, c_stride);
}

/*
 * Convolutions read their images through strips: the part of a padded image that the places of some output lines see,
 * [lines][pitch], with zeros where the padding is, and between the elements where the window spreads them.
 * Include after inline.c; needs <stddef.h>, <string.h>.
 */
typedef struct digits_cnn_window {
  size_t height, width, channels;      /* one image */
  ptrdiff_t before_y, before_x;        /* zeros before it; cut off where negative */
  size_t spread_y, spread_x;           /* distances between neighbouring elements */
  size_t strip_width;                  /* pitch / channels */
} digits_cnn_window;

/* One line of a strip: element x of the image's line at spread_x * x + before_x. */
DIGITS_CNN_INLINE void digits_cnn_strip_line(const digits_cnn_window *window, const digits_cnn_real *line, digits_cnn_real *strip) {
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
DIGITS_CNN_INLINE size_t digits_cnn_source_line(const digits_cnn_window *window, size_t place) {
  const ptrdiff_t line = (ptrdiff_t)place - window->before_y;
  const size_t y = line < 0 ? window->height : (size_t)line / window->spread_y;
  return y < window->height && (size_t)line % window->spread_y == 0 ? y : window->height;
}

/* strip[images][lines][strip_width * channels]: lines of each padded image from the line `first` of it on. */
DIGITS_CNN_INLINE void digits_cnn_strips(const digits_cnn_window *window, size_t images, size_t first, size_t lines,
                                 const digits_cnn_real *image, digits_cnn_real *strip) {
  const size_t pitch = window->strip_width * window->channels, line_count = window->width * window->channels;
  for (size_t i = 0; i < images; i++, image += window->height * line_count)
    for (size_t l = 0; l < lines; l++, strip += pitch) {
      const size_t y = digits_cnn_source_line(window, first + l);
      if (y < window->height)
        digits_cnn_strip_line(window, image + y * line_count, strip);
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
DIGITS_CNN_FLATTEN int digits_cnn_pool_wins(digits_cnn_real value, digits_cnn_real best) { return (value > best) | (value != value); }

/* The largest, and the number of the tap that it is under, the first of equals: tap (y, x) has number first + y * width + x.
 * NaN wins. */
DIGITS_CNN_INLINE void digits_cnn_pool_maximum(size_t lines, size_t taps, const digits_cnn_real *map, size_t down, size_t across,
                                       size_t first, size_t width, digits_cnn_real *restrict pooled,
                                       digits_cnn_bits *restrict winner) {
  for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) pooled[c] = map[c], winner[c] = (digits_cnn_bits)first;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const digits_cnn_real *from = map + y * down + x * across;
      const digits_cnn_bits tap = (digits_cnn_bits)(first + y * width + x);
      for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) {
        const digits_cnn_real value = from[c], best = pooled[c];
        const digits_cnn_bits known = winner[c];
        const int wins = digits_cnn_pool_wins(value, best);
        pooled[c] = wins ? value : best;
        winner[c] = wins ? tap : known;
      }
    }
}

/* The same for a whole window, whose first tap has number 0. */
DIGITS_CNN_FLATTEN void digits_cnn_pool_maximum_whole(size_t columns, const int lines, const int taps, const digits_cnn_real *map,
                                              size_t down, size_t across, digits_cnn_real *restrict pooled, digits_cnn_bits *restrict winner) {
  for (size_t v = 0; v < columns; v += DIGITS_CNN_LANES) {
    DIGITS_CNN_ROLLED for (size_t c = v; c < v + DIGITS_CNN_LANES; c++) {
      digits_cnn_real best = map[c];
      digits_cnn_bits known = 0;
      DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++)
        DIGITS_CNN_UNROLL for (int x = 0; x < taps; x++) {
          const digits_cnn_real value = map[(size_t)y * down + (size_t)x * across + c];
          const int wins = digits_cnn_pool_wins(value, best);
          best = wins ? value : best;
          known = wins ? y * taps + x : known;
        }
      pooled[c] = best;
      winner[c] = known;
    }
  }
}

/* The largest alone. */
DIGITS_CNN_INLINE void digits_cnn_pool_largest(size_t lines, size_t taps, const digits_cnn_real *map, size_t down, size_t across,
                                       digits_cnn_real *restrict pooled) {
  for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) pooled[c] = map[c];
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++) {
      const digits_cnn_real *from = map + y * down + x * across;
      for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) {
        const digits_cnn_real value = from[c], best = pooled[c];
        pooled[c] = digits_cnn_pool_wins(value, best) ? value : best;
      }
    }
}

/* The same for a whole window. */
DIGITS_CNN_FLATTEN void digits_cnn_pool_largest_whole(size_t columns, const int lines, const int taps, const digits_cnn_real *map,
                                              size_t down, size_t across, digits_cnn_real *restrict pooled) {
  for (size_t v = 0; v < columns; v += DIGITS_CNN_LANES) {
    DIGITS_CNN_ROLLED for (size_t c = v; c < v + DIGITS_CNN_LANES; c++) {
      digits_cnn_real best = map[c];
      DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++)
        DIGITS_CNN_UNROLL for (int x = 0; x < taps; x++) {
          const digits_cnn_real value = map[(size_t)y * down + (size_t)x * across + c];
          best = digits_cnn_pool_wins(value, best) ? value : best;
        }
      pooled[c] = best;
    }
  }
}

/* The mean. */
DIGITS_CNN_INLINE void digits_cnn_pool_mean(size_t lines, size_t taps, const digits_cnn_real *map, size_t down, size_t across,
                                    digits_cnn_real *pooled) {
  for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) pooled[c] = 0;
  for (size_t y = 0; y < lines; y++)
    for (size_t x = 0; x < taps; x++)
      for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) pooled[c] += map[y * down + x * across + c];
  for (size_t c = 0; c < DIGITS_CNN_TILE_N; c++) pooled[c] /= (digits_cnn_real)(lines * taps);
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
#define DIGITS_CNN_PANEL 32
#define DIGITS_CNN_PANEL_VECTORS (DIGITS_CNN_PANEL / DIGITS_CNN_LANES)
/* Panels that a single line is multiplied with at once, as many as there are registers for: all of them hide how long a
 * multiply-add takes. */
#if defined(__AVX512F__) || defined(__aarch64__) /* LINE_VECTORS of 32 registers */
#define DIGITS_CNN_LINE_PANELS (DIGITS_CNN_LINE_VECTORS / DIGITS_CNN_PANEL_VECTORS)
#elif DIGITS_CNN_PANEL_VECTORS <= 12 /* of 16 */
#define DIGITS_CNN_LINE_PANELS (12 / DIGITS_CNN_PANEL_VECTORS)
#else
#define DIGITS_CNN_LINE_PANELS 1
#endif

DIGITS_CNN_FLATTEN void digits_cnn_panel_tile(size_t depth, const int lines, const int vectors, const digits_cnn_real *a, size_t a_stride,
                                      const digits_cnn_real *panel, digits_cnn_real *c, size_t c_stride) {
  digits_cnn_vector sum[DIGITS_CNN_TILE_M][2];
  DIGITS_CNN_UNROLL for (int i = 0; i < lines; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = (digits_cnn_vector){0};
  for (size_t k = 0; k < depth; k++, a++, panel += DIGITS_CNN_PANEL) {
    digits_cnn_vector b[2];
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) {
      if (j * DIGITS_CNN_VECTOR_BYTES % 64 == 0) DIGITS_CNN_PREFETCH(panel, depth * DIGITS_CNN_PANEL + (size_t)j * DIGITS_CNN_LANES); /* what follows this panel */
      b[j] = digits_cnn_vector_load(panel + j * DIGITS_CNN_LANES);
    }
    DIGITS_CNN_UNROLL for (int i = 0; i < lines; i++)
      DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = digits_cnn_vector_fma(a[(size_t)i * a_stride], b[j], sum[i][j]);
  }
  DIGITS_CNN_UNROLL for (int i = 0; i < lines; i++)
    DIGITS_CNN_UNROLL for (int j = 0; j < vectors; j++) digits_cnn_vector_store(c + (size_t)i * c_stride + j * DIGITS_CNN_LANES, sum[i][j]);
}

/* One line; its panels in groups of about the same size. */
DIGITS_CNN_INLINE void digits_cnn_panel_row(size_t depth, size_t width, const digits_cnn_real *a, const digits_cnn_real *panels, digits_cnn_real *c) {
#define DIGITS_CNN_PANELS(n) \
  case n: digits_cnn_line_body(0, depth, n, DIGITS_CNN_PANEL_VECTORS, a, 1, panels, c); break;
  for (size_t left = (width + DIGITS_CNN_PANEL - 1) / DIGITS_CNN_PANEL, count = 0; left > 0; left -= count) {
    const size_t groups = (left + DIGITS_CNN_LINE_PANELS - 1) / DIGITS_CNN_LINE_PANELS;
    count = (left + groups - 1) / groups;
    switch (count) {
      DIGITS_CNN_PANELS(1)
#if DIGITS_CNN_LINE_PANELS >= 2
      DIGITS_CNN_PANELS(2)
#endif
#if DIGITS_CNN_LINE_PANELS >= 3
      DIGITS_CNN_PANELS(3)
#endif
#if DIGITS_CNN_LINE_PANELS >= 4
      DIGITS_CNN_PANELS(4)
#endif
#if DIGITS_CNN_LINE_PANELS >= 8
      DIGITS_CNN_PANELS(5) DIGITS_CNN_PANELS(6) DIGITS_CNN_PANELS(7) DIGITS_CNN_PANELS(8)
#endif
      default: break;
    }
    panels += count * depth * DIGITS_CNN_PANEL;
    c += count * DIGITS_CNN_PANEL;
  }
#undef DIGITS_CNN_PANELS
}

/* Lines of one tile's columns, at most TILE_N of them. */
DIGITS_CNN_INLINE void digits_cnn_panel_lines(size_t lines, size_t depth, size_t width, const digits_cnn_real *a, size_t a_stride,
                                      const digits_cnn_real *panel, digits_cnn_real *c, size_t c_stride) {
#define DIGITS_CNN_TILE_OF(rows, vectors) \
  digits_cnn_panel_tile(depth, rows, vectors, a + m * a_stride, a_stride, panel, c + m * c_stride, c_stride)
  for (size_t m = 0, height = 0; m < lines; m += height) {
    height = digits_cnn_height(lines - m);
    switch (height) {
      DIGITS_CNN_TILE_CASES
      default: break;
    }
  }
#undef DIGITS_CNN_TILE_OF
}

DIGITS_CNN_INLINE void digits_cnn_panel_product(size_t lines, size_t depth, size_t width, const digits_cnn_real *a, size_t a_stride,
                                        const digits_cnn_real *panels, digits_cnn_real *c, size_t c_stride) {
  if (lines <= 2) {
    for (size_t i = 0; i < lines; i++) digits_cnn_panel_row(depth, width, a + i * a_stride, panels, c + i * c_stride);
    return;
  }
  for (size_t n = 0; n < width; n += DIGITS_CNN_TILE_N)
    digits_cnn_panel_lines(lines, depth, width - n, a, a_stride, panels + n / DIGITS_CNN_PANEL * DIGITS_CNN_PANEL * depth + n % DIGITS_CNN_PANEL, c + n,
                       c_stride);
}

/*
 * Convolution by Winograd's F(2 by 2, 3 by 3): of 3 by 3 taps 2 by 2 results cost 16 multiplications for each channel and filter
 * instead of 36 (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015). 5 or 6 taps along an axis fall into two parts
 * of 3, or of 3 and 2; each is a convolution of its own, of patches 3 on, and their products are added up.
 * A part of 2 has no product for the fourth element along its axis: 5 by 5 taps cost 49 multiplications instead of 100.
 *
 *   winograd_slot     where the products of an element begin, of a channel: one for each part that has it
 *   winograd_image    V = Bt d B of the 4 by 4 patches d of strips, 2 apart: for each element e [patches][parts][channels]
 *   winograd_element  M[e] = V[e] U[e] for one of the 16 elements e and a panel's columns
 *   winograd_results  At M A, 2 by 2 places of a map
 *   winograd_map      Y = A y At of the 2 by 2 places y that such patches have made: [16][patches][TILE_N]
 *   winograd_sum      the gradient of U[e] for a panel's columns, the transpose of V[e] times Y[e]
 *
 * The kernel comes as U = G g Gt in panels. Patches at the right and lower edge may have places that the map lacks. The 16 parts
 * of V and M lie a line of cache more than their length apart, so that they don't all fall into the same set.
 * Include after vector.c, tile.c, panel.c; needs <stddef.h>, <string.h>.
 */
#define DIGITS_CNN_WINOGRAD_GAP 16

DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_add(digits_cnn_vector a, digits_cnn_vector b) {
#if defined(__GNUC__)
  return a + b;
#else
  for (int i = 0; i < DIGITS_CNN_LANES; i++) a.lane[i] += b.lane[i];
  return a;
#endif
}

DIGITS_CNN_FLATTEN digits_cnn_vector digits_cnn_vector_subtract(digits_cnn_vector a, digits_cnn_vector b) {
#if defined(__GNUC__)
  return a - b;
#else
  for (int i = 0; i < DIGITS_CNN_LANES; i++) a.lane[i] -= b.lane[i];
  return a;
#endif
}

/* Bt times four vectors. */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_spread(digits_cnn_vector a, digits_cnn_vector b, digits_cnn_vector c, digits_cnn_vector d, digits_cnn_vector *v) {
  v[0] = digits_cnn_vector_subtract(a, c);
  v[1] = digits_cnn_vector_add(b, c);
  v[2] = digits_cnn_vector_subtract(c, b);
  v[3] = digits_cnn_vector_subtract(b, d);
}

/* Of so many taps along an axis, the parts that have element e. */
DIGITS_CNN_FLATTEN size_t digits_cnn_winograd_parts(size_t e, size_t taps) { return (taps + 2) / 3 - (e == 3 && taps % 3 != 0); }

/* Elements 4 y + x of `height` by `width` taps: the parts that have element e, and those that have the elements before it. */
DIGITS_CNN_FLATTEN size_t digits_cnn_winograd_slots(size_t e, size_t height, size_t width) {
  return digits_cnn_winograd_parts(e / 4, height) * digits_cnn_winograd_parts(e % 4, width);
}
DIGITS_CNN_FLATTEN size_t digits_cnn_winograd_slot(size_t e, size_t height, size_t width) {
  const size_t down = (height + 2) / 3, across = (width + 2) / 3, line = 3 * across + digits_cnn_winograd_parts(3, width);
  return e / 4 * down * line + digits_cnn_winograd_parts(e / 4, height) * (e % 4) * across;
}

/* Where V[e] begins. */
DIGITS_CNN_FLATTEN size_t digits_cnn_winograd_offset(size_t e, size_t height, size_t width, size_t patches, size_t channels) {
  return digits_cnn_winograd_slot(e, height, width) * patches * channels + e * DIGITS_CNN_WINOGRAD_GAP;
}

/*
 * One part, number py by px, of the patch that begins at `from`: of its 4 by 4 elements those that it has, to `image`, where the
 * patch's channels of the first element lie.
 */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_patch(const size_t py, const size_t px, const size_t height, const size_t width, size_t patches,
                                          size_t channels, const digits_cnn_real *from, size_t pitch, size_t patch, digits_cnn_real *image) {
  const int lines = py < digits_cnn_winograd_parts(3, height) ? 4 : 3, columns = px < digits_cnn_winograd_parts(3, width) ? 4 : 3;
  for (size_t c = 0; c < channels; c += DIGITS_CNN_LANES) {
    digits_cnn_vector line[4][4], v[4], d[4] = {{0}};
    DIGITS_CNN_UNROLL for (int y = 0; y < lines; y++) {
      DIGITS_CNN_UNROLL for (int x = 0; x < columns; x++) d[x] = digits_cnn_vector_load(from + (size_t)y * pitch + (size_t)x * channels + c);
      digits_cnn_winograd_spread(d[0], d[1], d[2], d[3], line[y]);
    }
    DIGITS_CNN_UNROLL for (size_t x = 0; x < (size_t)columns; x++) {
      digits_cnn_winograd_spread(line[0][x], line[1][x], line[2][x], lines > 3 ? line[3][x] : d[0], v);
      DIGITS_CNN_UNROLL for (size_t y = 0; y < (size_t)lines; y++) {
        const size_t e = 4 * y + x, own = py * digits_cnn_winograd_parts(x, width) + px;
        digits_cnn_vector_store(image + digits_cnn_winograd_offset(e, height, width, patches, channels)
                              + (patch * digits_cnn_winograd_slots(e, height, width) + own) * channels + c, v[y]);
      }
    }
  }
}

/* image, V of strips [images][lines up to an even number + height - 1][pitch], for lines of `places` places. */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_image(const size_t height, const size_t width, size_t images, size_t lines, size_t places,
                                          size_t channels, const digits_cnn_real *strip, size_t pitch, digits_cnn_real *image) {
  const size_t down = (lines + 1) / 2, across = (places + 1) / 2, patches = images * down * across;
  size_t patch = 0;
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < across; x++, patch++) {
      const digits_cnn_real *const from = strip + (i / down * (2 * down + height - 1) + i % down * 2) * pitch + 2 * x * channels;
#define DIGITS_CNN_PART(py, px) \
  digits_cnn_winograd_patch(py, px, height, width, patches, channels, from + 3 * py * pitch + 3 * px * channels, pitch, patch, image)
      DIGITS_CNN_PART(0, 0);
      if (width > 3) DIGITS_CNN_PART(0, 1);
      if (height > 3) DIGITS_CNN_PART(1, 0);
      if (height > 3 && width > 3) DIGITS_CNN_PART(1, 1);
#undef DIGITS_CNN_PART
    }
}

/* At times four vectors. */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_join(const digits_cnn_vector *m, digits_cnn_vector *sums) {
  sums[0] = digits_cnn_vector_add(digits_cnn_vector_add(m[0], m[1]), m[2]);
  sums[1] = digits_cnn_vector_subtract(digits_cnn_vector_subtract(m[1], m[2]), m[3]);
}

/* At M A of one patch and one vector of columns. Of the 2 by 2 places so many lie within the map. */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_result(const digits_cnn_real *products, size_t apart, size_t lines, size_t places, digits_cnn_real *map,
                                           size_t pitch) {
  digits_cnn_vector line[4][2], m[4], sums[2];
  DIGITS_CNN_UNROLL for (int y = 0; y < 4; y++) {
    DIGITS_CNN_UNROLL for (int x = 0; x < 4; x++) m[x] = digits_cnn_vector_load(products + (size_t)(4 * y + x) * apart);
    digits_cnn_winograd_join(m, line[y]);
  }
  DIGITS_CNN_UNROLL for (size_t x = 0; x < 2; x++) {
    DIGITS_CNN_UNROLL for (int y = 0; y < 4; y++) m[y] = line[y][x];
    digits_cnn_winograd_join(m, sums);
    if (x < places) {
      digits_cnn_vector_store(map + x * DIGITS_CNN_TILE_N, sums[0]);
      if (lines > 1) digits_cnn_vector_store(map + pitch + x * DIGITS_CNN_TILE_N, sums[1]);
    }
  }
}

/*
 * products[e] of [16][patches][TILE_N] for `columns` columns, at most TILE_N: image from winograd_image, panels
 * [slots][channels][PANEL] from the columns on.
 */
DIGITS_CNN_INLINE void digits_cnn_winograd_element(size_t e, size_t height, size_t width, size_t patches, size_t channels, size_t columns,
                                           const digits_cnn_real *image, const digits_cnn_real *panels, digits_cnn_real *products) {
  const size_t depth = digits_cnn_winograd_slots(e, height, width) * channels;
  digits_cnn_panel_lines(patches, depth, columns, image + digits_cnn_winograd_offset(e, height, width, patches, channels), depth,
                     panels + digits_cnn_winograd_slot(e, height, width) * channels * DIGITS_CNN_PANEL,
                     products + e * (patches * DIGITS_CNN_TILE_N + DIGITS_CNN_WINOGRAD_GAP), DIGITS_CNN_TILE_N);
}

/* map[images * lines][width][TILE_N] of these products. */
DIGITS_CNN_INLINE void digits_cnn_winograd_results(size_t images, size_t lines, size_t width, size_t columns, const digits_cnn_real *products,
                                           digits_cnn_real *map) {
  const size_t down = (lines + 1) / 2, across = (width + 1) / 2;
  const size_t apart = images * down * across * DIGITS_CNN_TILE_N + DIGITS_CNN_WINOGRAD_GAP;
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < width; x += 2, products += DIGITS_CNN_TILE_N) {
      const size_t line = i % down * 2;
      digits_cnn_real *const to = map + ((i / down * lines + line) * width + x) * DIGITS_CNN_TILE_N;
      for (size_t n = 0; n < columns; n += DIGITS_CNN_LANES)
        digits_cnn_winograd_result(products + n, apart, lines - line, width - x, to + n, width * DIGITS_CNN_TILE_N);
    }
}

/* A times two vectors. */
DIGITS_CNN_FLATTEN void digits_cnn_winograd_unfold(digits_cnn_vector a, digits_cnn_vector b, digits_cnn_vector *v) {
  v[0] = a;
  v[1] = digits_cnn_vector_add(a, b);
  v[2] = digits_cnn_vector_subtract(a, b);
  v[3] = digits_cnn_vector_subtract((digits_cnn_vector){0}, b);
}

/* products[16][patches][TILE_N] of `columns` columns, at most TILE_N, of map [images * lines][width][TILE_N]. */
DIGITS_CNN_INLINE void digits_cnn_winograd_map(size_t images, size_t lines, size_t width, size_t columns, const digits_cnn_real *map,
                                       digits_cnn_real *products) {
  const size_t down = (lines + 1) / 2, across = (width + 1) / 2;
  const size_t apart = images * down * across * DIGITS_CNN_TILE_N + DIGITS_CNN_WINOGRAD_GAP;
  const digits_cnn_vector zero = {0};
  for (size_t i = 0; i < images * down; i++)
    for (size_t x = 0; x < width; x += 2, products += DIGITS_CNN_TILE_N) {
      const size_t first = i % down * 2;
      const digits_cnn_real *const from = map + ((i / down * lines + first) * width + x) * DIGITS_CNN_TILE_N;
      for (size_t n = 0; n < columns; n += DIGITS_CNN_LANES) {
        digits_cnn_vector line[2][4], v[4];
        DIGITS_CNN_UNROLL for (size_t y = 0; y < 2; y++) {
          const digits_cnn_real *const place = from + y * width * DIGITS_CNN_TILE_N + n;
          const int is_there = first + y < lines;
          const digits_cnn_vector a = is_there ? digits_cnn_vector_load(place) : zero;
          const digits_cnn_vector b = is_there && x + 1 < width ? digits_cnn_vector_load(place + DIGITS_CNN_TILE_N) : zero;
          digits_cnn_winograd_unfold(a, b, line[y]);
        }
        DIGITS_CNN_UNROLL for (int k = 0; k < 4; k++) {
          digits_cnn_winograd_unfold(line[0][k], line[1][k], v);
          DIGITS_CNN_UNROLL for (int y = 0; y < 4; y++) digits_cnn_vector_store(products + (size_t)(4 * y + k) * apart + n, v[y]);
        }
      }
    }
}

/*
 * The gradient of panels[slots][channels][PANEL] for element e and a panel's columns, from image from winograd_image and products from
 * winograd_map; added to what is there unless is_first.
 */
DIGITS_CNN_INLINE void digits_cnn_winograd_sum(size_t e, size_t height, size_t width, size_t patches, size_t channels, size_t columns,
                                       const digits_cnn_real *image, const digits_cnn_real *products, int is_first, digits_cnn_real *panels) {
  const size_t whole = columns > DIGITS_CNN_LANES ? DIGITS_CNN_TILE_N : DIGITS_CNN_LANES, depth = digits_cnn_winograd_slots(e, height, width) * channels;
  const digits_cnn_real *const a = image + digits_cnn_winograd_offset(e, height, width, patches, channels);
  const digits_cnn_real *const b = products + e * (patches * DIGITS_CNN_TILE_N + DIGITS_CNN_WINOGRAD_GAP);
  digits_cnn_real *const c = panels + digits_cnn_winograd_slot(e, height, width) * channels * DIGITS_CNN_PANEL;
  for (size_t i = 0; is_first && i < depth; i++) memset(c + i * DIGITS_CNN_PANEL, 0, whole * sizeof *c);
  const digits_cnn_runs along = {patches, 1, 0, 1, 0};
  for (size_t m = 0, lines = 0; m < depth; m += lines) {
    lines = digits_cnn_height(depth - m);
    digits_cnn_tile_at(&along, lines, columns, a + m, 1, depth, b, c + m * DIGITS_CNN_PANEL, DIGITS_CNN_PANEL);
  }
}

/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
DIGITS_CNN_INLINE size_t digits_cnn_utf8_length(const unsigned char *p, const unsigned char *end) {
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
typedef struct digits_cnn_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} digits_cnn_safetensors_reader;

DIGITS_CNN_INLINE int digits_cnn_safetensors_fail(digits_cnn_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
DIGITS_CNN_INLINE int digits_cnn_safetensors_peek(digits_cnn_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

DIGITS_CNN_INLINE int digits_cnn_safetensors_accept(digits_cnn_safetensors_reader *r, int c) {
  if (digits_cnn_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

DIGITS_CNN_INLINE int digits_cnn_safetensors_expect(digits_cnn_safetensors_reader *r, int c, const char *problem) {
  return digits_cnn_safetensors_accept(r, c) || digits_cnn_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
DIGITS_CNN_INLINE long digits_cnn_safetensors_hex(const unsigned char *p) {
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
DIGITS_CNN_INLINE int digits_cnn_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
DIGITS_CNN_INLINE size_t digits_cnn_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = digits_cnn_utf8_length(p, end);
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
  long code = left < 6 ? -1 : digits_cnn_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : digits_cnn_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

DIGITS_CNN_INLINE int digits_cnn_safetensors_string(digits_cnn_safetensors_reader *r, digits_cnn_safetensors_text *text) {
  if (!digits_cnn_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && digits_cnn_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = digits_cnn_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return digits_cnn_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return digits_cnn_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

DIGITS_CNN_INLINE int digits_cnn_safetensors_integer(digits_cnn_safetensors_reader *r, size_t *value) {
  int c = digits_cnn_safetensors_peek(r);
  if (c < '0' || c > '9') return digits_cnn_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return digits_cnn_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return digits_cnn_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int digits_cnn_safetensors_equals(digits_cnn_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = digits_cnn_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t digits_cnn_safetensors_copy(digits_cnn_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = digits_cnn_safetensors_character(p, end, utf8, &count);
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
DIGITS_CNN_INLINE uint64_t digits_cnn_safetensors_hash(digits_cnn_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && digits_cnn_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = digits_cnn_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/* Reading safetensors files: see digits_cnn.h. Include after inline.c, safetensors.h and safetensors_text.c; needs <string.h>. */

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { DIGITS_CNN_SAFETENSORS_HEADER = 100000000, DIGITS_CNN_SAFETENSORS_NAMES = 32768, DIGITS_CNN_SAFETENSORS_CHUNK = 2048 };

DIGITS_CNN_INLINE int digits_cnn_safetensors_dtype(digits_cnn_safetensors_reader *r, digits_cnn_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  digits_cnn_safetensors_text text;
  if (!digits_cnn_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (digits_cnn_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return digits_cnn_safetensors_fail(r, "this dtype is not known");
}

DIGITS_CNN_INLINE int digits_cnn_safetensors_shape(digits_cnn_safetensors_reader *r, digits_cnn_safetensor *tensor) {
  if (!digits_cnn_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (digits_cnn_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!digits_cnn_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return digits_cnn_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (digits_cnn_safetensors_accept(r, ','));
  return digits_cnn_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
DIGITS_CNN_INLINE int digits_cnn_safetensors_offsets(digits_cnn_safetensors_reader *r, size_t *begin, size_t *end) {
  return digits_cnn_safetensors_expect(r, '[', "[ is expected") && digits_cnn_safetensors_integer(r, begin) &&
         digits_cnn_safetensors_expect(r, ',', ", is expected between the two offsets") && digits_cnn_safetensors_integer(r, end) &&
         digits_cnn_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
DIGITS_CNN_INLINE int digits_cnn_safetensors_value(digits_cnn_safetensors_reader *r, const digits_cnn_safetensors *file,
                                           digits_cnn_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!digits_cnn_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    digits_cnn_safetensors_text key;
    if (!digits_cnn_safetensors_string(r, &key) || !digits_cnn_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = digits_cnn_safetensors_equals(key, "dtype")          ? DTYPE
                     : digits_cnn_safetensors_equals(key, "shape")        ? SHAPE
                     : digits_cnn_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return digits_cnn_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? digits_cnn_safetensors_dtype(r, tensor)
          : field == SHAPE ? digits_cnn_safetensors_shape(r, tensor)
                           : digits_cnn_safetensors_offsets(r, &begin, &end))) return 0;
  } while (digits_cnn_safetensors_accept(r, ','));
  if (!digits_cnn_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return digits_cnn_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return digits_cnn_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return digits_cnn_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

int digits_cnn_safetensors_next_metadata(const digits_cnn_safetensors *file, size_t *cursor,
                                     digits_cnn_safetensors_text *key, digits_cnn_safetensors_text *value) {
  digits_cnn_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || digits_cnn_safetensors_peek(&r) == '}') return 0;
  if (!digits_cnn_safetensors_string(&r, key) || !digits_cnn_safetensors_expect(&r, ':', ": is expected") ||
      !digits_cnn_safetensors_string(&r, value)) return 0;
  digits_cnn_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

int digits_cnn_safetensors_next(const digits_cnn_safetensors *file, size_t *cursor, digits_cnn_safetensor *tensor) {
  digits_cnn_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (digits_cnn_safetensors_peek(&r) == '"') {
    if (!digits_cnn_safetensors_string(&r, &tensor->name) || !digits_cnn_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = digits_cnn_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      digits_cnn_safetensors_text key, value;
      for (r.at = file->metadata; digits_cnn_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      digits_cnn_safetensors_accept(&r, '}');
    } else if (!digits_cnn_safetensors_value(&r, file, tensor)) return 0;
    digits_cnn_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

int digits_cnn_safetensors_find(const digits_cnn_safetensors *file, size_t *cursor, const char *name,
                            digits_cnn_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && digits_cnn_safetensors_next(file, cursor, tensor))
      if (digits_cnn_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

int digits_cnn_safetensors_find_metadata(const digits_cnn_safetensors *file, size_t *cursor, const char *name,
                                     digits_cnn_safetensors_text *value) {
  size_t start = *cursor;
  digits_cnn_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && digits_cnn_safetensors_next_metadata(file, cursor, &key, value))
      if (digits_cnn_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct digits_cnn_safetensors_keys {
  uint64_t keys[DIGITS_CNN_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} digits_cnn_safetensors_keys;

DIGITS_CNN_INLINE void digits_cnn_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

DIGITS_CNN_INLINE void digits_cnn_safetensors_offer(digits_cnn_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < DIGITS_CNN_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == DIGITS_CNN_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) digits_cnn_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    digits_cnn_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
DIGITS_CNN_INLINE int digits_cnn_safetensors_settle(digits_cnn_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) digits_cnn_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    digits_cnn_safetensors_sift(list->keys, n, 0);
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
DIGITS_CNN_INLINE const char *digits_cnn_safetensors_unique(const digits_cnn_safetensors *file, size_t names) {
  digits_cnn_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += DIGITS_CNN_SAFETENSORS_CHUNK) {
    digits_cnn_safetensor tensor;
    digits_cnn_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; digits_cnn_safetensors_next_metadata(file, &cursor, &key, &value);)
      digits_cnn_safetensors_offer(&list[0], digits_cnn_safetensors_hash(key, 1));
    for (size_t cursor = 0; digits_cnn_safetensors_next(file, &cursor, &tensor);) {
      digits_cnn_safetensors_offer(&list[0], digits_cnn_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      digits_cnn_safetensors_offer(&list[1], tensor.offset);
      digits_cnn_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!digits_cnn_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = digits_cnn_safetensors_settle(&list[1]) & digits_cnn_safetensors_settle(&list[2]);
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
DIGITS_CNN_INLINE int digits_cnn_safetensors_header(digits_cnn_safetensors_reader *r, digits_cnn_safetensors *file, size_t *names) {
  if (!digits_cnn_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (digits_cnn_safetensors_accept(r, '}')) return 1;
  do {
    digits_cnn_safetensor tensor;
    if (!digits_cnn_safetensors_string(r, &tensor.name) || !digits_cnn_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!digits_cnn_safetensors_equals(tensor.name, "__metadata__")) {
      if (!digits_cnn_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return digits_cnn_safetensors_fail(r, "__metadata__ occurs twice");
      if (!digits_cnn_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (digits_cnn_safetensors_accept(r, '}')) continue;
      do {
        digits_cnn_safetensors_text key, value;
        if (!digits_cnn_safetensors_string(r, &key) || !digits_cnn_safetensors_expect(r, ':', ": is expected") ||
            !digits_cnn_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (digits_cnn_safetensors_accept(r, ','));
      if (!digits_cnn_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > DIGITS_CNN_SAFETENSORS_NAMES) return digits_cnn_safetensors_fail(r, "there are more than 32768 names");
  } while (digits_cnn_safetensors_accept(r, ','));
  return digits_cnn_safetensors_expect(r, '}', "} is expected after the last tensor");
}

const char *digits_cnn_safetensors_open(const void *bytes, size_t size, digits_cnn_safetensors *file) {
  const digits_cnn_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > DIGITS_CNN_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  digits_cnn_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') digits_cnn_safetensors_fail(&r, "the header does not begin with {");
  else if (digits_cnn_safetensors_header(&r, file, &names) && (digits_cnn_safetensors_peek(&r), r.at != r.end))
    digits_cnn_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = digits_cnn_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

int digits_cnn_safetensors_read(const digits_cnn_safetensor *tensor, size_t first, size_t count, digits_cnn_real *values) {
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
    values[i] = (digits_cnn_real)value;
  }
  return 1;
}

#if defined(DIGITS_CNN_PROFILE)
DIGITS_CNN_INLINE void digits_cnn_lap(digits_cnn_profile *profile, size_t kernel) {
  if (!profile) return;
  const double now = profile->now();
  profile->seconds[kernel] += now - profile->last;
  profile->last = now;
}
#define DIGITS_CNN_LAP(object, kernel) digits_cnn_lap((object)->profile, kernel)
#else
#define DIGITS_CNN_LAP(object, kernel) ((void)0)
#endif

/* Each object is its struct, padded to 256 bytes, and its values behind it. */
struct digits_cnn_parameters {
  uint64_t tag;
  float *values; /* [31146] */
  unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
  int is_view;             /* values belong to a file */
};

struct digits_cnn_context {
  uint64_t tag;
  size_t max_rows;
  digits_cnn_pool *pool;
  size_t position; /* steps of the stream so far */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIGITS_CNN_PROFILE)
  digits_cnn_profile *profile;
#endif
};

struct digits_cnn_trainer {
  uint64_t tag;
  size_t max_rows;
  digits_cnn_pool *pool;
  uint64_t seed, step;
  float learning_rate;
  const char *fault;
  digits_cnn_parameters *parameters;
  float *gradients; /* [30890] */
  float *slots;     /* [61780] */
  unsigned char *state;
  unsigned char *arena;
#if defined(DIGITS_CNN_PROFILE)
  digits_cnn_profile *profile;
#endif
};

/* Prepared values stand for these weights from now on. */
static void digits_cnn_released(const digits_cnn_release *release, const float *values, size_t count) {
  if (release) release->function(release->user, values, count);
}

enum { DIGITS_CNN_TENSORS = 20 };
static const digits_cnn_tensor_info digits_cnn_tensors_table[] = {
  {"conv2d/kernel", 4, {3, 3, 1, 32}, 0, 288, 1},
  {"conv2d/bias", 1, {32}, 288, 32, 1},
  {"batch_normalization/gamma", 1, {32}, 320, 32, 1},
  {"batch_normalization/beta", 1, {32}, 352, 32, 1},
  {"conv2d_1/kernel", 4, {3, 3, 32, 32}, 384, 9216, 1},
  {"conv2d_1/bias", 1, {32}, 9600, 32, 1},
  {"batch_normalization_1/gamma", 1, {32}, 9632, 32, 1},
  {"batch_normalization_1/beta", 1, {32}, 9664, 32, 1},
  {"conv2d_2/kernel", 4, {3, 3, 32, 64}, 9696, 18432, 1},
  {"conv2d_2/bias", 1, {64}, 28128, 64, 1},
  {"batch_normalization_2/gamma", 1, {64}, 28192, 64, 1},
  {"batch_normalization_2/beta", 1, {64}, 28256, 64, 1},
  {"dense/kernel", 2, {256, 10}, 28320, 2560, 1},
  {"dense/bias", 1, {10}, 30880, 10, 1},
  {"batch_normalization/moving_mean", 1, {32}, 30890, 32, 0},
  {"batch_normalization/moving_variance", 1, {32}, 30922, 32, 0},
  {"batch_normalization_1/moving_mean", 1, {32}, 30954, 32, 0},
  {"batch_normalization_1/moving_variance", 1, {32}, 30986, 32, 0},
  {"batch_normalization_2/moving_mean", 1, {64}, 31018, 64, 0},
  {"batch_normalization_2/moving_variance", 1, {64}, 31082, 64, 0},
};

enum { DIGITS_CNN_SLOTS = 28 };
static const digits_cnn_tensor_info digits_cnn_slots_table[] = {
  {"adam/conv2d/kernel/momentum", 4, {3, 3, 1, 32}, 0, 288, 0},
  {"adam/conv2d/kernel/velocity", 4, {3, 3, 1, 32}, 288, 288, 0},
  {"adam/conv2d/bias/momentum", 1, {32}, 576, 32, 0},
  {"adam/conv2d/bias/velocity", 1, {32}, 608, 32, 0},
  {"adam/batch_normalization/gamma/momentum", 1, {32}, 640, 32, 0},
  {"adam/batch_normalization/gamma/velocity", 1, {32}, 672, 32, 0},
  {"adam/batch_normalization/beta/momentum", 1, {32}, 704, 32, 0},
  {"adam/batch_normalization/beta/velocity", 1, {32}, 736, 32, 0},
  {"adam/conv2d_1/kernel/momentum", 4, {3, 3, 32, 32}, 768, 9216, 0},
  {"adam/conv2d_1/kernel/velocity", 4, {3, 3, 32, 32}, 9984, 9216, 0},
  {"adam/conv2d_1/bias/momentum", 1, {32}, 19200, 32, 0},
  {"adam/conv2d_1/bias/velocity", 1, {32}, 19232, 32, 0},
  {"adam/batch_normalization_1/gamma/momentum", 1, {32}, 19264, 32, 0},
  {"adam/batch_normalization_1/gamma/velocity", 1, {32}, 19296, 32, 0},
  {"adam/batch_normalization_1/beta/momentum", 1, {32}, 19328, 32, 0},
  {"adam/batch_normalization_1/beta/velocity", 1, {32}, 19360, 32, 0},
  {"adam/conv2d_2/kernel/momentum", 4, {3, 3, 32, 64}, 19392, 18432, 0},
  {"adam/conv2d_2/kernel/velocity", 4, {3, 3, 32, 64}, 37824, 18432, 0},
  {"adam/conv2d_2/bias/momentum", 1, {64}, 56256, 64, 0},
  {"adam/conv2d_2/bias/velocity", 1, {64}, 56320, 64, 0},
  {"adam/batch_normalization_2/gamma/momentum", 1, {64}, 56384, 64, 0},
  {"adam/batch_normalization_2/gamma/velocity", 1, {64}, 56448, 64, 0},
  {"adam/batch_normalization_2/beta/momentum", 1, {64}, 56512, 64, 0},
  {"adam/batch_normalization_2/beta/velocity", 1, {64}, 56576, 64, 0},
  {"adam/dense/kernel/momentum", 2, {256, 10}, 56640, 2560, 0},
  {"adam/dense/kernel/velocity", 2, {256, 10}, 59200, 2560, 0},
  {"adam/dense/bias/momentum", 1, {10}, 61760, 10, 0},
  {"adam/dense/bias/velocity", 1, {10}, 61770, 10, 0},
};

/* multiply[32] = add + sqrt + divide + multiply
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_forward(const float *restrict moving_variance /* [32] */,
    const float *restrict gamma_2 /* [32] */,
    float *restrict multiply /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float add = moving_variance[i] + 0.001f;
    const float sqrt_2 = digits_cnn_sqrt(add);
    const float divide = 1.0f / sqrt_2;
    const float multiply_2 = divide * gamma_2[i];
    multiply[i] = multiply_2;
  }
}

/* add[rows, 8, 8, 32] = convolution + add + relu + subtract + multiply + add
 * model.swift:5:3, model.swift:6:3 */
static void digits_cnn_conv2d_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64] */,
    const float *restrict kernel /* [3, 3, 1, 32] */,
    const float *restrict bias /* [32] */,
    const float *restrict moving_mean /* [32] */,
    const float *restrict multiply /* [32] */,
    const float *restrict beta /* [32] */,
    float *restrict add /* [rows, 8, 8, 32] */,
    float *restrict scratch /* [496] */,
    const float *restrict packed /* [288] */) {
  static const digits_cnn_window window = {8, 8, 1, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 496;
  float *const own = scratch + part * 496 + 208;
  const size_t blocks = (rows + 1) / 2 * 1;
  const size_t panels = (32 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  size_t copied = blocks; /* the block whose strips are at hand */
  static const digits_cnn_runs along = {3, 3, 10, 1, 1};
  for (size_t unit = part * blocks * panels / parts; unit < (part + 1) * blocks * panels / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * DIGITS_CNN_TILE_N;
    const size_t width = 32 - n0 < DIGITS_CNN_TILE_N ? 32 - n0 : DIGITS_CNN_TILE_N;
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines - 1) * 1 + 3;
    const size_t place = (image * 8 + top) * 8;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, x + image * 64, strip);
    }
    copied = block;
    const float *const panel = packed ? packed + (unit % panels) * (9 * DIGITS_CNN_TILE_N) : own;
    if (!packed) {
      digits_cnn_pack(9, width, kernel + n0, 32, 1, own);
    }
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = strip + line / lines * (strip_lines * 10) + line % lines * 10;
      for (size_t x0 = 0, height = 0; x0 < 8; x0 += height) {
        height = digits_cnn_height(8 - x0);
        DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
        digits_cnn_tile_new(&along, height, width, from + x0 * 1, 1, 1, panel, tile, DIGITS_CNN_TILE_N);
        const size_t m0 = place + line * 8 + x0;
        for (size_t r = 0; r < height; r++) {
          DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
            const size_t i = m0 + r, j = n0 + s;
            const float sum = tile[r * DIGITS_CNN_TILE_N + s];
            const float add_2 = sum + bias[j];
            const float relu = digits_cnn_maximum(add_2, 0.0f);
            const float subtract = relu - moving_mean[j];
            const float multiply_2 = subtract * multiply[j];
            const float add_3 = multiply_2 + beta[j];
            add[i * 32 + j] = add_3;
          }
        }
      }
    }
  }
}

struct digits_cnn_conv2d_forward_call {
  size_t rows;
  const float *x;
  const float *kernel;
  const float *bias;
  const float *moving_mean;
  const float *multiply;
  const float *beta;
  float *add;
  float *scratch;
  const float *packed;
};

static void digits_cnn_conv2d_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_forward_call *const call = given;
  digits_cnn_conv2d_forward(part, parts, call->rows, call->x, call->kernel, call->bias, call->moving_mean, call->multiply, call->beta, call->add, call->scratch, call->packed);
}

/* winograd_kernel[1, 16, 32, 32] = winograd_kernel
 * model.swift:7:3 */
static void digits_cnn_conv2d_1_forward(size_t part,
    size_t parts,
    const float *restrict kernel /* [3, 3, 32, 32] */,
    float *restrict winograd_kernel /* [1, 16, 32, 32] */) {
  for (size_t b = part * (1) / parts; b < (part + 1) * (1) / parts; b++) {
    for (size_t i0 = 0; i0 < 32; i0++) {
      DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        const float g00 = kernel[i0 * 32 + b * 32 + i1];
        const float g01 = kernel[i0 * 32 + 1024 + b * 32 + i1];
        const float g02 = kernel[i0 * 32 + 2048 + b * 32 + i1];
        const float g10 = kernel[i0 * 32 + 3072 + b * 32 + i1];
        const float g11 = kernel[i0 * 32 + 4096 + b * 32 + i1];
        const float g12 = kernel[i0 * 32 + 5120 + b * 32 + i1];
        const float g20 = kernel[i0 * 32 + 6144 + b * 32 + i1];
        const float g21 = kernel[i0 * 32 + 7168 + b * 32 + i1];
        const float g22 = kernel[i0 * 32 + 8192 + b * 32 + i1];
        const float t00 = g00;
        const float t01 = (g00 + g02 + g01) * 0.5f;
        const float t02 = (g00 + g02 - g01) * 0.5f;
        const float t03 = g02;
        const float t10 = g10;
        const float t11 = (g10 + g12 + g11) * 0.5f;
        const float t12 = (g10 + g12 - g11) * 0.5f;
        const float t13 = g12;
        const float t20 = g20;
        const float t21 = (g20 + g22 + g21) * 0.5f;
        const float t22 = (g20 + g22 - g21) * 0.5f;
        const float t23 = g22;
        winograd_kernel[b * 16384 + i0 * 32 + i1] = t00;
        winograd_kernel[b * 16384 + 4096 + i0 * 32 + i1] = (t00 + t20 + t10) * 0.5f;
        winograd_kernel[b * 16384 + 8192 + i0 * 32 + i1] = (t00 + t20 - t10) * 0.5f;
        winograd_kernel[b * 16384 + 12288 + i0 * 32 + i1] = t20;
        winograd_kernel[b * 16384 + 1024 + i0 * 32 + i1] = t01;
        winograd_kernel[b * 16384 + 5120 + i0 * 32 + i1] = (t01 + t21 + t11) * 0.5f;
        winograd_kernel[b * 16384 + 9216 + i0 * 32 + i1] = (t01 + t21 - t11) * 0.5f;
        winograd_kernel[b * 16384 + 13312 + i0 * 32 + i1] = t21;
        winograd_kernel[b * 16384 + 2048 + i0 * 32 + i1] = t02;
        winograd_kernel[b * 16384 + 6144 + i0 * 32 + i1] = (t02 + t22 + t12) * 0.5f;
        winograd_kernel[b * 16384 + 10240 + i0 * 32 + i1] = (t02 + t22 - t12) * 0.5f;
        winograd_kernel[b * 16384 + 14336 + i0 * 32 + i1] = t22;
        winograd_kernel[b * 16384 + 3072 + i0 * 32 + i1] = t03;
        winograd_kernel[b * 16384 + 7168 + i0 * 32 + i1] = (t03 + t23 + t13) * 0.5f;
        winograd_kernel[b * 16384 + 11264 + i0 * 32 + i1] = (t03 + t23 - t13) * 0.5f;
        winograd_kernel[b * 16384 + 15360 + i0 * 32 + i1] = t23;
      }
    }
  }
}

struct digits_cnn_conv2d_1_forward_call {
  const float *kernel;
  float *winograd_kernel;
};

static void digits_cnn_conv2d_1_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_forward_call *const call = given;
  digits_cnn_conv2d_1_forward(part, parts, call->kernel, call->winograd_kernel);
}

/* add_2[rows, 4, 4, 32] = winograd_convolution + add + relu + subtract + multiply + max_pooling + add
 * model.swift:7:3, model.swift:8:3, model.swift:9:3 */
static void digits_cnn_conv2d_1_forward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 8, 8, 32] */,
    const float *restrict winograd_kernel /* [1, 16, 32, 32] */,
    const float *restrict bias /* [32] */,
    const float *restrict moving_mean /* [32] */,
    const float *restrict multiply /* [32] */,
    const float *restrict beta /* [32] */,
    float *restrict add_2 /* [rows, 4, 4, 32] */,
    float *restrict scratch /* [43776] */) {
  static const digits_cnn_window window = {8, 8, 32, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 43776;
  float *const map = scratch + part * 43776 + 6400;
  float *const transformed = scratch + part * 43776 + 10496;
  float *const sums = scratch + part * 43776 + 27136;
  const size_t blocks = (rows + 1) / 2 * 1;
  const size_t panels = (32 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  const size_t units = blocks * panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = part * units / parts; unit < (part + 1) * units / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * DIGITS_CNN_TILE_N;
    const size_t width = 32 - n0 < DIGITS_CNN_TILE_N ? 32 - n0 : DIGITS_CNN_TILE_N;
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t pooled_top = 0, pooled_lines = 4;
    const size_t top = pooled_top * 2;
    const size_t bottom = (pooled_top + pooled_lines - 1) * 2 + 2;
    const size_t lines = (bottom < 8 ? bottom : 8) - top;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, add + image * 2048, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 8, 32, strip, 320, transformed);
      copied = block;
    }
    const size_t patches = images * ((lines + 1) / 2) * 4;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 32, width, transformed, winograd_kernel + n0 / 32 * 16384 + n0 % 32, sums);
    }
    digits_cnn_winograd_results(images, lines, 8, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 8;
      float *const tile = map + line * 8 * DIGITS_CNN_TILE_N;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float add_3 = sum + bias[j];
          const float relu = digits_cnn_maximum(add_3, 0.0f);
          const float subtract = relu - moving_mean[j];
          const float multiply_2 = subtract * multiply[j];
          tile[r * DIGITS_CNN_TILE_N + s] = multiply_2;
        }
      }
    }
    /* Of the block's sums, still in cache, one number for each window stays. */
    for (size_t l = 0; l < images * pooled_lines; l++) {
      for (size_t u = 0; u < 4; u++) {
        const float *const seen = map + ((l / pooled_lines * lines + (pooled_top + l % pooled_lines) * 2 - top) * 8 + u * 2) * DIGITS_CNN_TILE_N;
        DIGITS_CNN_ALIGNED float best[DIGITS_CNN_TILE_N];
        digits_cnn_pool_largest_whole(width, 2, 2, seen, 8 * DIGITS_CNN_TILE_N, DIGITS_CNN_TILE_N, best);
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = (image * 4 + pooled_top + l) * 4 + u, j = n0 + s;
          const float pooled = best[s];
          const float add_4 = pooled + beta[j];
          add_2[i * 32 + j] = add_4;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_1_forward_2_call {
  size_t rows;
  const float *add;
  const float *winograd_kernel;
  const float *bias;
  const float *moving_mean;
  const float *multiply;
  const float *beta;
  float *add_2;
  float *scratch;
};

static void digits_cnn_conv2d_1_forward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_forward_2_call *const call = given;
  digits_cnn_conv2d_1_forward_2(part, parts, call->rows, call->add, call->winograd_kernel, call->bias, call->moving_mean, call->multiply, call->beta, call->add_2, call->scratch);
}

/* multiply[64] = add + sqrt + divide + multiply
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_forward(const float *restrict moving_variance /* [64] */,
    const float *restrict gamma_2 /* [64] */,
    float *restrict multiply /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float add = moving_variance[i] + 0.001f;
    const float sqrt_2 = digits_cnn_sqrt(add);
    const float divide = 1.0f / sqrt_2;
    const float multiply_2 = divide * gamma_2[i];
    multiply[i] = multiply_2;
  }
}

/* add_2[rows, 2, 2, 64] = convolution + add + relu + subtract + multiply + max_pooling + add
 * model.swift:11:3, model.swift:12:3, model.swift:13:3 */
static void digits_cnn_conv2d_2_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 4, 4, 32] */,
    const float *restrict kernel /* [3, 3, 32, 64] */,
    const float *restrict bias /* [64] */,
    const float *restrict moving_mean /* [64] */,
    const float *restrict multiply /* [64] */,
    const float *restrict beta /* [64] */,
    float *restrict add_2 /* [rows, 2, 2, 64] */,
    float *restrict scratch /* [22528] */,
    const float *restrict packed /* [18432] */) {
  static const digits_cnn_window window = {4, 4, 32, 1, 1, 1, 1, 6};
  float *const strip = scratch + part * 22528;
  float *const own = scratch + part * 22528 + 9216;
  float *const map = scratch + part * 22528 + 18432;
  const size_t blocks = (rows + 7) / 8 * 1;
  const size_t panels = (64 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  size_t copied = blocks; /* the block whose strips are at hand */
  static const digits_cnn_runs along = {96, 3, 192, 1, 32};
  for (size_t unit = part * blocks * panels / parts; unit < (part + 1) * blocks * panels / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * DIGITS_CNN_TILE_N;
    const size_t width = 64 - n0 < DIGITS_CNN_TILE_N ? 64 - n0 : DIGITS_CNN_TILE_N;
    const size_t image = block * 8;
    const size_t images = rows - image < 8 ? rows - image : 8;
    const size_t pooled_top = 0, pooled_lines = 2;
    const size_t top = pooled_top * 2;
    const size_t bottom = (pooled_top + pooled_lines - 1) * 2 + 2;
    const size_t lines = (bottom < 4 ? bottom : 4) - top;
    const size_t strip_lines = (lines - 1) * 1 + 3;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, add + image * 512, strip);
    }
    copied = block;
    const float *const panel = packed ? packed + (unit % panels) * (288 * DIGITS_CNN_TILE_N) : own;
    if (!packed) {
      digits_cnn_pack(288, width, kernel + n0, 64, 1, own);
    }
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = strip + line / lines * (strip_lines * 192) + line % lines * 192;
      for (size_t x0 = 0, height = 0; x0 < 4; x0 += height) {
        height = digits_cnn_height(4 - x0);
        float *const tile = map + (line * 4 + x0) * DIGITS_CNN_TILE_N;
        digits_cnn_tile_new(&along, height, width, from + x0 * 32, 32, 1, panel, tile, DIGITS_CNN_TILE_N);
        for (size_t r = 0; r < height; r++) {
          DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
            const size_t j = n0 + s;
            const float sum = tile[r * DIGITS_CNN_TILE_N + s];
            const float add_3 = sum + bias[j];
            const float relu = digits_cnn_maximum(add_3, 0.0f);
            const float subtract = relu - moving_mean[j];
            const float multiply_2 = subtract * multiply[j];
            tile[r * DIGITS_CNN_TILE_N + s] = multiply_2;
          }
        }
      }
    }
    /* Of the block's sums, still in cache, one number for each window stays. */
    for (size_t l = 0; l < images * pooled_lines; l++) {
      for (size_t u = 0; u < 2; u++) {
        const float *const seen = map + ((l / pooled_lines * lines + (pooled_top + l % pooled_lines) * 2 - top) * 4 + u * 2) * DIGITS_CNN_TILE_N;
        DIGITS_CNN_ALIGNED float best[DIGITS_CNN_TILE_N];
        digits_cnn_pool_largest_whole(width, 2, 2, seen, 4 * DIGITS_CNN_TILE_N, DIGITS_CNN_TILE_N, best);
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = (image * 2 + pooled_top + l) * 2 + u, j = n0 + s;
          const float pooled = best[s];
          const float add_4 = pooled + beta[j];
          add_2[i * 64 + j] = add_4;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_2_forward_call {
  size_t rows;
  const float *add;
  const float *kernel;
  const float *bias;
  const float *moving_mean;
  const float *multiply;
  const float *beta;
  float *add_2;
  float *scratch;
  const float *packed;
};

static void digits_cnn_conv2d_2_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_forward_call *const call = given;
  digits_cnn_conv2d_2_forward(part, parts, call->rows, call->add, call->kernel, call->bias, call->moving_mean, call->multiply, call->beta, call->add_2, call->scratch, call->packed);
}

/* add_2[rows, 10] = matmul + add
 * model.swift:16:3 */
static void digits_cnn_dense_forward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 2, 2, 64] */,
    const float *restrict kernel /* [256, 10] */,
    const float *restrict bias /* [10] */,
    float *restrict add_2 /* [rows, 10] */,
    const float *restrict packed /* [8192] */) {
  if (rows <= (packed ? 1 : DIGITS_CNN_FEW)) {
    const digits_cnn_share share = digits_cnn_share_of(part, parts, rows, 10, 1);
    const size_t first = share.left, last = share.right;
    if (packed) digits_cnn_line(256, 10, first, last, add, 1, packed, add_2);
    else digits_cnn_few(rows, 256, last - first, add, 256, 1, kernel + first, 10, add_2 + first, 10);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add_2[i * 10 + j];
        const float add_3 = sum + bias[j];
        add_2[i * 10 + j] = add_3;
      }
    }
  }
  else {
    const digits_cnn_share share = digits_cnn_share_of(part, parts, rows, 10, 0);
    DIGITS_CNN_ALIGNED float own[DIGITS_CNN_TILE_K * DIGITS_CNN_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 256 - k0 < DIGITS_CNN_TILE_K ? 256 - k0 : DIGITS_CNN_TILE_K;
      const digits_cnn_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_CNN_LINES) {
        const size_t last = share.bottom - first < DIGITS_CNN_LINES ? share.bottom : first + DIGITS_CNN_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_CNN_TILE_N) {
          const size_t width = 10 - n0 < DIGITS_CNN_TILE_N ? 10 - n0 : DIGITS_CNN_TILE_N;
          const float *const panel = packed ? packed + k0 * ((10 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N * DIGITS_CNN_TILE_N) + n0 * depth : own;
          if (!packed) digits_cnn_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, own);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_cnn_height(last - m0);
            DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
            digits_cnn_tile_new(&along, height, width, add + m0 * 256 + k0, 256, 1, panel, tile, DIGITS_CNN_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_CNN_TILE_N + s];
                const float add_3 = sum + bias[j];
                add_2[i * 10 + j] = add_3;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_CNN_TILE_K) < 256);
  }
}

struct digits_cnn_dense_forward_call {
  size_t rows;
  const float *add;
  const float *kernel;
  const float *bias;
  float *add_2;
  const float *packed;
};

static void digits_cnn_dense_forward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dense_forward_call *const call = given;
  digits_cnn_dense_forward(part, parts, call->rows, call->add, call->kernel, call->bias, call->add_2, call->packed);
}

/* dense[rows, 10] = softmax
 * model.swift:16:3 */
static void digits_cnn_dense_forward_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict dense /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_cnn_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      dense[i0 * 10 + j] = digits_cnn_exp_falling(add[i0 * 10 + j] - largest);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += dense[i0 * 10 + j];
    }
    for (size_t j = 0; j < 10; j++) {
      dense[i0 * 10 + j] = dense[i0 * 10 + j] / total;
    }
  }
}

/* kernel[3, 3, 1, 32] as conv2d_forward multiplies it
 * model.swift:5:3, model.swift:6:3 */
static void digits_cnn_conv2d_forward_pack(const float *restrict kernel /* [3, 3, 1, 32] */,
    float *restrict packed /* [288] */) {
  {
    const size_t panels = (32 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
    for (size_t number = 0; number < panels; number++) {
      const size_t n0 = number * DIGITS_CNN_TILE_N;
      const size_t width = 32 - n0 < DIGITS_CNN_TILE_N ? 32 - n0 : DIGITS_CNN_TILE_N;
      float *const panel = packed + number * (9 * DIGITS_CNN_TILE_N);
      digits_cnn_pack(9, width, kernel + n0, 32, 1, panel);
    }
  }
}

/* kernel[3, 3, 32, 64] as conv2d_2_forward multiplies it
 * model.swift:11:3, model.swift:12:3, model.swift:13:3 */
static void digits_cnn_conv2d_2_forward_pack(const float *restrict kernel /* [3, 3, 32, 64] */,
    float *restrict packed /* [18432] */) {
  {
    const size_t panels = (64 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
    for (size_t number = 0; number < panels; number++) {
      const size_t n0 = number * DIGITS_CNN_TILE_N;
      const size_t width = 64 - n0 < DIGITS_CNN_TILE_N ? 64 - n0 : DIGITS_CNN_TILE_N;
      float *const panel = packed + number * (288 * DIGITS_CNN_TILE_N);
      digits_cnn_pack(288, width, kernel + n0, 64, 1, panel);
    }
  }
}

/* kernel[256, 10] as dense_forward multiplies it
 * model.swift:16:3 */
static void digits_cnn_dense_forward_pack(const digits_cnn_release *restrict release,
    const float *restrict kernel /* [256, 10] */,
    float *restrict packed /* [8192] */) {
  for (size_t k0 = 0; k0 < 256; k0 += DIGITS_CNN_TILE_K) {
    const size_t depth = 256 - k0 < DIGITS_CNN_TILE_K ? 256 - k0 : DIGITS_CNN_TILE_K;
    for (size_t n0 = 0; n0 < 10; n0 += DIGITS_CNN_TILE_N) {
      const size_t width = 10 - n0 < DIGITS_CNN_TILE_N ? 10 - n0 : DIGITS_CNN_TILE_N;
      digits_cnn_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, packed + k0 * ((10 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N * DIGITS_CNN_TILE_N) + n0 * depth);
    }
    digits_cnn_released(release, kernel + k0 * 10, depth * 10);
  }
}

/* winograd_kernel[2, 16, 32, 32] = winograd_kernel
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_forward_2(size_t part,
    size_t parts,
    const float *restrict kernel /* [3, 3, 32, 64] */,
    float *restrict winograd_kernel /* [2, 16, 32, 32] */) {
  for (size_t b = part * (2) / parts; b < (part + 1) * (2) / parts; b++) {
    for (size_t i0 = 0; i0 < 32; i0++) {
      DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        const float g00 = kernel[i0 * 64 + b * 32 + i1];
        const float g01 = kernel[i0 * 64 + 2048 + b * 32 + i1];
        const float g02 = kernel[i0 * 64 + 4096 + b * 32 + i1];
        const float g10 = kernel[i0 * 64 + 6144 + b * 32 + i1];
        const float g11 = kernel[i0 * 64 + 8192 + b * 32 + i1];
        const float g12 = kernel[i0 * 64 + 10240 + b * 32 + i1];
        const float g20 = kernel[i0 * 64 + 12288 + b * 32 + i1];
        const float g21 = kernel[i0 * 64 + 14336 + b * 32 + i1];
        const float g22 = kernel[i0 * 64 + 16384 + b * 32 + i1];
        const float t00 = g00;
        const float t01 = (g00 + g02 + g01) * 0.5f;
        const float t02 = (g00 + g02 - g01) * 0.5f;
        const float t03 = g02;
        const float t10 = g10;
        const float t11 = (g10 + g12 + g11) * 0.5f;
        const float t12 = (g10 + g12 - g11) * 0.5f;
        const float t13 = g12;
        const float t20 = g20;
        const float t21 = (g20 + g22 + g21) * 0.5f;
        const float t22 = (g20 + g22 - g21) * 0.5f;
        const float t23 = g22;
        winograd_kernel[b * 16384 + i0 * 32 + i1] = t00;
        winograd_kernel[b * 16384 + 4096 + i0 * 32 + i1] = (t00 + t20 + t10) * 0.5f;
        winograd_kernel[b * 16384 + 8192 + i0 * 32 + i1] = (t00 + t20 - t10) * 0.5f;
        winograd_kernel[b * 16384 + 12288 + i0 * 32 + i1] = t20;
        winograd_kernel[b * 16384 + 1024 + i0 * 32 + i1] = t01;
        winograd_kernel[b * 16384 + 5120 + i0 * 32 + i1] = (t01 + t21 + t11) * 0.5f;
        winograd_kernel[b * 16384 + 9216 + i0 * 32 + i1] = (t01 + t21 - t11) * 0.5f;
        winograd_kernel[b * 16384 + 13312 + i0 * 32 + i1] = t21;
        winograd_kernel[b * 16384 + 2048 + i0 * 32 + i1] = t02;
        winograd_kernel[b * 16384 + 6144 + i0 * 32 + i1] = (t02 + t22 + t12) * 0.5f;
        winograd_kernel[b * 16384 + 10240 + i0 * 32 + i1] = (t02 + t22 - t12) * 0.5f;
        winograd_kernel[b * 16384 + 14336 + i0 * 32 + i1] = t22;
        winograd_kernel[b * 16384 + 3072 + i0 * 32 + i1] = t03;
        winograd_kernel[b * 16384 + 7168 + i0 * 32 + i1] = (t03 + t23 + t13) * 0.5f;
        winograd_kernel[b * 16384 + 11264 + i0 * 32 + i1] = (t03 + t23 - t13) * 0.5f;
        winograd_kernel[b * 16384 + 15360 + i0 * 32 + i1] = t23;
      }
    }
  }
}

struct digits_cnn_conv2d_2_forward_2_call {
  const float *kernel;
  float *winograd_kernel;
};

static void digits_cnn_conv2d_2_forward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_forward_2_call *const call = given;
  digits_cnn_conv2d_2_forward_2(part, parts, call->kernel, call->winograd_kernel);
}

/* add_2[rows, 2, 2, 64] = winograd_convolution + add + relu + subtract + multiply + max_pooling + add
 * model.swift:11:3, model.swift:12:3, model.swift:13:3 */
static void digits_cnn_conv2d_2_forward_2_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 4, 4, 32] */,
    const float *restrict winograd_kernel /* [2, 16, 32, 32] */,
    const float *restrict bias /* [64] */,
    const float *restrict moving_mean /* [64] */,
    const float *restrict multiply /* [64] */,
    const float *restrict beta /* [64] */,
    float *restrict add_2 /* [rows, 2, 2, 64] */,
    float *restrict scratch /* [46592] */) {
  static const digits_cnn_window window = {4, 4, 32, 1, 1, 1, 1, 6};
  float *const strip = scratch + part * 46592;
  float *const map = scratch + part * 46592 + 9216;
  float *const transformed = scratch + part * 46592 + 13312;
  float *const sums = scratch + part * 46592 + 29952;
  const size_t blocks = (rows + 7) / 8 * 1;
  const size_t panels = (64 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  const size_t units = blocks * panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = part * units / parts; unit < (part + 1) * units / parts; unit++) {
    const size_t block = unit / panels;
    const size_t n0 = (unit % panels) * DIGITS_CNN_TILE_N;
    const size_t width = 64 - n0 < DIGITS_CNN_TILE_N ? 64 - n0 : DIGITS_CNN_TILE_N;
    const size_t image = block * 8;
    const size_t images = rows - image < 8 ? rows - image : 8;
    const size_t pooled_top = 0, pooled_lines = 2;
    const size_t top = pooled_top * 2;
    const size_t bottom = (pooled_top + pooled_lines - 1) * 2 + 2;
    const size_t lines = (bottom < 4 ? bottom : 4) - top;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, add + image * 512, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 4, 32, strip, 192, transformed);
      copied = block;
    }
    const size_t patches = images * ((lines + 1) / 2) * 2;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 32, width, transformed, winograd_kernel + n0 / 32 * 16384 + n0 % 32, sums);
    }
    digits_cnn_winograd_results(images, lines, 4, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 4;
      float *const tile = map + line * 4 * DIGITS_CNN_TILE_N;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float add_3 = sum + bias[j];
          const float relu = digits_cnn_maximum(add_3, 0.0f);
          const float subtract = relu - moving_mean[j];
          const float multiply_2 = subtract * multiply[j];
          tile[r * DIGITS_CNN_TILE_N + s] = multiply_2;
        }
      }
    }
    /* Of the block's sums, still in cache, one number for each window stays. */
    for (size_t l = 0; l < images * pooled_lines; l++) {
      for (size_t u = 0; u < 2; u++) {
        const float *const seen = map + ((l / pooled_lines * lines + (pooled_top + l % pooled_lines) * 2 - top) * 4 + u * 2) * DIGITS_CNN_TILE_N;
        DIGITS_CNN_ALIGNED float best[DIGITS_CNN_TILE_N];
        digits_cnn_pool_largest_whole(width, 2, 2, seen, 4 * DIGITS_CNN_TILE_N, DIGITS_CNN_TILE_N, best);
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = (image * 2 + pooled_top + l) * 2 + u, j = n0 + s;
          const float pooled = best[s];
          const float add_4 = pooled + beta[j];
          add_2[i * 64 + j] = add_4;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_2_forward_2_2_call {
  size_t rows;
  const float *add;
  const float *winograd_kernel;
  const float *bias;
  const float *moving_mean;
  const float *multiply;
  const float *beta;
  float *add_2;
  float *scratch;
};

static void digits_cnn_conv2d_2_forward_2_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_forward_2_2_call *const call = given;
  digits_cnn_conv2d_2_forward_2_2(part, parts, call->rows, call->add, call->winograd_kernel, call->bias, call->moving_mean, call->multiply, call->beta, call->add_2, call->scratch);
}

/* softmax[rows, 10] = softmax
 * model.swift:16:3 */
static void digits_cnn_dense_forward_2_2(size_t rows,
    const float *restrict add /* [rows, 10] */,
    float *restrict softmax /* [rows, 10] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_cnn_maximum(largest, add[i0 * 10 + j]);
    }
    for (size_t j = 0; j < 10; j++) {
      softmax[i0 * 10 + j] = digits_cnn_exp_falling(add[i0 * 10 + j] - largest);
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
 * model.swift:19:18 */
static void digits_cnn_loss_forward(size_t rows,
    const float *restrict add /* [rows, 10] */,
    const int32_t *restrict y /* [rows] */,
    float *restrict softmax_cross_entropy /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = -(float)INFINITY;
    for (size_t j = 0; j < 10; j++) {
      largest = digits_cnn_maximum(largest, add[i0 * 10 + j]);
    }
    float total = 0.0f;
    for (size_t j = 0; j < 10; j++) {
      total += digits_cnn_exp_falling(add[i0 * 10 + j] - largest);
    }
    const float log_total = largest + digits_cnn_log(total);
    softmax_cross_entropy[i0] = log_total - add[i0 * 10 + (size_t)y[i0]];
  }
}

/* sum_2[] = sum
 * model.swift:19:18 */
static void digits_cnn_loss_forward_2(size_t rows,
    const float *restrict softmax_cross_entropy /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIGITS_CNN_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      total_lanes[lane] += softmax_cross_entropy[i];
    }
  }
  float total = digits_cnn_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    total += softmax_cross_entropy[i];
  }
  sum_2[0] = total;
}

/* sum_2[] = divide
 * model.swift:19:18 */
static void digits_cnn_loss_forward_loss(float *restrict sum_2 /* [] */,
    const float *restrict row_count /* [] */) {
  const float divide = sum_2[0] / row_count[0];
  sum_2[0] = divide;
}

/* argmax[rows] = argmax
 * model.swift:19:18 */
static void digits_cnn_loss_forward_3(size_t rows,
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
 * model.swift:19:18 */
static void digits_cnn_loss_forward_accuracy(size_t rows,
    const int32_t *restrict y /* [rows] */,
    const float *restrict argmax /* [rows] */,
    float *restrict sum_2 /* [] */) {
  float total_lanes[16];
  for (size_t lane = 0; lane < 16; lane++) total_lanes[lane] = 0.0f;
  for (size_t start = 0; start < rows / 16 * 16; start += 16) {
    DIGITS_CNN_ROLLED for (size_t lane = 0; lane < 16; lane++) {
      const size_t i = start + lane;
      const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
      total_lanes[lane] += compare;
    }
  }
  float total = digits_cnn_join_sum(total_lanes);
  for (size_t i = rows / 16 * 16; i < rows; i++) {
    const float compare = argmax[i] == (float)y[i] ? 1.0f : 0.0f;
    total += compare;
  }
  sum_2[0] = total;
}

/* relu[rows, 8, 8, 32], sum_2[32] = convolution + add + relu + sum
 * model.swift:5:3, model.swift:6:3 */
static void digits_cnn_conv2d_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64] */,
    const float *restrict kernel /* [3, 3, 1, 32] */,
    const float *restrict bias /* [32] */,
    float *restrict relu /* [rows, 8, 8, 32] */,
    float *restrict sum_2 /* [32] */,
    float *restrict scratch /* [496] */) {
  static const digits_cnn_window window = {8, 8, 1, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 496;
  float *const panel = scratch + part * 496 + 208;
  const size_t blocks = (rows + 1) / 2 * 1;
  const digits_cnn_share columns = digits_cnn_columns_of(part, parts, 32);
  const size_t first_panel = columns.left / DIGITS_CNN_TILE_N;
  const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / DIGITS_CNN_TILE_N + 1 - first_panel : 0;
  size_t copied = blocks; /* the block whose strips are at hand */
  static const digits_cnn_runs along = {3, 3, 10, 1, 1};
  for (size_t unit = 0; unit < blocks * own_panels; unit++) {
    const size_t block = unit % blocks;
    const size_t left = (first_panel + unit / blocks) * DIGITS_CNN_TILE_N, right = left + DIGITS_CNN_TILE_N;
    const size_t n0 = left < columns.left ? columns.left : left;
    const size_t width = (right < columns.right ? right : columns.right) - n0;
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines - 1) * 1 + 3;
    const size_t place = (image * 8 + top) * 8;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, x + image * 64, strip);
    }
    copied = block;
    if (block == 0) {
      for (size_t j = n0; j < n0 + width; j++) {
        sum_2[j] = 0.0f;
      }
    }
    if (block == 0) {
      digits_cnn_pack(9, width, kernel + n0, 32, 1, panel);
    }
    for (size_t line = 0; line < images * lines; line++) {
      const float *const from = strip + line / lines * (strip_lines * 10) + line % lines * 10;
      for (size_t x0 = 0, height = 0; x0 < 8; x0 += height) {
        height = digits_cnn_height(8 - x0);
        DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
        digits_cnn_tile_new(&along, height, width, from + x0 * 1, 1, 1, panel, tile, DIGITS_CNN_TILE_N);
        const size_t m0 = place + line * 8 + x0;
        for (size_t r = 0; r < height; r++) {
          DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
            const size_t i = m0 + r, j = n0 + s;
            const float sum = tile[r * DIGITS_CNN_TILE_N + s];
            const float add = sum + bias[j];
            const float relu_2 = digits_cnn_maximum(add, 0.0f);
            relu[i * 32 + j] = relu_2;
            sum_2[j] += relu_2;
          }
        }
      }
    }
  }
}

struct digits_cnn_conv2d_backward_call {
  size_t rows;
  const float *x;
  const float *kernel;
  const float *bias;
  float *relu;
  float *sum_2;
  float *scratch;
};

static void digits_cnn_conv2d_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_backward_call *const call = given;
  digits_cnn_conv2d_backward(part, parts, call->rows, call->x, call->kernel, call->bias, call->relu, call->sum_2, call->scratch);
}

/* sum_2[32], moving_mean[32] = divide + multiply + multiply + add
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_backward_moving_mean(float *restrict sum_2 /* [32] */,
    const float *restrict row_count /* [] */,
    float *restrict moving_mean /* [32] */) {
  const float multiply = row_count[0] * 64.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float divide = sum_2[i] / multiply;
    const float multiply_2 = moving_mean[i] * 0.9f;
    const float multiply_3 = divide * 0.1f;
    const float add = multiply_2 + multiply_3;
    sum_2[i] = divide;
    moving_mean[i] = add;
  }
}

/* sum_2[32] = subtract + multiply + sum
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_backward(size_t rows,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    float *restrict sum_2 /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    sum_2[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float subtract = relu[i * 2048 + j * 256 + k * 32 + l] - divide[l];
          const float multiply = subtract * subtract;
          sum_2[l] += multiply;
        }
      }
    }
  }
}

/* moving_variance[32], sum_2[32], divide[32], multiply[32] = divide + multiply + multiply + add + add + sqrt + divide + multiply
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_backward_moving_variance(float *restrict sum_2 /* [32] */,
    const float *restrict row_count /* [] */,
    float *restrict moving_variance /* [32] */,
    const float *restrict gamma_2 /* [32] */,
    float *restrict divide /* [32] */,
    float *restrict multiply /* [32] */) {
  const float multiply_3 = row_count[0] * 64.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply_2 = moving_variance[i] * 0.9f;
    const float divide_2 = sum_2[i] / multiply_3;
    const float multiply_4 = divide_2 * 0.1f;
    const float add = multiply_2 + multiply_4;
    const float add_2 = divide_2 + 0.001f;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float divide_3 = 1.0f / sqrt_2;
    const float multiply_5 = divide_3 * gamma_2[i];
    moving_variance[i] = add;
    sum_2[i] = sqrt_2;
    divide[i] = divide_3;
    multiply[i] = multiply_5;
  }
}

/* add[rows, 8, 8, 32] = subtract + multiply + add
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_backward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    const float *restrict multiply /* [32] */,
    const float *restrict beta /* [32] */,
    float *restrict add /* [rows, 8, 8, 32] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float subtract = relu[i * 2048 + j * 256 + k * 32 + l] - divide[l];
          const float multiply_2 = subtract * multiply[l];
          const float add_2 = multiply_2 + beta[l];
          add[i * 2048 + j * 256 + k * 32 + l] = add_2;
        }
      }
    }
  }
}

struct digits_cnn_batch_normalization_backward_2_call {
  size_t rows;
  const float *relu;
  const float *divide;
  const float *multiply;
  const float *beta;
  float *add;
};

static void digits_cnn_batch_normalization_backward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_batch_normalization_backward_2_call *const call = given;
  digits_cnn_batch_normalization_backward_2(part, parts, call->rows, call->relu, call->divide, call->multiply, call->beta, call->add);
}

/* relu[rows, 8, 8, 32], sum_2[32] = winograd_convolution + add + relu + sum
 * model.swift:7:3, model.swift:8:3 */
static void digits_cnn_conv2d_1_backward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 8, 8, 32] */,
    const float *restrict winograd_kernel /* [1, 16, 32, 32] */,
    const float *restrict bias /* [32] */,
    float *restrict relu /* [rows, 8, 8, 32] */,
    float *restrict sum_2 /* [32] */,
    float *restrict scratch /* [43776] */) {
  static const digits_cnn_window window = {8, 8, 32, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 43776;
  float *const map = scratch + part * 43776 + 6400;
  float *const transformed = scratch + part * 43776 + 10496;
  float *const sums = scratch + part * 43776 + 27136;
  const size_t blocks = (rows + 1) / 2 * 1;
  const digits_cnn_share columns = digits_cnn_columns_of(part, parts, 32);
  const size_t first_panel = columns.left / DIGITS_CNN_TILE_N;
  const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / DIGITS_CNN_TILE_N + 1 - first_panel : 0;
  const size_t units = blocks * own_panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < units; unit++) {
    const size_t block = unit / own_panels;
    const size_t left = (first_panel + unit % own_panels) * DIGITS_CNN_TILE_N, right = left + DIGITS_CNN_TILE_N;
    const size_t n0 = left < columns.left ? columns.left : left;
    const size_t width = (right < columns.right ? right : columns.right) - n0;
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 8 + top) * 8;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, add + image * 2048, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 8, 32, strip, 320, transformed);
      copied = block;
    }
    if (block == 0) {
      for (size_t j = n0; j < n0 + width; j++) {
        sum_2[j] = 0.0f;
      }
    }
    const size_t patches = images * ((lines + 1) / 2) * 4;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 32, width, transformed, winograd_kernel + n0 / 32 * 16384 + n0 % 32, sums);
    }
    digits_cnn_winograd_results(images, lines, 8, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 8;
      float *const tile = map + line * 8 * DIGITS_CNN_TILE_N;
      const size_t m0 = place + line * 8;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = m0 + r, j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float add_2 = sum + bias[j];
          const float relu_2 = digits_cnn_maximum(add_2, 0.0f);
          relu[i * 32 + j] = relu_2;
          sum_2[j] += relu_2;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_1_backward_2_call {
  size_t rows;
  const float *add;
  const float *winograd_kernel;
  const float *bias;
  float *relu;
  float *sum_2;
  float *scratch;
};

static void digits_cnn_conv2d_1_backward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_backward_2_call *const call = given;
  digits_cnn_conv2d_1_backward_2(part, parts, call->rows, call->add, call->winograd_kernel, call->bias, call->relu, call->sum_2, call->scratch);
}

/* multiply_2[rows, 8, 8, 32] = subtract + multiply
 * model.swift:8:3 */
static void digits_cnn_batch_normalization_1_backward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    const float *restrict multiply /* [32] */,
    float *restrict multiply_2 /* [rows, 8, 8, 32] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float subtract = relu[i * 2048 + j * 256 + k * 32 + l] - divide[l];
          const float multiply_3 = subtract * multiply[l];
          multiply_2[i * 2048 + j * 256 + k * 32 + l] = multiply_3;
        }
      }
    }
  }
}

struct digits_cnn_batch_normalization_1_backward_2_call {
  size_t rows;
  const float *relu;
  const float *divide;
  const float *multiply;
  float *multiply_2;
};

static void digits_cnn_batch_normalization_1_backward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_batch_normalization_1_backward_2_call *const call = given;
  digits_cnn_batch_normalization_1_backward_2(part, parts, call->rows, call->relu, call->divide, call->multiply, call->multiply_2);
}

/* max_pooling[rows, 4, 4, 32], max_pooling_2[rows, 4, 4, 32] = max_pooling
 * model.swift:9:3 */
static void digits_cnn_max_pooling2d_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict multiply /* [rows, 8, 8, 32] */,
    float *restrict max_pooling /* [rows, 4, 4, 32] */,
    uint8_t *restrict max_pooling_2 /* [rows, 4, 4, 32] */) {
  for (size_t i0 = part * (rows) / parts; i0 < (part + 1) * (rows) / parts; i0++) {
    for (size_t i1 = 0; i1 < 4; i1++) {
      for (size_t i2 = 0; i2 < 4; i2++) {
        DIGITS_CNN_ROLLED for (size_t z0 = 0; z0 < 32; z0++) {
          max_pooling[i0 * 512 + i1 * 128 + i2 * 32 + z0] = -(float)INFINITY;
          max_pooling_2[i0 * 512 + i1 * 128 + i2 * 32 + z0] = (uint8_t)(0.0f);
        }
        for (size_t b0 = 0; b0 < 2; b0++) {
          for (size_t b1 = 0; b1 < 2; b1++) {
            DIGITS_CNN_ROLLED for (size_t z0 = 0; z0 < 32; z0++) {
              const float value = multiply[i0 * 2048 + (i1 * 2 + b0) * 256 + (i2 * 2 + b1) * 32 + z0];
              const float best = max_pooling[i0 * 512 + i1 * 128 + i2 * 32 + z0];
              max_pooling[i0 * 512 + i1 * 128 + i2 * 32 + z0] = value > best ? value : value != value ? value : best;
              max_pooling_2[i0 * 512 + i1 * 128 + i2 * 32 + z0] = (uint8_t)(value > best ? (float)(b0 * 2 + b1) : value != value ? (float)(b0 * 2 + b1) : (float)max_pooling_2[i0 * 512 + i1 * 128 + i2 * 32 + z0]);
            }
          }
        }
      }
    }
  }
}

struct digits_cnn_max_pooling2d_backward_call {
  size_t rows;
  const float *multiply;
  float *max_pooling;
  uint8_t *max_pooling_2;
};

static void digits_cnn_max_pooling2d_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_max_pooling2d_backward_call *const call = given;
  digits_cnn_max_pooling2d_backward(part, parts, call->rows, call->multiply, call->max_pooling, call->max_pooling_2);
}

/* max_pooling[rows, 4, 4, 32] = add + dropout
 * model.swift:8:3, model.swift:10:3 */
static void digits_cnn_batch_normalization_1_backward_3(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    float *restrict max_pooling /* [rows, 4, 4, 32] */,
    const float *restrict beta /* [32] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float add = max_pooling[i * 512 + j * 128 + k * 32 + l] + beta[l];
          const float dropout = digits_cnn_uniform(seed, 1u, step, (uint64_t)(i * 512 + j * 128 + k * 32 + l)) >= 0.25f ? add * 1.3333334f : 0.0f;
          max_pooling[i * 512 + j * 128 + k * 32 + l] = dropout;
        }
      }
    }
  }
}

struct digits_cnn_batch_normalization_1_backward_3_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  float *max_pooling;
  const float *beta;
};

static void digits_cnn_batch_normalization_1_backward_3_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_batch_normalization_1_backward_3_call *const call = given;
  digits_cnn_batch_normalization_1_backward_3(part, parts, call->rows, call->seed, call->step, call->max_pooling, call->beta);
}

/* relu[rows, 4, 4, 64], sum_2[64] = winograd_convolution + add + relu + sum
 * model.swift:11:3, model.swift:12:3 */
static void digits_cnn_conv2d_2_backward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 4, 4, 32] */,
    const float *restrict winograd_kernel /* [2, 16, 32, 32] */,
    const float *restrict bias /* [64] */,
    float *restrict relu /* [rows, 4, 4, 64] */,
    float *restrict sum_2 /* [64] */,
    float *restrict scratch /* [46592] */) {
  static const digits_cnn_window window = {4, 4, 32, 1, 1, 1, 1, 6};
  float *const strip = scratch + part * 46592;
  float *const map = scratch + part * 46592 + 9216;
  float *const transformed = scratch + part * 46592 + 13312;
  float *const sums = scratch + part * 46592 + 29952;
  const size_t blocks = (rows + 7) / 8 * 1;
  const digits_cnn_share columns = digits_cnn_columns_of(part, parts, 64);
  const size_t first_panel = columns.left / DIGITS_CNN_TILE_N;
  const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / DIGITS_CNN_TILE_N + 1 - first_panel : 0;
  const size_t units = blocks * own_panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < units; unit++) {
    const size_t block = unit / own_panels;
    const size_t left = (first_panel + unit % own_panels) * DIGITS_CNN_TILE_N, right = left + DIGITS_CNN_TILE_N;
    const size_t n0 = left < columns.left ? columns.left : left;
    const size_t width = (right < columns.right ? right : columns.right) - n0;
    const size_t image = block * 8;
    const size_t images = rows - image < 8 ? rows - image : 8;
    const size_t top = 0, lines = 4;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 4 + top) * 4;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, dropout + image * 512, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 4, 32, strip, 192, transformed);
      copied = block;
    }
    if (block == 0) {
      for (size_t j = n0; j < n0 + width; j++) {
        sum_2[j] = 0.0f;
      }
    }
    const size_t patches = images * ((lines + 1) / 2) * 2;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 32, width, transformed, winograd_kernel + n0 / 32 * 16384 + n0 % 32, sums);
    }
    digits_cnn_winograd_results(images, lines, 4, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 4;
      float *const tile = map + line * 4 * DIGITS_CNN_TILE_N;
      const size_t m0 = place + line * 4;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = m0 + r, j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float add = sum + bias[j];
          const float relu_2 = digits_cnn_maximum(add, 0.0f);
          relu[i * 64 + j] = relu_2;
          sum_2[j] += relu_2;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_2_backward_2_call {
  size_t rows;
  const float *dropout;
  const float *winograd_kernel;
  const float *bias;
  float *relu;
  float *sum_2;
  float *scratch;
};

static void digits_cnn_conv2d_2_backward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_backward_2_call *const call = given;
  digits_cnn_conv2d_2_backward_2(part, parts, call->rows, call->dropout, call->winograd_kernel, call->bias, call->relu, call->sum_2, call->scratch);
}

/* sum_2[64], moving_mean[64] = divide + multiply + multiply + add
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_moving_mean(float *restrict sum_2 /* [64] */,
    const float *restrict row_count /* [] */,
    float *restrict moving_mean /* [64] */) {
  const float multiply = row_count[0] * 16.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float divide = sum_2[i] / multiply;
    const float multiply_2 = moving_mean[i] * 0.9f;
    const float multiply_3 = divide * 0.1f;
    const float add = multiply_2 + multiply_3;
    sum_2[i] = divide;
    moving_mean[i] = add;
  }
}

/* sum_2[64] = subtract + multiply + sum
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward(size_t rows,
    const float *restrict relu /* [rows, 4, 4, 64] */,
    const float *restrict divide /* [64] */,
    float *restrict sum_2 /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    sum_2[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float subtract = relu[i * 1024 + j * 256 + k * 64 + l] - divide[l];
          const float multiply = subtract * subtract;
          sum_2[l] += multiply;
        }
      }
    }
  }
}

/* moving_variance[64], sum_2[64], divide[64], multiply[64] = divide + multiply + multiply + add + add + sqrt + divide + multiply
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_moving_variance(float *restrict sum_2 /* [64] */,
    const float *restrict row_count /* [] */,
    float *restrict moving_variance /* [64] */,
    const float *restrict gamma_2 /* [64] */,
    float *restrict divide /* [64] */,
    float *restrict multiply /* [64] */) {
  const float multiply_3 = row_count[0] * 16.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply_2 = moving_variance[i] * 0.9f;
    const float divide_2 = sum_2[i] / multiply_3;
    const float multiply_4 = divide_2 * 0.1f;
    const float add = multiply_2 + multiply_4;
    const float add_2 = divide_2 + 0.001f;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float divide_3 = 1.0f / sqrt_2;
    const float multiply_5 = divide_3 * gamma_2[i];
    moving_variance[i] = add;
    sum_2[i] = sqrt_2;
    divide[i] = divide_3;
    multiply[i] = multiply_5;
  }
}

/* multiply_2[rows, 4, 4, 64] = subtract + multiply
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_2(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict relu /* [rows, 4, 4, 64] */,
    const float *restrict divide /* [64] */,
    const float *restrict multiply /* [64] */,
    float *restrict multiply_2 /* [rows, 4, 4, 64] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float subtract = relu[i * 1024 + j * 256 + k * 64 + l] - divide[l];
          const float multiply_3 = subtract * multiply[l];
          multiply_2[i * 1024 + j * 256 + k * 64 + l] = multiply_3;
        }
      }
    }
  }
}

struct digits_cnn_batch_normalization_2_backward_2_call {
  size_t rows;
  const float *relu;
  const float *divide;
  const float *multiply;
  float *multiply_2;
};

static void digits_cnn_batch_normalization_2_backward_2_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_batch_normalization_2_backward_2_call *const call = given;
  digits_cnn_batch_normalization_2_backward_2(part, parts, call->rows, call->relu, call->divide, call->multiply, call->multiply_2);
}

/* max_pooling[rows, 2, 2, 64], max_pooling_2[rows, 2, 2, 64] = max_pooling
 * model.swift:13:3 */
static void digits_cnn_max_pooling2d_1_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict multiply /* [rows, 4, 4, 64] */,
    float *restrict max_pooling /* [rows, 2, 2, 64] */,
    uint8_t *restrict max_pooling_2 /* [rows, 2, 2, 64] */) {
  for (size_t i0 = part * (rows) / parts; i0 < (part + 1) * (rows) / parts; i0++) {
    for (size_t i1 = 0; i1 < 2; i1++) {
      for (size_t i2 = 0; i2 < 2; i2++) {
        DIGITS_CNN_ROLLED for (size_t z0 = 0; z0 < 64; z0++) {
          max_pooling[i0 * 256 + i1 * 128 + i2 * 64 + z0] = -(float)INFINITY;
          max_pooling_2[i0 * 256 + i1 * 128 + i2 * 64 + z0] = (uint8_t)(0.0f);
        }
        for (size_t b0 = 0; b0 < 2; b0++) {
          for (size_t b1 = 0; b1 < 2; b1++) {
            DIGITS_CNN_ROLLED for (size_t z0 = 0; z0 < 64; z0++) {
              const float value = multiply[i0 * 1024 + (i1 * 2 + b0) * 256 + (i2 * 2 + b1) * 64 + z0];
              const float best = max_pooling[i0 * 256 + i1 * 128 + i2 * 64 + z0];
              max_pooling[i0 * 256 + i1 * 128 + i2 * 64 + z0] = value > best ? value : value != value ? value : best;
              max_pooling_2[i0 * 256 + i1 * 128 + i2 * 64 + z0] = (uint8_t)(value > best ? (float)(b0 * 2 + b1) : value != value ? (float)(b0 * 2 + b1) : (float)max_pooling_2[i0 * 256 + i1 * 128 + i2 * 64 + z0]);
            }
          }
        }
      }
    }
  }
}

struct digits_cnn_max_pooling2d_1_backward_call {
  size_t rows;
  const float *multiply;
  float *max_pooling;
  uint8_t *max_pooling_2;
};

static void digits_cnn_max_pooling2d_1_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_max_pooling2d_1_backward_call *const call = given;
  digits_cnn_max_pooling2d_1_backward(part, parts, call->rows, call->multiply, call->max_pooling, call->max_pooling_2);
}

/* max_pooling[rows, 2, 2, 64] = add
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_3(size_t part,
    size_t parts,
    size_t rows,
    float *restrict max_pooling /* [rows, 2, 2, 64] */,
    const float *restrict beta /* [64] */) {
  for (size_t i = part * (rows) / parts; i < (part + 1) * (rows) / parts; i++) {
    for (size_t j = 0; j < 2; j++) {
      for (size_t k = 0; k < 2; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float add = max_pooling[i * 256 + j * 128 + k * 64 + l] + beta[l];
          max_pooling[i * 256 + j * 128 + k * 64 + l] = add;
        }
      }
    }
  }
}

struct digits_cnn_batch_normalization_2_backward_3_call {
  size_t rows;
  float *max_pooling;
  const float *beta;
};

static void digits_cnn_batch_normalization_2_backward_3_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_batch_normalization_2_backward_3_call *const call = given;
  digits_cnn_batch_normalization_2_backward_3(part, parts, call->rows, call->max_pooling, call->beta);
}

/* add[rows, 256] = dropout
 * model.swift:15:3 */
static void digits_cnn_dropout_1_backward(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    float *restrict add /* [rows, 2, 2, 64] */) {
  for (size_t i = part * (rows * 256) / parts; i < (part + 1) * (rows * 256) / parts; i++) {
    const float dropout = digits_cnn_uniform(seed, 2u, step, (uint64_t)i) >= 0.5f ? add[i] * 2.0f : 0.0f;
    add[i] = dropout;
  }
}

struct digits_cnn_dropout_1_backward_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  float *add;
};

static void digits_cnn_dropout_1_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dropout_1_backward_call *const call = given;
  digits_cnn_dropout_1_backward(part, parts, call->rows, call->seed, call->step, call->add);
}

/* add[rows, 10] = matmul + add
 * model.swift:16:3 */
static void digits_cnn_dense_backward(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 256] */,
    const float *restrict kernel /* [256, 10] */,
    const float *restrict bias /* [10] */,
    float *restrict add /* [rows, 10] */) {
  if (rows <= DIGITS_CNN_FEW) {
    const digits_cnn_share share = digits_cnn_share_of(part, parts, rows, 10, 1);
    const size_t first = share.left, last = share.right;
    digits_cnn_few(rows, 256, last - first, dropout, 256, 1, kernel + first, 10, add + first, 10);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = first; j < last; j++) {
        const float sum = add[i * 10 + j];
        const float add_2 = sum + bias[j];
        add[i * 10 + j] = add_2;
      }
    }
  }
  else {
    const digits_cnn_share share = digits_cnn_share_of(part, parts, rows, 10, 0);
    DIGITS_CNN_ALIGNED float panel[DIGITS_CNN_TILE_K * DIGITS_CNN_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 256 - k0 < DIGITS_CNN_TILE_K ? 256 - k0 : DIGITS_CNN_TILE_K;
      const digits_cnn_runs along = {depth, 1, 0, 1, 0};
      for (size_t first = share.top; first < share.bottom; first += DIGITS_CNN_LINES) {
        const size_t last = share.bottom - first < DIGITS_CNN_LINES ? share.bottom : first + DIGITS_CNN_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_CNN_TILE_N) {
          const size_t width = 10 - n0 < DIGITS_CNN_TILE_N ? 10 - n0 : DIGITS_CNN_TILE_N;
          digits_cnn_pack(depth, width, kernel + k0 * 10 + n0, 10, 1, panel);
          for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
            height = digits_cnn_height(last - m0);
            DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
            digits_cnn_tile_new(&along, height, width, dropout + m0 * 256 + k0, 256, 1, panel, tile, DIGITS_CNN_TILE_N);
            for (size_t r = 0; r < height; r++) {
              DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
                const size_t i = m0 + r, j = n0 + s;
                const float sum = tile[r * DIGITS_CNN_TILE_N + s];
                const float add_2 = sum + bias[j];
                add[i * 10 + j] = add_2;
              }
            }
          }
        }
      }
    } while ((k0 += DIGITS_CNN_TILE_K) < 256);
  }
}

struct digits_cnn_dense_backward_call {
  size_t rows;
  const float *dropout;
  const float *kernel;
  const float *bias;
  float *add;
};

static void digits_cnn_dense_backward_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dense_backward_call *const call = given;
  digits_cnn_dense_backward(part, parts, call->rows, call->dropout, call->kernel, call->bias, call->add);
}

/* multiply[rows, 10], bias_gradient[10] = one_hot + subtract + multiply + sum
 * model.swift:19:18, model.swift:16:3 */
static void digits_cnn_loss_backward_bias(size_t rows,
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

/* kernel_gradient[256, 10] = matmul
 * model.swift:16:3 */
static void digits_cnn_dense_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 256] */,
    const float *restrict multiply /* [rows, 10] */,
    float *restrict kernel_gradient /* [256, 10] */) {
  const digits_cnn_share share = digits_cnn_share_of(part, parts, 256, 10, 0);
  DIGITS_CNN_ALIGNED float panel[DIGITS_CNN_TILE_K * DIGITS_CNN_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = rows - k0 < DIGITS_CNN_TILE_K ? rows - k0 : DIGITS_CNN_TILE_K;
    const digits_cnn_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIGITS_CNN_LINES) {
      const size_t last = share.bottom - first < DIGITS_CNN_LINES ? share.bottom : first + DIGITS_CNN_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_CNN_TILE_N) {
        const size_t width = 10 - n0 < DIGITS_CNN_TILE_N ? 10 - n0 : DIGITS_CNN_TILE_N;
        digits_cnn_pack(depth, width, multiply + k0 * 10 + n0, 10, 1, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_cnn_height(last - m0);
          DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
          digits_cnn_tile_new(&along, height, width, dropout + m0 + k0 * 256, 1, 256, panel, tile, DIGITS_CNN_TILE_N);
          for (size_t r = 0; r < height; r++)
            DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) kernel_gradient[(m0 + r) * 10 + n0 + s] = tile[r * DIGITS_CNN_TILE_N + s];
        }
      }
    }
  } while ((k0 += DIGITS_CNN_TILE_K) < rows);
}

struct digits_cnn_dense_backward_kernel_call {
  size_t rows;
  const float *dropout;
  const float *multiply;
  float *kernel_gradient;
};

static void digits_cnn_dense_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dense_backward_kernel_call *const call = given;
  digits_cnn_dense_backward_kernel(part, parts, call->rows, call->dropout, call->multiply, call->kernel_gradient);
}

/* dropout[rows, 256] = matmul + dropout
 * model.swift:16:3, model.swift:15:3 */
static void digits_cnn_dense_backward_3(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict multiply /* [rows, 10] */,
    const float *restrict kernel /* [256, 10] */,
    float *restrict dropout /* [rows, 256] */) {
  const digits_cnn_share share = digits_cnn_share_of(part, parts, rows, 256, 0);
  DIGITS_CNN_ALIGNED float panel[DIGITS_CNN_TILE_K * DIGITS_CNN_TILE_N];
  size_t k0 = 0;
  do {
    const size_t depth = 10 - k0 < DIGITS_CNN_TILE_K ? 10 - k0 : DIGITS_CNN_TILE_K;
    const digits_cnn_runs along = {depth, 1, 0, 1, 0};
    for (size_t first = share.top; first < share.bottom; first += DIGITS_CNN_LINES) {
      const size_t last = share.bottom - first < DIGITS_CNN_LINES ? share.bottom : first + DIGITS_CNN_LINES;
      for (size_t n0 = share.left; n0 < share.right; n0 += DIGITS_CNN_TILE_N) {
        const size_t width = DIGITS_CNN_TILE_N;
        digits_cnn_pack(depth, width, kernel + k0 + n0 * 10, 1, 10, panel);
        for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
          height = digits_cnn_height(last - m0);
          DIGITS_CNN_ALIGNED float tile[DIGITS_CNN_TILE_M * DIGITS_CNN_TILE_N];
          digits_cnn_tile_new(&along, height, width, multiply + m0 * 10 + k0, 10, 1, panel, tile, DIGITS_CNN_TILE_N);
          for (size_t r = 0; r < height; r++) {
            DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
              const size_t i = m0 + r, j = n0 + s;
              const float sum = tile[r * DIGITS_CNN_TILE_N + s];
              const float dropout_2 = digits_cnn_uniform(seed, 2u, step, (uint64_t)(i * 256 + j)) >= 0.5f ? sum * 2.0f : 0.0f;
              dropout[i * 256 + j] = dropout_2;
            }
          }
        }
      }
    }
  } while ((k0 += DIGITS_CNN_TILE_K) < 10);
}

struct digits_cnn_dense_backward_3_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *multiply;
  const float *kernel;
  float *dropout;
};

static void digits_cnn_dense_backward_3_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dense_backward_3_call *const call = given;
  digits_cnn_dense_backward_3(part, parts, call->rows, call->seed, call->step, call->multiply, call->kernel, call->dropout);
}

/* beta_gradient[64] = sum
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_beta(size_t rows,
    const float *restrict dropout /* [rows, 256] */,
    float *restrict beta_gradient /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    beta_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 2; j++) {
      for (size_t k = 0; k < 2; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          beta_gradient[l] += dropout[i * 256 + j * 128 + k * 64 + l];
        }
      }
    }
  }
}

/* multiply_2[rows, 4, 4, 64], sum_2[64], sum_3[64] = max_pooling_gradient + multiply + subtract + multiply + sum + negate + sum
 * model.swift:13:3, model.swift:12:3 */
static void digits_cnn_max_pooling2d_1_backward_2(size_t rows,
    const float *restrict dropout /* [rows, 256] */,
    const uint8_t *restrict max_pooling /* [rows, 2, 2, 64] */,
    const float *restrict multiply /* [64] */,
    const float *restrict relu /* [rows, 4, 4, 64] */,
    const float *restrict divide /* [64] */,
    float *restrict multiply_2 /* [rows, 4, 4, 64] */,
    float *restrict sum_2 /* [64] */,
    float *restrict sum_3 /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    sum_2[i] = 0.0f;
  }
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    sum_3[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float max_pooling_gradient = digits_cnn_choose((float)max_pooling[i * 256 + j / 2 * 128 + k / 2 * 64 + l] == (float)(j % 2 * 2 + k % 2), dropout[i * 256 + j / 2 * 128 + k / 2 * 64 + l], 0.0f);
          const float multiply_3 = max_pooling_gradient * multiply[l];
          const float subtract = relu[i * 1024 + j * 256 + k * 64 + l] - divide[l];
          const float multiply_4 = max_pooling_gradient * subtract;
          const float negate = -multiply_3;
          multiply_2[i * 1024 + j * 256 + k * 64 + l] = multiply_3;
          sum_2[l] += multiply_4;
          sum_3[l] += negate;
        }
      }
    }
  }
}

/* gamma_gradient[64] = multiply
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_gamma(const float *restrict sum_2 /* [64] */,
    const float *restrict divide /* [64] */,
    float *restrict gamma_gradient /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply = sum_2[i] * divide[i];
    gamma_gradient[i] = multiply;
  }
}

/* sum_2[64] = multiply + divide + multiply + negate + multiply + divide + divide
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_4(float *restrict sum_2 /* [64] */,
    const float *restrict gamma_2 /* [64] */,
    const float *restrict sqrt_2 /* [64] */,
    const float *restrict divide /* [64] */,
    const float *restrict row_count /* [] */) {
  const float multiply_4 = row_count[0] * 16.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply = sum_2[i] * gamma_2[i];
    const float divide_2 = multiply / sqrt_2[i];
    const float multiply_2 = divide_2 * divide[i];
    const float negate = -multiply_2;
    const float multiply_3 = negate * 0.5f;
    const float divide_3 = multiply_3 / sqrt_2[i];
    const float divide_4 = divide_3 / multiply_4;
    sum_2[i] = divide_4;
  }
}

/* sum_2[64], add[rows, 4, 4, 64] = subtract + multiply + add + negate + sum + add
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_5(size_t rows,
    const float *restrict relu /* [rows, 4, 4, 64] */,
    const float *restrict divide /* [64] */,
    const float *restrict divide_2 /* [64] */,
    const float *restrict multiply /* [rows, 4, 4, 64] */,
    float *restrict sum_2 /* [64] */,
    float *restrict add /* [rows, 4, 4, 64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    sum_2[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float subtract = relu[i * 1024 + j * 256 + k * 64 + l] - divide[l];
          const float multiply_2 = divide_2[l] * subtract;
          const float add_2 = multiply_2 + multiply_2;
          const float negate = -add_2;
          const float add_3 = multiply[i * 1024 + j * 256 + k * 64 + l] + add_2;
          add[i * 1024 + j * 256 + k * 64 + l] = add_3;
          sum_2[l] += negate;
        }
      }
    }
  }
}

/* sum_2[64] = add + divide
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_backward_6(float *restrict sum_2 /* [64] */,
    const float *restrict sum_3 /* [64] */,
    const float *restrict row_count /* [] */) {
  const float multiply = row_count[0] * 16.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float add = sum_2[i] + sum_3[i];
    const float divide = add / multiply;
    sum_2[i] = divide;
  }
}

/* select[rows, 4, 4, 64], bias_gradient[64] = add + compare + select + sum
 * model.swift:12:3, model.swift:11:3 */
static void digits_cnn_batch_normalization_2_backward_bias(size_t rows,
    const float *restrict add /* [rows, 4, 4, 64] */,
    const float *restrict divide /* [64] */,
    const float *restrict relu /* [rows, 4, 4, 64] */,
    float *restrict select /* [rows, 4, 4, 64] */,
    float *restrict bias_gradient /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 4; j++) {
      for (size_t k = 0; k < 4; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 64; l++) {
          const float compare = relu[i * 1024 + j * 256 + k * 64 + l] > 0.0f ? 1.0f : 0.0f;
          const float add_2 = add[i * 1024 + j * 256 + k * 64 + l] + divide[l];
          const float select_2 = compare != 0.0f ? add_2 : 0.0f;
          select[i * 1024 + j * 256 + k * 64 + l] = select_2;
          bias_gradient[l] += select_2;
        }
      }
    }
  }
}

/* winograd_kernel[1, 16, 64, 32] = winograd_kernel
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_backward_3(size_t part,
    size_t parts,
    const float *restrict kernel /* [3, 3, 32, 64] */,
    float *restrict winograd_kernel /* [1, 16, 64, 32] */) {
  for (size_t b = part * (1) / parts; b < (part + 1) * (1) / parts; b++) {
    for (size_t d0 = 0; d0 < 4; d0++) {
      DIGITS_CNN_ALIGNED float taps[4608];
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 16384 + d0 * 16, 64, taps, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 14336 + d0 * 16, 64, taps + 512, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 12288 + d0 * 16, 64, taps + 1024, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 10240 + d0 * 16, 64, taps + 1536, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 8192 + d0 * 16, 64, taps + 2048, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 6144 + d0 * 16, 64, taps + 2560, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 4096 + d0 * 16, 64, taps + 3072, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + 2048 + d0 * 16, 64, taps + 3584, 32);
      digits_cnn_transposed(32, 16, kernel + b * 2048 + d0 * 16, 64, taps + 4096, 32);
      for (size_t i0 = 0; i0 < 16; i0++) {
        DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
          const float g00 = taps[i0 * 32 + i1];
          const float g01 = taps[i0 * 32 + 512 + i1];
          const float g02 = taps[i0 * 32 + 1024 + i1];
          const float g10 = taps[i0 * 32 + 1536 + i1];
          const float g11 = taps[i0 * 32 + 2048 + i1];
          const float g12 = taps[i0 * 32 + 2560 + i1];
          const float g20 = taps[i0 * 32 + 3072 + i1];
          const float g21 = taps[i0 * 32 + 3584 + i1];
          const float g22 = taps[i0 * 32 + 4096 + i1];
          const float t00 = g00;
          const float t01 = (g00 + g02 + g01) * 0.5f;
          const float t02 = (g00 + g02 - g01) * 0.5f;
          const float t03 = g02;
          const float t10 = g10;
          const float t11 = (g10 + g12 + g11) * 0.5f;
          const float t12 = (g10 + g12 - g11) * 0.5f;
          const float t13 = g12;
          const float t20 = g20;
          const float t21 = (g20 + g22 + g21) * 0.5f;
          const float t22 = (g20 + g22 - g21) * 0.5f;
          const float t23 = g22;
          winograd_kernel[b * 32768 + (d0 * 16 + i0) * 32 + i1] = t00;
          winograd_kernel[b * 32768 + 8192 + (d0 * 16 + i0) * 32 + i1] = (t00 + t20 + t10) * 0.5f;
          winograd_kernel[b * 32768 + 16384 + (d0 * 16 + i0) * 32 + i1] = (t00 + t20 - t10) * 0.5f;
          winograd_kernel[b * 32768 + 24576 + (d0 * 16 + i0) * 32 + i1] = t20;
          winograd_kernel[b * 32768 + 2048 + (d0 * 16 + i0) * 32 + i1] = t01;
          winograd_kernel[b * 32768 + 10240 + (d0 * 16 + i0) * 32 + i1] = (t01 + t21 + t11) * 0.5f;
          winograd_kernel[b * 32768 + 18432 + (d0 * 16 + i0) * 32 + i1] = (t01 + t21 - t11) * 0.5f;
          winograd_kernel[b * 32768 + 26624 + (d0 * 16 + i0) * 32 + i1] = t21;
          winograd_kernel[b * 32768 + 4096 + (d0 * 16 + i0) * 32 + i1] = t02;
          winograd_kernel[b * 32768 + 12288 + (d0 * 16 + i0) * 32 + i1] = (t02 + t22 + t12) * 0.5f;
          winograd_kernel[b * 32768 + 20480 + (d0 * 16 + i0) * 32 + i1] = (t02 + t22 - t12) * 0.5f;
          winograd_kernel[b * 32768 + 28672 + (d0 * 16 + i0) * 32 + i1] = t22;
          winograd_kernel[b * 32768 + 6144 + (d0 * 16 + i0) * 32 + i1] = t03;
          winograd_kernel[b * 32768 + 14336 + (d0 * 16 + i0) * 32 + i1] = (t03 + t23 + t13) * 0.5f;
          winograd_kernel[b * 32768 + 22528 + (d0 * 16 + i0) * 32 + i1] = (t03 + t23 - t13) * 0.5f;
          winograd_kernel[b * 32768 + 30720 + (d0 * 16 + i0) * 32 + i1] = t23;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_2_backward_3_call {
  const float *kernel;
  float *winograd_kernel;
};

static void digits_cnn_conv2d_2_backward_3_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_backward_3_call *const call = given;
  digits_cnn_conv2d_2_backward_3(part, parts, call->kernel, call->winograd_kernel);
}

/* winograd_kernel_sums[2, 16, 32, 32] = winograd_kernel_sums
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_backward_4(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict dropout /* [rows, 4, 4, 32] */,
    const float *restrict select /* [rows, 4, 4, 64] */,
    float *restrict winograd_kernel_sums /* [2, 16, 32, 32] */,
    float *restrict scratch /* [92672] */) {
  static const digits_cnn_window window = {4, 4, 32, 1, 1, 1, 1, 6};
  float *const strip = scratch + part * 92672;
  float *const panel = scratch + part * 92672 + 18432;
  float *const transformed = scratch + part * 92672 + 26624;
  float *const sums = scratch + part * 92672 + 59648;
  const size_t blocks = (rows + 15) / 16 * 1;
  const size_t panels = (64 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block * 16;
    const size_t images = rows - image < 16 ? rows - image : 16;
    const size_t top = 0, lines = 4;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 4 + top) * 4;
    digits_cnn_strips(&window, images, top * 1, strip_lines, dropout + image * 512, strip);
    digits_cnn_winograd_image(3, 3, images, lines, 4, 32, strip, 192, transformed);
    const size_t patches = images * ((lines + 1) / 2) * 2;
    size_t packed = panels; /* the panel at hand */
    for (size_t unit = part * (panels * 16) / parts; unit < (part + 1) * (panels * 16) / parts; unit++) {
      const size_t e = unit % 16;
      const size_t n0 = (unit / 16) * DIGITS_CNN_TILE_N;
      const size_t width = 64 - n0 < DIGITS_CNN_TILE_N ? 64 - n0 : DIGITS_CNN_TILE_N;
      if (unit / 16 != packed) {
        digits_cnn_pack(images * lines * 4, width, select + place * 64 + n0, 64, 1, panel);
        digits_cnn_winograd_map(images, lines, 4, width, panel, sums);
        packed = unit / 16;
      }
      digits_cnn_winograd_sum(e, 3, 3, patches, 32, width, transformed, sums, block == 0,
        winograd_kernel_sums + n0 / 32 * 16384 + n0 % 32);
    }
  }
}

struct digits_cnn_conv2d_2_backward_4_call {
  size_t rows;
  const float *dropout;
  const float *select;
  float *winograd_kernel_sums;
  float *scratch;
};

static void digits_cnn_conv2d_2_backward_4_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_backward_4_call *const call = given;
  digits_cnn_conv2d_2_backward_4(part, parts, call->rows, call->dropout, call->select, call->winograd_kernel_sums, call->scratch);
}

/* kernel_gradient[3, 3, 32, 64] = winograd_taps
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_backward_kernel(size_t part,
    size_t parts,
    const float *restrict winograd_kernel_sums /* [2, 16, 32, 32] */,
    float *restrict kernel_gradient /* [3, 3, 32, 64] */) {
  for (size_t b = part * (2) / parts; b < (part + 1) * (2) / parts; b++) {
    for (size_t i0 = 0; i0 < 32; i0++) {
      DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        const float m00 = winograd_kernel_sums[b * 16384 + i0 * 32 + i1];
        const float m01 = winograd_kernel_sums[b * 16384 + 1024 + i0 * 32 + i1];
        const float m02 = winograd_kernel_sums[b * 16384 + 2048 + i0 * 32 + i1];
        const float m03 = winograd_kernel_sums[b * 16384 + 3072 + i0 * 32 + i1];
        const float t00 = m00 + (m01 + m02) * 0.5f;
        const float t01 = (m01 - m02) * 0.5f;
        const float t02 = (m01 + m02) * 0.5f + m03;
        const float m10 = winograd_kernel_sums[b * 16384 + 4096 + i0 * 32 + i1];
        const float m11 = winograd_kernel_sums[b * 16384 + 5120 + i0 * 32 + i1];
        const float m12 = winograd_kernel_sums[b * 16384 + 6144 + i0 * 32 + i1];
        const float m13 = winograd_kernel_sums[b * 16384 + 7168 + i0 * 32 + i1];
        const float t10 = m10 + (m11 + m12) * 0.5f;
        const float t11 = (m11 - m12) * 0.5f;
        const float t12 = (m11 + m12) * 0.5f + m13;
        const float m20 = winograd_kernel_sums[b * 16384 + 8192 + i0 * 32 + i1];
        const float m21 = winograd_kernel_sums[b * 16384 + 9216 + i0 * 32 + i1];
        const float m22 = winograd_kernel_sums[b * 16384 + 10240 + i0 * 32 + i1];
        const float m23 = winograd_kernel_sums[b * 16384 + 11264 + i0 * 32 + i1];
        const float t20 = m20 + (m21 + m22) * 0.5f;
        const float t21 = (m21 - m22) * 0.5f;
        const float t22 = (m21 + m22) * 0.5f + m23;
        const float m30 = winograd_kernel_sums[b * 16384 + 12288 + i0 * 32 + i1];
        const float m31 = winograd_kernel_sums[b * 16384 + 13312 + i0 * 32 + i1];
        const float m32 = winograd_kernel_sums[b * 16384 + 14336 + i0 * 32 + i1];
        const float m33 = winograd_kernel_sums[b * 16384 + 15360 + i0 * 32 + i1];
        const float t30 = m30 + (m31 + m32) * 0.5f;
        const float t31 = (m31 - m32) * 0.5f;
        const float t32 = (m31 + m32) * 0.5f + m33;
        kernel_gradient[i0 * 64 + b * 32 + i1] = t00 + (t10 + t20) * 0.5f;
        kernel_gradient[i0 * 64 + 6144 + b * 32 + i1] = (t10 - t20) * 0.5f;
        kernel_gradient[i0 * 64 + 12288 + b * 32 + i1] = (t10 + t20) * 0.5f + t30;
        kernel_gradient[i0 * 64 + 2048 + b * 32 + i1] = t01 + (t11 + t21) * 0.5f;
        kernel_gradient[i0 * 64 + 8192 + b * 32 + i1] = (t11 - t21) * 0.5f;
        kernel_gradient[i0 * 64 + 14336 + b * 32 + i1] = (t11 + t21) * 0.5f + t31;
        kernel_gradient[i0 * 64 + 4096 + b * 32 + i1] = t02 + (t12 + t22) * 0.5f;
        kernel_gradient[i0 * 64 + 10240 + b * 32 + i1] = (t12 - t22) * 0.5f;
        kernel_gradient[i0 * 64 + 16384 + b * 32 + i1] = (t12 + t22) * 0.5f + t32;
      }
    }
  }
}

struct digits_cnn_conv2d_2_backward_kernel_call {
  const float *winograd_kernel_sums;
  float *kernel_gradient;
};

static void digits_cnn_conv2d_2_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_backward_kernel_call *const call = given;
  digits_cnn_conv2d_2_backward_kernel(part, parts, call->winograd_kernel_sums, call->kernel_gradient);
}

/* dropout[rows, 4, 4, 32], beta_gradient[32] = winograd_convolution + dropout + sum
 * model.swift:11:3, model.swift:10:3, model.swift:8:3 */
static void digits_cnn_conv2d_2_backward_beta(size_t part,
    size_t parts,
    size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict select /* [rows, 4, 4, 64] */,
    const float *restrict winograd_kernel /* [1, 16, 64, 32] */,
    float *restrict dropout /* [rows, 4, 4, 32] */,
    float *restrict beta_gradient /* [32] */,
    float *restrict scratch /* [72192] */) {
  static const digits_cnn_window window = {4, 4, 64, 1, 1, 1, 1, 6};
  float *const strip = scratch + part * 72192;
  float *const map = scratch + part * 72192 + 18432;
  float *const transformed = scratch + part * 72192 + 22528;
  float *const sums = scratch + part * 72192 + 55552;
  const size_t blocks = (rows + 7) / 8 * 1;
  const digits_cnn_share columns = digits_cnn_columns_of(part, parts, 32);
  const size_t first_panel = columns.left / DIGITS_CNN_TILE_N;
  const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / DIGITS_CNN_TILE_N + 1 - first_panel : 0;
  const size_t units = blocks * own_panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < units; unit++) {
    const size_t block = unit / own_panels;
    const size_t left = (first_panel + unit % own_panels) * DIGITS_CNN_TILE_N, right = left + DIGITS_CNN_TILE_N;
    const size_t n0 = left < columns.left ? columns.left : left;
    const size_t width = (right < columns.right ? right : columns.right) - n0;
    const size_t image = block * 8;
    const size_t images = rows - image < 8 ? rows - image : 8;
    const size_t top = 0, lines = 4;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 4 + top) * 4;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, select + image * 1024, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 4, 64, strip, 384, transformed);
      copied = block;
    }
    if (block == 0) {
      for (size_t j = n0; j < n0 + width; j++) {
        beta_gradient[j] = 0.0f;
      }
    }
    const size_t patches = images * ((lines + 1) / 2) * 2;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 64, width, transformed, winograd_kernel + n0 / 32 * 32768 + n0 % 32, sums);
    }
    digits_cnn_winograd_results(images, lines, 4, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 4;
      float *const tile = map + line * 4 * DIGITS_CNN_TILE_N;
      const size_t m0 = place + line * 4;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = m0 + r, j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float dropout_2 = digits_cnn_uniform(seed, 1u, step, (uint64_t)(i * 32 + j)) >= 0.25f ? sum * 1.3333334f : 0.0f;
          dropout[i * 32 + j] = dropout_2;
          beta_gradient[j] += dropout_2;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_2_backward_beta_call {
  size_t rows;
  uint64_t seed;
  uint64_t step;
  const float *select;
  const float *winograd_kernel;
  float *dropout;
  float *beta_gradient;
  float *scratch;
};

static void digits_cnn_conv2d_2_backward_beta_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_backward_beta_call *const call = given;
  digits_cnn_conv2d_2_backward_beta(part, parts, call->rows, call->seed, call->step, call->select, call->winograd_kernel, call->dropout, call->beta_gradient, call->scratch);
}

/* multiply_2[rows, 8, 8, 32], sum_2[32], sum_3[32] = max_pooling_gradient + multiply + subtract + multiply + sum + negate + sum
 * model.swift:9:3, model.swift:8:3 */
static void digits_cnn_max_pooling2d_backward_2(size_t rows,
    const float *restrict dropout /* [rows, 4, 4, 32] */,
    const uint8_t *restrict max_pooling /* [rows, 4, 4, 32] */,
    const float *restrict multiply /* [32] */,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    float *restrict multiply_2 /* [rows, 8, 8, 32] */,
    float *restrict sum_2 /* [32] */,
    float *restrict sum_3 /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    sum_2[i] = 0.0f;
  }
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    sum_3[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float max_pooling_gradient = digits_cnn_choose((float)max_pooling[i * 512 + j / 2 * 128 + k / 2 * 32 + l] == (float)(j % 2 * 2 + k % 2), dropout[i * 512 + j / 2 * 128 + k / 2 * 32 + l], 0.0f);
          const float multiply_3 = max_pooling_gradient * multiply[l];
          const float subtract = relu[i * 2048 + j * 256 + k * 32 + l] - divide[l];
          const float multiply_4 = max_pooling_gradient * subtract;
          const float negate = -multiply_3;
          multiply_2[i * 2048 + j * 256 + k * 32 + l] = multiply_3;
          sum_2[l] += multiply_4;
          sum_3[l] += negate;
        }
      }
    }
  }
}

/* gamma_gradient[32] = multiply
 * model.swift:8:3 */
static void digits_cnn_batch_normalization_1_backward_gamma(const float *restrict sum_2 /* [32] */,
    const float *restrict divide /* [32] */,
    float *restrict gamma_gradient /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = sum_2[i] * divide[i];
    gamma_gradient[i] = multiply;
  }
}

/* sum_2[32] = multiply + divide + multiply + negate + multiply + divide + divide
 * model.swift:8:3 */
static void digits_cnn_batch_normalization_1_backward_4(float *restrict sum_2 /* [32] */,
    const float *restrict gamma_2 /* [32] */,
    const float *restrict sqrt_2 /* [32] */,
    const float *restrict divide /* [32] */,
    const float *restrict row_count /* [] */) {
  const float multiply_4 = row_count[0] * 64.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = sum_2[i] * gamma_2[i];
    const float divide_2 = multiply / sqrt_2[i];
    const float multiply_2 = divide_2 * divide[i];
    const float negate = -multiply_2;
    const float multiply_3 = negate * 0.5f;
    const float divide_3 = multiply_3 / sqrt_2[i];
    const float divide_4 = divide_3 / multiply_4;
    sum_2[i] = divide_4;
  }
}

/* sum_2[32], add[rows, 8, 8, 32] = subtract + multiply + add + negate + sum + add
 * model.swift:8:3 */
static void digits_cnn_batch_normalization_1_backward_5(size_t rows,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    const float *restrict divide_2 /* [32] */,
    const float *restrict multiply /* [rows, 8, 8, 32] */,
    float *restrict sum_2 /* [32] */,
    float *restrict add /* [rows, 8, 8, 32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    sum_2[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float subtract = relu[i * 2048 + j * 256 + k * 32 + l] - divide[l];
          const float multiply_2 = divide_2[l] * subtract;
          const float add_2 = multiply_2 + multiply_2;
          const float negate = -add_2;
          const float add_3 = multiply[i * 2048 + j * 256 + k * 32 + l] + add_2;
          add[i * 2048 + j * 256 + k * 32 + l] = add_3;
          sum_2[l] += negate;
        }
      }
    }
  }
}

/* sum_2[32] = add + divide
 * model.swift:8:3 */
static void digits_cnn_batch_normalization_1_backward_6(float *restrict sum_2 /* [32] */,
    const float *restrict sum_3 /* [32] */,
    const float *restrict row_count /* [] */) {
  const float multiply = row_count[0] * 64.0f;
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float add = sum_2[i] + sum_3[i];
    const float divide = add / multiply;
    sum_2[i] = divide;
  }
}

/* select[rows, 8, 8, 32], bias_gradient[32] = add + compare + select + sum
 * model.swift:8:3, model.swift:7:3 */
static void digits_cnn_batch_normalization_1_backward_bias(size_t rows,
    const float *restrict add /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    float *restrict select /* [rows, 8, 8, 32] */,
    float *restrict bias_gradient /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    bias_gradient[i] = 0.0f;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < 8; j++) {
      for (size_t k = 0; k < 8; k++) {
        DIGITS_CNN_ROLLED for (size_t l = 0; l < 32; l++) {
          const float compare = relu[i * 2048 + j * 256 + k * 32 + l] > 0.0f ? 1.0f : 0.0f;
          const float add_2 = add[i * 2048 + j * 256 + k * 32 + l] + divide[l];
          const float select_2 = compare != 0.0f ? add_2 : 0.0f;
          select[i * 2048 + j * 256 + k * 32 + l] = select_2;
          bias_gradient[l] += select_2;
        }
      }
    }
  }
}

/* winograd_kernel[1, 16, 32, 32] = winograd_kernel
 * model.swift:7:3 */
static void digits_cnn_conv2d_1_backward_3(size_t part,
    size_t parts,
    const float *restrict kernel /* [3, 3, 32, 32] */,
    float *restrict winograd_kernel /* [1, 16, 32, 32] */) {
  for (size_t b = part * (1) / parts; b < (part + 1) * (1) / parts; b++) {
    for (size_t d0 = 0; d0 < 2; d0++) {
      DIGITS_CNN_ALIGNED float taps[4608];
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 8192 + d0 * 16, 32, taps, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 7168 + d0 * 16, 32, taps + 512, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 6144 + d0 * 16, 32, taps + 1024, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 5120 + d0 * 16, 32, taps + 1536, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 4096 + d0 * 16, 32, taps + 2048, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 3072 + d0 * 16, 32, taps + 2560, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 2048 + d0 * 16, 32, taps + 3072, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + 1024 + d0 * 16, 32, taps + 3584, 32);
      digits_cnn_transposed(32, 16, kernel + b * 1024 + d0 * 16, 32, taps + 4096, 32);
      for (size_t i0 = 0; i0 < 16; i0++) {
        DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
          const float g00 = taps[i0 * 32 + i1];
          const float g01 = taps[i0 * 32 + 512 + i1];
          const float g02 = taps[i0 * 32 + 1024 + i1];
          const float g10 = taps[i0 * 32 + 1536 + i1];
          const float g11 = taps[i0 * 32 + 2048 + i1];
          const float g12 = taps[i0 * 32 + 2560 + i1];
          const float g20 = taps[i0 * 32 + 3072 + i1];
          const float g21 = taps[i0 * 32 + 3584 + i1];
          const float g22 = taps[i0 * 32 + 4096 + i1];
          const float t00 = g00;
          const float t01 = (g00 + g02 + g01) * 0.5f;
          const float t02 = (g00 + g02 - g01) * 0.5f;
          const float t03 = g02;
          const float t10 = g10;
          const float t11 = (g10 + g12 + g11) * 0.5f;
          const float t12 = (g10 + g12 - g11) * 0.5f;
          const float t13 = g12;
          const float t20 = g20;
          const float t21 = (g20 + g22 + g21) * 0.5f;
          const float t22 = (g20 + g22 - g21) * 0.5f;
          const float t23 = g22;
          winograd_kernel[b * 16384 + (d0 * 16 + i0) * 32 + i1] = t00;
          winograd_kernel[b * 16384 + 4096 + (d0 * 16 + i0) * 32 + i1] = (t00 + t20 + t10) * 0.5f;
          winograd_kernel[b * 16384 + 8192 + (d0 * 16 + i0) * 32 + i1] = (t00 + t20 - t10) * 0.5f;
          winograd_kernel[b * 16384 + 12288 + (d0 * 16 + i0) * 32 + i1] = t20;
          winograd_kernel[b * 16384 + 1024 + (d0 * 16 + i0) * 32 + i1] = t01;
          winograd_kernel[b * 16384 + 5120 + (d0 * 16 + i0) * 32 + i1] = (t01 + t21 + t11) * 0.5f;
          winograd_kernel[b * 16384 + 9216 + (d0 * 16 + i0) * 32 + i1] = (t01 + t21 - t11) * 0.5f;
          winograd_kernel[b * 16384 + 13312 + (d0 * 16 + i0) * 32 + i1] = t21;
          winograd_kernel[b * 16384 + 2048 + (d0 * 16 + i0) * 32 + i1] = t02;
          winograd_kernel[b * 16384 + 6144 + (d0 * 16 + i0) * 32 + i1] = (t02 + t22 + t12) * 0.5f;
          winograd_kernel[b * 16384 + 10240 + (d0 * 16 + i0) * 32 + i1] = (t02 + t22 - t12) * 0.5f;
          winograd_kernel[b * 16384 + 14336 + (d0 * 16 + i0) * 32 + i1] = t22;
          winograd_kernel[b * 16384 + 3072 + (d0 * 16 + i0) * 32 + i1] = t03;
          winograd_kernel[b * 16384 + 7168 + (d0 * 16 + i0) * 32 + i1] = (t03 + t23 + t13) * 0.5f;
          winograd_kernel[b * 16384 + 11264 + (d0 * 16 + i0) * 32 + i1] = (t03 + t23 - t13) * 0.5f;
          winograd_kernel[b * 16384 + 15360 + (d0 * 16 + i0) * 32 + i1] = t23;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_1_backward_3_call {
  const float *kernel;
  float *winograd_kernel;
};

static void digits_cnn_conv2d_1_backward_3_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_backward_3_call *const call = given;
  digits_cnn_conv2d_1_backward_3(part, parts, call->kernel, call->winograd_kernel);
}

/* winograd_kernel_sums[1, 16, 32, 32] = winograd_kernel_sums
 * model.swift:7:3 */
static void digits_cnn_conv2d_1_backward_4(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict add /* [rows, 8, 8, 32] */,
    const float *restrict select /* [rows, 8, 8, 32] */,
    float *restrict winograd_kernel_sums /* [1, 16, 32, 32] */,
    float *restrict scratch /* [87040] */) {
  static const digits_cnn_window window = {8, 8, 32, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 87040;
  float *const panel = scratch + part * 87040 + 12800;
  float *const transformed = scratch + part * 87040 + 20992;
  float *const sums = scratch + part * 87040 + 54016;
  const size_t blocks = (rows + 3) / 4 * 1;
  const size_t panels = (32 + DIGITS_CNN_TILE_N - 1) / DIGITS_CNN_TILE_N;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block * 4;
    const size_t images = rows - image < 4 ? rows - image : 4;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 8 + top) * 8;
    digits_cnn_strips(&window, images, top * 1, strip_lines, add + image * 2048, strip);
    digits_cnn_winograd_image(3, 3, images, lines, 8, 32, strip, 320, transformed);
    const size_t patches = images * ((lines + 1) / 2) * 4;
    size_t packed = panels; /* the panel at hand */
    for (size_t unit = part * (panels * 16) / parts; unit < (part + 1) * (panels * 16) / parts; unit++) {
      const size_t e = unit % 16;
      const size_t n0 = (unit / 16) * DIGITS_CNN_TILE_N;
      const size_t width = 32 - n0 < DIGITS_CNN_TILE_N ? 32 - n0 : DIGITS_CNN_TILE_N;
      if (unit / 16 != packed) {
        digits_cnn_pack(images * lines * 8, width, select + place * 32 + n0, 32, 1, panel);
        digits_cnn_winograd_map(images, lines, 8, width, panel, sums);
        packed = unit / 16;
      }
      digits_cnn_winograd_sum(e, 3, 3, patches, 32, width, transformed, sums, block == 0,
        winograd_kernel_sums + n0 / 32 * 16384 + n0 % 32);
    }
  }
}

struct digits_cnn_conv2d_1_backward_4_call {
  size_t rows;
  const float *add;
  const float *select;
  float *winograd_kernel_sums;
  float *scratch;
};

static void digits_cnn_conv2d_1_backward_4_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_backward_4_call *const call = given;
  digits_cnn_conv2d_1_backward_4(part, parts, call->rows, call->add, call->select, call->winograd_kernel_sums, call->scratch);
}

/* kernel_gradient[3, 3, 32, 32] = winograd_taps
 * model.swift:7:3 */
static void digits_cnn_conv2d_1_backward_kernel(size_t part,
    size_t parts,
    const float *restrict winograd_kernel_sums /* [1, 16, 32, 32] */,
    float *restrict kernel_gradient /* [3, 3, 32, 32] */) {
  for (size_t b = part * (1) / parts; b < (part + 1) * (1) / parts; b++) {
    for (size_t i0 = 0; i0 < 32; i0++) {
      DIGITS_CNN_ROLLED for (size_t i1 = 0; i1 < 32; i1++) {
        const float m00 = winograd_kernel_sums[b * 16384 + i0 * 32 + i1];
        const float m01 = winograd_kernel_sums[b * 16384 + 1024 + i0 * 32 + i1];
        const float m02 = winograd_kernel_sums[b * 16384 + 2048 + i0 * 32 + i1];
        const float m03 = winograd_kernel_sums[b * 16384 + 3072 + i0 * 32 + i1];
        const float t00 = m00 + (m01 + m02) * 0.5f;
        const float t01 = (m01 - m02) * 0.5f;
        const float t02 = (m01 + m02) * 0.5f + m03;
        const float m10 = winograd_kernel_sums[b * 16384 + 4096 + i0 * 32 + i1];
        const float m11 = winograd_kernel_sums[b * 16384 + 5120 + i0 * 32 + i1];
        const float m12 = winograd_kernel_sums[b * 16384 + 6144 + i0 * 32 + i1];
        const float m13 = winograd_kernel_sums[b * 16384 + 7168 + i0 * 32 + i1];
        const float t10 = m10 + (m11 + m12) * 0.5f;
        const float t11 = (m11 - m12) * 0.5f;
        const float t12 = (m11 + m12) * 0.5f + m13;
        const float m20 = winograd_kernel_sums[b * 16384 + 8192 + i0 * 32 + i1];
        const float m21 = winograd_kernel_sums[b * 16384 + 9216 + i0 * 32 + i1];
        const float m22 = winograd_kernel_sums[b * 16384 + 10240 + i0 * 32 + i1];
        const float m23 = winograd_kernel_sums[b * 16384 + 11264 + i0 * 32 + i1];
        const float t20 = m20 + (m21 + m22) * 0.5f;
        const float t21 = (m21 - m22) * 0.5f;
        const float t22 = (m21 + m22) * 0.5f + m23;
        const float m30 = winograd_kernel_sums[b * 16384 + 12288 + i0 * 32 + i1];
        const float m31 = winograd_kernel_sums[b * 16384 + 13312 + i0 * 32 + i1];
        const float m32 = winograd_kernel_sums[b * 16384 + 14336 + i0 * 32 + i1];
        const float m33 = winograd_kernel_sums[b * 16384 + 15360 + i0 * 32 + i1];
        const float t30 = m30 + (m31 + m32) * 0.5f;
        const float t31 = (m31 - m32) * 0.5f;
        const float t32 = (m31 + m32) * 0.5f + m33;
        kernel_gradient[i0 * 32 + b * 32 + i1] = t00 + (t10 + t20) * 0.5f;
        kernel_gradient[i0 * 32 + 3072 + b * 32 + i1] = (t10 - t20) * 0.5f;
        kernel_gradient[i0 * 32 + 6144 + b * 32 + i1] = (t10 + t20) * 0.5f + t30;
        kernel_gradient[i0 * 32 + 1024 + b * 32 + i1] = t01 + (t11 + t21) * 0.5f;
        kernel_gradient[i0 * 32 + 4096 + b * 32 + i1] = (t11 - t21) * 0.5f;
        kernel_gradient[i0 * 32 + 7168 + b * 32 + i1] = (t11 + t21) * 0.5f + t31;
        kernel_gradient[i0 * 32 + 2048 + b * 32 + i1] = t02 + (t12 + t22) * 0.5f;
        kernel_gradient[i0 * 32 + 5120 + b * 32 + i1] = (t12 - t22) * 0.5f;
        kernel_gradient[i0 * 32 + 8192 + b * 32 + i1] = (t12 + t22) * 0.5f + t32;
      }
    }
  }
}

struct digits_cnn_conv2d_1_backward_kernel_call {
  const float *winograd_kernel_sums;
  float *kernel_gradient;
};

static void digits_cnn_conv2d_1_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_backward_kernel_call *const call = given;
  digits_cnn_conv2d_1_backward_kernel(part, parts, call->winograd_kernel_sums, call->kernel_gradient);
}

/* beta_gradient[32], multiply_2[rows, 8, 8, 32], sum_2[32], sum_3[32] = winograd_convolution + sum + multiply + subtract + multiply + sum + negate + sum
 * model.swift:7:3, model.swift:6:3 */
static void digits_cnn_conv2d_1_backward_beta(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict select /* [rows, 8, 8, 32] */,
    const float *restrict winograd_kernel /* [1, 16, 32, 32] */,
    const float *restrict multiply /* [32] */,
    const float *restrict relu /* [rows, 8, 8, 32] */,
    const float *restrict divide /* [32] */,
    float *restrict beta_gradient /* [32] */,
    float *restrict multiply_2 /* [rows, 8, 8, 32] */,
    float *restrict sum_2 /* [32] */,
    float *restrict sum_3 /* [32] */,
    float *restrict scratch /* [43776] */) {
  static const digits_cnn_window window = {8, 8, 32, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 43776;
  float *const map = scratch + part * 43776 + 6400;
  float *const transformed = scratch + part * 43776 + 10496;
  float *const sums = scratch + part * 43776 + 27136;
  const size_t blocks = (rows + 1) / 2 * 1;
  const digits_cnn_share columns = digits_cnn_columns_of(part, parts, 32);
  const size_t first_panel = columns.left / DIGITS_CNN_TILE_N;
  const size_t own_panels = columns.left < columns.right ? (columns.right - 1) / DIGITS_CNN_TILE_N + 1 - first_panel : 0;
  const size_t units = blocks * own_panels;
  size_t copied = blocks; /* the block whose strips are at hand */
  for (size_t unit = 0; unit < units; unit++) {
    const size_t block = unit / own_panels;
    const size_t left = (first_panel + unit % own_panels) * DIGITS_CNN_TILE_N, right = left + DIGITS_CNN_TILE_N;
    const size_t n0 = left < columns.left ? columns.left : left;
    const size_t width = (right < columns.right ? right : columns.right) - n0;
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines + 1) / 2 * 2 + 2;
    const size_t place = (image * 8 + top) * 8;
    if (block != copied) {
      digits_cnn_strips(&window, images, top * 1, strip_lines, select + image * 2048, strip);
      digits_cnn_winograd_image(3, 3, images, lines, 8, 32, strip, 320, transformed);
      copied = block;
    }
    if (block == 0) {
      for (size_t j = n0; j < n0 + width; j++) {
        beta_gradient[j] = 0.0f;
        sum_2[j] = 0.0f;
        sum_3[j] = 0.0f;
      }
    }
    const size_t patches = images * ((lines + 1) / 2) * 4;
    for (size_t e = 0; e < 16; e++) {
      digits_cnn_winograd_element(e, 3, 3, patches, 32, width, transformed, winograd_kernel + n0 / 32 * 16384 + n0 % 32, sums);
      const size_t first = e * (images * lines * 8) / 16, count = (e + 1) * (images * lines * 8) / 16 - first;
      digits_cnn_fetch(count, relu, (place + first) * 32 + n0, 32);
      digits_cnn_fetch_to_write(count, multiply_2, (place + first) * 32 + n0, 32);
    }
    digits_cnn_winograd_results(images, lines, 8, width, sums, map);
    for (size_t line = 0; line < images * lines; line++) {
      const size_t height = 8;
      float *const tile = map + line * 8 * DIGITS_CNN_TILE_N;
      const size_t m0 = place + line * 8;
      for (size_t r = 0; r < height; r++) {
        DIGITS_CNN_ROLLED for (size_t s = 0; s < width; s++) {
          const size_t i = m0 + r, j = n0 + s;
          const float sum = tile[r * DIGITS_CNN_TILE_N + s];
          const float multiply_3 = sum * multiply[j];
          const float subtract = relu[i * 32 + j] - divide[j];
          const float multiply_4 = sum * subtract;
          const float negate = -multiply_3;
          beta_gradient[j] += sum;
          multiply_2[i * 32 + j] = multiply_3;
          sum_2[j] += multiply_4;
          sum_3[j] += negate;
        }
      }
    }
  }
}

struct digits_cnn_conv2d_1_backward_beta_call {
  size_t rows;
  const float *select;
  const float *winograd_kernel;
  const float *multiply;
  const float *relu;
  const float *divide;
  float *beta_gradient;
  float *multiply_2;
  float *sum_2;
  float *sum_3;
  float *scratch;
};

static void digits_cnn_conv2d_1_backward_beta_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_backward_beta_call *const call = given;
  digits_cnn_conv2d_1_backward_beta(part, parts, call->rows, call->select, call->winograd_kernel, call->multiply, call->relu, call->divide, call->beta_gradient, call->multiply_2, call->sum_2, call->sum_3, call->scratch);
}

/* kernel_gradient[3, 3, 1, 32] = convolution_kernel_gradient
 * model.swift:5:3 */
static void digits_cnn_conv2d_backward_kernel(size_t part,
    size_t parts,
    size_t rows,
    const float *restrict x /* [rows, 64] */,
    const float *restrict select /* [rows, 8, 8, 32] */,
    float *restrict kernel_gradient /* [3, 3, 1, 32] */,
    float *restrict scratch /* [208] */) {
  static const digits_cnn_window window = {8, 8, 1, 1, 1, 1, 1, 10};
  float *const strip = scratch + part * 208;
  const size_t blocks = (rows + 1) / 2 * 1;
  const size_t vectors = 32 / DIGITS_CNN_LANES;
  const size_t lines_apart = vectors % parts == 0 ? 1 : 3;
  for (size_t block = 0; block < blocks; block++) {
    const size_t image = block * 2;
    const size_t images = rows - image < 2 ? rows - image : 2;
    const size_t top = 0, lines = 8;
    const size_t strip_lines = (lines - 1) * 1 + 3;
    const size_t place = (image * 8 + top) * 8;
    digits_cnn_strips(&window, images, top * 1, strip_lines, x + image * 64, strip);
    for (size_t unit = part * (vectors * lines_apart) / parts; unit < (part + 1) * (vectors * lines_apart) / parts; unit++) {
      const size_t ky = unit % lines_apart;
      const size_t n0 = unit / lines_apart * DIGITS_CNN_LANES, width = DIGITS_CNN_LANES;
      float *const c = kernel_gradient + ky * 3 * 32 + n0;
      for (size_t e = 0; e < 3 / lines_apart * 3 && block == 0; e++)
        memset(c + e * 32, 0, width * sizeof *c);
      for (size_t line = 0; line < images * lines; line++) {
        digits_cnn_few_taps(3, 3, 1, lines_apart > 1, 10, 8, strip + line / lines * (strip_lines * 10) + line % lines * 10 + ky * 10, 1, select + (place + line * 8) * 32 + n0, 32, c, 32);
      }
    }
  }
}

struct digits_cnn_conv2d_backward_kernel_call {
  size_t rows;
  const float *x;
  const float *select;
  float *kernel_gradient;
  float *scratch;
};

static void digits_cnn_conv2d_backward_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_backward_kernel_call *const call = given;
  digits_cnn_conv2d_backward_kernel(part, parts, call->rows, call->x, call->select, call->kernel_gradient, call->scratch);
}

/* divide[] = power + subtract + power + subtract + sqrt + multiply + divide
 * model.swift:19:18 */
static void digits_cnn_optimizer_update(const float *restrict step_number /* [] */,
    const float *restrict learning_rate /* [] */,
    float *restrict divide /* [] */) {
  const float power = powf(0.999f, step_number[0]);
  const float subtract = 1.0f - power;
  const float sqrt_2 = digits_cnn_sqrt(subtract);
  const float multiply = learning_rate[0] * sqrt_2;
  const float power_2 = powf(0.9f, step_number[0]);
  const float subtract_2 = 1.0f - power_2;
  const float divide_2 = multiply / subtract_2;
  divide[0] = divide_2;
}

/* momentum[3, 3, 1, 32], velocity[3, 3, 1, 32], kernel[3, 3, 1, 32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void digits_cnn_conv2d_update_kernel(float *restrict momentum /* [3, 3, 1, 32] */,
    const float *restrict kernel_gradient /* [3, 3, 1, 32] */,
    float *restrict velocity /* [3, 3, 1, 32] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [3, 3, 1, 32] */) {
  for (size_t i = 0; i < 288; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

/* momentum[32], velocity[32], bias[32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:5:3 */
static void digits_cnn_conv2d_update_bias(float *restrict momentum /* [32] */,
    const float *restrict bias_gradient /* [32] */,
    float *restrict velocity /* [32] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[32], velocity[32], gamma_2[32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_update_gamma(float *restrict momentum /* [32] */,
    const float *restrict gamma_gradient /* [32] */,
    float *restrict velocity /* [32] */,
    const float *restrict divide /* [] */,
    float *restrict gamma_2 /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = gamma_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = gamma_gradient[i] * gamma_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = gamma_2[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    gamma_2[i] = subtract;
  }
}

/* momentum[32], velocity[32], beta[32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:6:3 */
static void digits_cnn_batch_normalization_update_beta(float *restrict momentum /* [32] */,
    const float *restrict beta_gradient /* [32] */,
    float *restrict velocity /* [32] */,
    const float *restrict divide /* [] */,
    float *restrict beta /* [32] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 32; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = beta_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = beta_gradient[i] * beta_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = beta[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    beta[i] = subtract;
  }
}

/* momentum[3, 3, 32, 32], velocity[3, 3, 32, 32], kernel[3, 3, 32, 32] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:7:3 */
static void digits_cnn_conv2d_1_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [3, 3, 32, 32] */,
    const float *restrict kernel_gradient /* [3, 3, 32, 32] */,
    float *restrict velocity /* [3, 3, 32, 32] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [3, 3, 32, 32] */) {
  for (size_t i = part * (9216) / parts; i < (part + 1) * (9216) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_cnn_conv2d_1_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_cnn_conv2d_1_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_1_update_kernel_call *const call = given;
  digits_cnn_conv2d_1_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[3, 3, 32, 64], velocity[3, 3, 32, 64], kernel[3, 3, 32, 64] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [3, 3, 32, 64] */,
    const float *restrict kernel_gradient /* [3, 3, 32, 64] */,
    float *restrict velocity /* [3, 3, 32, 64] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [3, 3, 32, 64] */) {
  for (size_t i = part * (18432) / parts; i < (part + 1) * (18432) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_cnn_conv2d_2_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_cnn_conv2d_2_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_conv2d_2_update_kernel_call *const call = given;
  digits_cnn_conv2d_2_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[64], velocity[64], bias[64] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:11:3 */
static void digits_cnn_conv2d_2_update_bias(float *restrict momentum /* [64] */,
    const float *restrict bias_gradient /* [64] */,
    float *restrict velocity /* [64] */,
    const float *restrict divide /* [] */,
    float *restrict bias /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = bias_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = bias_gradient[i] * bias_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

/* momentum[64], velocity[64], gamma_2[64] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_update_gamma(float *restrict momentum /* [64] */,
    const float *restrict gamma_gradient /* [64] */,
    float *restrict velocity /* [64] */,
    const float *restrict divide /* [] */,
    float *restrict gamma_2 /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = gamma_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = gamma_gradient[i] * gamma_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = gamma_2[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    gamma_2[i] = subtract;
  }
}

/* momentum[64], velocity[64], beta[64] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:12:3 */
static void digits_cnn_batch_normalization_2_update_beta(float *restrict momentum /* [64] */,
    const float *restrict beta_gradient /* [64] */,
    float *restrict velocity /* [64] */,
    const float *restrict divide /* [] */,
    float *restrict beta /* [64] */) {
  DIGITS_CNN_ROLLED for (size_t i = 0; i < 64; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = beta_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = beta_gradient[i] * beta_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = beta[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    beta[i] = subtract;
  }
}

/* momentum[256, 10], velocity[256, 10], kernel[256, 10] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:16:3 */
static void digits_cnn_dense_update_kernel(size_t part,
    size_t parts,
    float *restrict momentum /* [256, 10] */,
    const float *restrict kernel_gradient /* [256, 10] */,
    float *restrict velocity /* [256, 10] */,
    const float *restrict divide /* [] */,
    float *restrict kernel /* [256, 10] */) {
  for (size_t i = part * (2560) / parts; i < (part + 1) * (2560) / parts; i++) {
    const float multiply = momentum[i] * 0.9f;
    const float multiply_2 = kernel_gradient[i] * 0.1f;
    const float add = multiply + multiply_2;
    const float multiply_3 = velocity[i] * 0.999f;
    const float multiply_4 = kernel_gradient[i] * kernel_gradient[i];
    const float multiply_5 = multiply_4 * 0.001f;
    const float add_2 = multiply_3 + multiply_5;
    const float multiply_6 = divide[0] * add;
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = kernel[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    kernel[i] = subtract;
  }
}

struct digits_cnn_dense_update_kernel_call {
  float *momentum;
  const float *kernel_gradient;
  float *velocity;
  const float *divide;
  float *kernel;
};

static void digits_cnn_dense_update_kernel_task(void *given, size_t part, size_t parts) {
  const struct digits_cnn_dense_update_kernel_call *const call = given;
  digits_cnn_dense_update_kernel(part, parts, call->momentum, call->kernel_gradient, call->velocity, call->divide, call->kernel);
}

/* momentum[10], velocity[10], bias[10] = multiply + multiply + add + multiply + multiply + multiply + add + multiply + sqrt + add + divide + subtract
 * model.swift:16:3 */
static void digits_cnn_dense_update_bias(float *restrict momentum /* [10] */,
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
    const float sqrt_2 = digits_cnn_sqrt(add_2);
    const float add_3 = sqrt_2 + 1e-07f;
    const float divide_2 = multiply_6 / add_3;
    const float subtract = bias[i] - divide_2;
    momentum[i] = add;
    velocity[i] = add_2;
    bias[i] = subtract;
  }
}

const char *digits_cnn_status_string(digits_cnn_status status) {
  switch (status) {
    case DIGITS_CNN_OK: return "done";
    case DIGITS_CNN_ERROR_ARGUMENT: return "a null pointer";
    case DIGITS_CNN_ERROR_ALIGNMENT: return "memory is not aligned";
    case DIGITS_CNN_ERROR_MEMORY: return "memory is too small";
    case DIGITS_CNN_ERROR_ROWS: return "no rows, or more than the configured maximum";
    case DIGITS_CNN_ERROR_FORMAT: return "not a valid safetensors file";
    case DIGITS_CNN_ERROR_MODEL: return "tensors of another model";
    case DIGITS_CNN_ERROR_NOT_FINITE: return "a NaN or an infinity in training";
    case DIGITS_CNN_ERROR_LABEL: return "a class number outside its range";
    case DIGITS_CNN_ERROR_IO: return "reading or writing failed: see errno";
    case DIGITS_CNN_ERROR_CHECKSUM: return "damaged file";
    case DIGITS_CNN_ERROR_THREADS: return "a thread cannot be started";
    case DIGITS_CNN_ERROR_STEPS: return "no further step: the stream is as long as the model's sequences";
    case DIGITS_CNN_ERROR_VIEW: return "the weights lie in a file's bytes, and stay as they are";
  }
  return "unknown status";
}

enum { DIGITS_CNN_OBJECT_BYTES = 256 };
/* Written at the head of an initialized object: the model's hash. */
static const uint64_t digits_cnn_tag = UINT64_C(0xf1539bdf4660dac2);

static digits_cnn_status digits_cnn_check_memory(const void *memory, size_t bytes, size_t needed) {
  if (!memory) return DIGITS_CNN_ERROR_ARGUMENT;
  if ((uintptr_t)memory % DIGITS_CNN_ALIGNMENT != 0) return DIGITS_CNN_ERROR_ALIGNMENT;
  return bytes < needed ? DIGITS_CNN_ERROR_MEMORY : DIGITS_CNN_OK;
}

DIGITS_CNN_APART int digits_cnn_finite(const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

digits_cnn_status digits_cnn_parameters_init(void *memory, size_t bytes, uint64_t seed, digits_cnn_parameters **out) {
  if (!out) return DIGITS_CNN_ERROR_ARGUMENT;
  const digits_cnn_status status = digits_cnn_check_memory(memory, bytes, DIGITS_CNN_PARAMETERS_BYTES);
  if (status != DIGITS_CNN_OK) return status;
  digits_cnn_parameters *const parameters = memory;
  float *const values = (float *)(void *)((unsigned char *)memory + DIGITS_CNN_OBJECT_BYTES);
  parameters->tag = digits_cnn_tag;
  parameters->values = values;
  parameters->prepared = NULL;
  parameters->is_view = 0;
  (void)seed;
  digits_cnn_fill_uniform(values, 288, seed, 0u, -0.14213382f, 0.14213382f); /* conv2d/kernel */
  digits_cnn_fill_constant(values + 288, 32, 0.0f); /* conv2d/bias */
  digits_cnn_fill_constant(values + 30890, 32, 0.0f); /* batch_normalization/moving_mean */
  digits_cnn_fill_constant(values + 30922, 32, 1.0f); /* batch_normalization/moving_variance */
  digits_cnn_fill_constant(values + 320, 32, 1.0f); /* batch_normalization/gamma */
  digits_cnn_fill_constant(values + 352, 32, 0.0f); /* batch_normalization/beta */
  digits_cnn_fill_uniform(values + 384, 9216, seed, 6u, -0.10206208f, 0.10206208f); /* conv2d_1/kernel */
  digits_cnn_fill_constant(values + 9600, 32, 0.0f); /* conv2d_1/bias */
  digits_cnn_fill_constant(values + 30954, 32, 0.0f); /* batch_normalization_1/moving_mean */
  digits_cnn_fill_constant(values + 30986, 32, 1.0f); /* batch_normalization_1/moving_variance */
  digits_cnn_fill_constant(values + 9632, 32, 1.0f); /* batch_normalization_1/gamma */
  digits_cnn_fill_constant(values + 9664, 32, 0.0f); /* batch_normalization_1/beta */
  digits_cnn_fill_uniform(values + 9696, 18432, seed, 12u, -0.083333336f, 0.083333336f); /* conv2d_2/kernel */
  digits_cnn_fill_constant(values + 28128, 64, 0.0f); /* conv2d_2/bias */
  digits_cnn_fill_constant(values + 31018, 64, 0.0f); /* batch_normalization_2/moving_mean */
  digits_cnn_fill_constant(values + 31082, 64, 1.0f); /* batch_normalization_2/moving_variance */
  digits_cnn_fill_constant(values + 28192, 64, 1.0f); /* batch_normalization_2/gamma */
  digits_cnn_fill_constant(values + 28256, 64, 0.0f); /* batch_normalization_2/beta */
  digits_cnn_fill_uniform(values + 28320, 2560, seed, 18u, -0.15018785f, 0.15018785f); /* dense/kernel */
  digits_cnn_fill_constant(values + 30880, 10, 0.0f); /* dense/bias */
  *out = parameters;
  return DIGITS_CNN_OK;
}

const digits_cnn_tensor_info *digits_cnn_tensors(size_t *count) {
  if (count) *count = DIGITS_CNN_TENSORS;
  return digits_cnn_tensors_table;
}

digits_cnn_real *digits_cnn_parameters_values(digits_cnn_parameters *parameters) { return parameters ? parameters->values : NULL; }

/* Opens a file that has every tensor of the table. */
static digits_cnn_status digits_cnn_open(const digits_cnn_tensor_info *table, size_t count, const void *bytes, size_t size, digits_cnn_safetensors *file) {
  digits_cnn_safetensor tensor;
  if (!bytes) return DIGITS_CNN_ERROR_ARGUMENT;
  if (digits_cnn_safetensors_open(bytes, size, file)) return DIGITS_CNN_ERROR_FORMAT;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++) {
    if (!digits_cnn_safetensors_find(file, &cursor, table[i].name, &tensor)) return DIGITS_CNN_ERROR_MODEL;
    if (tensor.rank != table[i].rank) return DIGITS_CNN_ERROR_MODEL;
    for (size_t axis = 0; axis < tensor.rank; axis++)
      if (tensor.shape[axis] != table[i].shape[axis]) return DIGITS_CNN_ERROR_MODEL;
    if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return DIGITS_CNN_ERROR_FORMAT;
  }
  return DIGITS_CNN_OK;
}

/* Reads every tensor of the table into values, or none. */
static digits_cnn_status digits_cnn_load(const digits_cnn_tensor_info *table, size_t count, float *values, const void *bytes, size_t size) {
  digits_cnn_safetensors file;
  digits_cnn_safetensor tensor;
  if (!values) return DIGITS_CNN_ERROR_ARGUMENT;
  const digits_cnn_status status = digits_cnn_open(table, count, bytes, size, &file);
  if (status != DIGITS_CNN_OK) return status;
  size_t cursor = 0;
  for (size_t i = 0; i < count; i++)
    if (digits_cnn_safetensors_find(&file, &cursor, table[i].name, &tensor))
      digits_cnn_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
  return DIGITS_CNN_OK;
}

digits_cnn_status digits_cnn_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, digits_cnn_parameters **out) {
  if (!out) return DIGITS_CNN_ERROR_ARGUMENT;
  digits_cnn_status status = digits_cnn_check_memory(memory, bytes, DIGITS_CNN_VIEW_BYTES);
  digits_cnn_safetensors file;
  digits_cnn_safetensor tensor;
  if (status == DIGITS_CNN_OK) status = digits_cnn_open(digits_cnn_tensors_table, DIGITS_CNN_TENSORS, safetensors, size, &file);
  if (status != DIGITS_CNN_OK) return status;
  const uint16_t one = 1;
  if (!*(const unsigned char *)&one) return DIGITS_CNN_ERROR_FORMAT; /* the file's numbers are little-endian */
  const unsigned char *first = NULL;
  size_t cursor = 0;
  for (size_t i = 0; i < DIGITS_CNN_TENSORS; i++) {
    const digits_cnn_tensor_info *const wanted = &digits_cnn_tensors_table[i];
    if (!digits_cnn_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != DIGITS_CNN_REAL_BITS) return DIGITS_CNN_ERROR_FORMAT;
    if (i == 0) first = tensor.data;
    if (tensor.data != first + wanted->offset * sizeof(float)) return DIGITS_CNN_ERROR_FORMAT;
  }
  if ((uintptr_t)first % sizeof(float) != 0) return DIGITS_CNN_ERROR_ALIGNMENT;
  digits_cnn_parameters *const parameters = memory;
  parameters->tag = digits_cnn_tag;
  parameters->values = (float *)(uintptr_t)first; /* only read, since it is a view */
  parameters->prepared = NULL;
  parameters->is_view = 1;
  *out = parameters;
  return DIGITS_CNN_OK;
}

digits_cnn_status digits_cnn_parameters_load(digits_cnn_parameters *parameters, const void *safetensors, size_t bytes) {
  if (!parameters) return DIGITS_CNN_ERROR_ARGUMENT;
  if (parameters->is_view) return DIGITS_CNN_ERROR_VIEW;
  parameters->prepared = NULL;
  return digits_cnn_load(digits_cnn_tensors_table, DIGITS_CNN_TENSORS, parameters->values, safetensors, bytes);
}

digits_cnn_status digits_cnn_context_init(void *memory, size_t bytes, const digits_cnn_config *config, digits_cnn_context **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIGITS_CNN_MAX_ROWS;
  if (!out) return DIGITS_CNN_ERROR_ARGUMENT;
  if (max_rows > DIGITS_CNN_MAX_ROWS) return DIGITS_CNN_ERROR_ROWS;
  const digits_cnn_status status = digits_cnn_check_memory(memory, bytes, DIGITS_CNN_CONTEXT_BYTES(max_rows));
  if (status != DIGITS_CNN_OK) return status;
  digits_cnn_context *const context = memory;
  context->tag = digits_cnn_tag;
  context->max_rows = max_rows;
  context->pool = config ? config->pool : NULL;
  #if defined(DIGITS_CNN_PROFILE)
  context->profile = NULL;
#endif
  context->state = (unsigned char *)memory + DIGITS_CNN_OBJECT_BYTES;
  context->arena = context->state + 0;
  digits_cnn_reset_state(context);
  *out = context;
  return DIGITS_CNN_OK;
}

void digits_cnn_reset_state(digits_cnn_context *context) {
  if (!context) return;
  context->position = 0;
  /* It keeps nothing. */
}

digits_cnn_status digits_cnn_trainer_init(void *memory, size_t bytes, digits_cnn_parameters *parameters, const digits_cnn_config *config,
                              digits_cnn_trainer **out) {
  const size_t max_rows = config && config->max_rows ? config->max_rows : DIGITS_CNN_MAX_ROWS;
  if (!out || !parameters) return DIGITS_CNN_ERROR_ARGUMENT;
  if (parameters->is_view) return DIGITS_CNN_ERROR_VIEW;
  if (max_rows > DIGITS_CNN_MAX_ROWS) return DIGITS_CNN_ERROR_ROWS;
  const digits_cnn_status status = digits_cnn_check_memory(memory, bytes, DIGITS_CNN_TRAINER_BYTES(max_rows));
  if (status != DIGITS_CNN_OK) return status;
  digits_cnn_trainer *const trainer = memory;
  unsigned char *const base = (unsigned char *)memory + DIGITS_CNN_OBJECT_BYTES;
  memset(memory, 0, sizeof *trainer);
  trainer->tag = digits_cnn_tag;
  trainer->max_rows = max_rows;
  trainer->pool = config ? config->pool : NULL;
  trainer->seed = config ? config->seed : 0;
  trainer->learning_rate = 0.0005f;
  trainer->fault = "";
  trainer->parameters = parameters;
  trainer->gradients = (float *)(void *)base;
  trainer->slots = (float *)(void *)(base + 123584);
  trainer->state = base + 370752;
  trainer->arena = trainer->state + 0;
  digits_cnn_reset_trainer_state(trainer);
  memset(trainer->gradients, 0, 30890 * sizeof *trainer->gradients);
  memset(trainer->slots, 0, 247168);
  *out = trainer;
  return DIGITS_CNN_OK;
}

void digits_cnn_reset_trainer_state(digits_cnn_trainer *trainer) {
  if (!trainer) return;
  /* It keeps nothing. */
}

digits_cnn_real *digits_cnn_gradients(digits_cnn_trainer *trainer, size_t *count) {
  if (count) *count = 30890;
  return trainer ? trainer->gradients : NULL;
}

digits_cnn_real digits_cnn_learning_rate(const digits_cnn_trainer *trainer) { return trainer->learning_rate; }

void digits_cnn_set_learning_rate(digits_cnn_trainer *trainer, digits_cnn_real learning_rate) { trainer->learning_rate = learning_rate; }

uint64_t digits_cnn_step(const digits_cnn_trainer *trainer) { return trainer->step; }

void digits_cnn_set_step(digits_cnn_trainer *trainer, uint64_t step) { trainer->step = step; }

uint64_t digits_cnn_seed(const digits_cnn_trainer *trainer) { return trainer->seed; }

void digits_cnn_set_seed(digits_cnn_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

const char *digits_cnn_fault(const digits_cnn_trainer *trainer) { return trainer->fault; }

const digits_cnn_tensor_info *digits_cnn_trainer_tensors(size_t *count) {
  if (count) *count = DIGITS_CNN_SLOTS;
  return digits_cnn_slots_table;
}

digits_cnn_real *digits_cnn_trainer_values(digits_cnn_trainer *trainer) { return trainer ? trainer->slots : NULL; }

digits_cnn_status digits_cnn_trainer_load(digits_cnn_trainer *trainer, const void *safetensors, size_t bytes) {
  if (!trainer) return DIGITS_CNN_ERROR_ARGUMENT;
  return digits_cnn_load(digits_cnn_slots_table, DIGITS_CNN_SLOTS, trainer->slots, safetensors, bytes);
}

#if defined(DIGITS_CNN_PROFILE)
void digits_cnn_context_profile(digits_cnn_context *context, digits_cnn_profile *profile) { context->profile = profile; }
void digits_cnn_trainer_profile(digits_cnn_trainer *trainer, digits_cnn_profile *profile) { trainer->profile = profile; }
#endif

/* One call of inference: inputs x[rows, 64]; outputs dense[rows, 10].
 * model.swift:3:13 */
digits_cnn_status digits_cnn_predict(digits_cnn_context *context, const digits_cnn_parameters *parameters, size_t rows,
                       const digits_cnn_inputs *inputs, const digits_cnn_outputs *outputs) {
  if (!context || !parameters || !inputs || !outputs || !inputs->x || !outputs->dense) return DIGITS_CNN_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIGITS_CNN_ERROR_ROWS;
  digits_cnn_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  unsigned char *const prepared = parameters->prepared;
  const size_t max_rows = context->max_rows;
  float *const multiply = (float *)(void *)(prepared ? prepared + 0 : arena + 8192 * max_rows); /* [32] */
  float *const add = (float *)(void *)(arena + 0); /* [rows, 8, 8, 32] */
  float *const scratch = (float *)(void *)(arena + 128 + 8192 * max_rows); /* [496] */
  float *const packed = (float *)(void *)(prepared ? prepared + 128 : NULL); /* [288] */
  float *const winograd_kernel = (float *)(void *)(prepared ? prepared + 1280 : arena + 10240 * max_rows); /* [1, 16, 32, 32] */
  float *const multiply_2 = (float *)(void *)(prepared ? prepared + 66816 : arena + 65536 + 10240 * max_rows); /* [32] */
  float *const add_2 = (float *)(void *)(arena + 8192 * max_rows); /* [rows, 4, 4, 32] */
  float *const scratch_2 = (float *)(void *)(arena + 65664 + 10240 * max_rows); /* [43776] */
  float *const multiply_3 = (float *)(void *)(prepared ? prepared + 66944 : arena + 10240 * max_rows); /* [64] */
  float *const add_2_2 = (float *)(void *)(arena + 0); /* [rows, 2, 2, 64] */
  float *const scratch_3 = (float *)(void *)(arena + 256 + 10240 * max_rows); /* [22528] */
  float *const packed_2 = (float *)(void *)(prepared ? prepared + 67200 : NULL); /* [18432] */
  float *const add_2_3 = (float *)(void *)(arena + 1024 * max_rows); /* [rows, 10] */
  float *const packed_3 = (float *)(void *)(prepared ? prepared + 140928 : NULL); /* [8192] */

  if (!prepared) {
    digits_cnn_batch_normalization_forward(parameters->values + 30922, parameters->values + 320, multiply);
    DIGITS_CNN_LAP(context, 0);
  }
  digits_cnn_parallel(pool, rows * 14592, digits_cnn_conv2d_forward_task, &(struct digits_cnn_conv2d_forward_call){rows, inputs->x, parameters->values, parameters->values + 288, parameters->values + 30890, multiply, parameters->values + 352, add, scratch, packed});
  DIGITS_CNN_LAP(context, 1);
  if (!prepared) {
    digits_cnn_parallel(pool, 37888, digits_cnn_conv2d_1_forward_task, &(struct digits_cnn_conv2d_1_forward_call){parameters->values + 384, winograd_kernel});
    DIGITS_CNN_LAP(context, 2);
  }
  if (!prepared) {
    digits_cnn_batch_normalization_forward(parameters->values + 30986, parameters->values + 9632, multiply_2);
    DIGITS_CNN_LAP(context, 3);
  }
  digits_cnn_parallel(pool, rows * 40960, digits_cnn_conv2d_1_forward_2_task, &(struct digits_cnn_conv2d_1_forward_2_call){rows, add, winograd_kernel, parameters->values + 9600, parameters->values + 30954, multiply_2, parameters->values + 9664, add_2, scratch_2});
  DIGITS_CNN_LAP(context, 4);
  if (!prepared) {
    digits_cnn_batch_normalization_2_forward(parameters->values + 31082, parameters->values + 28192, multiply_3);
    DIGITS_CNN_LAP(context, 5);
  }
  digits_cnn_parallel(pool, rows * 40960, digits_cnn_conv2d_2_forward_task, &(struct digits_cnn_conv2d_2_forward_call){rows, add_2, parameters->values + 9696, parameters->values + 28128, parameters->values + 31018, multiply_3, parameters->values + 28256, add_2_2, scratch_3, packed_2});
  DIGITS_CNN_LAP(context, 6);
  digits_cnn_parallel(pool, rows * 532, digits_cnn_dense_forward_task, &(struct digits_cnn_dense_forward_call){rows, add_2_2, parameters->values + 28320, parameters->values + 30880, add_2_3, packed_3});
  DIGITS_CNN_LAP(context, 7);
  digits_cnn_dense_forward_2(rows, add_2_3, outputs->dense);
  DIGITS_CNN_LAP(context, 8);
  return DIGITS_CNN_OK;
}

/* What inference would make of the weights alone in each call, 173696 bytes of it.
 * model.swift:3:13 */
digits_cnn_status digits_cnn_parameters_prepare_and_release(digits_cnn_parameters *parameters, void *memory, size_t bytes,
                                            const digits_cnn_release *release) {
  if (!parameters) return DIGITS_CNN_ERROR_ARGUMENT;
  parameters->prepared = NULL;
  if (!memory) return DIGITS_CNN_OK;
  const digits_cnn_status status = digits_cnn_check_memory(memory, bytes, DIGITS_CNN_PREPARED_BYTES);
  if (status != DIGITS_CNN_OK) return status;
  digits_cnn_pool *const pool = NULL;
  unsigned char *const prepared = memory;
  /* for predict */ {
    float *const multiply = (float *)(void *)(prepared + 0); /* [32] */
    float *const packed = (float *)(void *)(prepared + 128); /* [288] */
    float *const winograd_kernel = (float *)(void *)(prepared + 1280); /* [1, 16, 32, 32] */
    float *const multiply_2 = (float *)(void *)(prepared + 66816); /* [32] */
    float *const multiply_3 = (float *)(void *)(prepared + 66944); /* [64] */
    float *const packed_2 = (float *)(void *)(prepared + 67200); /* [18432] */
    float *const packed_3 = (float *)(void *)(prepared + 140928); /* [8192] */
    digits_cnn_batch_normalization_forward(parameters->values + 30922, parameters->values + 320, multiply);
    digits_cnn_released(release, parameters->values + 320, 32);
    digits_cnn_released(release, parameters->values + 30922, 32);
    digits_cnn_conv2d_forward_pack(parameters->values, packed);
    digits_cnn_released(release, parameters->values, 288);
    digits_cnn_parallel(pool, 37888, digits_cnn_conv2d_1_forward_task, &(struct digits_cnn_conv2d_1_forward_call){parameters->values + 384, winograd_kernel});
    digits_cnn_released(release, parameters->values + 384, 9216);
    digits_cnn_batch_normalization_forward(parameters->values + 30986, parameters->values + 9632, multiply_2);
    digits_cnn_released(release, parameters->values + 9632, 32);
    digits_cnn_released(release, parameters->values + 30986, 32);
    digits_cnn_batch_normalization_2_forward(parameters->values + 31082, parameters->values + 28192, multiply_3);
    digits_cnn_released(release, parameters->values + 28192, 64);
    digits_cnn_released(release, parameters->values + 31082, 64);
    digits_cnn_conv2d_2_forward_pack(parameters->values + 9696, packed_2);
    digits_cnn_released(release, parameters->values + 9696, 18432);
    digits_cnn_dense_forward_pack(release, parameters->values + 28320, packed_3);
  }
  parameters->prepared = memory;
  return DIGITS_CNN_OK;
}

/* The same, and the weights stay.
 * model.swift:3:13 */
digits_cnn_status digits_cnn_parameters_prepare(digits_cnn_parameters *parameters, void *memory, size_t bytes) {
  return digits_cnn_parameters_prepare_and_release(parameters, memory, bytes, NULL);
}

/* Statistics of the input features, from all rows: inputs x[rows, 64].
 * model.swift:3:13 */
digits_cnn_status digits_cnn_adapt(digits_cnn_parameters *parameters, size_t rows, const digits_cnn_inputs *inputs) {
  if (!parameters || !inputs || !inputs->x) return DIGITS_CNN_ERROR_ARGUMENT;
  if (rows == 0) return DIGITS_CNN_ERROR_ROWS;
  if (parameters->is_view) return DIGITS_CNN_ERROR_VIEW;
  parameters->prepared = NULL;
  return DIGITS_CNN_OK;
}

/* Whether class numbers and tokens are in range: targets y[rows].
 * model.swift:3:13 */
static int digits_cnn_targets_are_valid(size_t rows, const digits_cnn_targets *targets) {
  for (size_t i = 0; i < rows; i++)
    if (targets->y[i] < 0 || targets->y[i] >= 10) return 0;
  return 1;
}

static void digits_cnn_finish_metrics(digits_cnn_metrics *metrics) {
  const double *const sums = metrics->sums;
  metrics->loss = sums[1] / sums[0];
  metrics->accuracy = sums[2] / sums[0];
}

/* Loss and metrics as in inference, added to those in metrics: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_cnn_status digits_cnn_evaluate(digits_cnn_context *context, const digits_cnn_parameters *parameters, size_t rows,
                        const digits_cnn_inputs *inputs, const digits_cnn_targets *targets, digits_cnn_metrics *metrics) {
  if (!context || !parameters || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIGITS_CNN_ERROR_ARGUMENT;
  if (rows == 0 || rows > context->max_rows) return DIGITS_CNN_ERROR_ROWS;
  if (!digits_cnn_targets_are_valid(rows, targets)) return DIGITS_CNN_ERROR_LABEL;
  const float row_count = (float)rows;
  digits_cnn_pool *const pool = context->pool;
  unsigned char *const arena = context->arena;
  const size_t max_rows = context->max_rows;
  float *const multiply = (float *)(void *)(arena + 64 + 10240 * max_rows); /* [32] */
  float *const add = (float *)(void *)(arena + 64 + 2048 * max_rows); /* [rows, 8, 8, 32] */
  float *const scratch = (float *)(void *)(arena + 192 + 10240 * max_rows); /* [496] */
  float *const winograd_kernel = (float *)(void *)(arena + 64 + 10240 * max_rows); /* [1, 16, 32, 32] */
  float *const multiply_2 = (float *)(void *)(arena + 65600 + 10240 * max_rows); /* [32] */
  float *const add_2 = (float *)(void *)(arena + 64); /* [rows, 4, 4, 32] */
  float *const scratch_2 = (float *)(void *)(arena + 65728 + 10240 * max_rows); /* [43776] */
  float *const winograd_kernel_2 = (float *)(void *)(arena + 64 + 3072 * max_rows); /* [2, 16, 32, 32] */
  float *const multiply_3 = (float *)(void *)(arena + 131136 + 3072 * max_rows); /* [64] */
  float *const add_2_2 = (float *)(void *)(arena + 64 + 2048 * max_rows); /* [rows, 2, 2, 64] */
  float *const scratch_3 = (float *)(void *)(arena + 131392 + 3072 * max_rows); /* [46592] */
  float *const add_2_3 = (float *)(void *)(arena + 64); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 64 + 64 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 64 + 128 * max_rows); /* [rows] */
  float *const sum_2 = (float *)(void *)(arena + 0); /* [] */
  float *const argmax = (float *)(void *)(arena + 64); /* [rows] */
  float *const sum_2_2 = (float *)(void *)(arena + 64 + 64 * max_rows); /* [] */

  digits_cnn_batch_normalization_forward(parameters->values + 30922, parameters->values + 320, multiply);
  digits_cnn_parallel(pool, rows * 14592, digits_cnn_conv2d_forward_task, &(struct digits_cnn_conv2d_forward_call){rows, inputs->x, parameters->values, parameters->values + 288, parameters->values + 30890, multiply, parameters->values + 352, add, scratch, NULL});
  digits_cnn_parallel(pool, 37888, digits_cnn_conv2d_1_forward_task, &(struct digits_cnn_conv2d_1_forward_call){parameters->values + 384, winograd_kernel});
  digits_cnn_batch_normalization_forward(parameters->values + 30986, parameters->values + 9632, multiply_2);
  digits_cnn_parallel(pool, rows * 40960, digits_cnn_conv2d_1_forward_2_task, &(struct digits_cnn_conv2d_1_forward_2_call){rows, add, winograd_kernel, parameters->values + 9600, parameters->values + 30954, multiply_2, parameters->values + 9664, add_2, scratch_2});
  digits_cnn_parallel(pool, 75776, digits_cnn_conv2d_2_forward_2_task, &(struct digits_cnn_conv2d_2_forward_2_call){parameters->values + 9696, winograd_kernel_2});
  digits_cnn_batch_normalization_2_forward(parameters->values + 31082, parameters->values + 28192, multiply_3);
  digits_cnn_parallel(pool, rows * 20480, digits_cnn_conv2d_2_forward_2_2_task, &(struct digits_cnn_conv2d_2_forward_2_2_call){rows, add_2, winograd_kernel_2, parameters->values + 28128, parameters->values + 31018, multiply_3, parameters->values + 28256, add_2_2, scratch_3});
  digits_cnn_parallel(pool, rows * 532, digits_cnn_dense_forward_task, &(struct digits_cnn_dense_forward_call){rows, add_2_2, parameters->values + 28320, parameters->values + 30880, add_2_3, NULL});
  digits_cnn_dense_forward_2_2(rows, add_2_3, softmax);
  digits_cnn_loss_forward(rows, add_2_3, targets->y, softmax_cross_entropy);
  digits_cnn_loss_forward_2(rows, softmax_cross_entropy, sum_2);
  digits_cnn_loss_forward_loss(sum_2, &row_count);
  digits_cnn_loss_forward_3(rows, softmax, argmax);
  digits_cnn_loss_forward_accuracy(rows, targets->y, argmax, sum_2_2);
  const double batch_loss = (double)*((const float *)(const void *)(arena + 0));
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 64 + 64 * max_rows); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  digits_cnn_finish_metrics(metrics);
  return DIGITS_CNN_OK;
}

/* With check, every kernel's results are examined, and the layer that makes the first NaN is named. */
static digits_cnn_status digits_cnn_run_backward(digits_cnn_trainer *trainer, size_t rows, const digits_cnn_inputs *inputs,
                                    const digits_cnn_targets *targets, digits_cnn_metrics *metrics, int check) {
  const digits_cnn_parameters *const parameters = trainer->parameters;
  const float row_count = (float)rows;
  const uint64_t seed = trainer->seed, step = trainer->step;
  digits_cnn_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  const size_t max_rows = trainer->max_rows;
  float *const relu = (float *)(void *)(arena + 132224 + 512 * max_rows); /* [rows, 8, 8, 32] */
  float *const sum_2 = (float *)(void *)(arena + 131072); /* [32] */
  float *const scratch = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [496] */
  float *const sum_2_2 = (float *)(void *)(arena + 131712); /* [32] */
  float *const divide = (float *)(void *)(arena + 131200); /* [32] */
  float *const multiply = (float *)(void *)(arena + 131840); /* [32] */
  float *const add = (float *)(void *)(arena + 132224 + 16896 * max_rows); /* [rows, 8, 8, 32] */
  float *const winograd_kernel = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [1, 16, 32, 32] */
  float *const relu_2 = (float *)(void *)(arena + 132224 + 25088 * max_rows); /* [rows, 8, 8, 32] */
  float *const sum_2_3 = (float *)(void *)(arena + 131968); /* [32] */
  float *const scratch_2 = (float *)(void *)(arena + 197760 + 33280 * max_rows); /* [43776] */
  float *const sum_2_4 = (float *)(void *)(arena + 131584); /* [32] */
  float *const divide_2 = (float *)(void *)(arena + 132096); /* [32] */
  float *const multiply_2 = (float *)(void *)(arena + 131456); /* [32] */
  float *const multiply_2_2 = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [rows, 8, 8, 32] */
  float *const max_pooling = (float *)(void *)(arena + 132224 + 14208 * max_rows); /* [rows, 4, 4, 32] */
  uint8_t *const max_pooling_2 = (uint8_t *)(void *)(arena + 132224); /* [rows, 4, 4, 32] */
  float *const winograd_kernel_2 = (float *)(void *)(arena + 132224 + 37376 * max_rows); /* [2, 16, 32, 32] */
  float *const relu_3 = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [rows, 4, 4, 64] */
  float *const sum_2_5 = (float *)(void *)(arena + 512); /* [64] */
  float *const scratch_3 = (float *)(void *)(arena + 263296 + 37376 * max_rows); /* [46592] */
  float *const sum_2_6 = (float *)(void *)(arena + 256); /* [64] */
  float *const divide_3 = (float *)(void *)(arena + 768); /* [64] */
  float *const multiply_3 = (float *)(void *)(arena + 1280); /* [64] */
  float *const multiply_2_3 = (float *)(void *)(arena + 132224 + 9856 * max_rows); /* [rows, 4, 4, 64] */
  float *const max_pooling_3 = (float *)(void *)(arena + 132224 + 8832 * max_rows); /* [rows, 2, 2, 64] */
  uint8_t *const max_pooling_2_2 = (uint8_t *)(void *)(arena + 132224 + 13952 * max_rows); /* [rows, 2, 2, 64] */
  float *const add_2 = (float *)(void *)(arena + 132224 + 9856 * max_rows); /* [rows, 10] */
  float *const softmax = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 10] */
  float *const softmax_cross_entropy = (float *)(void *)(arena + 132224 + 8768 * max_rows); /* [rows] */
  float *const sum_2_7 = (float *)(void *)(arena + 131392); /* [] */
  float *const argmax = (float *)(void *)(arena + 132224 + 8768 * max_rows); /* [rows] */
  float *const sum_2_8 = (float *)(void *)(arena + 131328); /* [] */
  float *const multiply_4 = (float *)(void *)(arena + 132224 + 8768 * max_rows); /* [rows, 10] */
  float *const dropout = (float *)(void *)(arena + 132224 + 12800 * max_rows); /* [rows, 256] */
  float *const multiply_2_4 = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 4, 4, 64] */
  float *const sum_2_9 = (float *)(void *)(arena + 1024); /* [64] */
  float *const sum_3 = (float *)(void *)(arena + 0); /* [64] */
  float *const sum_2_10 = (float *)(void *)(arena + 132224 + 41472 * max_rows); /* [64] */
  float *const add_3 = (float *)(void *)(arena + 132224 + 37376 * max_rows); /* [rows, 4, 4, 64] */
  float *const select = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 4, 4, 64] */
  float *const winograd_kernel_3 = (float *)(void *)(arena + 0); /* [1, 16, 64, 32] */
  float *const winograd_kernel_sums = (float *)(void *)(arena + 1614976 + 33280 * max_rows); /* [2, 16, 32, 32] */
  float *const scratch_4 = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [92672] */
  float *const dropout_2 = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [rows, 4, 4, 32] */
  float *const scratch_5 = (float *)(void *)(arena + 132224 + 35328 * max_rows); /* [72192] */
  float *const multiply_2_5 = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 8, 8, 32] */
  float *const sum_2_11 = (float *)(void *)(arena + 128); /* [32] */
  float *const sum_3_2 = (float *)(void *)(arena + 0); /* [32] */
  float *const sum_2_12 = (float *)(void *)(arena + 132224 + 41472 * max_rows); /* [32] */
  float *const add_4 = (float *)(void *)(arena + 132224 + 33280 * max_rows); /* [rows, 8, 8, 32] */
  float *const select_2 = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 8, 8, 32] */
  float *const winograd_kernel_4 = (float *)(void *)(arena + 256); /* [1, 16, 32, 32] */
  float *const winograd_kernel_sums_2 = (float *)(void *)(arena + 1524864 + 25088 * max_rows); /* [1, 16, 32, 32] */
  float *const scratch_6 = (float *)(void *)(arena + 132224 + 25088 * max_rows); /* [87040] */
  float *const multiply_2_6 = (float *)(void *)(arena + 132224 + 16896 * max_rows); /* [rows, 8, 8, 32] */
  float *const sum_2_13 = (float *)(void *)(arena + 128); /* [32] */
  float *const sum_3_3 = (float *)(void *)(arena + 0); /* [32] */
  float *const scratch_7 = (float *)(void *)(arena + 132224 + 25088 * max_rows); /* [43776] */
  float *const sum_2_14 = (float *)(void *)(arena + 132224 + 25088 * max_rows); /* [32] */
  float *const add_5 = (float *)(void *)(arena + 132224 + 8704 * max_rows); /* [rows, 8, 8, 32] */
  float *const select_3 = (float *)(void *)(arena + 132224 + 16896 * max_rows); /* [rows, 8, 8, 32] */
  float *const scratch_8 = (float *)(void *)(arena + 132224 + 25088 * max_rows); /* [208] */

  digits_cnn_parallel(pool, rows * 10496, digits_cnn_conv2d_backward_task, &(struct digits_cnn_conv2d_backward_call){rows, inputs->x, parameters->values, parameters->values + 288, relu, sum_2, scratch});
  DIGITS_CNN_LAP(trainer, 0);
  if (check && !digits_cnn_finite(relu, rows * 2048)) { trainer->fault = "conv2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2, 32)) { trainer->fault = "conv2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward_moving_mean(sum_2, &row_count, parameters->values + 30890);
  DIGITS_CNN_LAP(trainer, 1);
  if (check && !digits_cnn_finite(sum_2, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 30890, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward(rows, relu, sum_2, sum_2_2);
  DIGITS_CNN_LAP(trainer, 2);
  if (check && !digits_cnn_finite(sum_2_2, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward_moving_variance(sum_2_2, &row_count, parameters->values + 30922, parameters->values + 320, divide, multiply);
  DIGITS_CNN_LAP(trainer, 3);
  if (check && !digits_cnn_finite(sum_2_2, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 30922, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(divide, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(multiply, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 8192, digits_cnn_batch_normalization_backward_2_task, &(struct digits_cnn_batch_normalization_backward_2_call){rows, relu, sum_2, multiply, parameters->values + 352, add});
  DIGITS_CNN_LAP(trainer, 4);
  if (check && !digits_cnn_finite(add, rows * 2048)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 37888, digits_cnn_conv2d_1_forward_task, &(struct digits_cnn_conv2d_1_forward_call){parameters->values + 384, winograd_kernel});
  DIGITS_CNN_LAP(trainer, 5);
  if (check && !digits_cnn_finite(winograd_kernel, 16384)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 40960, digits_cnn_conv2d_1_backward_2_task, &(struct digits_cnn_conv2d_1_backward_2_call){rows, add, winograd_kernel, parameters->values + 9600, relu_2, sum_2_3, scratch_2});
  DIGITS_CNN_LAP(trainer, 6);
  if (check && !digits_cnn_finite(relu_2, rows * 2048)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2_3, 32)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward_moving_mean(sum_2_3, &row_count, parameters->values + 30954);
  DIGITS_CNN_LAP(trainer, 7);
  if (check && !digits_cnn_finite(sum_2_3, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 30954, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward(rows, relu_2, sum_2_3, sum_2_4);
  DIGITS_CNN_LAP(trainer, 8);
  if (check && !digits_cnn_finite(sum_2_4, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_backward_moving_variance(sum_2_4, &row_count, parameters->values + 30986, parameters->values + 9632, divide_2, multiply_2);
  DIGITS_CNN_LAP(trainer, 9);
  if (check && !digits_cnn_finite(sum_2_4, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 30986, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(divide_2, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(multiply_2, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 6144, digits_cnn_batch_normalization_1_backward_2_task, &(struct digits_cnn_batch_normalization_1_backward_2_call){rows, relu_2, sum_2_3, multiply_2, multiply_2_2});
  DIGITS_CNN_LAP(trainer, 10);
  if (check && !digits_cnn_finite(multiply_2_2, rows * 2048)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 9216, digits_cnn_max_pooling2d_backward_task, &(struct digits_cnn_max_pooling2d_backward_call){rows, multiply_2_2, max_pooling, max_pooling_2});
  DIGITS_CNN_LAP(trainer, 11);
  if (check && !digits_cnn_finite(max_pooling, rows * 512)) { trainer->fault = "max_pooling2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 1536, digits_cnn_batch_normalization_1_backward_3_task, &(struct digits_cnn_batch_normalization_1_backward_3_call){rows, seed, step, max_pooling, parameters->values + 9664});
  DIGITS_CNN_LAP(trainer, 12);
  if (check && !digits_cnn_finite(max_pooling, rows * 512)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 75776, digits_cnn_conv2d_2_forward_2_task, &(struct digits_cnn_conv2d_2_forward_2_call){parameters->values + 9696, winograd_kernel_2});
  DIGITS_CNN_LAP(trainer, 13);
  if (check && !digits_cnn_finite(winograd_kernel_2, 32768)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 20480, digits_cnn_conv2d_2_backward_2_task, &(struct digits_cnn_conv2d_2_backward_2_call){rows, max_pooling, winograd_kernel_2, parameters->values + 28128, relu_3, sum_2_5, scratch_3});
  DIGITS_CNN_LAP(trainer, 14);
  if (check && !digits_cnn_finite(relu_3, rows * 1024)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2_5, 64)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_moving_mean(sum_2_5, &row_count, parameters->values + 31018);
  DIGITS_CNN_LAP(trainer, 15);
  if (check && !digits_cnn_finite(sum_2_5, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 31018, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward(rows, relu_3, sum_2_5, sum_2_6);
  DIGITS_CNN_LAP(trainer, 16);
  if (check && !digits_cnn_finite(sum_2_6, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_moving_variance(sum_2_6, &row_count, parameters->values + 31082, parameters->values + 28192, divide_3, multiply_3);
  DIGITS_CNN_LAP(trainer, 17);
  if (check && !digits_cnn_finite(sum_2_6, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(parameters->values + 31082, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(divide_3, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(multiply_3, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 3072, digits_cnn_batch_normalization_2_backward_2_task, &(struct digits_cnn_batch_normalization_2_backward_2_call){rows, relu_3, sum_2_5, multiply_3, multiply_2_3});
  DIGITS_CNN_LAP(trainer, 18);
  if (check && !digits_cnn_finite(multiply_2_3, rows * 1024)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 4608, digits_cnn_max_pooling2d_1_backward_task, &(struct digits_cnn_max_pooling2d_1_backward_call){rows, multiply_2_3, max_pooling_3, max_pooling_2_2});
  DIGITS_CNN_LAP(trainer, 19);
  if (check && !digits_cnn_finite(max_pooling_3, rows * 256)) { trainer->fault = "max_pooling2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 512, digits_cnn_batch_normalization_2_backward_3_task, &(struct digits_cnn_batch_normalization_2_backward_3_call){rows, max_pooling_3, parameters->values + 28256});
  DIGITS_CNN_LAP(trainer, 20);
  if (check && !digits_cnn_finite(max_pooling_3, rows * 256)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 512, digits_cnn_dropout_1_backward_task, &(struct digits_cnn_dropout_1_backward_call){rows, seed, step, max_pooling_3});
  DIGITS_CNN_LAP(trainer, 21);
  if (check && !digits_cnn_finite(max_pooling_3, rows * 256)) { trainer->fault = "dropout_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 532, digits_cnn_dense_backward_task, &(struct digits_cnn_dense_backward_call){rows, max_pooling_3, parameters->values + 28320, parameters->values + 30880, add_2});
  DIGITS_CNN_LAP(trainer, 22);
  if (check && !digits_cnn_finite(add_2, rows * 10)) { trainer->fault = "dense"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_dense_forward_2_2(rows, add_2, softmax);
  DIGITS_CNN_LAP(trainer, 23);
  if (check && !digits_cnn_finite(softmax, rows * 10)) { trainer->fault = "dense"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_forward(rows, add_2, targets->y, softmax_cross_entropy);
  DIGITS_CNN_LAP(trainer, 24);
  if (check && !digits_cnn_finite(softmax_cross_entropy, rows)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_forward_2(rows, softmax_cross_entropy, sum_2_7);
  DIGITS_CNN_LAP(trainer, 25);
  if (check && !digits_cnn_finite(sum_2_7, 1)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_forward_loss(sum_2_7, &row_count);
  DIGITS_CNN_LAP(trainer, 26);
  if (check && !digits_cnn_finite(sum_2_7, 1)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_forward_3(rows, softmax, argmax);
  DIGITS_CNN_LAP(trainer, 27);
  if (check && !digits_cnn_finite(argmax, rows)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_forward_accuracy(rows, targets->y, argmax, sum_2_8);
  DIGITS_CNN_LAP(trainer, 28);
  if (check && !digits_cnn_finite(sum_2_8, 1)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_loss_backward_bias(rows, targets->y, softmax, &row_count, multiply_4, trainer->gradients + 30880);
  DIGITS_CNN_LAP(trainer, 29);
  if (check && !digits_cnn_finite(multiply_4, rows * 10)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(trainer->gradients + 30880, 10)) { trainer->fault = "loss"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 320, digits_cnn_dense_backward_kernel_task, &(struct digits_cnn_dense_backward_kernel_call){rows, max_pooling_3, multiply_4, trainer->gradients + 28320});
  DIGITS_CNN_LAP(trainer, 30);
  if (check && !digits_cnn_finite(trainer->gradients + 28320, 2560)) { trainer->fault = "dense"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 1024, digits_cnn_dense_backward_3_task, &(struct digits_cnn_dense_backward_3_call){rows, seed, step, multiply_4, parameters->values + 28320, dropout});
  DIGITS_CNN_LAP(trainer, 31);
  if (check && !digits_cnn_finite(dropout, rows * 256)) { trainer->fault = "dense"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_beta(rows, dropout, trainer->gradients + 28256);
  DIGITS_CNN_LAP(trainer, 32);
  if (check && !digits_cnn_finite(trainer->gradients + 28256, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_max_pooling2d_1_backward_2(rows, dropout, max_pooling_2_2, multiply_3, relu_3, sum_2_5, multiply_2_4, sum_2_9, sum_3);
  DIGITS_CNN_LAP(trainer, 33);
  if (check && !digits_cnn_finite(multiply_2_4, rows * 1024)) { trainer->fault = "max_pooling2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2_9, 64)) { trainer->fault = "max_pooling2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_3, 64)) { trainer->fault = "max_pooling2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_gamma(sum_2_9, divide_3, trainer->gradients + 28192);
  DIGITS_CNN_LAP(trainer, 34);
  if (check && !digits_cnn_finite(trainer->gradients + 28192, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_4(sum_2_9, parameters->values + 28192, sum_2_6, divide_3, &row_count);
  DIGITS_CNN_LAP(trainer, 35);
  if (check && !digits_cnn_finite(sum_2_9, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_5(rows, relu_3, sum_2_5, sum_2_9, multiply_2_4, sum_2_10, add_3);
  DIGITS_CNN_LAP(trainer, 36);
  if (check && !digits_cnn_finite(sum_2_10, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(add_3, rows * 1024)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_6(sum_3, sum_2_10, &row_count);
  DIGITS_CNN_LAP(trainer, 37);
  if (check && !digits_cnn_finite(sum_3, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_2_backward_bias(rows, add_3, sum_3, relu_3, select, trainer->gradients + 28128);
  DIGITS_CNN_LAP(trainer, 38);
  if (check && !digits_cnn_finite(select, rows * 1024)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(trainer->gradients + 28128, 64)) { trainer->fault = "batch_normalization_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 94208, digits_cnn_conv2d_2_backward_3_task, &(struct digits_cnn_conv2d_2_backward_3_call){parameters->values + 9696, winograd_kernel_3});
  DIGITS_CNN_LAP(trainer, 39);
  if (check && !digits_cnn_finite(winograd_kernel_3, 32768)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 16384, digits_cnn_conv2d_2_backward_4_task, &(struct digits_cnn_conv2d_2_backward_4_call){rows, max_pooling, select, winograd_kernel_sums, scratch_4});
  DIGITS_CNN_LAP(trainer, 40);
  if (check && !digits_cnn_finite(winograd_kernel_sums, 32768)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 75776, digits_cnn_conv2d_2_backward_kernel_task, &(struct digits_cnn_conv2d_2_backward_kernel_call){winograd_kernel_sums, trainer->gradients + 9696});
  DIGITS_CNN_LAP(trainer, 41);
  if (check && !digits_cnn_finite(trainer->gradients + 9696, 18432)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 17920, digits_cnn_conv2d_2_backward_beta_task, &(struct digits_cnn_conv2d_2_backward_beta_call){rows, seed, step, select, winograd_kernel_3, dropout_2, trainer->gradients + 9664, scratch_5});
  DIGITS_CNN_LAP(trainer, 42);
  if (check && !digits_cnn_finite(dropout_2, rows * 512)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(trainer->gradients + 9664, 32)) { trainer->fault = "conv2d_2"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_max_pooling2d_backward_2(rows, dropout_2, max_pooling_2, multiply_2, relu_2, sum_2_3, multiply_2_5, sum_2_11, sum_3_2);
  DIGITS_CNN_LAP(trainer, 43);
  if (check && !digits_cnn_finite(multiply_2_5, rows * 2048)) { trainer->fault = "max_pooling2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2_11, 32)) { trainer->fault = "max_pooling2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_3_2, 32)) { trainer->fault = "max_pooling2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_gamma(sum_2_11, divide_2, trainer->gradients + 9632);
  DIGITS_CNN_LAP(trainer, 44);
  if (check && !digits_cnn_finite(trainer->gradients + 9632, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_4(sum_2_11, parameters->values + 9632, sum_2_4, divide_2, &row_count);
  DIGITS_CNN_LAP(trainer, 45);
  if (check && !digits_cnn_finite(sum_2_11, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_5(rows, relu_2, sum_2_3, sum_2_11, multiply_2_5, sum_2_12, add_4);
  DIGITS_CNN_LAP(trainer, 46);
  if (check && !digits_cnn_finite(sum_2_12, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(add_4, rows * 2048)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_6(sum_3_2, sum_2_12, &row_count);
  DIGITS_CNN_LAP(trainer, 47);
  if (check && !digits_cnn_finite(sum_3_2, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_bias(rows, add_4, sum_3_2, relu_2, select_2, trainer->gradients + 9600);
  DIGITS_CNN_LAP(trainer, 48);
  if (check && !digits_cnn_finite(select_2, rows * 2048)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(trainer->gradients + 9600, 32)) { trainer->fault = "batch_normalization_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 47104, digits_cnn_conv2d_1_backward_3_task, &(struct digits_cnn_conv2d_1_backward_3_call){parameters->values + 384, winograd_kernel_4});
  DIGITS_CNN_LAP(trainer, 49);
  if (check && !digits_cnn_finite(winograd_kernel_4, 16384)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 32768, digits_cnn_conv2d_1_backward_4_task, &(struct digits_cnn_conv2d_1_backward_4_call){rows, add, select_2, winograd_kernel_sums_2, scratch_6});
  DIGITS_CNN_LAP(trainer, 50);
  if (check && !digits_cnn_finite(winograd_kernel_sums_2, 16384)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, 37888, digits_cnn_conv2d_1_backward_kernel_task, &(struct digits_cnn_conv2d_1_backward_kernel_call){winograd_kernel_sums_2, trainer->gradients + 384});
  DIGITS_CNN_LAP(trainer, 51);
  if (check && !digits_cnn_finite(trainer->gradients + 384, 9216)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 49152, digits_cnn_conv2d_1_backward_beta_task, &(struct digits_cnn_conv2d_1_backward_beta_call){rows, select_2, winograd_kernel_4, multiply, relu, sum_2, trainer->gradients + 352, multiply_2_6, sum_2_13, sum_3_3, scratch_7});
  DIGITS_CNN_LAP(trainer, 52);
  if (check && !digits_cnn_finite(trainer->gradients + 352, 32)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(multiply_2_6, rows * 2048)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_2_13, 32)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(sum_3_3, 32)) { trainer->fault = "conv2d_1"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_gamma(sum_2_13, divide, trainer->gradients + 320);
  DIGITS_CNN_LAP(trainer, 53);
  if (check && !digits_cnn_finite(trainer->gradients + 320, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_4(sum_2_13, parameters->values + 320, sum_2_2, divide, &row_count);
  DIGITS_CNN_LAP(trainer, 54);
  if (check && !digits_cnn_finite(sum_2_13, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_5(rows, relu, sum_2, sum_2_13, multiply_2_6, sum_2_14, add_5);
  DIGITS_CNN_LAP(trainer, 55);
  if (check && !digits_cnn_finite(sum_2_14, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(add_5, rows * 2048)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_6(sum_3_3, sum_2_14, &row_count);
  DIGITS_CNN_LAP(trainer, 56);
  if (check && !digits_cnn_finite(sum_3_3, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_batch_normalization_1_backward_bias(rows, add_5, sum_3_3, relu, select_3, trainer->gradients + 288);
  DIGITS_CNN_LAP(trainer, 57);
  if (check && !digits_cnn_finite(select_3, rows * 2048)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  if (check && !digits_cnn_finite(trainer->gradients + 288, 32)) { trainer->fault = "batch_normalization"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  digits_cnn_parallel(pool, rows * 2304, digits_cnn_conv2d_backward_kernel_task, &(struct digits_cnn_conv2d_backward_kernel_call){rows, inputs->x, select_3, trainer->gradients, scratch_8});
  DIGITS_CNN_LAP(trainer, 58);
  if (check && !digits_cnn_finite(trainer->gradients, 288)) { trainer->fault = "conv2d"; return DIGITS_CNN_ERROR_NOT_FINITE; }
  (void)parameters;
  const double batch_loss = (double)*((const float *)(const void *)(arena + 131392));
  if (!isfinite(batch_loss)) return DIGITS_CNN_ERROR_NOT_FINITE;
  metrics->sums[0] += (double)rows;
  metrics->sums[1] += batch_loss * (double)rows;
  {
    const float *const batch = (const float *)(const void *)(arena + 131328); /* accuracy */
    for (size_t i = 0; i < 1; i++) metrics->sums[2 + i] += (double)batch[i];
  }
  digits_cnn_finish_metrics(metrics);
  return DIGITS_CNN_OK;
}

/* Gradients of the mean loss of the rows, 30890 numbers in the trainer: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_cnn_status digits_cnn_backward(digits_cnn_trainer *trainer, size_t rows, const digits_cnn_inputs *inputs,
                        const digits_cnn_targets *targets, digits_cnn_metrics *metrics) {
  if (!trainer || !metrics || !inputs || !targets || !inputs->x || !targets->y) return DIGITS_CNN_ERROR_ARGUMENT;
  if (rows == 0 || rows > trainer->max_rows) return DIGITS_CNN_ERROR_ROWS;
  if (!digits_cnn_targets_are_valid(rows, targets)) return DIGITS_CNN_ERROR_LABEL;
  trainer->fault = "";
  const digits_cnn_status status = digits_cnn_run_backward(trainer, rows, inputs, targets, metrics, 0);
  if (status != DIGITS_CNN_ERROR_NOT_FINITE) return status;
  for (size_t i = 0; i < DIGITS_CNN_TENSORS; i++) {
    const digits_cnn_tensor_info *const tensor = &digits_cnn_tensors_table[i];
    if (digits_cnn_finite(trainer->parameters->values + tensor->offset, tensor->count)) continue;
    trainer->fault = tensor->name;
    return status;
  }
  return digits_cnn_run_backward(trainer, rows, inputs, targets, metrics, 1);
}

/* The optimizer's update of 30890 weights by their gradients.
 * model.swift:3:13 */
digits_cnn_status digits_cnn_apply(digits_cnn_trainer *trainer, float learning_rate) {
  if (!trainer) return DIGITS_CNN_ERROR_ARGUMENT;
  digits_cnn_parameters *const parameters = trainer->parameters;
  const float step_number = (float)(trainer->step + 1);
  digits_cnn_pool *const pool = trainer->pool;
  unsigned char *const arena = trainer->arena;
  float *const divide = (float *)(void *)(arena + 0); /* [] */

  digits_cnn_optimizer_update(&step_number, &learning_rate, divide);
  DIGITS_CNN_LAP(trainer, 59);
  digits_cnn_conv2d_update_kernel(trainer->slots, trainer->gradients, trainer->slots + 288, divide, parameters->values);
  DIGITS_CNN_LAP(trainer, 60);
  digits_cnn_conv2d_update_bias(trainer->slots + 576, trainer->gradients + 288, trainer->slots + 608, divide, parameters->values + 288);
  DIGITS_CNN_LAP(trainer, 61);
  digits_cnn_batch_normalization_update_gamma(trainer->slots + 640, trainer->gradients + 320, trainer->slots + 672, divide, parameters->values + 320);
  DIGITS_CNN_LAP(trainer, 62);
  digits_cnn_batch_normalization_update_beta(trainer->slots + 704, trainer->gradients + 352, trainer->slots + 736, divide, parameters->values + 352);
  DIGITS_CNN_LAP(trainer, 63);
  digits_cnn_parallel(pool, 138240, digits_cnn_conv2d_1_update_kernel_task, &(struct digits_cnn_conv2d_1_update_kernel_call){trainer->slots + 768, trainer->gradients + 384, trainer->slots + 9984, divide, parameters->values + 384});
  DIGITS_CNN_LAP(trainer, 64);
  digits_cnn_conv2d_update_bias(trainer->slots + 19200, trainer->gradients + 9600, trainer->slots + 19232, divide, parameters->values + 9600);
  DIGITS_CNN_LAP(trainer, 65);
  digits_cnn_batch_normalization_update_gamma(trainer->slots + 19264, trainer->gradients + 9632, trainer->slots + 19296, divide, parameters->values + 9632);
  DIGITS_CNN_LAP(trainer, 66);
  digits_cnn_batch_normalization_update_beta(trainer->slots + 19328, trainer->gradients + 9664, trainer->slots + 19360, divide, parameters->values + 9664);
  DIGITS_CNN_LAP(trainer, 67);
  digits_cnn_parallel(pool, 276480, digits_cnn_conv2d_2_update_kernel_task, &(struct digits_cnn_conv2d_2_update_kernel_call){trainer->slots + 19392, trainer->gradients + 9696, trainer->slots + 37824, divide, parameters->values + 9696});
  DIGITS_CNN_LAP(trainer, 68);
  digits_cnn_conv2d_2_update_bias(trainer->slots + 56256, trainer->gradients + 28128, trainer->slots + 56320, divide, parameters->values + 28128);
  DIGITS_CNN_LAP(trainer, 69);
  digits_cnn_batch_normalization_2_update_gamma(trainer->slots + 56384, trainer->gradients + 28192, trainer->slots + 56448, divide, parameters->values + 28192);
  DIGITS_CNN_LAP(trainer, 70);
  digits_cnn_batch_normalization_2_update_beta(trainer->slots + 56512, trainer->gradients + 28256, trainer->slots + 56576, divide, parameters->values + 28256);
  DIGITS_CNN_LAP(trainer, 71);
  digits_cnn_parallel(pool, 38400, digits_cnn_dense_update_kernel_task, &(struct digits_cnn_dense_update_kernel_call){trainer->slots + 56640, trainer->gradients + 28320, trainer->slots + 59200, divide, parameters->values + 28320});
  DIGITS_CNN_LAP(trainer, 72);
  digits_cnn_dense_update_bias(trainer->slots + 61760, trainer->gradients + 30880, trainer->slots + 61770, divide, parameters->values + 30880);
  DIGITS_CNN_LAP(trainer, 73);
  (void)learning_rate;
  parameters->prepared = NULL;
  trainer->step++;
  return DIGITS_CNN_OK;
}

/* backward, then apply: inputs x[rows, 64]; targets y[rows].
 * model.swift:3:13 */
digits_cnn_status digits_cnn_train_step(digits_cnn_trainer *trainer, size_t rows, const digits_cnn_inputs *inputs,
                          const digits_cnn_targets *targets, digits_cnn_metrics *metrics) {
  const digits_cnn_status status = digits_cnn_backward(trainer, rows, inputs, targets, metrics);
  return status == DIGITS_CNN_OK ? digits_cnn_apply(trainer, trainer->learning_rate) : status;
}
