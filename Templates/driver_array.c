/* ---- Data ---- */

/* Rows as arrays, one for each field of the model. */
typedef struct dataset {
  size_t rows;
  void *inputs[@NAME@_INPUTS];
#if @NAME@_TRAINING
  void *targets[@NAME@_TARGETS];
#endif
} dataset;

static size_t element_bytes(const @name@_field *field) { return field->integer ? sizeof(int32_t) : sizeof(@name@_real); }

/* ---- Arrays of data files ---- */

/* An array as it lies in a file: numbers of any type and byte order, rows first. */
typedef struct data_array {
  const char *path;
  const char *name;          /* within the file; NULL if the file is one array */
  char type;                 /* 'f', 'i' or 'u' */
  size_t bytes;              /* of one number */
  int big_endian;
  size_t rank, shape[16], count;
  const unsigned char *data;
} data_array;

/* A problem with an array: its file, its name, and what is wrong. */
static int array_fault(const data_array *a, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return a->name ? fail(FAILED, "%s: array '%s': %s", a->path, a->name, text) : fail(FAILED, "%s: %s", a->path, text);
}

/* The product of the shape in count; the numbers must be within `room` bytes. */
static int measure_array(data_array *a, size_t room) {
  a->count = 1;
  for (size_t i = 0; i < a->rank; i++) {
    if (a->shape[i] && a->count > SIZE_MAX / 16 / a->shape[i]) return array_fault(a, "its shape has more numbers than memory can hold");
    a->count *= a->shape[i];
  }
  if (a->count * a->bytes > room)
    return array_fault(a, "cut off: its shape needs %zu bytes, but %zu are there", a->count * a->bytes, room);
  return 0;
}

static double array_value(const data_array *a, size_t index) {
  const unsigned char *const from = a->data + index * a->bytes;
  uint64_t bits = 0;
  for (size_t i = 0; i < a->bytes; i++) bits |= (uint64_t)from[a->big_endian ? a->bytes - 1 - i : i] << (8 * i);
  if (a->type == 'f' && a->bytes == 4) {
    const uint32_t half = (uint32_t)bits;
    float value;
    memcpy(&value, &half, sizeof value);
    return (double)value;
  }
  if (a->type == 'f') {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  if (a->type == 'u' || a->bytes == 8) return a->type == 'u' ? (double)bits : (double)(int64_t)bits;
  const uint64_t sign = (uint64_t)1 << (8 * a->bytes - 1);
  return (double)(int64_t)((bits ^ sign) - sign);
}

/* Takes an array as one field of the model: [rows, ...] with as many numbers a row as the field has. */
static int bind_array(const data_array *a, const @name@_field *field, double scale, dataset *into, void **values) {
  const size_t rows = a->rank ? a->shape[0] : 0;
  char shape[256] = "";
  for (size_t i = 0, length = 0; i < a->rank && length < sizeof shape - 32; i++)
    length += (size_t)snprintf(shape + length, sizeof shape - length, "%s%zu", i ? ", " : "", a->shape[i]);
  if (rows == 0) return array_fault(a, "it has no rows: its shape is [%s]", shape);
  if (a->count / rows != field->size)
    return array_fault(a, "'%s' has %zu numbers a row, but this array has the shape [%s]", field->name, field->size, shape);
  if (into->rows && into->rows != rows) return array_fault(a, "it has %zu rows, but the arrays before it have %zu", rows, into->rows);
  into->rows = rows;
  if (!@name@_fits_memory((uint64_t)a->count * element_bytes(field)) || !(*values = calloc(a->count, element_bytes(field))))
    return array_fault(a, "out of memory for %zu rows", rows);
  for (size_t i = 0; i < a->count; i++) {
    const double value = array_value(a, i);
    const char *problem = NULL;
    if (!isfinite(value)) problem = "is not a finite number";
    else if (!field->integer) ((@name@_real *)*values)[i] = (@name@_real)(value * scale);
    else if (value != floor(value) || fabs(value) > 2147483647) problem = "is not a whole number";
    else if (field->classes && (value < 0 || value >= (double)field->classes)) problem = "is no class of the model";
    else ((int32_t *)*values)[i] = (int32_t)value;
    if (problem) return array_fault(a, "row %zu: %g %s%s", i / field->size + 1, value, problem, field->classes ? "; classes are numbered from 0" : "");
  }
  return 0;
}

/* Whether files without named arrays can serve the model: it has one input and, where it is needed, one target. */
static int check_single(const char *path, int need_target) {
  if (@NAME@_INPUTS != 1) return fail(FAILED, "%s: it holds one array, but the model has %d inputs: use an NPZ or safetensors file", path, @NAME@_INPUTS);
#if @NAME@_TRAINING
  if (need_target && @NAME@_TARGETS != 1) return fail(FAILED, "%s: the model has %d targets: use an NPZ or safetensors file", path, @NAME@_TARGETS);
#else
  (void)need_target;
#endif
  return 0;
}

/* Puts `rows` rows of `more` behind the `before` rows of an array, and frees it. */
static int append_array(const @name@_field *field, void **array, size_t before, void *more, size_t rows) {
  const size_t bytes = field->size * element_bytes(field);
  unsigned char *const longer = more ? realloc(*array, (before + rows) * bytes) : NULL;
  if (longer) {
    memcpy(longer + before * bytes, more, rows * bytes);
    *array = longer;
  }
  const int status = more && !longer ? FAILED : 0;
  free(more);
  return status;
}

/* Moves the rows of `more`, which were read from `path`, behind those of `into`. */
static int append_rows(dataset *into, const dataset *more, const char *path) {
  int status = 0;
  for (size_t i = 0; i < @NAME@_INPUTS; i++) status |= append_array(&@name@_input_fields[i], &into->inputs[i], into->rows, more->inputs[i], more->rows);
#if @NAME@_TRAINING
  for (size_t i = 0; i < @NAME@_TARGETS; i++) status |= append_array(&@name@_target_fields[i], &into->targets[i], into->rows, more->targets[i], more->rows);
#endif
  into->rows += more->rows;
  return status ? fail(FAILED, "%s: out of memory for %zu rows", path, into->rows) : 0;
}

/* Finds an array by name: 1 found, 0 not there, -1 reported. */
typedef int array_finder(const void *file, const char *name, data_array *found);

/* Binds each input and, where they are needed, each target by its name. */
static int bind_arrays(const void *file, const char *path, array_finder *find, int need_target, double scale, dataset *into) {
  for (size_t i = 0; i < @NAME@_INPUTS; i++) {
    data_array a = {0};
    const int found = find(file, @name@_input_fields[i].name, &a);
    if (found < 0) return FAILED;
    if (!found) return fail(FAILED, "%s: there is no array '%s', which the model's input needs", path, @name@_input_fields[i].name);
    if (bind_array(&a, &@name@_input_fields[i], scale, into, &into->inputs[i])) return FAILED;
  }
#if @NAME@_TRAINING
  for (size_t i = 0; i < @NAME@_TARGETS && need_target; i++) {
    data_array a = {0};
    const int found = find(file, @name@_target_fields[i].name, &a);
    if (found < 0) return FAILED;
    if (!found) return fail(FAILED, "%s: there is no array '%s', which the model's target needs", path, @name@_target_fields[i].name);
    if (bind_array(&a, &@name@_target_fields[i], 1, into, &into->targets[i])) return FAILED;
  }
#else
  (void)need_target;
#endif
  return 0;
}
