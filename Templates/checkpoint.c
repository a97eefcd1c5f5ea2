/* NAME_io.c: checkpoints, which hold the optimizer's slots and where training stands besides the weights. */
static @name@_block @name@_slots_block(@name@_trainer *trainer) {
  @name@_block block = {0};
  block.tensors = @name@_trainer_tensors(&block.count);
  block.values = @name@_trainer_values(trainer);
  return block;
}

@name@_status @name@_save_checkpoint(const char *path, @name@_parameters *parameters, @name@_trainer *trainer,
                                     const @name@_progress *progress) {
  if (!path || !parameters || !trainer || !progress) return @NAME@_ERROR_ARGUMENT;
  const @name@_block blocks[2] = {@name@_weights_block(parameters), @name@_slots_block(trainer)};
  @name@_text metadata = {0};
  @name@_text_add(&metadata, ",\"epoch\":\"%llu\",\"position\":\"%llu\",\"seed\":\"%llu\",\"step\":\"%llu\"",
                  (unsigned long long)progress->epoch, (unsigned long long)progress->position,
                  (unsigned long long)@name@_seed(trainer), (unsigned long long)@name@_step(trainer));
  @name@_text_add(&metadata, ",\"learning_rate\":\"%a\"", (double)@name@_learning_rate(trainer));
  /* Hexadecimal, so that what is resumed is what was stopped. */
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) @name@_text_add(&metadata, ",\"sum%zu\":\"%a\"", i, progress->metrics.sums[i]);
  if (progress->metadata) @name@_text_append(&metadata, progress->metadata, strlen(progress->metadata));
  const @name@_status status = metadata.failed ? @NAME@_ERROR_IO : @name@_save(path, &metadata, blocks, 2);
  const int problem = errno;
  free(metadata.bytes);
  errno = metadata.failed ? ENOMEM : problem;
  return status;
}

static int @name@_metadata(const @name@_safetensors *file, const char *key, char value[64]) {
  @name@_safetensors_text text;
  size_t cursor = 0;
  return @name@_safetensors_find_metadata(file, &cursor, key, &text) && @name@_safetensors_copy(text, value, 64) < 64;
}

static int @name@_read_progress(const @name@_safetensors *file, @name@_progress *progress) {
  const struct { const char *key; uint64_t *number; } numbers[] = {
    {"epoch", &progress->epoch}, {"position", &progress->position}, {"seed", &progress->seed}, {"step", &progress->step}};
  char text[64], key[32], *end;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (!@name@_metadata(file, numbers[i].key, text)) return 0;
    *numbers[i].number = strtoull(text, &end, 10);
    if (end == text || *end) return 0;
  }
  if (!@name@_metadata(file, "learning_rate", text)) return 0;
  progress->learning_rate = strtod(text, &end);
  if (end == text || *end) return 0;
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) {
    snprintf(key, sizeof key, "sum%zu", i);
    if (!@name@_metadata(file, key, text)) return 0;
    progress->metrics.sums[i] = strtod(text, &end);
    if (end == text || *end) return 0;
  }
  return 1;
}

@name@_status @name@_load_checkpoint(const char *path, @name@_parameters *parameters, @name@_trainer *trainer,
                                     @name@_progress *progress) {
  unsigned char *bytes = NULL;
  size_t size = 0, count = 0;
  @name@_safetensors file;
  @name@_progress read = {0};
  if (!path || !parameters || !trainer || !progress) return @NAME@_ERROR_ARGUMENT;
  const int problem = @name@_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return @NAME@_ERROR_IO;
  }
  @name@_status status = @name@_check_file(bytes, size, NULL, 0);
  if (status == @NAME@_OK && @name@_safetensors_open(bytes, size, &file)) status = @NAME@_ERROR_FORMAT;
  if (status == @NAME@_OK) {
    const @name@_tensor_info *const slots = @name@_trainer_tensors(&count);
    status = @name@_check_table(&file, slots, count, NULL, 0);
  }
  if (status == @NAME@_OK && !@name@_read_progress(&file, &read)) status = @NAME@_ERROR_FORMAT;
  if (status == @NAME@_OK) status = @name@_parameters_load(parameters, bytes, size);
  if (status == @NAME@_OK) status = @name@_trainer_load(trainer, bytes, size);
  free(bytes);
  if (status != @NAME@_OK) return status;
  @name@_set_step(trainer, read.step);
  @name@_set_seed(trainer, read.seed);
  @name@_set_learning_rate(trainer, (@name@_real)read.learning_rate);
  *progress = read;
  return @NAME@_OK;
}
