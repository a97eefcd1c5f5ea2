/* ---- Data of any format: what a file is, its first bytes say, and CIFAR files their names ---- */

/* Where a declared file is: beside model.swift, or in the current folder. */
static const char *declared_path(const char *name, char *buffer, size_t capacity) {
#ifdef @NAME@_MODEL_FOLDER
  if (name[0] != '/') {
    const int length = snprintf(buffer, capacity, "%s/%s", @NAME@_MODEL_FOLDER, name);
    if (length > 0 && (size_t)length < capacity && access(buffer, R_OK) == 0) return buffer;
  }
#endif
  (void)buffer;
  (void)capacity;
  return name;
}

static int read_bytes(const char *path, unsigned char **bytes, size_t *size) {
  const int problem = strcmp(path, "-") == 0 ? @name@_read_descriptor(STDIN_FILENO, bytes, size) : @name@_read_file(path, bytes, size);
  return problem ? fail(FAILED, "%s: %s", path, strerror(problem)) : 0;
}

/* A file that is one array: the only input, or the only target. */
static int read_array(const char *path, const @name@_field *field, double scale, dataset *into, void **values) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  data_array a = {0};
  a.path = path;
  if (read_bytes(path, &bytes, &size)) return FAILED;
  if ((is_npy(bytes, size) ? parse_npy(bytes, size, &a) : parse_idx(bytes, size, &a)) || bind_array(&a, field, scale, into, values)) return FAILED;
  free(bytes);
  return 0;
}

/* Two files "inputs,targets", or inputs alone where no target is needed. */
static int read_pair(const char *inputs, const char *targets, int need_target, double scale, dataset *into) {
  if (check_single(inputs, need_target)) return FAILED;
  if (read_array(inputs, &@name@_input_fields[0], scale, into, &into->inputs[0])) return FAILED;
#if @NAME@_TRAINING
  if (!need_target) return 0;
  if (!targets || !*targets) return fail(FAILED, "%s: it holds inputs; give the targets' file as well: --data INPUTS,TARGETS", inputs);
  return read_array(targets, &@name@_target_fields[0], 1, into, &into->targets[0]);
#else
  (void)need_target;
  (void)targets;
  return 0;
#endif
}

/* CIFAR files with commas between their names, one after another; declared ones may be beside model.swift. */
static int read_cifar(const char *list, int declared, int need_target, double scale, dataset *into) {
  int status = 0;
  while (!status && *list) {
    char name[4096], buffer[4096];
    unsigned char *bytes = NULL;
    size_t size = 0;
    const size_t length = access(list, F_OK) == 0 ? strlen(list) : strcspn(list, ",");
    if (length >= sizeof name) return fail(FAILED, "%.40s...: its name is too long", list);
    memcpy(name, list, length);
    name[length] = 0;
    list += length + (list[length] == ',');
    const char *const path = declared ? declared_path(name, buffer, sizeof buffer) : name;
    status = read_bytes(path, &bytes, &size);
    if (!status) status = parse_cifar(path, bytes, size, need_target, scale, into);
    free(bytes);
  }
  return status;
}

/* Reads FILE, or the declared data where it is NULL. */
static int read_data(const char *file, int need_target, dataset *into) {
  static char first[4096], buffer[4096], second[4096];
  unsigned char *bytes = NULL;
  size_t size = 0;
  const double scale = @name@_defaults.scale;
  if (!file && !@name@_defaults.data[0]) return fail(USAGE, "the model declares no data: give --data FILE");
  if (is_cifar(file ? file : @name@_defaults.data)) return read_cifar(file ? file : @name@_defaults.data, !file, need_target, scale, into);
  const char *path = file ? file : declared_path(@name@_defaults.data, buffer, sizeof buffer);
  const char *targets = file ? NULL : @name@_defaults.data_targets[0] ? declared_path(@name@_defaults.data_targets, second, sizeof second) : NULL;
  const char *const comma = file ? strchr(file, ',') : NULL;
  if (comma && access(file, F_OK) != 0 && (size_t)(comma - file) < sizeof first) {
    memcpy(first, file, (size_t)(comma - file));
    first[comma - file] = 0;
    path = first;
    targets = comma + 1;
  }
  if (targets) return read_pair(path, targets, need_target, scale, into);
  if (read_bytes(path, &bytes, &size)) return FAILED;
  if (strcmp(path, "-") == 0) path = "standard input";
  if (is_npz(bytes, size)) {
    npz archive;
    return open_npz(path, bytes, size, &archive) ? FAILED : bind_arrays(&archive, path, find_in_npz, need_target, scale, into);
  }
  if (is_safetensors(bytes, size)) return read_safetensors(path, bytes, size, need_target, scale, into);
  if (is_npy(bytes, size) || is_idx(bytes, size)) {
    data_array a = {0};
    a.path = path;
    if (need_target || @NAME@_INPUTS != 1) return read_pair(path, NULL, need_target, scale, into);
    return (is_npy(bytes, size) ? parse_npy(bytes, size, &a) : parse_idx(bytes, size, &a)) || bind_array(&a, &@name@_input_fields[0], scale, into, &into->inputs[0]) ? FAILED : 0;
  }
#if @NAME@_TEXT
  if (is_text_model()) return read_text(path, (char *)bytes, size, need_target, into);
#endif
  return read_csv(path, (char *)bytes, size, @name@_defaults.target_column, need_target, scale, into);
}
