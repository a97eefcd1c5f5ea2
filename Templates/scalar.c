/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
@NAME@_INLINE @name@_real @name@_minimum(@name@_real a, @name@_real b) { return a < b || a != a ? a : b; }

@NAME@_INLINE @name@_real @name@_maximum(@name@_real a, @name@_real b) { return a > b || a != a ? a : b; }

/*
 * Correctly rounded. C's sqrt may set errno, for which a compiler leaves loops over it scalar. clang has one that does not; gcc
 * wants -fno-math-errno, which changes no result (it is no fast-math).
 */
@NAME@_INLINE @name@_real @name@_sqrt(@name@_real x) {
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define @NAME@_ELEMENTWISE_SQRT
#endif
#endif
#if defined(@NAME@_ELEMENTWISE_SQRT)
  return __builtin_elementwise_sqrt(x);
#elif @NAME@_REAL_BITS == 32
  return sqrtf(x);
#else
  return sqrt(x);
#endif
}
