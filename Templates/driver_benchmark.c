/* ---- Benchmark ---- */

static void fill_random(const @name@_field *field, void *array, size_t rows, uint32_t purpose) {
  for (size_t i = 0; i < rows * field->size; i++) {
    const @name@_real u = @name@_uniform(1, purpose, 0, i);
    if (!field->integer) ((@name@_real *)array)[i] = field->classes == 0 ? u : (@name@_real)0;
    else ((int32_t *)array)[i] = (int32_t)(u * (@name@_real)(field->classes ? field->classes : 2));
  }
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct bench {
  @name@_parameters *parameters;
  @name@_context *context;
#if @NAME@_TRAINING
  @name@_trainer *trainer;
  const void *targets[@NAME@_TARGETS];
#endif
  const void *inputs[@NAME@_INPUTS];
  void *outputs[@NAME@_OUTPUTS];
  size_t rows;
  int train;
} bench;

static @name@_status bench_step(bench *b) {
#if @NAME@_TRAINING
  if (b->train) {
    @name@_metrics metrics = {0};
    return @name@_call_train(b->trainer, b->rows, b->inputs, b->targets, &metrics);
  }
#endif
  return @name@_call_predict(b->context, b->parameters, b->rows, b->inputs, b->outputs);
}

static int bench_prepare(bench *b) {
  b->parameters = new_parameters(1);
  b->context = new_context(b->rows);
  if (!b->parameters || !b->context || (!b->train && prepare_weights(b->parameters))) return 0;
  for (size_t i = 0; i < @NAME@_INPUTS; i++) {
    void *const array = calloc(b->rows, @name@_input_fields[i].size * element_bytes(&@name@_input_fields[i]));
    if (!array) return 0;
    fill_random(&@name@_input_fields[i], array, b->rows, (uint32_t)i);
    b->inputs[i] = array;
  }
  for (size_t i = 0; i < @NAME@_OUTPUTS; i++) {
    b->outputs[i] = calloc(b->rows, @name@_output_fields[i].size * sizeof(@name@_real));
    if (!b->outputs[i]) return 0;
  }
#if @NAME@_TRAINING
  const @name@_config config = {b->rows, 1, pool};
  void *const memory = b->train ? allocate(@NAME@_TRAINER_BYTES(b->rows)) : NULL;
  if (b->train && (!memory || @name@_trainer_init(memory, @NAME@_TRAINER_BYTES(b->rows), b->parameters, &config, &b->trainer) != @NAME@_OK)) return 0;
  /* Steps that move no weight do the same work, and no network diverges on random targets. */
  if (b->train) @name@_set_learning_rate(b->trainer, 0);
  for (size_t i = 0; i < @NAME@_TARGETS && b->train; i++) {
    void *const array = calloc(b->rows, @name@_target_fields[i].size * element_bytes(&@name@_target_fields[i]));
    if (!array) return 0;
    fill_random(&@name@_target_fields[i], array, b->rows, (uint32_t)(100 + i));
    b->targets[i] = array;
  }
#endif
  return 1;
}

#if defined(@NAME@_PROFILE)
/* Steps with a clock behind each kernel, for as long again. */
static @name@_status bench_profile(bench *b, double duration, int json) {
  @name@_profile profile = {now, 0, {0}};
  @name@_status status = @NAME@_OK;
  size_t steps = 0;
  @name@_context_profile(b->context, &profile);
#if @NAME@_TRAINING
  if (b->train) @name@_trainer_profile(b->trainer, &profile);
#endif
  const double end = now() + duration;
  while (status == @NAME@_OK && (steps < 3 || now() < end)) {
    profile.last = now();
    status = bench_step(b);
    steps++;
  }
  if (status != @NAME@_OK) return status;
#if @NAME@_TRAINING
  if (b->train) print_profile(@name@_train_kernels, @NAME@_TRAIN_KERNELS, profile.seconds, (double)steps, (double)b->rows, json);
#endif
  if (!b->train) print_profile(@name@_predict_kernels, @NAME@_PREDICT_KERNELS, profile.seconds, (double)steps, (double)b->rows, json);
  return status;
}
#endif

/* The most memory that was resident so far, in MiB. Linux's getrusage also counts what the process was before it became this program. */
static double resident_memory(void) {
  FILE *const status = fopen("/proc/self/status", "r");
  char line[256];
  long kilobytes = 0;
  while (status && kilobytes == 0 && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kilobytes);
  if (status) fclose(status);
  if (kilobytes > 0) return (double)kilobytes / 1024;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return (double)usage.ru_maxrss / (1 << 20);
#else
  return (double)usage.ru_maxrss / 1024;
#endif
}

/* A sample is the mean of enough steps to last a fifth of a millisecond, which the clock resolves well. */
static int run_benchmark(const options *given) {
  enum { SAMPLES = 100000 };
  static double samples[SAMPLES];
  bench b = {0};
  b.train = @NAME@_TRAINING && !(given->mode && strcmp(given->mode, "infer") == 0);
  if (given->mode && strcmp(given->mode, "infer") != 0 && (strcmp(given->mode, "train") != 0 || !b.train))
    return fail(USAGE, "--mode is train or infer, and this model has %s", @NAME@_TRAINING ? "both" : "only infer");
  b.rows = given->batch ? given->batch : @name@_defaults.batch;
  if (b.rows > @NAME@_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", @NAME@_MAX_ROWS);
#if !defined(@NAME@_PROFILE)
  if (given->profile) return fail(USAGE, "--profile needs @name@.c and this file compiled with -D@NAME@_PROFILE, as dlc does it");
#endif
  const int json = given->format && strcmp(given->format, "json") == 0;
  if (given->format && !json && strcmp(given->format, "text") != 0) return fail(USAGE, "--format is text or json");
  if (!bench_prepare(&b)) return fail(FAILED, "out of memory");
  @name@_status status = @NAME@_OK;
  size_t steps = 1, count = 0;
  for (double elapsed = 0; status == @NAME@_OK && elapsed < 2e-4; steps *= 2) {
    const double start = now();
    for (size_t i = 0; i < steps && status == @NAME@_OK; i++) status = bench_step(&b);
    elapsed = now() - start;
  }
  const double duration = given->seconds > 0 ? given->seconds : 1, end = now() + duration;
  while (status == @NAME@_OK && count < SAMPLES && (count < 3 || now() < end)) {
    const double start = now();
    for (size_t i = 0; i < steps && status == @NAME@_OK; i++) status = bench_step(&b);
    samples[count++] = (now() - start) / (double)steps;
  }
  if (status != @NAME@_OK) return fail(FAILED, "%s", @name@_status_string(status));
  qsort(samples, count, sizeof *samples, by_value);
  const double flops = b.train ? @name@_defaults.train_flops + @name@_defaults.train_flops_per_row * (double)b.rows
                               : @name@_defaults.infer_flops + @name@_defaults.infer_flops_per_row * (double)b.rows;
  printf("{\"model\": \"%s\", \"mode\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"gemm\": \"%s\", \"min_ms\": %.6f, "
         "\"median_ms\": %.6f, \"gflops\": %.3f, \"rss_mb\": %.1f}\n",
         @name@_defaults.name, b.train ? "train" : "infer", b.rows, threads, @name@_defaults.gemm, samples[0] * 1e3,
         samples[count / 2] * 1e3, flops / samples[0] * 1e-9, resident_memory());
#if defined(@NAME@_PROFILE)
  if (given->profile) status = bench_profile(&b, duration, json);
  if (status != @NAME@_OK) return fail(FAILED, "%s", @name@_status_string(status));
#endif
  return DONE;
}
