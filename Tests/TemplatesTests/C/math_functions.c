/* The functions of math.c, and the square root, in plain loops, compiled once for each compiler and target; BUILD is the suffix of their names. */
#include "templates.h"

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
#define LOOP(function)                                                                            \
  void NAME(function##_, BUILD)(const float *restrict x, float *restrict y, size_t count);        \
  void NAME(function##_, BUILD)(const float *restrict x, float *restrict y, size_t count) {       \
    for (size_t i = 0; i < count; i++) y[i] = model_##function(x[i]);                             \
  }

LOOP(exp)

void NAME(exp_falling_, BUILD)(const float *restrict x, float *restrict y, size_t count);
void NAME(exp_falling_, BUILD)(const float *restrict x, float *restrict y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = model_exp_falling(-model_magnitude(x[i]));
}

LOOP(expm1)
LOOP(log)
LOOP(log1p)
LOOP(tanh)
LOOP(sigmoid)
LOOP(erf)
LOOP(sqrt)
