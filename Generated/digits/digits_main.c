/* The command line of the model digits: trains, evaluates and predicts. */
#define _POSIX_C_SOURCE 200809L
#include "digits.h"
#include "digits_io.h"

typedef struct digits_field {
  const char *name;
  size_t rank;
  size_t shape[8]; /* of one row */
  size_t size;     /* elements of one row */
  int integer;     /* 1: int32_t, 0: digits_real */
  size_t classes;  /* of a target of class numbers; else 0 */
} digits_field;

enum { DIGITS_INPUTS = 1, DIGITS_OUTPUTS = 1, DIGITS_TARGETS = 1, DIGITS_METRICS = 2 };
static const digits_field digits_input_fields[DIGITS_INPUTS] = {
  {"x", 1, {64}, 64, 0, 0},
};
static const digits_field digits_output_fields[DIGITS_OUTPUTS] = {
  {"dense_1", 1, {10}, 10, 0, 0},
};
static const digits_field digits_target_fields[DIGITS_TARGETS] = {
  {"y", 0, {0}, 1, 1, 10},
};

typedef struct digits_metric_field {
  const char *name;
  size_t offset; /* of the double in digits_metrics */
} digits_metric_field;

static const digits_metric_field digits_metric_fields[DIGITS_METRICS] = {
  {"loss", offsetof(digits_metrics, loss)},
  {"accuracy", offsetof(digits_metrics, accuracy)},
};

typedef struct digits_defaults_t {
  const char *name;
  size_t epochs, batch;
  uint64_t seed;
  int shuffle;
  double learning_rate;
  const char *data_format, *data, *data_targets; /* as declared; "" where nothing is */
  const char *target_column;
  double scale;                                  /* inputs are multiplied by it */
  const char *validation;
  double validation_split;
  const char *compiled, *gemm;
  double train_flops_per_row, infer_flops_per_row;
} digits_defaults_t;

static const digits_defaults_t digits_defaults = {
  "digits", 30, 32, 42u, 1, 0.002,
  "csv", "digits.csv", "",
  "label", 0.0625, "", 0.05,
  "--gemm auto --precision f32 --optimize 1", "auto", 80896.0, 37888.0
};

static digits_status digits_call_predict(digits_context *context, const digits_parameters *parameters, size_t rows,
                                     const void *const *inputs, void *const *outputs) {
  const digits_inputs in = {(const digits_real *)inputs[0]};
  const digits_outputs out = {(digits_real *)outputs[0]};
  return digits_predict(context, parameters, rows, &in, &out);
}

static digits_status digits_call_adapt(digits_parameters *parameters, size_t rows, const void *const *inputs) {
  const digits_inputs in = {(const digits_real *)inputs[0]};
  return digits_adapt(parameters, rows, &in);
}

static digits_status digits_call_evaluate(digits_context *context, const digits_parameters *parameters, size_t rows,
                                      const void *const *inputs, const void *const *targets, digits_metrics *metrics) {
  const digits_inputs in = {(const digits_real *)inputs[0]};
  const digits_targets wanted = {(const int32_t *)targets[0]};
  return digits_evaluate(context, parameters, rows, &in, &wanted, metrics);
}

static digits_status digits_call_train(digits_trainer *trainer, size_t rows, const void *const *inputs,
                                   const void *const *targets, digits_metrics *metrics) {
  const digits_inputs in = {(const digits_real *)inputs[0]};
  const digits_targets wanted = {(const int32_t *)targets[0]};
  return digits_train_step(trainer, rows, &in, &wanted, metrics);
}

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIGITS_INLINE static inline __attribute__((unused))
#else
#define DIGITS_INLINE static inline
#endif

/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
DIGITS_INLINE void digits_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
  uint32_t k0 = key[0], k1 = key[1], c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/* Four words for an element; step and purpose share what is left of the counter. */
DIGITS_INLINE void digits_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  digits_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
DIGITS_INLINE digits_real digits_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  digits_random(seed, purpose, step, element, words);
  return (digits_real)(words[0] >> 8) * (digits_real)0x1p-24;
}

/*
 * A whole file in memory, with a zero after its last byte; the caller frees it.
 * Include after inline.c; needs <errno.h>, <fcntl.h>, <stdint.h>, <stdlib.h>, <sys/stat.h>, <unistd.h>.
 */

/* More than the machine's memory is refused before it is asked for: where memory is overcommitted, malloc would not. */
DIGITS_INLINE int digits_fits_memory(uint64_t bytes) {
#ifdef _SC_PHYS_PAGES
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && bytes / (uint64_t)page >= (uint64_t)pages) return 0;
#endif
  return bytes < SIZE_MAX / 2;
}

/* 0 or an errno value. */
DIGITS_INLINE int digits_read_descriptor(int descriptor, unsigned char **bytes, size_t *size) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  uint64_t expected = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 65535;
  if (!digits_fits_memory(expected)) return ENOMEM;
  size_t capacity = (size_t)expected + 1, count = 0;
  unsigned char *buffer = malloc(capacity);
  int problem = buffer ? 0 : ENOMEM;
  while (!problem) {
    if (count + 1 == capacity) { /* perhaps at the end of the file, perhaps of a pipe that has more */
      unsigned char *larger = digits_fits_memory((uint64_t)capacity * 2) ? realloc(buffer, capacity * 2) : NULL;
      if (!larger) {
        problem = ENOMEM;
        break;
      }
      buffer = larger;
      capacity *= 2;
    }
    ssize_t got = read(descriptor, buffer + count, capacity - count - 1);
    if (got == 0) break;
    if (got > 0) count += (size_t)got;
    else if (errno != EINTR) problem = errno;
  }
  if (problem) {
    free(buffer);
    return problem;
  }
  buffer[count] = 0;
  *bytes = buffer;
  *size = count;
  return 0;
}

DIGITS_INLINE int digits_read_file(const char *path, unsigned char **bytes, size_t *size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int problem = digits_read_descriptor(descriptor, bytes, size);
  close(descriptor);
  return problem;
}

/* Exit statuses: done; the model or the data is at fault; wrong usage. */
enum { DONE = 0, FAILED = 1, USAGE = 64 };

static int fail(int status, const char *format, ...) {
  va_list arguments;
  fprintf(stderr, "error: ");
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, "\n");
  return status;
}

/* What the command line says; what it leaves out is what model.swift declares. */
typedef struct options {
  const char *data, *validation, *weights, *checkpoint, *log, *format, *mode;
  size_t epochs, batch;
  uint64_t seed;
  double learning_rate, seconds;
  int has_seed, resume, no_shuffle;
} options;

typedef enum kind { TEXT, COUNT, SEED, REAL, FLAG } kind;

typedef struct option {
  const char *name, *commands, *meaning;
  kind kind;
  size_t offset;
} option;

/* commands: t train, e evaluate, p predict, b benchmark */
static const option option_table[] = {
  {"--data", "tep", "FILE  rows to read; - is standard input", TEXT, offsetof(options, data)},
  {"--validation", "t", "FILE|FRACTION  rows, or the share of the last rows, that are only evaluated", TEXT, offsetof(options, validation)},
  {"--epochs", "t", "N  passes over the data", COUNT, offsetof(options, epochs)},
  {"--batch", "teb", "N  rows of a step", COUNT, offsetof(options, batch)},
  {"--learning-rate", "t", "X", REAL, offsetof(options, learning_rate)},
  {"--seed", "t", "N  of initial weights, shuffling and dropout", SEED, offsetof(options, seed)},
  {"--weights", "tep", "FILE  weights to begin with", TEXT, offsetof(options, weights)},
  {"--checkpoint", "t", "FILE  where training is saved after each epoch", TEXT, offsetof(options, checkpoint)},
  {"--resume", "t", "goes on from the checkpoint", FLAG, offsetof(options, resume)},
  {"--no-shuffle", "t", "takes the rows in their order", FLAG, offsetof(options, no_shuffle)},
  {"--log-json", "t", "FILE  a JSON object a line for each epoch", TEXT, offsetof(options, log)},
  {"--format", "p", "csv|json  of the outputs", TEXT, offsetof(options, format)},
  {"--mode", "b", "train|infer", TEXT, offsetof(options, mode)},
  {"--seconds", "b", "S  to measure for", REAL, offsetof(options, seconds)},
};

static void print_options(char command) {
  for (size_t i = 0; i < sizeof option_table / sizeof *option_table; i++)
    if (strchr(option_table[i].commands, command)) printf("  %-16s %s\n", option_table[i].name, option_table[i].meaning);
}

static int set_option(options *into, const option *chosen, const char *text) {
  char *const field = (char *)into + chosen->offset, *end = NULL;
  errno = 0;
  if (chosen->kind == TEXT) {
    memcpy(field, &text, sizeof text);
    return 1;
  }
  if (chosen->kind == REAL) {
    const double value = strtod(text, &end);
    memcpy(field, &value, sizeof value);
    return end != text && !*end && isfinite(value) && value > 0;
  }
  const unsigned long long number = strtoull(text, &end, 10);
  if (end == text || *end || errno || text[0] == '-') return 0;
  if (chosen->kind == SEED) {
    into->seed = number;
    into->has_seed = 1;
    return 1;
  }
  const size_t count = (size_t)number;
  memcpy(field, &count, sizeof count);
  return count > 0;
}

/* 0, or the exit status of a command line that can't be carried out. */
static int parse_options(options *into, char command, int count, char **words) {
  for (int i = 0; i < count; i++) {
    const option *found = NULL;
    for (size_t k = 0; k < sizeof option_table / sizeof *option_table; k++)
      if (strcmp(option_table[k].name, words[i]) == 0 && strchr(option_table[k].commands, command)) found = &option_table[k];
    if (!found) return fail(USAGE, "'%s' is not an option of this command; --help lists them", words[i]);
    if (found->kind == FLAG) {
      const int on = 1;
      memcpy((char *)into + found->offset, &on, sizeof on);
      continue;
    }
    if (i + 1 == count) return fail(USAGE, "%s needs a value", words[i]);
    if (!set_option(into, found, words[i + 1])) return fail(USAGE, "'%s' is not a value for %s", words[i + 1], words[i]);
    i++;
  }
  return 0;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Aligned as the model wants it, and zero: only what is used of it becomes resident. The program frees it by ending. */
static void *allocate(size_t bytes) {
  const size_t alignment = DIGITS_ALIGNMENT;
  if (bytes > SIZE_MAX - alignment) return NULL;
  unsigned char *const memory = calloc(1, bytes + alignment);
  return memory ? memory + (alignment - (uintptr_t)memory % alignment) : NULL;
}

/* The weights, and what is wrong with a file that should hold them. */
static int load_weights(const char *path, digits_parameters *parameters) {
  const digits_status status = digits_load_weights(path, parameters);
  if (status == DIGITS_OK) return 0;
  if (status == DIGITS_ERROR_IO) return fail(FAILED, "%s: %s", path, strerror(errno));
  char message[512] = "";
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (digits_read_file(path, &bytes, &size) == 0) digits_check_file(bytes, size, message, sizeof message);
  free(bytes);
  return fail(FAILED, "%s: %s", path, message[0] ? message : digits_status_string(status));
}

/* ---- CSV ---- */

/* Rows as arrays, one for each field of the model. */
typedef struct dataset {
  size_t rows;
  void *inputs[DIGITS_INPUTS];
#if DIGITS_TRAINING
  void *targets[DIGITS_TARGETS];
#endif
} dataset;

static size_t element_bytes(const digits_field *field) { return field->integer ? sizeof(int32_t) : sizeof(digits_real); }

/* A cursor on the text of a file; line and column are counted from 1 for messages. */
typedef struct csv {
  const char *path;
  char *next, *end;
  size_t line;
} csv;

/* The next field of the line, ended by a zero, quotes resolved. *last tells that the line ends behind it. */
static char *csv_field(csv *file, int *last) {
  char *from = file->next, *to = from, *const start = from;
  if (from < file->end && *from == '"') {
    for (from++; from < file->end; from++) {
      if (*from == '"' && from + 1 < file->end && from[1] == '"') from++;
      else if (*from == '"') break;
      *to++ = *from;
    }
    if (from < file->end) from++;
    while (from < file->end && *from != ',' && *from != '\n') from++;
  } else {
    while (from < file->end && *from != ',' && *from != '\n') *to++ = *from++;
    if (to > start && to[-1] == '\r') to--;
  }
  *last = from >= file->end || *from == '\n';
  if (*last && from < file->end) file->line++;
  file->next = from < file->end ? from + 1 : from;
  *to = 0;
  return start;
}

static int parse_number(const char *text, double *value) {
  char *end;
  while (*text == ' ') text++;
  *value = strtod(text, &end);
  while (*end == ' ') end++;
  return end != text && *end == 0 && isfinite(*value);
}

/* Which column is what: 0 an input's element, 1 the target's, 2 neither. */
typedef struct columns {
  size_t count, target; /* target == count: there is none */
  char **names;         /* of a header; NULL without one */
} csv_layout;

static int csv_header(csv *file, const char *wanted, int need_target, csv_layout *into) {
  char *const begin = file->next, *const copy = malloc((size_t)(file->end - begin) + 1);
  size_t capacity = 0;
  int last = 0, is_header = 0;
  if (!copy) return fail(FAILED, "%s: out of memory", file->path);
  memcpy(copy, begin, (size_t)(file->end - begin) + 1);
  csv scan = {file->path, copy, copy + (file->end - begin), 1};
  into->count = 0;
  into->names = NULL;
  while (!last) {
    char *const name = csv_field(&scan, &last);
    double value;
    if (!parse_number(name, &value)) is_header = 1;
    if (into->count == capacity) {
      capacity = capacity * 2 + 64;
      char **const names = realloc(into->names, capacity * sizeof *names);
      if (!names) return fail(FAILED, "%s: out of memory", file->path);
      into->names = names;
    }
    into->names[into->count++] = name;
  }
  into->target = into->count;
  for (size_t i = 0; i < into->count && is_header; i++)
    if (strcmp(into->names[i], wanted) == 0) into->target = i;
  if (is_header) {
    file->next += scan.next - copy;
    file->line = scan.line;
  } else {
    into->names = NULL;
  }
  if (!need_target || into->target < into->count) return 0;
  if (!is_header) {
    /* Without names the target is the column left over: the first, as an image's label is. */
    into->target = 0;
    return 0;
  }
  fprintf(stderr, "error: %s:1: there is no column '%s'; the columns are", file->path, wanted);
  for (size_t i = 0; i < into->count && i < 40; i++) fprintf(stderr, "%s%s", i ? ", " : " ", into->names[i]);
  fprintf(stderr, "%s\n", into->count > 40 ? ", ..." : "");
  return FAILED;
}

static int store_value(const csv *file, size_t line, const digits_field *field, void *array, size_t index, double value, double scale) {
  if (!field->integer) {
    ((digits_real *)array)[index] = (digits_real)(value * scale);
    return 0;
  }
  if (value != floor(value) || fabs(value) > 2147483647)
    return fail(FAILED, "%s:%zu: %g is not a whole number, as %s must be", file->path, line, value, field->name);
  if (field->classes && (value < 0 || value >= (double)field->classes))
    return fail(FAILED, "%s:%zu: label %g is outside 0 to %zu", file->path, line, value, field->classes - 1);
  ((int32_t *)array)[index] = (int32_t)value;
  return 0;
}

static int csv_row(csv *file, const csv_layout *columns, size_t row, dataset *into, int need_target, double scale) {
  const size_t line = file->line;
  size_t input = 0, element = 0, column = 0;
  int last = 0;
  for (; !last; column++) {
    double value;
    const char *const text = csv_field(file, &last);
    const int is_target = column == columns->target;
    if (column >= columns->count) continue;
    if (is_target && !need_target) continue;
    if (!parse_number(text, &value)) {
      const char *const name = columns->names ? columns->names[column] : "";
      return fail(FAILED, "%s:%zu: '%.40s' is not a number (column %zu%s%s)", file->path, line, text, column + 1, *name ? ", " : "", name);
    }
    int status = 0;
#if DIGITS_TRAINING
    if (is_target) {
      status = store_value(file, line, &digits_target_fields[0], into->targets[0], row, value, 1);
      if (status) return status;
      continue;
    }
#endif
    if (input == DIGITS_INPUTS) continue;
    const digits_field *const field = &digits_input_fields[input];
    status = store_value(file, line, field, into->inputs[input], row * field->size + element, value, scale);
    if (status) return status;
    if (++element == field->size) {
      input++;
      element = 0;
    }
  }
  if (column == columns->count) return 0;
  return fail(FAILED, "%s:%zu: %zu values, but %zu are expected", file->path, line, column, columns->count);
}

static int read_csv(const char *path, char *text, size_t size, const char *target, int need_target, double scale, dataset *into) {
  csv file = {path, text, text + size, 1};
  csv_layout columns = {0};
  size_t rows = 1, wanted = 0;
  if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) file.next += 3;
  int status = csv_header(&file, target, need_target, &columns);
  if (status) return status;
  for (const char *at = file.next; at < file.end; at++) rows += *at == '\n';
  for (size_t i = 0; i < DIGITS_INPUTS; i++) wanted += digits_input_fields[i].size;
  const size_t given = columns.count - (columns.target < columns.count ? 1 : 0);
  if (given != wanted)
    return fail(FAILED, "%s: %zu input columns, but the model has %zu inputs%s", path, given, wanted,
                columns.target == columns.count ? "" : " besides the target");
  for (size_t i = 0; i < DIGITS_INPUTS; i++) {
    const size_t bytes = digits_input_fields[i].size * element_bytes(&digits_input_fields[i]);
    into->inputs[i] = calloc(rows, bytes);
    if (!into->inputs[i]) return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
  }
#if DIGITS_TRAINING
  if (need_target && (DIGITS_TARGETS != 1 || digits_target_fields[0].size != 1))
    return fail(FAILED, "%s: a CSV has one target column, but the model's targets need more", path);
  into->targets[0] = calloc(rows, element_bytes(&digits_target_fields[0]));
  if (!into->targets[0]) return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
#endif
  for (into->rows = 0; file.next < file.end;) {
    if (*file.next == '\n' || *file.next == '\r') {
      if (*file.next == '\n') file.line++;
      file.next++;
      continue;
    }
    status = csv_row(&file, &columns, into->rows, into, need_target, scale);
    if (status) return status;
    into->rows++;
  }
  return into->rows ? 0 : fail(FAILED, "%s: there are no rows", path);
}

/* Where a declared file is: beside model.swift, or in the current folder. */
static const char *declared_path(const char *name, char *buffer, size_t capacity) {
#ifdef DIGITS_MODEL_FOLDER
  if (name[0] != '/') {
    const int length = snprintf(buffer, capacity, "%s/%s", DIGITS_MODEL_FOLDER, name);
    if (length > 0 && (size_t)length < capacity && access(buffer, R_OK) == 0) return buffer;
  }
#endif
  (void)buffer;
  (void)capacity;
  return name;
}

/* Reads FILE, or the declared data where it is NULL. */
static int read_data(const char *file, int need_target, dataset *into) {
  char buffer[4096];
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (!file && !digits_defaults.data[0]) return fail(USAGE, "the model declares no data: give --data FILE");
  const char *const path = file ? file : declared_path(digits_defaults.data, buffer, sizeof buffer);
  const int is_input = strcmp(path, "-") == 0;
  const int problem = is_input ? digits_read_descriptor(STDIN_FILENO, &bytes, &size) : digits_read_file(path, &bytes, &size);
  if (problem) return fail(FAILED, "%s: %s", path, strerror(problem));
  return read_csv(is_input ? "standard input" : path, (char *)bytes, size, digits_defaults.target_column, need_target,
                  digits_defaults.scale, into);
}

/* ---- Commands that only look ---- */

static digits_parameters *new_parameters(uint64_t seed) {
  digits_parameters *parameters = NULL;
  void *const memory = allocate(DIGITS_PARAMETERS_BYTES);
  if (!memory || digits_parameters_init(memory, DIGITS_PARAMETERS_BYTES, seed, &parameters) != DIGITS_OK) return NULL;
  return parameters;
}

static digits_context *new_context(size_t rows) {
  digits_context *context = NULL;
  const digits_config config = {rows, 0};
  void *const memory = allocate(DIGITS_CONTEXT_BYTES(rows));
  if (!memory || digits_context_init(memory, DIGITS_CONTEXT_BYTES(rows), &config, &context) != DIGITS_OK) return NULL;
  return context;
}

static void offset_rows(const digits_field *fields, size_t count, void *const *arrays, size_t row, const void **at) {
  for (size_t i = 0; i < count; i++) at[i] = (const char *)arrays[i] + row * fields[i].size * element_bytes(&fields[i]);
}

static void print_row(const digits_real *const *outputs, size_t row, int json, int first) {
  size_t column = 0;
  if (json) printf("%s\n  {", first ? "" : ",");
  for (size_t o = 0; o < DIGITS_OUTPUTS; o++) {
    const digits_field *const field = &digits_output_fields[o];
    if (json) printf("%s\"%s\": [", o ? ", " : "", field->name);
    for (size_t i = 0; i < field->size; i++, column++)
      printf("%s%.9g", json ? (i ? ", " : "") : (column ? "," : ""), (double)outputs[o][row * field->size + i]);
    if (json) printf("]");
  }
  printf(json ? "}" : "\n");
}

static int run_predict(const options *given) {
  enum { ROWS = DIGITS_MAX_ROWS < 256 ? DIGITS_MAX_ROWS : 256 };
  dataset data = {0};
  const int json = given->format && strcmp(given->format, "json") == 0;
  if (given->format && !json && strcmp(given->format, "csv") != 0) return fail(USAGE, "--format is csv or json, not '%s'", given->format);
  if (!given->weights) return fail(USAGE, "predict needs --weights FILE");
  digits_parameters *const parameters = new_parameters(0);
  digits_context *const context = new_context(ROWS);
  if (!parameters || !context) return fail(FAILED, "out of memory");
  int status = load_weights(given->weights, parameters);
  if (!status) status = read_data(given->data, 0, &data);
  if (status) return status;
  digits_real *outputs[DIGITS_OUTPUTS];
  void *targets[DIGITS_OUTPUTS];
  for (size_t o = 0; o < DIGITS_OUTPUTS; o++) {
    targets[o] = outputs[o] = calloc(ROWS, digits_output_fields[o].size * sizeof(digits_real));
    if (!outputs[o]) return fail(FAILED, "out of memory");
  }
  if (json) printf("[");
  for (size_t row = 0; row < data.rows; row += ROWS) {
    const size_t rows = data.rows - row < ROWS ? data.rows - row : ROWS;
    const void *inputs[DIGITS_INPUTS];
    offset_rows(digits_input_fields, DIGITS_INPUTS, data.inputs, row, inputs);
    const digits_status result = digits_call_predict(context, parameters, rows, inputs, targets);
    if (result != DIGITS_OK) return fail(FAILED, "row %zu: %s", row + 1, digits_status_string(result));
    for (size_t i = 0; i < rows; i++) print_row((const digits_real *const *)outputs, i, json, row + i == 0);
  }
  if (json) printf("\n]\n");
  return fflush(stdout) == 0 ? DONE : fail(FAILED, "standard output: %s", strerror(errno));
}

static int run_info(void) {
  size_t count = 0, total = 0;
  const digits_tensor_info *const tensors = digits_tensors(&count);
  printf("model       %s\nhash        %s\ncompiled    %s\n", digits_defaults.name, DIGITS_MODEL_HASH, digits_defaults.compiled);
  printf("precision   f%d\nproducts    %s\nmost rows   %d\n", DIGITS_REAL_BITS, digits_defaults.gemm, DIGITS_MAX_ROWS);
  printf("parameters  %zu bytes\ncontext     %zu bytes for one row\n", DIGITS_PARAMETERS_BYTES, DIGITS_CONTEXT_BYTES(1));
#if DIGITS_TRAINING
  printf("trainer     %zu bytes for a batch of %zu\n", DIGITS_TRAINER_BYTES(digits_defaults.batch), digits_defaults.batch);
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

/* ---- Benchmark ---- */

static void fill_random(const digits_field *field, void *array, size_t rows, uint32_t purpose) {
  for (size_t i = 0; i < rows * field->size; i++) {
    const digits_real u = digits_uniform(1, purpose, 0, i);
    if (!field->integer) ((digits_real *)array)[i] = field->classes == 0 ? u : (digits_real)0;
    else ((int32_t *)array)[i] = (int32_t)(u * (digits_real)(field->classes ? field->classes : 2));
  }
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct bench {
  digits_parameters *parameters;
  digits_context *context;
#if DIGITS_TRAINING
  digits_trainer *trainer;
  const void *targets[DIGITS_TARGETS];
#endif
  const void *inputs[DIGITS_INPUTS];
  void *outputs[DIGITS_OUTPUTS];
  size_t rows;
  int train;
} bench;

static digits_status bench_step(bench *b) {
#if DIGITS_TRAINING
  if (b->train) {
    digits_metrics metrics = {0};
    return digits_call_train(b->trainer, b->rows, b->inputs, b->targets, &metrics);
  }
#endif
  return digits_call_predict(b->context, b->parameters, b->rows, b->inputs, b->outputs);
}

static int bench_prepare(bench *b) {
  b->parameters = new_parameters(1);
  b->context = new_context(b->rows);
  if (!b->parameters || !b->context) return 0;
  for (size_t i = 0; i < DIGITS_INPUTS; i++) {
    void *const array = calloc(b->rows, digits_input_fields[i].size * element_bytes(&digits_input_fields[i]));
    if (!array) return 0;
    fill_random(&digits_input_fields[i], array, b->rows, (uint32_t)i);
    b->inputs[i] = array;
  }
  for (size_t i = 0; i < DIGITS_OUTPUTS; i++) {
    b->outputs[i] = calloc(b->rows, digits_output_fields[i].size * sizeof(digits_real));
    if (!b->outputs[i]) return 0;
  }
#if DIGITS_TRAINING
  const digits_config config = {b->rows, 1};
  void *const memory = b->train ? allocate(DIGITS_TRAINER_BYTES(b->rows)) : NULL;
  if (b->train && (!memory || digits_trainer_init(memory, DIGITS_TRAINER_BYTES(b->rows), b->parameters, &config, &b->trainer) != DIGITS_OK)) return 0;
  for (size_t i = 0; i < DIGITS_TARGETS && b->train; i++) {
    void *const array = calloc(b->rows, digits_target_fields[i].size * element_bytes(&digits_target_fields[i]));
    if (!array) return 0;
    fill_random(&digits_target_fields[i], array, b->rows, (uint32_t)(100 + i));
    b->targets[i] = array;
  }
#endif
  return 1;
}

/* A sample is the mean of enough steps to last a fifth of a millisecond, which the clock resolves well. */
static int run_benchmark(const options *given) {
  enum { SAMPLES = 100000 };
  static double samples[SAMPLES];
  bench b = {0};
  b.train = DIGITS_TRAINING && !(given->mode && strcmp(given->mode, "infer") == 0);
  if (given->mode && strcmp(given->mode, "infer") != 0 && (strcmp(given->mode, "train") != 0 || !b.train))
    return fail(USAGE, "--mode is train or infer, and this model has %s", DIGITS_TRAINING ? "both" : "only infer");
  b.rows = given->batch ? given->batch : digits_defaults.batch;
  if (b.rows > DIGITS_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", DIGITS_MAX_ROWS);
  if (!bench_prepare(&b)) return fail(FAILED, "out of memory");
  digits_status status = DIGITS_OK;
  size_t steps = 1, count = 0;
  for (double elapsed = 0; status == DIGITS_OK && elapsed < 2e-4; steps *= 2) {
    const double start = now();
    for (size_t i = 0; i < steps && status == DIGITS_OK; i++) status = bench_step(&b);
    elapsed = now() - start;
  }
  const double end = now() + (given->seconds > 0 ? given->seconds : 1);
  while (status == DIGITS_OK && count < SAMPLES && (count < 3 || now() < end)) {
    const double start = now();
    for (size_t i = 0; i < steps && status == DIGITS_OK; i++) status = bench_step(&b);
    samples[count++] = (now() - start) / (double)steps;
  }
  if (status != DIGITS_OK) return fail(FAILED, "%s", digits_status_string(status));
  qsort(samples, count, sizeof *samples, by_value);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double flops = (b.train ? digits_defaults.train_flops_per_row : digits_defaults.infer_flops_per_row) * (double)b.rows;
  printf("{\"model\": \"%s\", \"mode\": \"%s\", \"batch\": %zu, \"threads\": 1, \"gemm\": \"%s\", \"min_ms\": %.6f, "
         "\"median_ms\": %.6f, \"gflops\": %.3f, \"rss_mb\": %.1f}\n",
         digits_defaults.name, b.train ? "train" : "infer", b.rows, digits_defaults.gemm, samples[0] * 1e3,
         samples[count / 2] * 1e3, flops / samples[0] * 1e-9, (double)usage.ru_maxrss / 1024);
  return DONE;
}

/* ---- Training ---- */

static volatile sig_atomic_t stop_signal = 0;

static void on_signal(int number) { stop_signal = number; }

static double metric_value(const digits_metrics *metrics, size_t i) {
  double value;
  memcpy(&value, (const char *)metrics + digits_metric_fields[i].offset, sizeof value);
  return value;
}

/* An order of the rows that depends on seed and epoch alone (Fisher and Yates; Durstenfeld, 1964). */
static void shuffle_rows(size_t *order, size_t rows, uint64_t seed, uint64_t epoch, int shuffle) {
  for (size_t i = 0; i < rows; i++) order[i] = i;
  for (size_t i = rows; shuffle && i > 1; i--) {
    uint32_t words[4];
    digits_random(seed, 0x5u, epoch, i, words);
    const size_t j = (size_t)(((uint64_t)words[0] << 32 | words[1]) % i), swapped = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swapped;
  }
}

typedef struct run {
  options given;
  dataset data, validation;
  size_t rows, batch, *order; /* rows to train on; the ones behind them may be for validation */
  digits_parameters *parameters;
  digits_trainer *trainer;
  digits_context *context;
  digits_progress progress;
  void *inputs[DIGITS_INPUTS], *targets[DIGITS_TARGETS]; /* of one batch */
  const char *checkpoint;
  size_t validation_first, validation_rows;
  const dataset *validation_data;
  FILE *log;
} run;

static void gather_rows(const digits_field *fields, size_t count, void *const *from, void *const *to, const size_t *order, size_t rows) {
  for (size_t f = 0; f < count; f++) {
    const size_t bytes = fields[f].size * element_bytes(&fields[f]);
    for (size_t i = 0; i < rows; i++) memcpy((char *)to[f] + i * bytes, (const char *)from[f] + order[i] * bytes, bytes);
  }
}

static int evaluate_rows(digits_context *context, digits_parameters *parameters, const dataset *data, size_t first, size_t rows,
                         size_t batch, digits_metrics *metrics) {
  for (size_t row = first; row < first + rows; row += batch) {
    const void *inputs[DIGITS_INPUTS], *targets[DIGITS_TARGETS];
    const size_t count = first + rows - row < batch ? first + rows - row : batch;
    offset_rows(digits_input_fields, DIGITS_INPUTS, data->inputs, row, inputs);
    offset_rows(digits_target_fields, DIGITS_TARGETS, data->targets, row, targets);
    const digits_status status = digits_call_evaluate(context, parameters, count, inputs, targets, metrics);
    if (status != DIGITS_OK) return fail(FAILED, "row %zu: %s", row + 1, digits_status_string(status));
  }
  return 0;
}

static void print_metrics(const digits_metrics *metrics, const char *prefix) {
  for (size_t i = 0; i < DIGITS_METRICS; i++)
    printf("%s%s%s: %.4f", i || *prefix ? " - " : "", prefix, digits_metric_fields[i].name, metric_value(metrics, i));
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
  if (digits_save_checkpoint(r->checkpoint, r->parameters, r->trainer, &r->progress) == DIGITS_OK) return 0;
  return fail(FAILED, "%s: cannot save: %s; what it held before is untouched", r->checkpoint, strerror(errno));
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
  shuffle_rows(r->order, r->rows, r->progress.seed, r->progress.epoch, digits_defaults.shuffle && !r->given.no_shuffle);
  for (size_t row = (size_t)r->progress.position; row < r->rows;) {
    const size_t count = r->rows - row < r->batch ? r->rows - row : r->batch;
    gather_rows(digits_input_fields, DIGITS_INPUTS, r->data.inputs, r->inputs, r->order + row, count);
    gather_rows(digits_target_fields, DIGITS_TARGETS, r->data.targets, r->targets, r->order + row, count);
    const digits_status status = digits_call_train(r->trainer, count, (const void *const *)r->inputs, (const void *const *)r->targets, &r->progress.metrics);
    if (status == DIGITS_ERROR_NOT_FINITE)
      return fail(FAILED, "epoch %llu, step %llu: %s made a number that is not finite; %s holds the last epoch that was; try a smaller learning rate",
                  (unsigned long long)r->progress.epoch + 1, (unsigned long long)digits_step(r->trainer) + 1,
                  digits_fault(r->trainer)[0] ? digits_fault(r->trainer) : "the loss", r->checkpoint);
    if (status != DIGITS_OK) return fail(FAILED, "%s", digits_status_string(status));
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

static void log_epoch(const run *r, const digits_metrics *validation, double seconds, double rate) {
  fprintf(r->log, "{\"epoch\": %llu", (unsigned long long)r->progress.epoch + 1);
  for (size_t i = 0; i < DIGITS_METRICS; i++)
    fprintf(r->log, ", \"%s\": %.9g", digits_metric_fields[i].name, metric_value(&r->progress.metrics, i));
  for (size_t i = 0; i < DIGITS_METRICS && r->validation_rows; i++)
    fprintf(r->log, ", \"val_%s\": %.9g", digits_metric_fields[i].name, metric_value(validation, i));
  fprintf(r->log, ", \"seconds\": %.6f, \"samples_per_second\": %.1f, \"learning_rate\": %.9g}\n", seconds, rate,
          (double)digits_learning_rate(r->trainer));
  fflush(r->log);
}

static int finish_epoch(run *r, double seconds, size_t trained) {
  digits_metrics validation = {0};
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
  if (r->log) log_epoch(r, &validation, seconds, rate);
  r->progress.epoch++;
  r->progress.position = 0;
  memset(&r->progress.metrics, 0, sizeof r->progress.metrics);
  return save(r);
}

/* Which rows are for validation: a share of the last ones, as in Keras, or a file of their own. */
static int split_rows(run *r) {
  const char *const given = r->given.validation ? r->given.validation : digits_defaults.validation;
  char *end = NULL;
  char buffer[4096];
  double share = given[0] ? strtod(given, &end) : digits_defaults.validation_split;
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
  r->batch = r->given.batch ? r->given.batch : digits_defaults.batch;
  if (r->batch > DIGITS_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", DIGITS_MAX_ROWS);
  r->checkpoint = r->given.checkpoint ? r->given.checkpoint : "digits.safetensors";
  const digits_config config = {r->batch, r->given.has_seed ? r->given.seed : digits_defaults.seed};
  void *const memory = allocate(DIGITS_TRAINER_BYTES(r->batch));
  r->parameters = new_parameters(config.seed);
  r->context = new_context(r->batch);
  r->order = calloc(r->data.rows, sizeof *r->order);
  if (!memory || !r->parameters || !r->context || !r->order) return fail(FAILED, "out of memory");
  if (digits_trainer_init(memory, DIGITS_TRAINER_BYTES(r->batch), r->parameters, &config, &r->trainer) != DIGITS_OK)
    return fail(FAILED, "the trainer cannot be set up");
  for (size_t i = 0; i < DIGITS_INPUTS; i++)
    if (!(r->inputs[i] = calloc(r->batch, digits_input_fields[i].size * element_bytes(&digits_input_fields[i])))) return fail(FAILED, "out of memory");
  for (size_t i = 0; i < DIGITS_TARGETS; i++)
    if (!(r->targets[i] = calloc(r->batch, digits_target_fields[i].size * element_bytes(&digits_target_fields[i])))) return fail(FAILED, "out of memory");
  r->progress.seed = config.seed;
  return 0;
}

/* Weights from the checkpoint, from a file, or new ones with the statistics of the data. */
static int begin_run(run *r) {
  if (r->given.resume) {
    const digits_status status = digits_load_checkpoint(r->checkpoint, r->parameters, r->trainer, &r->progress);
    if (status == DIGITS_ERROR_IO) return fail(FAILED, "%s: cannot resume: %s", r->checkpoint, strerror(errno));
    if (status != DIGITS_OK) {
      const int problem = load_weights(r->checkpoint, r->parameters);
      return problem ? problem : fail(FAILED, "%s: it holds weights, but not where training stands", r->checkpoint);
    }
    if (r->progress.position > r->rows) return fail(FAILED, "%s: it stands at row %llu of other data", r->checkpoint, (unsigned long long)r->progress.position);
  } else if (r->given.weights) {
    const int status = load_weights(r->given.weights, r->parameters);
    if (status) return status;
  } else if (digits_call_adapt(r->parameters, r->rows, (const void *const *)r->data.inputs) != DIGITS_OK) {
    return fail(FAILED, "the statistics of the inputs cannot be computed");
  }
  if (r->given.learning_rate > 0) digits_set_learning_rate(r->trainer, (digits_real)r->given.learning_rate);
  if (!r->given.log) return 0;
  r->log = fopen(r->given.log, r->given.resume ? "a" : "w");
  return r->log ? 0 : fail(FAILED, "%s: %s", r->given.log, strerror(errno));
}

static int run_train(const options *given) {
  run r = {0};
  r.given = *given;
  int status = read_data(given->data, 1, &r.data);
  if (!status) status = split_rows(&r);
  if (!status) status = prepare_run(&r);
  if (!status) status = begin_run(&r);
  if (status) return status;
  struct sigaction action = {0};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  const size_t epochs = given->epochs ? given->epochs : digits_defaults.epochs;
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
  digits_metrics metrics = {0};
  const size_t batch = given->batch ? given->batch : DIGITS_MAX_ROWS < 256 ? DIGITS_MAX_ROWS : 256;
  if (!given->weights) return fail(USAGE, "evaluate needs --weights FILE");
  if (batch > DIGITS_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", DIGITS_MAX_ROWS);
  digits_parameters *const parameters = new_parameters(0);
  digits_context *const context = new_context(batch);
  if (!parameters || !context) return fail(FAILED, "out of memory");
  int status = load_weights(given->weights, parameters);
  if (!status) status = read_data(given->data, 1, &data);
  if (!status) status = evaluate_rows(context, parameters, &data, 0, data.rows, batch, &metrics);
  if (status) return status;
  for (size_t i = 0; i < DIGITS_METRICS; i++)
    printf("%s%s=%.6f", i ? " " : "", digits_metric_fields[i].name, metric_value(&metrics, i));
  printf("\n");
  return DONE;
}

/* ---- Commands ---- */

static int usage(void) {
  printf("usage: digits COMMAND [OPTION ...]\n\n"
#if DIGITS_TRAINING
         "  train      trains and writes a checkpoint\n"
         "  evaluate   loss and metrics of weights on data\n"
#endif
         "  predict    a row of outputs for each row of inputs\n"
         "  benchmark  the time of a step on random data\n"
         "  info       the model, its tensors and how it was compiled\n\n"
         "digits COMMAND --help lists a command's options.\n");
  return DONE;
}

int main(int count, char **words) {
  static const struct { const char *name; char letter; } commands[] = {
#if DIGITS_TRAINING
    {"train", 't'}, {"evaluate", 'e'},
#endif
    {"predict", 'p'}, {"benchmark", 'b'}, {"info", 'i'}};
  options given = {0};
  if (count < 2) {
    usage();
    return USAGE;
  }
  if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return usage();
  char letter = 0;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i].name, words[1]) == 0) letter = commands[i].letter;
  if (!letter) return fail(USAGE, "'%s' is not a command; --help lists them", words[1]);
  for (int i = 2; i < count; i++)
    if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) {
      printf("usage: digits %s [OPTION ...]\n\n", words[1]);
      print_options(letter);
      return DONE;
    }
  const int status = parse_options(&given, letter, count - 2, words + 2);
  if (status) return status;
  switch (letter) {
#if DIGITS_TRAINING
    case 't': return run_train(&given);
    case 'e': return run_evaluate(&given);
#endif
    case 'p': return run_predict(&given);
    case 'b': return run_benchmark(&given);
    default: return run_info();
  }
}
