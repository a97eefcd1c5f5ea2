/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define @NAME@_INLINE static inline __attribute__((unused))
#define @NAME@_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define @NAME@_INLINE static inline
#define @NAME@_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define @NAME@_MICROKERNEL static __attribute__((noinline, unused))
#else
#define @NAME@_MICROKERNEL @NAME@_INLINE
#endif
