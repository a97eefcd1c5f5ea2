/*
 * Every function of math.c against the libm of doubles: at most 2 ulp (square roots exactly), NaN for NaN, zeros with their sign.
 *   math_test          every 257th bit pattern and the neighbourhoods of special values
 *   math_test --long   every float; two processes can share it: --long 0 2 and --long 1 2
 *   math_test --speed  nanoseconds for an element
 * BUILDS(X) lists the builds of math_functions.c that are linked in.
 */
#include "check.h"
#include <time.h>

typedef void kernel(const float *x, float *y, size_t count);
typedef struct function {
  const char *name;
  double (*exact)(double);
  double ulp; /* at most */
  kernel *builds[8];
} function;

#define DECLARE(build) kernel exp_##build, exp_falling_##build, expm1_##build, log_##build, log1p_##build, tanh_##build, sigmoid_##build, erf_##build, sqrt_##build;
#define EXP(build) exp_##build,
#define EXP_FALLING(build) exp_falling_##build,
#define EXPM1(build) expm1_##build,
#define LOG(build) log_##build,
#define LOG1P(build) log1p_##build,
#define TANH(build) tanh_##build,
#define SIGMOID(build) sigmoid_##build,
#define ERF(build) erf_##build,
#define SQRT(build) sqrt_##build,
#define TEXT(build) #build,
BUILDS(DECLARE)

static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }

/* In the loops that it is tested in exp_falling takes -|x|. */
static double falling(double x) { return exp(-fabs(x)); }

static const char *const builds[] = {BUILDS(TEXT)};
enum { COUNT = sizeof builds / sizeof *builds, BLOCK = 1024 };
static const function functions[] = {
  {"exp", exp, 2, {BUILDS(EXP)}},       {"expm1", expm1, 2, {BUILDS(EXPM1)}}, {"log", log, 2, {BUILDS(LOG)}},
  {"log1p", log1p, 2, {BUILDS(LOG1P)}}, {"tanh", tanh, 2, {BUILDS(TANH)}},    {"sigmoid", sigmoid, 2, {BUILDS(SIGMOID)}},
  {"exp_falling", falling, 2, {BUILDS(EXP_FALLING)}},
  {"erf", erf, 2, {BUILDS(ERF)}},       {"sqrt", sqrt, 0, {BUILDS(SQRT)}}};

static float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* In units of the last place of the float next to the exact value; an infinity counts as 2^128. */
static double error_in_ulp(float found, double exact) {
  if (isnan(exact) || isnan(found)) return isnan(exact) && isnan(found) ? 0 : 1e9;
  if (isinf(exact) || exact == 0) return (double)found == exact && !signbit(found) == !signbit(exact) ? 0 : 1e9;
  double value = isinf(found) ? copysign(0x1p128, (double)found) : (double)found;
  int exponent = ilogb(exact);
  if (exponent > 127 && isinf(found)) return (exact > 0) == (found > 0) ? 0 : 1e9;
  return fabs(value - exact) * ldexp(1, 23 - (exponent < -126 ? -126 : exponent > 127 ? 127 : exponent));
}

typedef struct worst { double ulp; float at; } worst;

static void compare(const function *f, const float *x, size_t count, worst *result) {
  static float y[BLOCK];
  static double exact[BLOCK];
  for (size_t i = 0; i < count; i++) exact[i] = f->exact((double)x[i]);
  for (int b = 0; b < COUNT; b++) {
    f->builds[b](x, y, count);
    for (size_t i = 0; i < count; i++) {
      double rounded = (double)(float)exact[i];
      if (rounded == (double)y[i] && rounded != 0) continue;
      double ulp = error_in_ulp(y[i], exact[i]);
      if (ulp > result[b].ulp) result[b].ulp = ulp, result[b].at = x[i];
    }
  }
}

static void check_accuracy(const function *f, uint64_t first, uint64_t stride, int special) {
  static float x[BLOCK];
  worst result[COUNT] = {{0, 0}};
  for (uint64_t bits = first; bits < UINT64_C(1) << 32;) {
    size_t count = 0;
    for (; count < BLOCK && bits < UINT64_C(1) << 32; bits += stride) x[count++] = from_bits((uint32_t)bits);
    compare(f, x, count, result);
  }
  static const float places[] = {0.0f, 1e-45f, 1.17549435e-38f, 0x1p-25f, 0x1p-24f, 0x1p-12f, 0.25f, 0.34657359f, 0.5f, 0.625f,
    0.70710678f, 0.85f, 1.0f, 1.0397208f, 1.41421356f, 2.0f, 4.0f, 8.6643398f, 9.0109133f, 10.0f, 17.32868f, 20.0f, 87.336545f,
    88.0f, 88.722839f, 89.0f, 103.27893f, 103.97208f, 104.0f, 0x1p23f, 0x1p24f, 0x1p127f, 0x1.6a09e6p127f, 3.4028235e38f,
    INFINITY, NAN};
  for (size_t p = 0; special && p < sizeof places / sizeof *places; p++)
    for (uint32_t sign = 0; sign < 2; sign++) {
      uint32_t middle;
      memcpy(&middle, &places[p], sizeof middle);
      for (uint32_t i = 0; i < BLOCK; i++) x[i] = from_bits((middle + i - BLOCK / 2) ^ sign << 31);
      compare(f, x, BLOCK, result);
    }
  for (int b = 0; b < COUNT; b++) {
    printf("%-8s %-14s %.3f ulp at %a\n", f->name, builds[b], result[b].ulp, (double)result[b].at);
    CHECK(result[b].ulp <= f->ulp, "%s, %s: %g ulp at %a", f->name, builds[b], result[b].ulp, (double)result[b].at);
  }
}

static void print_speed(const function *f) {
  static float x[BLOCK], y[BLOCK];
  for (int i = 0; i < BLOCK; i++) x[i] = (float)(i + 1) * 0.01f;
  printf("%-8s", f->name);
  for (int b = 0; b < COUNT; b++) {
    double best = 1e9;
    for (int repeat = 0; repeat < 200; repeat++) {
      struct timespec begin, end;
      clock_gettime(CLOCK_MONOTONIC, &begin);
      for (int i = 0; i < 20; i++) f->builds[b](x, y, BLOCK);
      clock_gettime(CLOCK_MONOTONIC, &end);
      double ns = ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / (20 * BLOCK);
      if (ns < best) best = ns;
    }
    printf("  %s %.3f ns", builds[b], best);
  }
  printf("\n");
}

int main(int argc, char **argv) {
  int all = argc > 1 && strcmp(argv[1], "--long") == 0, speed = argc > 1 && strcmp(argv[1], "--speed") == 0;
  uint64_t first = argc > 3 ? strtoull(argv[2], NULL, 10) : 0, stride = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (speed) print_speed(&functions[i]);
    else check_accuracy(&functions[i], first, all ? stride : 257, !all);
  return failures != 0;
}
