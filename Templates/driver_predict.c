/* ---- Commands that only look ---- */

static @name@_parameters *new_parameters(uint64_t seed) {
  @name@_parameters *parameters = NULL;
  void *const memory = allocate(@NAME@_PARAMETERS_BYTES);
  if (!memory || @name@_parameters_init(memory, @NAME@_PARAMETERS_BYTES, seed, &parameters) != @NAME@_OK) return NULL;
  return parameters;
}

/* The weights, and what is wrong with a file that should hold them. */
static int load_weights(const char *path, @name@_parameters *parameters) {
  const @name@_status status = @name@_load_weights(path, parameters);
#if @NAME@_TEXT
  if (status == @NAME@_OK) return load_vocabulary(path);
#endif
  if (status == @NAME@_OK) return DONE;
  if (status == @NAME@_ERROR_IO) return fail(FAILED, "%s: %s", path, strerror(errno));
  char message[512] = "";
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (@name@_read_file(path, &bytes, &size) == 0) @name@_check_file(bytes, size, message, sizeof message);
  free(bytes);
  return fail(FAILED, "%s: %s", path, message[0] ? message : @name@_status_string(status));
}

/* A file's weights where they lie, as save_weights has them, and its vocabulary: nothing else is read before it is wanted. No weights for
 * any other file, and where something is wrong with it. A file that another is renamed to, as saving does, stays whole while it is
 * mapped. */
static int map_weights(const char *path, @name@_parameters **into) {
  struct stat status;
  @name@_parameters *parameters = NULL;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  void *bytes = MAP_FAILED;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (bytes == MAP_FAILED) return 0;
  void *const memory = allocate(@NAME@_VIEW_BYTES);
  const size_t size = (size_t)status.st_size;
  if (memory && @name@_parameters_view(memory, @NAME@_VIEW_BYTES, bytes, size, &parameters) == @NAME@_OK
      && @name@_check_file(bytes, size, NULL, 0) == @NAME@_OK) {
    *into = parameters;
#if @NAME@_TEXT
    return vocabulary_in(path, bytes, size);
#else
    return 0;
#endif
  }
  munmap(bytes, size);
  return 0;
}

/* What --weights has brought, or NULL: weights that are compiled in stay as they are. */
static @name@_parameters *loaded = NULL;

/* Gives the pages of weights back to the system; those of a file come again if they are wanted. user is where the range before ends: a
 * page in which one range follows another goes with the second. */
static void give_back(void *user, const @name@_real *values, size_t count) {
  uintptr_t *const end = user;
#if defined(MADV_DONTNEED)
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)values;
  const uintptr_t from = (first == *end ? first : first + page - 1) / page * page, to = (uintptr_t)(values + count) / page * page;
  if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
#endif
  *end = (uintptr_t)(values + count);
}

/* For several calls of predict, and none of a function that reads weights where they lie. */
static int prepare_weights(@name@_parameters *parameters) {
  if (@NAME@_PREPARED_BYTES == 0 || !parameters) return 0;
  uintptr_t end = 0;
  const @name@_release release = {give_back, &end};
  void *const memory = allocate(@NAME@_PREPARED_BYTES);
  if (!memory || @name@_parameters_prepare_and_release(parameters, memory, @NAME@_PREPARED_BYTES, &release) != @NAME@_OK)
    return fail(FAILED, "out of memory");
  return 0;
}

/* The weights of --weights, else those that were compiled in. */
static int choose_weights(const options *given, const char *command, const @name@_parameters **into) {
#if @NAME@_EMBEDDED
  (void)command;
  *into = @name@_embedded();
#if @NAME@_TEXT && @NAME@_VOCABULARY
  if (!given->weights) return embedded_vocabulary();
#else
  if (!given->weights) return 0;
#endif
#else
  if (!given->weights) return fail(USAGE, "%s needs --weights FILE", command);
#endif
  const int problem = map_weights(given->weights, &loaded);
  *into = loaded;
  if (problem || loaded) return problem;
  *into = loaded = new_parameters(0);
  return loaded ? load_weights(given->weights, loaded) : fail(FAILED, "out of memory");
}

/* For calls of so many rows: less memory for few. */
static @name@_context *new_context_in(size_t rows, size_t large) {
  @name@_context *context = NULL;
  const @name@_config config = {rows, 0, pool};
  void *const memory = allocate_pages(@NAME@_CONTEXT_BYTES(rows), large);
  if (!memory || @name@_context_init(memory, @NAME@_CONTEXT_BYTES(rows), &config, &context) != @NAME@_OK) return NULL;
  return context;
}

static @name@_context *new_context(size_t rows) { return new_context_in(rows, LARGE); }

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

enum { ZIP_PLACE = 0, ZIP_SIZE, ZIP_SUM, ZIP_FACTS };

static void put(unsigned char **to, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) *(*to)++ = (unsigned char)(value >> (8 * i));
}

/* A member's header of a zip archive; in the directory it is longer and has its place. */
static size_t zip_header(unsigned char *into, const char *name, const uint64_t *facts, int directory) {
  unsigned char *to = into;
  put(&to, directory ? 0x02014b50u : 0x04034b50u, 4);
  if (directory) put(&to, 20, 2);
  put(&to, 20, 2);
  put(&to, 0, 4); /* flags; stored */
  put(&to, 0x00210000u, 4); /* 1980-01-01 */
  put(&to, facts[ZIP_SUM], 4);
  put(&to, facts[ZIP_SIZE], 4);
  put(&to, facts[ZIP_SIZE], 4);
  put(&to, strlen(name) + 4, 2);
  put(&to, 0, 2);
  if (directory) {
    put(&to, 0, 4);
    put(&to, 0, 6);
    put(&to, facts[ZIP_PLACE], 4);
  }
  const int length = sprintf((char *)to, "%s.npy", name);
  return (size_t)(to - into) + (size_t)length;
}

/* One output as NPY, or all as NPZ, to standard output. */
static int write_arrays(void *const *outputs, size_t rows, int archive) {
  unsigned char text[512], header[512];
  uint64_t facts[@NAME@_OUTPUTS][ZIP_FACTS], place = 0;
  for (size_t o = 0; o < @NAME@_OUTPUTS; o++) {
    const @name@_field *const field = &@name@_output_fields[o];
    const size_t length = npy_header((char *)text, sizeof text, rows, field), bytes = rows * field->size * sizeof(@name@_real);
    if (archive) {
      facts[o][ZIP_PLACE] = place;
      facts[o][ZIP_SIZE] = length + bytes;
      if (place + length + bytes > 0xFFFFFFF0u) return fail(FAILED, "the outputs are too large for an NPZ file");
      facts[o][ZIP_SUM] = zip_checksum(outputs[o], bytes, zip_checksum(text, length, 0));
      const size_t count = zip_header(header, field->name, facts[o], 0);
      fwrite(header, 1, count, stdout);
      place += count + length + bytes;
    }
    fwrite(text, 1, length, stdout);
    fwrite(outputs[o], 1, bytes, stdout);
  }
  if (archive) {
    uint64_t end = place;
    for (size_t o = 0; o < @NAME@_OUTPUTS; o++) {
      const size_t count = zip_header(header, @name@_output_fields[o].name, facts[o], 1);
      fwrite(header, 1, count, stdout);
      end += count;
    }
    unsigned char *to = header;
    put(&to, 0x06054b50u, 4);
    put(&to, 0, 4);
    put(&to, @NAME@_OUTPUTS, 2);
    put(&to, @NAME@_OUTPUTS, 2);
    put(&to, end - place, 4);
    put(&to, place, 4);
    put(&to, 0, 2);
    fwrite(header, 1, (size_t)(to - header), stdout);
  }
  return DONE;
}

static int run_predict(const options *given) {
  enum { ROWS = @NAME@_MAX_ROWS < 256 ? @NAME@_MAX_ROWS : 256 };
  dataset data = {0};
  const char *const format = given->format ? given->format : "csv";
  const int json = strcmp(format, "json") == 0, archive = strcmp(format, "npz") == 0, arrays = archive || strcmp(format, "npy") == 0;
  if (!json && !arrays && strcmp(format, "csv") != 0) return fail(USAGE, "--format is csv, json, npy or npz, not '%s'", format);
  if (arrays && !archive && @NAME@_OUTPUTS > 1) return fail(USAGE, "the model has %d outputs: --format npz writes several arrays", @NAME@_OUTPUTS);
  const @name@_parameters *parameters = NULL;
  int status = choose_weights(given, "predict", &parameters);
  if (!status) status = read_data(given->data, 0, &data);
  if (!status && data.rows > ROWS) status = prepare_weights(loaded);
  if (status) return status;
  @name@_context *const context = new_context_in(data.rows < ROWS ? data.rows : ROWS, data.rows > ROWS ? LARGE : LARGE_FOR_ONE_CALL);
  if (!context) return fail(FAILED, "out of memory");
  @name@_real *outputs[@NAME@_OUTPUTS];
  void *targets[@NAME@_OUTPUTS];
  const size_t kept = arrays ? data.rows : ROWS; /* arrays are written when all rows are there */
  for (size_t o = 0; o < @NAME@_OUTPUTS; o++) {
    targets[o] = outputs[o] = calloc(kept, @name@_output_fields[o].size * sizeof(@name@_real));
    if (!outputs[o]) return fail(FAILED, "out of memory");
  }
  if (json) printf("[");
  for (size_t row = 0; row < data.rows; row += ROWS) {
    const size_t rows = data.rows - row < ROWS ? data.rows - row : ROWS;
    const void *inputs[@NAME@_INPUTS];
    offset_rows(@name@_input_fields, @NAME@_INPUTS, data.inputs, row, inputs);
    for (size_t o = 0; o < @NAME@_OUTPUTS && arrays; o++) targets[o] = outputs[o] + row * @name@_output_fields[o].size;
    const @name@_status result = @name@_call_predict(context, parameters, rows, inputs, targets);
    if (result != @NAME@_OK) return fail(FAILED, "row %zu: %s", row + 1, @name@_status_string(result));
    for (size_t i = 0; i < rows && !arrays; i++) print_row((const @name@_real *const *)outputs, i, json, row + i == 0);
  }
  if (arrays) {
    for (size_t o = 0; o < @NAME@_OUTPUTS; o++) targets[o] = outputs[o];
    return write_arrays(targets, data.rows, archive);
  }
  if (json) printf("\n]\n");
  return DONE;
}

static int run_info(void) {
  size_t count = 0, total = 0;
  const @name@_tensor_info *const tensors = @name@_tensors(&count);
  printf("model       %s\nhash        %s\ncompiled    %s\n", @name@_defaults.name, @NAME@_MODEL_HASH, @name@_defaults.compiled);
  printf("precision   f%d\nproducts    %s\nmost rows   %d\n", @NAME@_REAL_BITS, @name@_defaults.gemm, @NAME@_MAX_ROWS);
  printf("parameters  %zu bytes\nprepared    %zu bytes\ncontext     %zu bytes for one row\n", @NAME@_PARAMETERS_BYTES,
         @NAME@_PREPARED_BYTES, @NAME@_CONTEXT_BYTES(1));
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
