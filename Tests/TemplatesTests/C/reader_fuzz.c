/*
 * libFuzzer harness of the readers of data: any bytes give rows or an error, without a crash, and for no more memory than a
 * multiple of the file's size. READER is csv, npy, npz, idx, cifar, safetensors or text; see
 * run_fuzz.sh.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Memory: readers free at the program's end, so what a run took is freed behind it, and counted ---- */

enum { HEADS = 64, SLACK = 1 << 20, TIMES = 32, TIMES_OF_TEXT = 512 };

typedef struct block {
  struct block *next;
  size_t bytes;
} block;

static block *blocks;
static size_t taken, limit;

static void *take(size_t bytes) {
  taken += bytes;
  if (bytes > limit || taken > limit) {
    fprintf(stderr, "%zu bytes are asked for, but %zu are enough for this file\n", taken, limit);
    abort();
  }
  block *const made = malloc(HEADS + bytes);
  if (!made) return NULL;
  made->next = blocks;
  made->bytes = bytes;
  blocks = made;
  return (char *)made + HEADS;
}

static void *take_zero(size_t count, size_t bytes) {
  if (bytes && count > SIZE_MAX / bytes) return NULL;
  void *const made = take(count * bytes);
  return made ? memset(made, 0, count * bytes) : NULL;
}

static void *take_more(void *old, size_t bytes) {
  void *const made = take(bytes);
  const size_t before = old ? ((block *)(void *)((char *)old - HEADS))->bytes : 0;
  if (made && old) memcpy(made, old, before < bytes ? before : bytes);
  return made;
}

static void give_back(void *memory) { (void)memory; }

static void free_blocks(void) {
  while (blocks) {
    block *const next = blocks->next;
    free(blocks);
    blocks = next;
  }
  taken = 0;
}

/* ---- What the readers find around them in a generated program ---- */

enum { DONE = 0, FAILED = 1, USAGE = 64 };

/* A message is written, as every string of it must end, but not shown. */
static int fail(int status, const char *format, ...) {
  static char message[1 << 16];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return status;
}

#define MODEL_TRAINING 1
#define MODEL_REAL_BITS 32
typedef float model_real;

typedef struct model_field {
  const char *name;
  size_t rank;
  size_t shape[8];
  size_t size;
  int integer;
  size_t classes;
} model_field;

#define CSV 1
#define NPY 2
#define NPZ 3
#define IDX 4
#define CIFAR 5
#define SAFETENSORS 6
#define TEXT 7
#define MODEL_TEXT (READER == TEXT)
#define MODEL_VOCABULARY 0

static struct {
  const char *tokens, *text_column, *target_column;
} model_defaults = {"", "", "y"};

#if READER == CIFAR
enum { MODEL_INPUTS = 1, MODEL_OUTPUTS = 1, MODEL_TARGETS = 1 };
static const model_field model_input_fields[] = {{"x", 3, {32, 32, 3}, 3072, 0, 0}};
static const model_field model_target_fields[] = {{"y", 0, {0}, 1, 1, 10}};
#elif READER == NPY || READER == IDX
enum { MODEL_INPUTS = 1, MODEL_OUTPUTS = 1, MODEL_TARGETS = 1 };
static const model_field model_input_fields[] = {{"x", 1, {2}, 2, 0, 0}};
static const model_field model_target_fields[] = {{"y", 0, {0}, 1, 1, 3}};
#elif READER == TEXT
enum { MODEL_INPUTS = 1, MODEL_OUTPUTS = 1, MODEL_TARGETS = 1 };
static const model_field model_input_fields[] = {{"x", 1, {4}, 4, 1, 9}};
static const model_field model_target_fields[] = {{"y", 0, {0}, 1, 1, 9}};
#else
enum { MODEL_INPUTS = 2, MODEL_OUTPUTS = 1, MODEL_TARGETS = 1 };
static const model_field model_input_fields[] = {{"x", 1, {2}, 2, 0, 0}, {"words", 1, {2}, 2, 1, 5}};
static const model_field model_target_fields[] = {{"y", 0, {0}, 1, 1, 3}};
#endif

/* All that the readers print besides errors goes the same way. */
#define fprintf(stream, ...) fail(FAILED, __VA_ARGS__)
#define malloc take
#define calloc take_zero
#define realloc take_more
#define free give_back
#include "readers.h"
#undef malloc
#undef free

/* Rows that were read hold what was promised of them. */
static void check(const dataset *data, int need_target) {
  double sum = 0;
  if (data->rows == 0) abort();
  for (size_t i = 0; i < MODEL_INPUTS; i++)
    for (size_t k = 0; k < data->rows * model_input_fields[i].size; k++) {
      const int32_t *const classes = data->inputs[i];
      const float *const values = data->inputs[i];
      if (!model_input_fields[i].integer) sum += (double)values[k];
      else if (classes[k] < 0 || (size_t)classes[k] >= model_input_fields[i].classes) abort();
    }
  for (size_t k = 0; need_target && k < data->rows; k++) {
    const int32_t label = ((const int32_t *)data->targets[0])[k];
    if (label < 0 || (size_t)label >= model_target_fields[0].classes) abort();
  }
  if (isnan(sum) && data->rows == SIZE_MAX) abort(); /* so that the sum is not left out */
}

static int read_rows(const uint8_t *bytes, size_t size, int need_target, dataset *into) {
#if READER == CSV
  char *const text = take(size + 1); /* with a zero behind the last byte, as a file is read */
  if (!text) return FAILED;
  memcpy(text, bytes, size);
  text[size] = 0;
  return read_csv("file", text, size, "y", need_target, 0.5, into);
#elif READER == NPZ
  npz archive;
  if (!is_npz(bytes, size) || open_npz("file", bytes, size, &archive)) return FAILED;
  return bind_arrays(&archive, "file", find_in_npz, need_target, 0.5, into);
#elif READER == CIFAR
  /* The same file twice: rows go behind rows. */
  return parse_cifar("file", bytes, size, need_target, 0.5, into) || parse_cifar("file", bytes, size, need_target, 0.5, into);
#elif READER == TEXT
  /* The first byte says what tokens are, and whether texts are labelled. */
  static const char *const kinds[] = {"byte", "character", "word"};
  const int first = size ? *bytes : 0;
  if (size) bytes++, size--;
  memset(&vocabulary, 0, sizeof vocabulary);
  memset(named_columns, 0, sizeof named_columns);
  model_defaults.tokens = kinds[first % 3];
  model_defaults.text_column = first & 4 ? "text" : "";
  char *const text = take(size + 1);
  if (!text) return FAILED;
  memcpy(text, bytes, size);
  text[size] = 0;
  const int status = is_safetensors(bytes, size) ? read_safetensors("file", bytes, size, need_target, 0.5, into) : read_text("file", text, size, need_target, into);
  if (!status && vocabulary.kind && !vocabulary_metadata()) abort();
  return status;
#elif READER == SAFETENSORS
  return !is_safetensors(bytes, size) || read_safetensors("file", bytes, size, need_target, 0.5, into);
#else
  data_array a = {0};
  a.path = "file";
#if READER == NPY
  if (parse_npy(bytes, size, &a)) return FAILED;
#else
  if (parse_idx(bytes, size, &a)) return FAILED;
#endif
  const model_field *const field = need_target ? &model_target_fields[0] : &model_input_fields[0];
  if (bind_array(&a, field, 0.5, into, need_target ? &into->targets[0] : &into->inputs[0])) return FAILED;
  into->rows = 0; /* only one of the two is there to check */
  return FAILED;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  for (int need_target = 0; need_target < 2; need_target++) {
    dataset data = {0};
    limit = SLACK + (READER == TEXT ? TIMES_OF_TEXT : TIMES) * size;
    if (read_rows(bytes, size, need_target, &data) == 0) check(&data, need_target);
    free_blocks();
  }
  return 0;
}
