/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define @NAME@_INLINE static inline __attribute__((unused))
#define @NAME@_APART static __attribute__((noinline, unused)) /* seldom run, and called in many places */
#else
#define @NAME@_INLINE static inline
#define @NAME@_APART static
#endif
