/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define @NAME@_INLINE static inline __attribute__((unused))
#else
#define @NAME@_INLINE static inline
#endif
