/* ---- What the machine can do ---- */

#if defined(@NAME@_PROFILE)
/* Multiply-adds without a memory access, and a = b + s c over arrays: GFLOP/s and GB/s. */
typedef struct machine_peak {
  double gflops, gbs;
} machine_peak;

enum { MOST_PEAK_THREADS = 256, PEAK_CHAINS = 12 }; /* as many chains as hide the latency of a multiply-add */

typedef struct peak_share {
  size_t *waiting;          /* threads that are not ready yet */
  size_t vectors, rounds;
  @name@_vector *a, *b, *c; /* this thread's part */
  double start, end;
  @name@_real sum;
} peak_share;

static void peak_ready(peak_share *share) {
  __atomic_sub_fetch(share->waiting, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(share->waiting, __ATOMIC_SEQ_CST)) {
  }
  share->start = now();
}

static void *peak_multiply_add(void *given) {
  peak_share *const share = given;
  @name@_vector chains[PEAK_CHAINS];
  @name@_real numbers[PEAK_CHAINS * @NAME@_LANES];
  for (size_t i = 0; i < PEAK_CHAINS * @NAME@_LANES; i++) numbers[i] = (@name@_real)i;
  memcpy(chains, numbers, sizeof chains);
  const @name@_vector one = chains[0];
  peak_ready(share);
  for (size_t round = 0; round < share->rounds; round++) {
    @NAME@_UNROLL
    for (size_t i = 0; i < PEAK_CHAINS; i++) chains[i] = @name@_vector_fma((@name@_real)0.5, chains[i], one);
  }
  /* The sum is out before the clock is read, so that the rounds are too. */
  memcpy(numbers, chains, sizeof chains);
  for (size_t i = 0; i < PEAK_CHAINS * @NAME@_LANES; i++) share->sum += numbers[i];
  share->end = now();
  return NULL;
}

/* The first round brings the arrays to where they belong. */
static void *peak_triad(void *given) {
  peak_share *const share = given;
  memset(share->a, 0, share->vectors * sizeof *share->a);
  memset(share->b, 0, share->vectors * sizeof *share->b);
  memset(share->c, 0, share->vectors * sizeof *share->c);
  peak_ready(share);
  for (size_t round = 0; round < share->rounds; round++) {
    for (size_t i = 0; i < share->vectors; i++) share->a[i] = @name@_vector_fma((@name@_real)1.5, share->c[i], share->b[i]);
    share->sum += ((const volatile @name@_real *)share->a)[0];
  }
  share->end = now();
  return NULL;
}

/* Seconds from when the first thread begins to the end of the last one, the least of some tries; 0 without memory. */
static double peak_seconds(void *(*work)(void *), size_t parts, size_t vectors, size_t rounds) {
  static peak_share shares[MOST_PEAK_THREADS];
  static pthread_t handles[MOST_PEAK_THREADS];
  if (parts == 0 || parts > MOST_PEAK_THREADS) return 0;
  const size_t own = vectors / parts;
  @name@_vector *const arrays = own ? allocate(3 * own * parts * sizeof *arrays) : NULL;
  if (own && !arrays) return 0;
  double least = 0;
  for (int try = 0; try < 5; try++) {
    size_t waiting = parts;
    for (size_t part = 0; part < parts; part++) {
      @name@_vector *const first = own ? arrays + 3 * own * part : NULL;
      shares[part] = (peak_share){&waiting, own, rounds, first, own ? first + own : NULL, own ? first + 2 * own : NULL, 0, 0, 0};
      if (pthread_create(&handles[part], NULL, work, &shares[part])) exit(fail(FAILED, "%zu threads cannot be started", parts));
    }
    double start = 0, end = 0;
    for (size_t part = 0; part < parts; part++) {
      pthread_join(handles[part], NULL);
      if (part == 0 || shares[part].start < start) start = shares[part].start;
      if (shares[part].end > end) end = shares[part].end;
    }
    if (least == 0 || end - start < least) least = end - start;
  }
  return least;
}

/* Of so many threads, with arrays of so many bytes together. */
static machine_peak measure_peak(size_t parts, size_t bytes) {
  enum { FMA_ROUNDS = 2000000 };
  const size_t vectors = bytes / sizeof(@name@_vector) / 3 / parts * parts;
  const size_t rounds = 1 + ((size_t)1 << 28) / bytes;
  const double arithmetic = peak_seconds(peak_multiply_add, parts, 0, FMA_ROUNDS);
  const double memory = peak_seconds(peak_triad, parts, vectors, rounds);
  const double flops = 2.0 * (double)(@NAME@_LANES * PEAK_CHAINS * parts) * (double)FMA_ROUNDS;
  const double moved = 3.0 * (double)(vectors * sizeof(@name@_vector)) * (double)rounds;
  return (machine_peak){arithmetic > 0 ? flops / arithmetic * 1e-9 : 0, memory > 0 ? moved / memory * 1e-9 : 0};
}
#endif
