/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define @NAME@_INLINE static inline __attribute__((unused))
#else
#define @NAME@_INLINE static inline
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define @NAME@_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define @NAME@_ROLLED
#endif
