/*
 * What the machine can do: multiply-adds of f32, a = b + s c over arrays in memory and in the last cache, and a product of BLAS.
 * machine THREADS prints one JSON line. vectors.h has the vectors of generated programs, peak.h their measurements: machine.py makes them of Templates.
 * With -DBLAS it needs a CBLAS.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef BLAS
#include <cblas.h>
#endif

#define MACHINE_PROFILE
#define MACHINE_REAL_BITS 32
typedef float machine_real;
enum { FAILED = 1, USAGE = 64, PRODUCT = 1024 };

static int fail(int status, const char *format, size_t number) {
  fprintf(stderr, format, number);
  return status;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *allocate(size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, 64, bytes) ? NULL : memory;
}

#include "vectors.h"

#include "peak.h"

/* GFLOP/s of a square product; 0 without a BLAS. */
static double product(void) {
  double least = 0;
#ifdef BLAS
  const size_t count = (size_t)PRODUCT * PRODUCT;
  float *const a = allocate(3 * count * sizeof *a), *const b = a + count, *const c = b + count;
  if (!a) return 0;
  for (size_t i = 0; i < 3 * count; i++) a[i] = 1;
  for (int try = 0; try < 8; try++) {
    const double start = now();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, PRODUCT, PRODUCT, PRODUCT, 1, a, PRODUCT, b, PRODUCT, 0, c, PRODUCT);
    const double seconds = now() - start;
    if (least == 0 || seconds < least) least = seconds;
  }
#endif
  return least > 0 ? 2.0 * pow((double)PRODUCT, 3) / least * 1e-9 : 0;
}

int main(int count, char **words) {
  const int threads = count > 1 ? atoi(words[1]) : 1;
  if (threads < 1) return USAGE;
  const machine_peak memory = measure_peak((size_t)threads, (size_t)192 << 20), cache = measure_peak((size_t)threads, (size_t)6 << 20);
  printf("{\"fma_gflops\": %.1f, \"memory_gbs\": %.1f, \"cache_gbs\": %.1f, \"sgemm_gflops\": %.1f}\n",
         fmax(memory.gflops, cache.gflops), memory.gbs, cache.gbs, product());
  return 0;
}
