/* Functions of numbers that expressions call. Include after inline.c; needs <math.h>. */

/* NaN in either operand gives NaN. */
@NAME@_INLINE @name@_real @name@_minimum(@name@_real a, @name@_real b) { return a < b || a != a ? a : b; }

@NAME@_INLINE @name@_real @name@_maximum(@name@_real a, @name@_real b) { return a > b || a != a ? a : b; }

/* A choice between numbers that are both at hand: as an operand of ?: a load is one that may not be made. */
@NAME@_INLINE @name@_real @name@_choose(int which, @name@_real yes, @name@_real no) { return which ? yes : no; }

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
