/*
 * exp, expm1, log, log1p, tanh, sigmoid, erf of floats: at most 2 ulp from the true value for every argument, without branches
 * or calls, so that a loop over them becomes vector code without -ffast-math. Doubles, sin and cos go to libm.
 *
 * Choices are made on bit patterns, because a compiler that minds floating-point exceptions must not turn a comparison of
 * floats into a blend. Polynomials are minimax fits to the stated function, coefficients rounded to float one after the
 * other; argument reduction after Muller, Elementary Functions (2016), chapters 6 and 11.
 * Include after inline.c and vector.c; needs <math.h>, <stdint.h>, <string.h>.
 */
#if @NAME@_REAL_BITS == 32
@NAME@_FLATTEN uint32_t @name@_float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

@NAME@_FLATTEN float @name@_bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, both known */
@NAME@_FLATTEN float @name@_select(int condition, float a, float b) {
  uint32_t mask = 0u - (uint32_t)condition;
  return @name@_bits_float((@name@_float_bits(a) & mask) | (@name@_float_bits(b) & ~mask));
}

/* x with the sign of s; x is not negative */
@NAME@_FLATTEN float @name@_signed_as(float x, float s) {
  return @name@_bits_float(@name@_float_bits(x) | (@name@_float_bits(s) & 0x80000000u));
}

@NAME@_FLATTEN float @name@_magnitude(float x) { return @name@_bits_float(@name@_float_bits(x) & 0x7FFFFFFFu); }

/* ln 2 in two parts; products of the first with whole numbers below 2^9 are exact */
#define @NAME@_LN2_HIGH 0x1.62ep-1f
#define @NAME@_LN2_LOW 0x1.0bfbe8p-15f

/* 2^k for -126 <= k <= 127 */
@NAME@_FLATTEN float @name@_power_of_2(uint32_t k) { return @name@_bits_float((k + 127u) << 23); }

/*
 * exp(x) = 2^k (1 + e), |x| < 200. Returns e = exp(r) - 1, where r = x - k ln 2 lies in [-ln 2 / 2, ln 2 / 2]. Adding
 * 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits.
 */
@NAME@_FLATTEN float @name@_exp_reduced(float x, uint32_t *k) {
  const float shift = 0x1.8p23f, shifted = @name@_fma_f32(x, 0x1.715476p0f, shift), n = shifted - shift;
  const float r = @name@_fma_f32(n, -@NAME@_LN2_LOW, @name@_fma_f32(n, -@NAME@_LN2_HIGH, x));
  float q = 0x1.6d7262p-10f; /* (exp(r) - 1 - r) / r^2 */
  q = @name@_fma_f32(q, r, 0x1.12258ap-7f);
  q = @name@_fma_f32(q, r, 0x1.5554c8p-5f);
  q = @name@_fma_f32(q, r, 0x1.5554b4p-3f);
  q = @name@_fma_f32(q, r, 0.5f);
  *k = @name@_float_bits(shifted) - @name@_float_bits(shift);
  return @name@_fma_f32(r * r, q, r);
}

/* exp(x) where neither x nor the result is near the ends of the range */
@NAME@_FLATTEN float @name@_exp_inner(float x) {
  uint32_t k;
  float e = @name@_exp_reduced(x, &k), scale = @name@_power_of_2(k);
  return @name@_fma_f32(e, scale, scale);
}

/* exp(x) where x is not above 40: with 2^64 in it the power of 2 stays in range, also where the result is subnormal. */
@NAME@_FLATTEN float @name@_exp_falling(float x) {
  uint32_t k;
  float y = 1.0f + @name@_exp_reduced(@name@_select(x < -104.0f, -104.0f, x), &k);
  return y * @name@_power_of_2(k + 64u) * 0x1p-64f;
}

@NAME@_FLATTEN float @name@_exp(float x) {
  x = @name@_select(x > 89.0f, 89.0f, x);
  x = @name@_select(x < -104.0f, -104.0f, x);
  uint32_t k;
  float y = 1.0f + @name@_exp_reduced(x, &k);
  uint32_t half = ((k + 256u) >> 1) - 128u; /* in two steps, as 2^k itself may be out of range */
  return y * @name@_power_of_2(half) * @name@_power_of_2(k - half);
}

@NAME@_FLATTEN float @name@_expm1(float x) {
  float y = @name@_select(x > 89.0f, 89.0f, x);
  y = @name@_select(y < -20.0f, -20.0f, y);
  uint32_t k;
  float e = @name@_exp_reduced(y, &k), scale = @name@_power_of_2(k - 1u); /* half of it, as 2^128 is out of range */
  float result = 2.0f * @name@_fma_f32(e, scale, scale - 0.5f);
  return @name@_select(@name@_float_bits(@name@_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* n ln 2 + log(1 + m), 1 + m in [sqrt(1/2), sqrt(2)] */
@NAME@_FLATTEN float @name@_log_reduced(float m, float n) {
  float p = -0x1.420240p-4f; /* (log(1 + m) - m + m^2 / 2) / m^3 */
  p = @name@_fma_f32(p, m, 0x1.07d166p-3f);
  p = @name@_fma_f32(p, m, -0x1.0cdc3ep-3f);
  p = @name@_fma_f32(p, m, 0x1.226dcep-3f);
  p = @name@_fma_f32(p, m, -0x1.547900p-3f);
  p = @name@_fma_f32(p, m, 0x1.99a5a4p-3f);
  p = @name@_fma_f32(p, m, -0x1.00021ep-2f);
  p = @name@_fma_f32(p, m, 0x1.55554ap-2f);
  float square = m * m, low = @name@_fma_f32(n, @NAME@_LN2_LOW, m * square * p);
  return @name@_fma_f32(n, @NAME@_LN2_HIGH, m + @name@_fma_f32(-0.5f, square, low));
}

/* k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), as the bits that are to be taken off those of x; x is positive and normal */
@NAME@_FLATTEN uint32_t @name@_exponent(float x) {
  return ((@name@_float_bits(x) - 0x3F3504F3u + 0x40000000u) & 0xFF800000u) - 0x40000000u;
}

/* The exponent as a number. */
@NAME@_FLATTEN float @name@_exponent_value(uint32_t exponent) {
  return (float)((int32_t)((exponent + 0x40000000u) >> 23) - 128);
}

/* The result of log or log1p; where 1 + x or x, "argument", is 0, negative, infinite or NaN: -inf, NaN, inf, NaN */
@NAME@_FLATTEN float @name@_log_special(float argument, float result) {
  uint32_t bits = @name@_float_bits(argument);
  float special = @name@_select(bits << 1 == 0, -INFINITY, NAN);
  special = @name@_select(bits == 0x7F800000u, INFINITY, special);
  return @name@_select(bits - 1u < 0x7F7FFFFFu, result, special);
}

@NAME@_FLATTEN float @name@_log(float x) {
  int subnormal = @name@_float_bits(x) < 0x00800000u;
  float y = x * @name@_select(subnormal, 0x1p23f, 1.0f);
  uint32_t exponent = @name@_exponent(y);
  float m = @name@_bits_float(@name@_float_bits(y) - exponent) - 1.0f;
  float n = @name@_exponent_value(exponent) - @name@_select(subnormal, 23.0f, 0.0f);
  return @name@_log_special(x, @name@_log_reduced(m, n));
}

/* 1 + x = 2^k (1 + m) with m = x / 2^k + (1 / 2^k - 1), where little is lost */
@NAME@_FLATTEN float @name@_log1p(float x) {
  uint32_t exponent = @name@_exponent(1.0f + x);
  float inverse = @name@_bits_float(0x40800000u - exponent); /* 4 / 2^k, which is in range */
  float m = @name@_bits_float(@name@_float_bits(x) - exponent) + @name@_fma_f32(0.25f, inverse, -1.0f);
  float result = @name@_log_special(1.0f + x, @name@_log_reduced(m, @name@_exponent_value(exponent)));
  return @name@_select(@name@_float_bits(@name@_magnitude(x)) < 0x33000000u, x, result); /* |x| < 2^-25 */
}

/* Near 0 a polynomial, further out 1 - 2 / (exp(2|x|) + 1), beyond 10 it is 1. */
@NAME@_FLATTEN float @name@_tanh(float x) {
  float a = @name@_magnitude(x), s = a * a;
  float p = -0x1.7682fep-8f; /* (tanh(a) - a) / a^3 of a^2 */
  p = @name@_fma_f32(p, s, 0x1.524d76p-6f);
  p = @name@_fma_f32(p, s, -0x1.b842d8p-5f);
  p = @name@_fma_f32(p, s, 0x1.11075ep-3f);
  p = @name@_fma_f32(p, s, -0x1.555534p-2f);
  float near = @name@_fma_f32(a * s, p, a);
  float far = 1.0f - 2.0f / (@name@_exp_inner(2.0f * @name@_select(a > 10.0f, 10.0f, a)) + 1.0f);
  return @name@_signed_as(@name@_select(@name@_float_bits(a) < 0x3F200000u, near, far), x); /* a < 0.625 */
}

/*
 * 1 / (1 + exp(-x)); exp(x) / (1 + exp(x)) for negative x, which stays exact where the result is small. What the sum d = 1 + e
 * loses is made good to first order; for that a line is near enough to 1 / d.
 */
@NAME@_FLATTEN float @name@_sigmoid(float x) {
  float e = @name@_exp_falling(-@name@_magnitude(x)), d = 1.0f + e, lost = e - (d - 1.0f);
  float quotient = @name@_select(@name@_float_bits(x) >> 31 != 0, e, 1.0f) / d;
  return @name@_fma_f32(-quotient * lost, @name@_fma_f32(-0.4714f, d, 1.457f), quotient);
}

/* Near 0 a polynomial, further out 1 - exp(log(1 - erf(|x|))), beyond 4 it is 1. */
@NAME@_FLATTEN float @name@_erf(float x) {
  float a = @name@_magnitude(x), s = a * a;
  float p = -0x1.4dab0ap-11f; /* erf(a) / a - 1 of a^2 */
  p = @name@_fma_f32(p, s, 0x1.4ba4a0p-8f);
  p = @name@_fma_f32(p, s, -0x1.b73cf8p-6f);
  p = @name@_fma_f32(p, s, 0x1.ce25d6p-4f);
  p = @name@_fma_f32(p, s, -0x1.812728p-2f);
  p = @name@_fma_f32(p, s, 0x1.06eba8p-3f);
  float near = @name@_fma_f32(a, p, a);
  float t = @name@_select(a > 4.0f, 4.0f, a);
  float g = -0x1.13a0b2p-17f; /* log(1 - erf(t)) / t */
  g = @name@_fma_f32(g, t, 0x1.336080p-12f);
  g = @name@_fma_f32(g, t, -0x1.cde9bcp-9f);
  g = @name@_fma_f32(g, t, 0x1.814cc2p-6f);
  g = @name@_fma_f32(g, t, -0x1.b2015ap-4f);
  g = @name@_fma_f32(g, t, -0x1.454820p-1f);
  g = @name@_fma_f32(g, t, -0x1.20ec84p0f);
  float far = 1.0f - @name@_exp_inner(g * t);
  return @name@_signed_as(@name@_select(@name@_float_bits(a) < 0x3F59999Au, near, far), x); /* a < 0.85 */
}

@NAME@_INLINE float @name@_sin(float x) { return sinf(x); }
@NAME@_INLINE float @name@_cos(float x) { return cosf(x); }
#else
@NAME@_INLINE double @name@_exp(double x) { return exp(x); }
@NAME@_INLINE double @name@_exp_falling(double x) { return exp(x); }
@NAME@_INLINE double @name@_expm1(double x) { return expm1(x); }
@NAME@_INLINE double @name@_log(double x) { return log(x); }
@NAME@_INLINE double @name@_log1p(double x) { return log1p(x); }
@NAME@_INLINE double @name@_tanh(double x) { return tanh(x); }
@NAME@_INLINE double @name@_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
@NAME@_INLINE double @name@_erf(double x) { return erf(x); }
@NAME@_INLINE double @name@_sin(double x) { return sin(x); }
@NAME@_INLINE double @name@_cos(double x) { return cos(x); }
#endif
