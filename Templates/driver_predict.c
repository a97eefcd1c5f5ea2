/* ---- Commands that only look ---- */

static @name@_parameters *new_parameters(uint64_t seed) {
  @name@_parameters *parameters = NULL;
  void *const memory = allocate(@NAME@_PARAMETERS_BYTES);
  if (!memory || @name@_parameters_init(memory, @NAME@_PARAMETERS_BYTES, seed, &parameters) != @NAME@_OK) return NULL;
  return parameters;
}

static @name@_context *new_context(size_t rows) {
  @name@_context *context = NULL;
  const @name@_config config = {rows, 0};
  void *const memory = allocate(@NAME@_CONTEXT_BYTES(rows));
  if (!memory || @name@_context_init(memory, @NAME@_CONTEXT_BYTES(rows), &config, &context) != @NAME@_OK) return NULL;
  return context;
}

static void offset_rows(const @name@_field *fields, size_t count, void *const *arrays, size_t row, const void **at) {
  for (size_t i = 0; i < count; i++) at[i] = (const char *)arrays[i] + row * fields[i].size * element_bytes(&fields[i]);
}

static void print_row(const @name@_real *const *outputs, size_t row, int json, int first) {
  size_t column = 0;
  if (json) printf("%s\n  {", first ? "" : ",");
  for (size_t o = 0; o < @NAME@_OUTPUTS; o++) {
    const @name@_field *const field = &@name@_output_fields[o];
    if (json) printf("%s\"%s\": [", o ? ", " : "", field->name);
    for (size_t i = 0; i < field->size; i++, column++)
      printf("%s%.9g", json ? (i ? ", " : "") : (column ? "," : ""), (double)outputs[o][row * field->size + i]);
    if (json) printf("]");
  }
  printf(json ? "}" : "\n");
}

static int run_predict(const options *given) {
  enum { ROWS = @NAME@_MAX_ROWS < 256 ? @NAME@_MAX_ROWS : 256 };
  dataset data = {0};
  const int json = given->format && strcmp(given->format, "json") == 0;
  if (given->format && !json && strcmp(given->format, "csv") != 0) return fail(USAGE, "--format is csv or json, not '%s'", given->format);
  if (!given->weights) return fail(USAGE, "predict needs --weights FILE");
  @name@_parameters *const parameters = new_parameters(0);
  @name@_context *const context = new_context(ROWS);
  if (!parameters || !context) return fail(FAILED, "out of memory");
  int status = load_weights(given->weights, parameters);
  if (!status) status = read_data(given->data, 0, &data);
  if (status) return status;
  @name@_real *outputs[@NAME@_OUTPUTS];
  void *targets[@NAME@_OUTPUTS];
  for (size_t o = 0; o < @NAME@_OUTPUTS; o++) {
    targets[o] = outputs[o] = calloc(ROWS, @name@_output_fields[o].size * sizeof(@name@_real));
    if (!outputs[o]) return fail(FAILED, "out of memory");
  }
  if (json) printf("[");
  for (size_t row = 0; row < data.rows; row += ROWS) {
    const size_t rows = data.rows - row < ROWS ? data.rows - row : ROWS;
    const void *inputs[@NAME@_INPUTS];
    offset_rows(@name@_input_fields, @NAME@_INPUTS, data.inputs, row, inputs);
    const @name@_status result = @name@_call_predict(context, parameters, rows, inputs, targets);
    if (result != @NAME@_OK) return fail(FAILED, "row %zu: %s", row + 1, @name@_status_string(result));
    for (size_t i = 0; i < rows; i++) print_row((const @name@_real *const *)outputs, i, json, row + i == 0);
  }
  if (json) printf("\n]\n");
  return fflush(stdout) == 0 ? DONE : fail(FAILED, "standard output: %s", strerror(errno));
}

static int run_info(void) {
  size_t count = 0, total = 0;
  const @name@_tensor_info *const tensors = @name@_tensors(&count);
  printf("model       %s\nhash        %s\ncompiled    %s\n", @name@_defaults.name, @NAME@_MODEL_HASH, @name@_defaults.compiled);
  printf("precision   f%d\nproducts    %s\nmost rows   %d\n", @NAME@_REAL_BITS, @name@_defaults.gemm, @NAME@_MAX_ROWS);
  printf("parameters  %zu bytes\ncontext     %zu bytes for one row\n", @NAME@_PARAMETERS_BYTES, @NAME@_CONTEXT_BYTES(1));
#if @NAME@_TRAINING
  printf("trainer     %zu bytes for a batch of %zu\n", @NAME@_TRAINER_BYTES(@name@_defaults.batch), @name@_defaults.batch);
#endif
  for (size_t i = 0; i < count; i++) {
    printf("%-32s [", tensors[i].name);
    for (size_t axis = 0; axis < tensors[i].rank; axis++) printf("%s%zu", axis ? ", " : "", tensors[i].shape[axis]);
    printf("]%s\n", tensors[i].trainable ? "" : "  not trained");
    total += tensors[i].count;
  }
  printf("%zu numbers\n", total);
  return DONE;
}
