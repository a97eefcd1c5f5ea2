/* The pool of threads.c: every part of every task is done once, whoever does it, and a caller waits for no thread that has not begun. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include "templates.h"

#define MODEL_THREADS 4
#define MODEL_ALIGNMENT 64
#define MODEL_POOL_BYTES ((size_t)1024)
#define MODEL_SHARED_WORK 100
#define MODEL_WAKING_WORK 1000
typedef enum model_status { MODEL_OK, MODEL_ERROR_ARGUMENT, MODEL_ERROR_ALIGNMENT, MODEL_ERROR_MEMORY, MODEL_ERROR_THREADS } model_status;
typedef struct model_pool model_pool;
model_status model_pool_init(void *memory, size_t bytes, size_t threads, model_pool **out);
void model_pool_stop(model_pool *pool);
#include "threads_piece.h"

static void *memory(void) {
  void *bytes = NULL;
  if (posix_memalign(&bytes, MODEL_ALIGNMENT, MODEL_POOL_BYTES)) exit(1);
  return bytes;
}

/* How often each part was done; no two threads do the same part at a time, and the caller looks when all are done. */
typedef struct counts {
  size_t done[MODEL_THREADS], parts;
} counts;

static void count(void *call, size_t part, size_t parts) {
  counts *const to = call;
  to->done[part]++;
  if (part == 0) to->parts = parts;
}

static int are(const counts *seen, size_t parts, size_t times) {
  for (size_t part = 0; part < parts; part++)
    if (seen->done[part] != times) return 0;
  return seen->parts == parts;
}

static void pause_for(long nanoseconds) {
  const struct timespec time = {0, nanoseconds};
  nanosleep(&time, NULL);
}

static void check_threads(size_t threads) {
  model_pool *pool = NULL;
  void *const bytes = memory();
  counts seen = {{0}, 0}, alone = {{0}, 0};
  CHECK(model_pool_init(bytes, MODEL_POOL_BYTES, threads, &pool) == MODEL_OK, "%zu threads do not start", threads);
  for (size_t task = 1; task <= 20000; task++) {
    model_parallel(pool, 1000, count, &seen);
    if (!are(&seen, threads, task)) break;
  }
  CHECK(are(&seen, threads, 20000), "%zu threads, one task behind the other", threads);
  for (size_t task = 1; task <= 20; task++) { /* they sleep in between */
    pause_for(5000000);
    model_parallel(pool, 1000, count, &seen);
  }
  CHECK(are(&seen, threads, 20020), "%zu threads, with pauses", threads);
  model_parallel(pool, 99, count, &alone);
  CHECK(are(&alone, 1, 1), "%zu threads, too little to share", threads);
  model_pool_stop(pool);
  free(bytes);
}

/* Threads that never get a processor: the caller does their parts. */
static void check_absent(void) {
  model_pool *const pool = memory();
  counts seen = {{0}, 0};
  memset(pool, 0, sizeof *pool);
  pool->parts = MODEL_THREADS;
  for (size_t task = 1; task <= 3; task++) {
    model_parallel(pool, 1000, count, &seen);
    CHECK(are(&seen, MODEL_THREADS, task), "task %zu of absent threads", task);
  }
  /* One comes late and finds the last task taken. */
  struct model_worker *const late = &pool->workers[0];
  CHECK(!model_take(late, 2) && !model_take(late, 3) && model_take(late, 4), "a late thread");
  free(pool);
}

int main(void) {
  model_pool *pool = NULL;
  void *const bytes = memory();
  CHECK(model_pool_init(NULL, MODEL_POOL_BYTES, 2, &pool) == MODEL_ERROR_ARGUMENT, "no memory");
  CHECK(model_pool_init(bytes, MODEL_POOL_BYTES, 0, &pool) == MODEL_ERROR_ARGUMENT, "no threads");
  CHECK(model_pool_init(bytes, MODEL_POOL_BYTES, MODEL_THREADS + 1, &pool) == MODEL_ERROR_ARGUMENT, "too many");
  CHECK(model_pool_init((char *)bytes + 4, MODEL_POOL_BYTES, 2, &pool) == MODEL_ERROR_ALIGNMENT, "alignment");
  CHECK(model_pool_init(bytes, MODEL_POOL_BYTES - 1, 2, &pool) == MODEL_ERROR_MEMORY, "too small");
  free(bytes);
  check_absent();
  for (size_t threads = 1; threads <= MODEL_THREADS; threads++) check_threads(threads);
  return failures != 0;
}
