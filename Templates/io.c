/* NAME_io.c: weights and checkpoints as safetensors files. Include after checksum.c and read_file.c. */

/* A growing text; after a failed allocation it stays empty and says so. */
typedef struct @name@_text {
  char *bytes;
  size_t count, capacity;
  int failed;
} @name@_text;

static void @name@_text_append(@name@_text *text, const char *bytes, size_t count) {
  if (!text->failed && text->count + count + 9 > text->capacity) {
    const size_t capacity = (text->capacity + count) * 2 + 4096;
    char *const longer = realloc(text->bytes, capacity);
    if (longer) {
      text->bytes = longer;
      text->capacity = capacity;
    } else {
      text->failed = 1;
    }
  }
  if (text->failed) return;
  memcpy(text->bytes + text->count, bytes, count);
  text->count += count;
  text->bytes[text->count] = 0;
}

static void @name@_text_add(@name@_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char line[512];
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof line) text->failed = 1;
  else @name@_text_append(text, line, (size_t)length);
}

/* A table of tensors and where their values begin. */
typedef struct @name@_block {
  const @name@_tensor_info *tensors;
  size_t count;
  @name@_real *values;
} @name@_block;

static void @name@_describe_block(@name@_text *header, const @name@_block *block, size_t *offset) {
  for (size_t i = 0; i < block->count; i++) {
    const @name@_tensor_info *const tensor = &block->tensors[i];
    const size_t bytes = tensor->count * sizeof(@name@_real);
    @name@_text_add(header, ",\"%s\":{\"dtype\":\"F%d\",\"shape\":[", tensor->name, @NAME@_REAL_BITS);
    for (size_t axis = 0; axis < tensor->rank; axis++) @name@_text_add(header, "%s%zu", axis ? "," : "", tensor->shape[axis]);
    @name@_text_add(header, "],\"data_offsets\":[%zu,%zu]}", *offset, *offset + bytes);
    *offset += bytes;
  }
}

static void @name@_describe_checks(@name@_text *header, const @name@_crc *crc, const @name@_block *block) {
  for (size_t i = 0; i < block->count; i++) {
    const @name@_tensor_info *const tensor = &block->tensors[i];
    const void *const values = block->values + tensor->offset;
    const uint32_t check = @name@_crc_of(crc, 0, values, tensor->count * sizeof(@name@_real));
    @name@_text_add(header, ",\"crc32c:%s\":\"%08x\"", tensor->name, (unsigned)check);
  }
}

static int @name@_write_all(int file, const void *bytes, size_t count) {
  const unsigned char *from = bytes;
  while (count > 0) {
    const ssize_t written = write(file, from, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return 0;
    from += written;
    count -= (size_t)written;
  }
  return 1;
}

static int @name@_write_file(int file, const @name@_text *header, const @name@_block *blocks, size_t count) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)header->count >> (8 * i));
  if (!@name@_write_all(file, length, sizeof length) || !@name@_write_all(file, header->bytes, header->count)) return 0;
  for (size_t b = 0; b < count; b++)
    for (size_t i = 0; i < blocks[b].count; i++) {
      const @name@_tensor_info *const tensor = &blocks[b].tensors[i];
      if (!@name@_write_all(file, blocks[b].values + tensor->offset, tensor->count * sizeof(@name@_real))) return 0;
    }
  return fsync(file) == 0;
}

static void @name@_sync_folder(const char *path) {
  const char *const slash = strrchr(path, '/');
  char folder[4096] = ".";
  if (slash) snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
  const int file = open(folder, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

/* Writes beside PATH, then renames: PATH is the old file or the whole new one at every instant. */
static @name@_status @name@_save(const char *path, const @name@_text *metadata, const @name@_block *blocks, size_t count) {
  @name@_text header = {0};
  @name@_crc crc;
  size_t offset = 0;
  @name@_crc_init(&crc, @NAME@_CRC32C);
  @name@_text_add(&header, "{\"__metadata__\":{\"format\":\"dlc-1\",\"model\":\"@name@\",\"model_hash\":\"%s\"", @NAME@_MODEL_HASH);
  if (metadata->count > 0) @name@_text_append(&header, metadata->bytes, metadata->count);
  for (size_t b = 0; b < count; b++) @name@_describe_checks(&header, &crc, &blocks[b]);
  @name@_text_add(&header, "}");
  for (size_t b = 0; b < count; b++) @name@_describe_block(&header, &blocks[b], &offset);
  @name@_text_add(&header, "}");
  /* Tensors begin at a multiple of 64 bytes, as a view of them in memory would have it. */
  while (!header.failed && (header.count + 8) % 64 != 0) @name@_text_add(&header, " ");

  char temporary[4096];
  const int length = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
  if (header.failed || length < 0 || (size_t)length >= sizeof temporary) {
    free(header.bytes);
    errno = header.failed ? ENOMEM : ENAMETOOLONG;
    return @NAME@_ERROR_IO;
  }
  const int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int done = file >= 0 && @name@_write_file(file, &header, blocks, count);
  int problem = done ? 0 : errno;
  if (file >= 0 && close(file) != 0 && done) {
    problem = errno;
    done = 0;
  }
  free(header.bytes);
  if (done && rename(temporary, path) != 0) {
    problem = errno;
    done = 0;
  }
  if (!done) {
    if (file >= 0) unlink(temporary);
    errno = problem;
    return @NAME@_ERROR_IO;
  }
  @name@_sync_folder(path);
  return @NAME@_OK;
}

static @name@_block @name@_weights_block(@name@_parameters *parameters) {
  @name@_block block = {0};
  block.tensors = @name@_tensors(&block.count);
  block.values = @name@_parameters_values(parameters);
  return block;
}

@name@_status @name@_save_weights(const char *path, @name@_parameters *parameters) {
  const @name@_block block = @name@_weights_block(parameters);
  const @name@_text metadata = {0};
  if (!path || !parameters) return @NAME@_ERROR_ARGUMENT;
  return @name@_save(path, &metadata, &block, 1);
}

/* ---- Loading ---- */

static void @name@_say(char *message, size_t capacity, const char *format, ...) {
  va_list arguments;
  if (!message || capacity == 0) return;
  va_start(arguments, format);
  vsnprintf(message, capacity, format, arguments);
  va_end(arguments);
}

static void @name@_shape_text(char *text, size_t capacity, size_t rank, const size_t *shape) {
  size_t used = (size_t)snprintf(text, capacity, "[");
  for (size_t axis = 0; axis < rank && axis < 8 && used < capacity; axis++)
    used += (size_t)snprintf(text + used, capacity - used, "%s%zu", axis ? ", " : "", shape[axis]);
  if (used < capacity) snprintf(text + used, capacity - used, "]");
}

static @name@_status @name@_check_tensor(const @name@_safetensors *file, const @name@_crc *crc, size_t *cursor,
                                         const @name@_tensor_info *wanted, char *message, size_t capacity) {
  @name@_safetensor found;
  @name@_safetensors_text text;
  char name[256], check[16], expected[160], actual[160];
  if (!@name@_safetensors_find(file, cursor, wanted->name, &found)) {
    @name@_say(message, capacity, "it has no tensor %s", wanted->name);
    return @NAME@_ERROR_MODEL;
  }
  if (found.rank != wanted->rank || memcmp(found.shape, wanted->shape, found.rank * sizeof *found.shape) != 0) {
    @name@_shape_text(expected, sizeof expected, wanted->rank, wanted->shape);
    @name@_shape_text(actual, sizeof actual, found.rank, found.shape);
    @name@_say(message, capacity, "%s has shape %s, but the model's has %s", wanted->name, actual, expected);
    return @NAME@_ERROR_MODEL;
  }
  if (strcmp(found.dtype, "F32") != 0 && strcmp(found.dtype, "F64") != 0) {
    @name@_say(message, capacity, "%s holds %s; F32 and F64 can be read", wanted->name, found.dtype);
    return @NAME@_ERROR_FORMAT;
  }
  size_t metadata = 0;
  snprintf(name, sizeof name, "crc32c:%s", wanted->name);
  if (!@name@_safetensors_find_metadata(file, &metadata, name, &text)) return @NAME@_OK;
  @name@_safetensors_copy(text, check, sizeof check);
  char computed[16];
  snprintf(computed, sizeof computed, "%08x", (unsigned)@name@_crc_of(crc, 0, found.data, found.bytes));
  if (strcmp(check, computed) == 0) return @NAME@_OK;
  @name@_say(message, capacity, "the values of %s, from byte %zu on, are damaged: their checksum is %s instead of %s",
             wanted->name, found.offset, computed, check);
  return @NAME@_ERROR_CHECKSUM;
}

static @name@_status @name@_check_table(const @name@_safetensors *file, const @name@_tensor_info *tensors, size_t count,
                                        char *message, size_t capacity) {
  @name@_crc crc;
  size_t cursor = 0;
  @name@_crc_init(&crc, @NAME@_CRC32C);
  for (size_t i = 0; i < count; i++) {
    const @name@_status status = @name@_check_tensor(file, &crc, &cursor, &tensors[i], message, capacity);
    if (status != @NAME@_OK) return status;
  }
  return @NAME@_OK;
}

/* A tensor that is neither a weight nor, in a checkpoint, a slot: the file is of another model. */
static @name@_status @name@_check_extra(const @name@_safetensors *file, char *message, size_t capacity) {
  @name@_safetensor tensor;
  size_t weights = 0, slots = 0;
  const @name@_tensor_info *const tables[2] = {@name@_tensors(&weights),
#if @NAME@_TRAINING
                                               @name@_trainer_tensors(&slots)
#else
                                               NULL
#endif
  };
  @name@_safetensors_text text;
  size_t cursor = 0;
  if (@name@_safetensors_find_metadata(file, &cursor, "step", &text)) return @NAME@_OK; /* slots of any optimizer */
  for (cursor = 0; @name@_safetensors_next(file, &cursor, &tensor);) {
    int known = 0;
    for (size_t i = 0; i < weights && !known; i++) known = @name@_safetensors_equals(tensor.name, tables[0][i].name);
    for (size_t i = 0; i < slots && !known; i++) known = @name@_safetensors_equals(tensor.name, tables[1][i].name);
    if (known) continue;
    char name[256];
    @name@_safetensors_copy(tensor.name, name, sizeof name);
    @name@_say(message, capacity, "it has a tensor %s, which the model does not", name);
    return @NAME@_ERROR_MODEL;
  }
  return @NAME@_OK;
}

@name@_status @name@_check_file(const void *bytes, size_t size, char *message, size_t capacity) {
  @name@_safetensors file;
  size_t count = 0;
  if (message && capacity) message[0] = 0;
  const char *const problem = @name@_safetensors_open(bytes, size, &file);
  if (problem) {
    @name@_say(message, capacity, "not a valid safetensors file: %s, at byte %zu", problem, file.error_offset);
    return @NAME@_ERROR_FORMAT;
  }
  const @name@_tensor_info *const tensors = @name@_tensors(&count);
  const @name@_status status = @name@_check_table(&file, tensors, count, message, capacity);
  return status == @NAME@_OK ? @name@_check_extra(&file, message, capacity) : status;
}

@name@_status @name@_load_weights(const char *path, @name@_parameters *parameters) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (!path || !parameters) return @NAME@_ERROR_ARGUMENT;
  const int problem = @name@_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return @NAME@_ERROR_IO;
  }
  @name@_status status = @name@_check_file(bytes, size, NULL, 0);
  if (status == @NAME@_OK) status = @name@_parameters_load(parameters, bytes, size);
  free(bytes);
  return status;
}
