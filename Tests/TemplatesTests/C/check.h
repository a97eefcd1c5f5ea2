/* What every test here needs: CHECK prints one line for a failure, main returns failures != 0. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(condition, ...)                   \
  do {                                          \
    if (!(condition)) {                         \
      failures++;                               \
      printf("%s:%d: ", __FILE__, __LINE__);    \
      printf(__VA_ARGS__);                      \
      printf("\n");                             \
    }                                           \
  } while (0)
