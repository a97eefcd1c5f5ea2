/*
 * Times kernels made in two ways on one thread, by its own processor time, which other programs hardly disturb.
 * Needs <stdint.h>, <stdlib.h>, <time.h>.
 */
typedef void @name@_call(size_t rows, void *const *arrays);

enum { MOST_ARRAYS = 64 };

/* An array of a kernel: how many numbers it has, of a call and for each row. */
typedef struct @name@_array {
  size_t count, count_per_row;
  int integer;
} @name@_array;

typedef struct @name@_kernel {
  @name@_call *builtin, *blas;
  size_t rows; /* of a call */
  size_t array_count;
  @name@_array arrays[MOST_ARRAYS];
} @name@_kernel;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(@name@_call *call, size_t rows, void *const *arrays) {
  const double start = now();
  call(rows, arrays);
  return now() - start;
}

/* Both in turns, for a twentieth of a second: the least of each, in seconds. 0 without memory. */
static int measure(const @name@_kernel *kernel, double *builtin, double *blas) {
  void *arrays[MOST_ARRAYS];
  for (size_t i = 0; i < kernel->array_count; i++) {
    const @name@_array *const array = &kernel->arrays[i];
    const size_t count = array->count + array->count_per_row * kernel->rows;
    arrays[i] = calloc(count + 1, array->integer ? sizeof(int32_t) : sizeof(@name@_real));
    if (!arrays[i]) return 0;
    for (size_t k = 0; k < count && !array->integer; k++) ((@name@_real *)arrays[i])[k] = (@name@_real)0.25;
  }
  *builtin = seconds(kernel->builtin, kernel->rows, arrays);
  *blas = seconds(kernel->blas, kernel->rows, arrays);
  double total = 0;
  for (int turn = 0; turn < 3 || (turn < 1000 && total < 0.05); turn++) {
    const double first = seconds(kernel->builtin, kernel->rows, arrays), second = seconds(kernel->blas, kernel->rows, arrays);
    if (first < *builtin) *builtin = first;
    if (second < *blas) *blas = second;
    total += first + second;
  }
  for (size_t i = 0; i < kernel->array_count; i++) free(arrays[i]);
  return 1;
}
