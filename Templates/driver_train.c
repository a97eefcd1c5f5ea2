/* ---- Training ---- */

static volatile sig_atomic_t stop_signal = 0;

static void on_signal(int number) { stop_signal = number; }

static double metric_value(const @name@_metrics *metrics, size_t i) {
  double value;
  memcpy(&value, (const char *)metrics + @name@_metric_fields[i].offset, sizeof value);
  return value;
}

/* An order of the rows that depends on seed and epoch alone (Fisher and Yates; Durstenfeld, 1964). */
static void shuffle_rows(size_t *order, size_t rows, uint64_t seed, uint64_t epoch, int shuffle) {
  for (size_t i = 0; i < rows; i++) order[i] = i;
  for (size_t i = rows; shuffle && i > 1; i--) {
    uint32_t words[4];
    @name@_random(seed, 0x5u, epoch, i, words);
    const size_t j = (size_t)(((uint64_t)words[0] << 32 | words[1]) % i), swapped = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swapped;
  }
}

typedef struct run {
  options given;
  dataset data, validation;
  size_t rows, batch, *order; /* rows to train on; the ones behind them may be for validation */
  @name@_parameters *parameters;
  @name@_trainer *trainer;
  @name@_context *context;
  @name@_progress progress;
  void *inputs[@NAME@_INPUTS], *targets[@NAME@_TARGETS]; /* of one batch */
  const char *checkpoint;
  char *metadata; /* of checkpoints: the vocabulary */
  size_t validation_first, validation_rows;
  const dataset *validation_data;
  FILE *log;
} run;

static void gather_rows(const @name@_field *fields, size_t count, void *const *from, void *const *to, const size_t *order, size_t rows) {
  for (size_t f = 0; f < count; f++) {
    const size_t bytes = fields[f].size * element_bytes(&fields[f]);
    for (size_t i = 0; i < rows; i++) memcpy((char *)to[f] + i * bytes, (const char *)from[f] + order[i] * bytes, bytes);
  }
}

static int evaluate_rows(@name@_context *context, const @name@_parameters *parameters, const dataset *data, size_t first, size_t rows,
                         size_t batch, @name@_metrics *metrics) {
  for (size_t row = first; row < first + rows; row += batch) {
    const void *inputs[@NAME@_INPUTS], *targets[@NAME@_TARGETS];
    const size_t count = first + rows - row < batch ? first + rows - row : batch;
    if (row == first) @name@_reset_state(context);
    offset_rows(@name@_input_fields, @NAME@_INPUTS, data->inputs, row, inputs);
    offset_rows(@name@_target_fields, @NAME@_TARGETS, data->targets, row, targets);
    const @name@_status status = @name@_call_evaluate(context, parameters, count, inputs, targets, metrics);
    if (status != @NAME@_OK) return fail(FAILED, "row %zu: %s", row + 1, @name@_status_string(status));
  }
  return 0;
}

static void print_metrics(const @name@_metrics *metrics, const char *prefix) {
  for (size_t i = 0; i < @NAME@_METRICS; i++)
    printf("%s%s%s: %.4f", i || *prefix ? " - " : "", prefix, @name@_metric_fields[i].name, metric_value(metrics, i));
}

/* Keras's line: k/N, a bar, the time left, samples a second, running loss and metrics. */
static void print_progress(const run *r, size_t done, double seconds) {
  enum { WIDTH = 24 };
  const size_t steps = (r->rows + r->batch - 1) / r->batch, step = (done + r->batch - 1) / r->batch;
  const size_t filled = WIDTH * step / steps;
  const double rate = (double)done / (seconds > 0 ? seconds : 1e-9);
  printf("\r\033[K%zu/%zu [", step, steps);
  for (size_t i = 0; i < WIDTH; i++) putchar(i < filled ? '=' : i == filled ? '>' : '.');
  printf("] %.0fs left, %.0f samples/s, ", (double)(r->rows - done) / rate, rate);
  print_metrics(&r->progress.metrics, "");
  fflush(stdout);
}

static int save(run *r) {
  r->progress.metadata = r->metadata;
  if (@name@_save_checkpoint(r->checkpoint, r->parameters, r->trainer, &r->progress) == @NAME@_OK) return 0;
  return fail(FAILED, "%s: cannot save: %s; what it held before is untouched", r->checkpoint, strerror(errno));
}

/* Whether a checkpoint can be saved: better said now than after an epoch. */
static int try_folder(const char *path) {
  char trial[4096];
  if ((size_t)snprintf(trial, sizeof trial, "%s.%ld.tmp", path, (long)getpid()) >= sizeof trial) return fail(FAILED, "%.40s...: its name is too long", path);
  const int file = open(trial, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return fail(FAILED, "%s: cannot save: %s", path, strerror(errno));
  close(file);
  unlink(trial);
  return 0;
}

static int stopped(run *r) {
  const int number = stop_signal, status = save(r);
  if (status) return status;
  fprintf(stderr, "\nstopped in epoch %llu; saved to %s; to go on: the same command with --resume\n",
          (unsigned long long)r->progress.epoch + 1, r->checkpoint);
  return 128 + number;
}

static int train_epoch(run *r, double *seconds, size_t *trained) {
  const int terminal = isatty(STDOUT_FILENO);
  const double start = now();
  double shown = 0;
  if (r->progress.position == 0) @name@_reset_trainer_state(r->trainer);
  shuffle_rows(r->order, r->rows, r->progress.seed, r->progress.epoch, @name@_defaults.shuffle && !r->given.no_shuffle);
  for (size_t row = (size_t)r->progress.position; row < r->rows;) {
    const size_t count = r->rows - row < r->batch ? r->rows - row : r->batch;
    gather_rows(@name@_input_fields, @NAME@_INPUTS, r->data.inputs, r->inputs, r->order + row, count);
    gather_rows(@name@_target_fields, @NAME@_TARGETS, r->data.targets, r->targets, r->order + row, count);
    const @name@_status status = @name@_call_train(r->trainer, count, (const void *const *)r->inputs, (const void *const *)r->targets, &r->progress.metrics);
    if (status == @NAME@_ERROR_NOT_FINITE)
      return fail(FAILED, "epoch %llu, step %llu: %s made a number that is not finite; %s holds the last epoch that was; try a smaller learning rate",
                  (unsigned long long)r->progress.epoch + 1, (unsigned long long)@name@_step(r->trainer) + 1,
                  @name@_fault(r->trainer)[0] ? @name@_fault(r->trainer) : "the loss", r->checkpoint);
    if (status != @NAME@_OK) return fail(FAILED, "%s", @name@_status_string(status));
    row += count;
    *trained += count;
    r->progress.position = row;
    *seconds = now() - start;
    if (terminal && *seconds - shown > 0.1) {
      shown = *seconds;
      print_progress(r, row, *seconds);
    }
    if (stop_signal) return stopped(r);
  }
  if (terminal) printf("\r\033[K");
  return 0;
}

static int log_epoch(const run *r, const @name@_metrics *validation, double seconds, double rate) {
  fprintf(r->log, "{\"epoch\": %llu", (unsigned long long)r->progress.epoch + 1);
  for (size_t i = 0; i < @NAME@_METRICS; i++)
    fprintf(r->log, ", \"%s\": %.9g", @name@_metric_fields[i].name, metric_value(&r->progress.metrics, i));
  for (size_t i = 0; i < @NAME@_METRICS && r->validation_rows; i++)
    fprintf(r->log, ", \"val_%s\": %.9g", @name@_metric_fields[i].name, metric_value(validation, i));
  fprintf(r->log, ", \"seconds\": %.6f, \"samples_per_second\": %.1f, \"learning_rate\": %.9g}\n", seconds, rate,
          (double)@name@_learning_rate(r->trainer));
  return fflush(r->log) == 0 ? 0 : fail(FAILED, "%s: %s", r->given.log, strerror(errno));
}

static int finish_epoch(run *r, double seconds, size_t trained) {
  @name@_metrics validation = {0};
  const double rate = (double)trained / (seconds > 0 ? seconds : 1e-9);
  const size_t steps = (r->rows + r->batch - 1) / r->batch;
  if (r->validation_rows) {
    const int status = evaluate_rows(r->context, r->parameters, r->validation_data, r->validation_first, r->validation_rows, r->batch, &validation);
    if (status) return status;
  }
  printf("%zu/%zu - %.2fs - %.0f samples/s - ", steps, steps, seconds, rate);
  print_metrics(&r->progress.metrics, "");
  if (r->validation_rows) print_metrics(&validation, "val_");
  printf("\n");
  fflush(stdout);
  const int logged = r->log ? log_epoch(r, &validation, seconds, rate) : 0;
  r->progress.epoch++;
  r->progress.position = 0;
  memset(&r->progress.metrics, 0, sizeof r->progress.metrics);
  const int saved = save(r);
  return saved ? saved : logged;
}

/* Which rows are for validation: a share of the last ones, as in Keras, or a file of their own. */
static int split_rows(run *r) {
  const char *const given = r->given.validation ? r->given.validation : @name@_defaults.validation;
  char *end = NULL;
  char buffer[4096];
  double share = given[0] ? strtod(given, &end) : @name@_defaults.validation_split;
  r->rows = r->data.rows;
  if (given[0] && (end == given || *end)) {
    const int status = read_data(r->given.validation ? given : declared_path(given, buffer, sizeof buffer), 1, &r->validation);
    r->validation_rows = r->validation.rows;
    r->validation_data = &r->validation;
    return status;
  }
  if (!(share >= 0 && share < 1)) return fail(USAGE, "the share for validation must be at least 0 and less than 1, not %g", share);
  r->rows = (size_t)floor((double)r->data.rows * (1 - share) + 1e-9);
  if (r->rows == 0) return fail(FAILED, "no rows are left to train on");
  r->validation_first = r->rows;
  r->validation_rows = r->data.rows - r->rows;
  r->validation_data = &r->data;
  return 0;
}

static int prepare_run(run *r) {
  r->batch = r->given.batch ? r->given.batch : @name@_defaults.batch;
  if (r->batch > @NAME@_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", @NAME@_MAX_ROWS);
  r->checkpoint = r->given.checkpoint ? r->given.checkpoint : "@name@.safetensors";
  const @name@_config config = {r->batch, r->given.has_seed ? r->given.seed : @name@_defaults.seed, pool};
  void *const memory = allocate(@NAME@_TRAINER_BYTES(r->batch));
  r->parameters = new_parameters(config.seed);
  r->context = new_context(r->batch);
  r->order = calloc(r->data.rows, sizeof *r->order);
  if (!memory || !r->parameters || !r->context || !r->order) return fail(FAILED, "out of memory");
  if (@name@_trainer_init(memory, @NAME@_TRAINER_BYTES(r->batch), r->parameters, &config, &r->trainer) != @NAME@_OK)
    return fail(FAILED, "the trainer cannot be set up");
  for (size_t i = 0; i < @NAME@_INPUTS; i++)
    if (!(r->inputs[i] = calloc(r->batch, @name@_input_fields[i].size * element_bytes(&@name@_input_fields[i])))) return fail(FAILED, "out of memory");
  for (size_t i = 0; i < @NAME@_TARGETS; i++)
    if (!(r->targets[i] = calloc(r->batch, @name@_target_fields[i].size * element_bytes(&@name@_target_fields[i])))) return fail(FAILED, "out of memory");
  r->progress.seed = config.seed;
  return 0;
}

/* Weights from the checkpoint, from a file, or new ones with the statistics of the data. */
static int begin_run(run *r) {
  if (try_folder(r->checkpoint)) return FAILED;
  if (r->given.resume) {
    const @name@_status status = @name@_load_checkpoint(r->checkpoint, r->parameters, r->trainer, &r->progress);
    if (status == @NAME@_ERROR_IO) return fail(FAILED, "%s: cannot resume: %s", r->checkpoint, strerror(errno));
    if (status != @NAME@_OK) {
      const int problem = load_weights(r->checkpoint, r->parameters);
      return problem ? problem : fail(FAILED, "%s: it holds weights, but not where training stands", r->checkpoint);
    }
    if (r->progress.position > r->rows) return fail(FAILED, "%s: it stands at row %llu of other data", r->checkpoint, (unsigned long long)r->progress.position);
  } else if (r->given.weights) {
    const int status = load_weights(r->given.weights, r->parameters);
    if (status) return status;
  } else if (@name@_call_adapt(r->parameters, r->rows, (const void *const *)r->data.inputs) != @NAME@_OK) {
    return fail(FAILED, "the statistics of the inputs cannot be computed");
  }
  if (r->given.learning_rate > 0) @name@_set_learning_rate(r->trainer, (@name@_real)r->given.learning_rate);
  if (!r->given.log) return 0;
  r->log = fopen(r->given.log, r->given.resume ? "a" : "w");
  return r->log ? 0 : fail(FAILED, "%s: %s", r->given.log, strerror(errno));
}

static int run_train(const options *given) {
  run r = {0};
  r.given = *given;
  int status = 0;
#if @NAME@_TEXT
  /* The vocabulary that the weights were trained with numbers the tokens. */
  const char *const begun = given->resume ? given->checkpoint ? given->checkpoint : "@name@.safetensors" : given->weights;
  if (begun) status = load_vocabulary(begun);
#endif
  if (!status) status = read_data(given->data, 1, &r.data);
#if @NAME@_TEXT
  if (!status && vocabulary.kind && !(r.metadata = vocabulary_metadata())) status = fail(FAILED, "out of memory");
#endif
  if (!status) status = split_rows(&r);
  if (!status) status = prepare_run(&r);
  if (!status) status = begin_run(&r);
  if (status) return status;
  struct sigaction action = {0};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  const size_t epochs = given->epochs ? given->epochs : @name@_defaults.epochs;
  if (r.progress.epoch >= epochs) printf("%s has all %zu epochs; --epochs N trains on\n", r.checkpoint, epochs);
  while (!status && r.progress.epoch < epochs) {
    double seconds = 0;
    size_t trained = 0;
    printf("Epoch %llu/%zu\n", (unsigned long long)r.progress.epoch + 1, epochs);
    status = train_epoch(&r, &seconds, &trained);
    if (!status) status = finish_epoch(&r, seconds, trained);
    if (!status && stop_signal) status = stopped(&r);
  }
  if (r.log && fclose(r.log) != 0 && !status) status = fail(FAILED, "%s: %s", given->log, strerror(errno));
  return status;
}

static int run_evaluate(const options *given) {
  dataset data = {0};
  @name@_metrics metrics = {0};
  const size_t batch = given->batch ? given->batch : @NAME@_MAX_ROWS < 256 ? @NAME@_MAX_ROWS : 256;
  if (batch > @NAME@_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", @NAME@_MAX_ROWS);
  const @name@_parameters *parameters = NULL;
  int status = choose_weights(given, "evaluate", &parameters);
  if (!status) status = read_data(given->data, 1, &data);
  if (status) return status;
  @name@_context *const context = new_context(data.rows < batch ? data.rows : batch);
  if (!context) return fail(FAILED, "out of memory");
  status = evaluate_rows(context, parameters, &data, 0, data.rows, batch, &metrics);
  if (status) return status;
  for (size_t i = 0; i < @NAME@_METRICS; i++)
    printf("%s%s=%.6f", i ? " " : "", @name@_metric_fields[i].name, metric_value(&metrics, i));
  printf("\n");
  return DONE;
}
