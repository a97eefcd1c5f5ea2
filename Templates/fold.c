/*
 * Joins the 16 partial results of a long fold by halves: i with i + 8, then with i + 4, i + 2 and i + 1. This order is the same
 * on every target; as an array the halves would be laid out anew at each step of the fold (clang 21), as vectors they stay.
 * Include after inline.c, vector.c and scalar.c; needs <string.h>.
 */
#if defined(__GNUC__)
typedef @name@_real @name@_octet __attribute__((vector_size(8 * sizeof(@name@_real))));
typedef @name@_bits @name@_octet_mask __attribute__((vector_size(8 * sizeof(@name@_real))));
#define @NAME@_HALVES(combine)              \
  @name@_octet a, b;                        \
  memcpy(&a, lanes, sizeof a);              \
  memcpy(&b, lanes + 8, sizeof b);          \
  a = combine(a, b);
#define @NAME@_ADD_HALVES(a, b) (a) + (b)
#define @NAME@_CHOOSE_HALVES(a, b, mask) (@name@_octet)(((@name@_octet_mask)(a) & (mask)) | ((@name@_octet_mask)(b) & ~(mask)))
#define @NAME@_MAXIMUM_HALVES(a, b) @NAME@_CHOOSE_HALVES(a, b, ((a) > (b)) | ((a) != (a)))
#define @NAME@_MINIMUM_HALVES(a, b) @NAME@_CHOOSE_HALVES(a, b, ((a) < (b)) | ((a) != (a)))
#else
#define @NAME@_HALVES(combine) \
  @name@_real a[8];            \
  for (int i = 0; i < 8; i++) a[i] = combine(lanes[i], lanes[i + 8]);
#define @NAME@_ADD_HALVES @name@_plus
#define @NAME@_MAXIMUM_HALVES @name@_maximum
#define @NAME@_MINIMUM_HALVES @name@_minimum
#endif

@NAME@_INLINE @name@_real @name@_plus(@name@_real a, @name@_real b) { return a + b; }

#define @NAME@_JOIN(name, halves, two)                                                                                \
  @NAME@_INLINE @name@_real name(const @name@_real *lanes /* [16] */) {                                              \
    @NAME@_HALVES(halves)                                                                                             \
    return two(two(two(a[0], a[4]), two(a[2], a[6])), two(two(a[1], a[5]), two(a[3], a[7])));                         \
  }
@NAME@_JOIN(@name@_join_sum, @NAME@_ADD_HALVES, @name@_plus)
@NAME@_JOIN(@name@_join_maximum, @NAME@_MAXIMUM_HALVES, @name@_maximum)
@NAME@_JOIN(@name@_join_minimum, @NAME@_MINIMUM_HALVES, @name@_minimum)
#undef @NAME@_JOIN
