/*
 * A pool of threads that run the parts of one task at a time. The work is cut by the task itself, part of parts, so that every
 * number comes out alike whatever the number of threads. A waiting thread spins for some microseconds, since the next
 * task is often near, and then sleeps. Each thread has a part of its own, whose data its caches may have; what a thread has not begun
 * when the caller is done with its part, the caller does too: it never waits for a thread that has no processor. Include after inline.c;
 * needs <pthread.h>, <sched.h>, <stdint.h>, <string.h>, and SHARED_WORK and WAKING_WORK.
 */
typedef void @name@_task(void *call, size_t part, size_t parts);

#if @NAME@_THREADS > 1
struct @name@_worker {
  @name@_pool *pool;
  size_t part;
  size_t begun; /* the last task whose part somebody has taken */
  pthread_t thread;
};

struct @name@_pool {
  size_t parts;              /* threads, the caller's included */
  size_t tasks, unfinished;  /* tasks given so far; workers at the last one */
  size_t sleeping, stopping;
  @name@_task *task;
  void *call;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  struct @name@_worker workers[@NAME@_THREADS - 1];
};

@NAME@_INLINE void @name@_pause(size_t turn) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
  if (turn % 1024 == 1023) sched_yield(); /* there may be fewer processors than threads */
}

/* The number of tasks given, once it is no longer `done`. */
static size_t @name@_next_task(@name@_pool *pool, size_t done) {
  size_t tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  for (size_t turn = 0; tasks == done && turn < 20000; turn++) {
    @name@_pause(turn);
    tasks = __atomic_load_n(&pool->tasks, __ATOMIC_ACQUIRE);
  }
  if (tasks != done) return tasks;
  pthread_mutex_lock(&pool->mutex);
  __atomic_add_fetch(&pool->sleeping, 1, __ATOMIC_SEQ_CST);
  while ((tasks = __atomic_load_n(&pool->tasks, __ATOMIC_SEQ_CST)) == done) pthread_cond_wait(&pool->wake, &pool->mutex);
  __atomic_sub_fetch(&pool->sleeping, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&pool->mutex);
  return tasks;
}

/* Whether the part of this task falls to whoever asks, and no longer to anybody else. */
static int @name@_take(struct @name@_worker *worker, size_t task) {
  size_t before = task - 1;
  return __atomic_compare_exchange_n(&worker->begun, &before, task, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void *@name@_work(void *started) {
  struct @name@_worker *const worker = started;
  @name@_pool *const pool = worker->pool;
  for (size_t done = 0;;) {
    done = @name@_next_task(pool, done);
    if (__atomic_load_n(&pool->stopping, __ATOMIC_ACQUIRE)) return NULL;
    if (!@name@_take(worker, done)) continue;
    pool->task(pool->call, worker->part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELEASE);
  }
}

static void @name@_announce(@name@_pool *pool) {
  __atomic_add_fetch(&pool->tasks, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&pool->sleeping, __ATOMIC_SEQ_CST) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a task in as many parts as there are threads. */
@NAME@_APART void @name@_share_out(@name@_pool *pool, @name@_task *task, void *call) {
  pool->task = task;
  pool->call = call;
  __atomic_store_n(&pool->unfinished, pool->parts - 1, __ATOMIC_RELAXED);
  @name@_announce(pool);
  task(call, 0, pool->parts);
  if (!__atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE)) return;
  for (size_t part = 1; part < pool->parts; part++) {
    if (!@name@_take(&pool->workers[part - 1], pool->tasks)) continue;
    task(call, part, pool->parts);
    __atomic_sub_fetch(&pool->unfinished, 1, __ATOMIC_RELAXED);
  }
  for (size_t turn = 0; __atomic_load_n(&pool->unfinished, __ATOMIC_ACQUIRE); turn++) @name@_pause(turn);
}

/* Runs a task: in one part where it is too little work to share. */
static inline void @name@_parallel(@name@_pool *pool, size_t work, @name@_task *task, void *call) {
  const int is_little = !pool || pool->parts == 1 || work < @NAME@_SHARED_WORK ||
    (work < @NAME@_WAKING_WORK && __atomic_load_n(&pool->sleeping, __ATOMIC_RELAXED));
  if (is_little) task(call, 0, 1);
  else @name@_share_out(pool, task, call);
}

void @name@_pool_stop(@name@_pool *pool) {
  if (!pool) return;
  __atomic_store_n(&pool->stopping, 1, __ATOMIC_RELEASE);
  @name@_announce(pool);
  for (size_t i = 0; i + 1 < pool->parts; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
}

static @name@_status @name@_pool_start(@name@_pool *pool, size_t threads) {
  if (pthread_mutex_init(&pool->mutex, NULL) || pthread_cond_init(&pool->wake, NULL)) return @NAME@_ERROR_THREADS;
  for (pool->parts = 1; pool->parts < threads; pool->parts++) {
    struct @name@_worker *const worker = &pool->workers[pool->parts - 1];
    worker->pool = pool;
    worker->part = pool->parts;
    if (pthread_create(&worker->thread, NULL, @name@_work, worker)) {
      @name@_pool_stop(pool);
      return @NAME@_ERROR_THREADS;
    }
  }
  return @NAME@_OK;
}
#else
struct @name@_pool {
  size_t parts;
};

void @name@_pool_stop(@name@_pool *pool) { (void)pool; }

static @name@_status @name@_pool_start(@name@_pool *pool, size_t threads) {
  pool->parts = threads;
  return @NAME@_OK;
}
#endif

@name@_status @name@_pool_init(void *memory, size_t bytes, size_t threads, @name@_pool **out) {
  if (!memory || !out || threads == 0 || threads > @NAME@_THREADS) return @NAME@_ERROR_ARGUMENT;
  if ((uintptr_t)memory % @NAME@_ALIGNMENT) return @NAME@_ERROR_ALIGNMENT;
  if (bytes < @NAME@_POOL_BYTES || sizeof(@name@_pool) > @NAME@_POOL_BYTES) return @NAME@_ERROR_MEMORY;
  @name@_pool *const pool = memory;
  memset(pool, 0, sizeof *pool);
  const @name@_status status = @name@_pool_start(pool, threads);
  if (status == @NAME@_OK) *out = pool;
  return status;
}
