#define _POSIX_C_SOURCE 200809L

#include "digits_cnn_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIGITS_CNN_INLINE static inline __attribute__((unused))
#define DIGITS_CNN_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define DIGITS_CNN_INLINE static inline
#define DIGITS_CNN_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define DIGITS_CNN_MICROKERNEL static __attribute__((noinline, unused))
#else
#define DIGITS_CNN_MICROKERNEL DIGITS_CNN_INLINE
#endif

/*
 * Cyclic redundancy checks, eight bytes at a time: Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation", 2008, or with the processor's own instruction for Castagnoli's polynomial. The table is made where it is
 * needed, in a few microseconds. Include after inline.c; needs <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__SSE4_2__) && defined(__x86_64__)
#include <nmmintrin.h>
#define DIGITS_CNN_CRC_STEP(value, word) ((uint32_t)_mm_crc32_u64(value, word))
#elif defined(__ARM_FEATURE_CRC32) && defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
#include <arm_acle.h>
#define DIGITS_CNN_CRC_STEP(value, word) __crc32cd(value, word)
#endif
#define DIGITS_CNN_CRC32C UINT32_C(0x82F63B78) /* Castagnoli, RFC 3720: the tensors of a safetensors file */
#define DIGITS_CNN_CRC32 UINT32_C(0xEDB88320)  /* the entries of a zip archive */

typedef struct digits_cnn_crc {
  uint32_t polynomial;
  uint32_t table[8][256];
} digits_cnn_crc;

DIGITS_CNN_INLINE void digits_cnn_crc_init(digits_cnn_crc *crc, uint32_t polynomial) {
  crc->polynomial = polynomial;
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? polynomial : 0);
    crc->table[0][byte] = value;
  }
  for (int slice = 1; slice < 8; slice++)
    for (int byte = 0; byte < 256; byte++) {
      uint32_t before = crc->table[slice - 1][byte];
      crc->table[slice][byte] = before >> 8 ^ crc->table[0][before & 255];
    }
}

/* The check of what CHECK covers followed by BYTES; the check of nothing is 0. */
DIGITS_CNN_INLINE uint32_t digits_cnn_crc_of(const digits_cnn_crc *crc, uint32_t check, const unsigned char *bytes, size_t count) {
  uint32_t value = ~check;
#if defined(DIGITS_CNN_CRC_STEP)
  for (uint64_t word; crc->polynomial == DIGITS_CNN_CRC32C && count >= 8; count -= 8, bytes += 8) {
    memcpy(&word, bytes, 8);
    value = DIGITS_CNN_CRC_STEP(value, word);
  }
#endif
  for (; count >= 8; count -= 8, bytes += 8) {
    value ^= (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    value = crc->table[7][value & 255] ^ crc->table[6][value >> 8 & 255] ^ crc->table[5][value >> 16 & 255] ^
            crc->table[4][value >> 24] ^ crc->table[3][bytes[4]] ^ crc->table[2][bytes[5]] ^
            crc->table[1][bytes[6]] ^ crc->table[0][bytes[7]];
  }
  for (; count > 0; count--, bytes++) value = value >> 8 ^ crc->table[0][(value ^ *bytes) & 255];
  return ~value;
}

/*
 * A whole file in memory, with a zero after its last byte; the caller frees it.
 * Include after inline.c; needs <errno.h>, <fcntl.h>, <stdint.h>, <stdlib.h>, <sys/stat.h>, <unistd.h>.
 */

/* More than the machine's memory is refused before it is asked for: where memory is overcommitted, malloc would not. */
DIGITS_CNN_INLINE int digits_cnn_fits_memory(uint64_t bytes) {
#ifdef _SC_PHYS_PAGES
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && bytes / (uint64_t)page >= (uint64_t)pages) return 0;
#endif
  return bytes < SIZE_MAX / 2;
}

/* 0 or an errno value. */
DIGITS_CNN_INLINE int digits_cnn_read_descriptor(int descriptor, unsigned char **bytes, size_t *size) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  uint64_t expected = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 65535;
  if (!digits_cnn_fits_memory(expected)) return ENOMEM;
  size_t capacity = (size_t)expected + 1, count = 0;
  unsigned char *buffer = malloc(capacity);
  int problem = buffer ? 0 : ENOMEM;
  while (!problem) {
    if (count + 1 == capacity) { /* perhaps at the end of the file, perhaps of a pipe that has more */
      unsigned char *larger = digits_cnn_fits_memory((uint64_t)capacity * 2) ? realloc(buffer, capacity * 2) : NULL;
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

DIGITS_CNN_INLINE int digits_cnn_read_file(const char *path, unsigned char **bytes, size_t *size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int problem = digits_cnn_read_descriptor(descriptor, bytes, size);
  close(descriptor);
  return problem;
}

/* NAME_io.c: weights and checkpoints as safetensors files. Include after checksum.c and read_file.c. */

/* A growing text; after a failed allocation it stays empty and says so. */
typedef struct digits_cnn_text {
  char *bytes;
  size_t count, capacity;
  int failed;
} digits_cnn_text;

static void digits_cnn_text_append(digits_cnn_text *text, const char *bytes, size_t count) {
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

static void digits_cnn_text_add(digits_cnn_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char line[512];
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof line) text->failed = 1;
  else digits_cnn_text_append(text, line, (size_t)length);
}

/* A table of tensors and where their values begin. */
typedef struct digits_cnn_block {
  const digits_cnn_tensor_info *tensors;
  size_t count;
  digits_cnn_real *values;
} digits_cnn_block;

static void digits_cnn_describe_block(digits_cnn_text *header, const digits_cnn_block *block, size_t *offset) {
  for (size_t i = 0; i < block->count; i++) {
    const digits_cnn_tensor_info *const tensor = &block->tensors[i];
    const size_t bytes = tensor->count * sizeof(digits_cnn_real);
    digits_cnn_text_add(header, ",\"%s\":{\"dtype\":\"F%d\",\"shape\":[", tensor->name, DIGITS_CNN_REAL_BITS);
    for (size_t axis = 0; axis < tensor->rank; axis++) digits_cnn_text_add(header, "%s%zu", axis ? "," : "", tensor->shape[axis]);
    digits_cnn_text_add(header, "],\"data_offsets\":[%zu,%zu]}", *offset, *offset + bytes);
    *offset += bytes;
  }
}

static void digits_cnn_describe_checks(digits_cnn_text *header, const digits_cnn_crc *crc, const digits_cnn_block *block) {
  for (size_t i = 0; i < block->count; i++) {
    const digits_cnn_tensor_info *const tensor = &block->tensors[i];
    const void *const values = block->values + tensor->offset;
    const uint32_t check = digits_cnn_crc_of(crc, 0, values, tensor->count * sizeof(digits_cnn_real));
    digits_cnn_text_add(header, ",\"crc32c:%s\":\"%08x\"", tensor->name, (unsigned)check);
  }
}

static int digits_cnn_write_all(int file, const void *bytes, size_t count) {
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

static int digits_cnn_write_file(int file, const digits_cnn_text *header, const digits_cnn_block *blocks, size_t count) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)header->count >> (8 * i));
  if (!digits_cnn_write_all(file, length, sizeof length) || !digits_cnn_write_all(file, header->bytes, header->count)) return 0;
  for (size_t b = 0; b < count; b++)
    for (size_t i = 0; i < blocks[b].count; i++) {
      const digits_cnn_tensor_info *const tensor = &blocks[b].tensors[i];
      if (!digits_cnn_write_all(file, blocks[b].values + tensor->offset, tensor->count * sizeof(digits_cnn_real))) return 0;
    }
  return fsync(file) == 0;
}

static void digits_cnn_sync_folder(const char *path) {
  const char *const slash = strrchr(path, '/');
  char folder[4096] = ".";
  if (slash) snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
  const int file = open(folder, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

/* Writes beside PATH, then renames: PATH is the old file or the whole new one at every instant. */
static digits_cnn_status digits_cnn_save(const char *path, const digits_cnn_text *metadata, const digits_cnn_block *blocks, size_t count) {
  digits_cnn_text header = {0};
  digits_cnn_crc crc;
  size_t offset = 0;
  digits_cnn_crc_init(&crc, DIGITS_CNN_CRC32C);
  digits_cnn_text_add(&header, "{\"__metadata__\":{\"format\":\"dlc-1\",\"model\":\"digits_cnn\",\"model_hash\":\"%s\"", DIGITS_CNN_MODEL_HASH);
  if (metadata->count > 0) digits_cnn_text_append(&header, metadata->bytes, metadata->count);
  for (size_t b = 0; b < count; b++) digits_cnn_describe_checks(&header, &crc, &blocks[b]);
  digits_cnn_text_add(&header, "}");
  for (size_t b = 0; b < count; b++) digits_cnn_describe_block(&header, &blocks[b], &offset);
  digits_cnn_text_add(&header, "}");
  /* Tensors begin at a multiple of 64 bytes, as a view of them in memory would have it. */
  while (!header.failed && (header.count + 8) % 64 != 0) digits_cnn_text_add(&header, " ");

  char temporary[4096];
  const int length = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
  if (header.failed || length < 0 || (size_t)length >= sizeof temporary) {
    free(header.bytes);
    errno = header.failed ? ENOMEM : ENAMETOOLONG;
    return DIGITS_CNN_ERROR_IO;
  }
  const int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int done = file >= 0 && digits_cnn_write_file(file, &header, blocks, count);
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
    return DIGITS_CNN_ERROR_IO;
  }
  digits_cnn_sync_folder(path);
  return DIGITS_CNN_OK;
}

static digits_cnn_block digits_cnn_weights_block(digits_cnn_parameters *parameters) {
  digits_cnn_block block = {0};
  block.tensors = digits_cnn_tensors(&block.count);
  block.values = digits_cnn_parameters_values(parameters);
  return block;
}

digits_cnn_status digits_cnn_save_weights(const char *path, digits_cnn_parameters *parameters) {
  const digits_cnn_block block = digits_cnn_weights_block(parameters);
  const digits_cnn_text metadata = {0};
  if (!path || !parameters) return DIGITS_CNN_ERROR_ARGUMENT;
  return digits_cnn_save(path, &metadata, &block, 1);
}

/* ---- Loading ---- */

static void digits_cnn_say(char *message, size_t capacity, const char *format, ...) {
  va_list arguments;
  if (!message || capacity == 0) return;
  va_start(arguments, format);
  vsnprintf(message, capacity, format, arguments);
  va_end(arguments);
}

static void digits_cnn_shape_text(char *text, size_t capacity, size_t rank, const size_t *shape) {
  size_t used = (size_t)snprintf(text, capacity, "[");
  for (size_t axis = 0; axis < rank && axis < 8 && used < capacity; axis++)
    used += (size_t)snprintf(text + used, capacity - used, "%s%zu", axis ? ", " : "", shape[axis]);
  if (used < capacity) snprintf(text + used, capacity - used, "]");
}

static digits_cnn_status digits_cnn_check_tensor(const digits_cnn_safetensors *file, const digits_cnn_crc *crc, size_t *cursor,
                                         const digits_cnn_tensor_info *wanted, char *message, size_t capacity) {
  digits_cnn_safetensor found;
  digits_cnn_safetensors_text text;
  char name[256], check[16], expected[160], actual[160];
  if (!digits_cnn_safetensors_find(file, cursor, wanted->name, &found)) {
    digits_cnn_say(message, capacity, "it has no tensor %s", wanted->name);
    return DIGITS_CNN_ERROR_MODEL;
  }
  if (found.rank != wanted->rank || memcmp(found.shape, wanted->shape, found.rank * sizeof *found.shape) != 0) {
    digits_cnn_shape_text(expected, sizeof expected, wanted->rank, wanted->shape);
    digits_cnn_shape_text(actual, sizeof actual, found.rank, found.shape);
    digits_cnn_say(message, capacity, "%s has shape %s, but the model's has %s", wanted->name, actual, expected);
    return DIGITS_CNN_ERROR_MODEL;
  }
  if (strcmp(found.dtype, "F32") != 0 && strcmp(found.dtype, "F64") != 0) {
    digits_cnn_say(message, capacity, "%s holds %s; F32 and F64 can be read", wanted->name, found.dtype);
    return DIGITS_CNN_ERROR_FORMAT;
  }
  size_t metadata = 0;
  snprintf(name, sizeof name, "crc32c:%s", wanted->name);
  if (!digits_cnn_safetensors_find_metadata(file, &metadata, name, &text)) return DIGITS_CNN_OK;
  digits_cnn_safetensors_copy(text, check, sizeof check);
  char computed[16];
  snprintf(computed, sizeof computed, "%08x", (unsigned)digits_cnn_crc_of(crc, 0, found.data, found.bytes));
  if (strcmp(check, computed) == 0) return DIGITS_CNN_OK;
  digits_cnn_say(message, capacity, "the values of %s, from byte %zu on, are damaged: their checksum is %s instead of %s",
             wanted->name, found.offset, computed, check);
  return DIGITS_CNN_ERROR_CHECKSUM;
}

static digits_cnn_status digits_cnn_check_table(const digits_cnn_safetensors *file, const digits_cnn_tensor_info *tensors, size_t count,
                                        char *message, size_t capacity) {
  digits_cnn_crc crc;
  size_t cursor = 0;
  digits_cnn_crc_init(&crc, DIGITS_CNN_CRC32C);
  for (size_t i = 0; i < count; i++) {
    const digits_cnn_status status = digits_cnn_check_tensor(file, &crc, &cursor, &tensors[i], message, capacity);
    if (status != DIGITS_CNN_OK) return status;
  }
  return DIGITS_CNN_OK;
}

/* A tensor that is neither a weight nor, in a checkpoint, a slot: the file is of another model. */
static digits_cnn_status digits_cnn_check_extra(const digits_cnn_safetensors *file, char *message, size_t capacity) {
  digits_cnn_safetensor tensor;
  size_t weights = 0, slots = 0;
  const digits_cnn_tensor_info *const tables[2] = {digits_cnn_tensors(&weights),
#if DIGITS_CNN_TRAINING
                                               digits_cnn_trainer_tensors(&slots)
#else
                                               NULL
#endif
  };
  digits_cnn_safetensors_text text;
  size_t cursor = 0;
  if (digits_cnn_safetensors_find_metadata(file, &cursor, "step", &text)) return DIGITS_CNN_OK; /* slots of any optimizer */
  for (cursor = 0; digits_cnn_safetensors_next(file, &cursor, &tensor);) {
    int known = 0;
    for (size_t i = 0; i < weights && !known; i++) known = digits_cnn_safetensors_equals(tensor.name, tables[0][i].name);
    for (size_t i = 0; i < slots && !known; i++) known = digits_cnn_safetensors_equals(tensor.name, tables[1][i].name);
    if (known) continue;
    char name[256];
    digits_cnn_safetensors_copy(tensor.name, name, sizeof name);
    digits_cnn_say(message, capacity, "it has a tensor %s, which the model does not", name);
    return DIGITS_CNN_ERROR_MODEL;
  }
  return DIGITS_CNN_OK;
}

digits_cnn_status digits_cnn_check_file(const void *bytes, size_t size, char *message, size_t capacity) {
  digits_cnn_safetensors file;
  size_t count = 0;
  if (message && capacity) message[0] = 0;
  const char *const problem = digits_cnn_safetensors_open(bytes, size, &file);
  if (problem) {
    digits_cnn_say(message, capacity, "not a valid safetensors file: %s, at byte %zu", problem, file.error_offset);
    return DIGITS_CNN_ERROR_FORMAT;
  }
  const digits_cnn_tensor_info *const tensors = digits_cnn_tensors(&count);
  const digits_cnn_status status = digits_cnn_check_table(&file, tensors, count, message, capacity);
  return status == DIGITS_CNN_OK ? digits_cnn_check_extra(&file, message, capacity) : status;
}

digits_cnn_status digits_cnn_load_weights(const char *path, digits_cnn_parameters *parameters) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (!path || !parameters) return DIGITS_CNN_ERROR_ARGUMENT;
  const int problem = digits_cnn_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return DIGITS_CNN_ERROR_IO;
  }
  digits_cnn_status status = digits_cnn_check_file(bytes, size, NULL, 0);
  if (status == DIGITS_CNN_OK) status = digits_cnn_parameters_load(parameters, bytes, size);
  free(bytes);
  return status;
}

/* NAME_io.c: checkpoints, which hold the optimizer's slots and where training stands besides the weights. */
static digits_cnn_block digits_cnn_slots_block(digits_cnn_trainer *trainer) {
  digits_cnn_block block = {0};
  block.tensors = digits_cnn_trainer_tensors(&block.count);
  block.values = digits_cnn_trainer_values(trainer);
  return block;
}

digits_cnn_status digits_cnn_save_checkpoint(const char *path, digits_cnn_parameters *parameters, digits_cnn_trainer *trainer,
                                     const digits_cnn_progress *progress) {
  if (!path || !parameters || !trainer || !progress) return DIGITS_CNN_ERROR_ARGUMENT;
  const digits_cnn_block blocks[2] = {digits_cnn_weights_block(parameters), digits_cnn_slots_block(trainer)};
  digits_cnn_text metadata = {0};
  digits_cnn_text_add(&metadata, ",\"epoch\":\"%llu\",\"position\":\"%llu\",\"seed\":\"%llu\",\"step\":\"%llu\"",
                  (unsigned long long)progress->epoch, (unsigned long long)progress->position,
                  (unsigned long long)digits_cnn_seed(trainer), (unsigned long long)digits_cnn_step(trainer));
  digits_cnn_text_add(&metadata, ",\"learning_rate\":\"%a\"", (double)digits_cnn_learning_rate(trainer));
  /* Hexadecimal, so that what is resumed is what was stopped. */
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) digits_cnn_text_add(&metadata, ",\"sum%zu\":\"%a\"", i, progress->metrics.sums[i]);
  if (progress->metadata) digits_cnn_text_append(&metadata, progress->metadata, strlen(progress->metadata));
  const digits_cnn_status status = metadata.failed ? DIGITS_CNN_ERROR_IO : digits_cnn_save(path, &metadata, blocks, 2);
  const int problem = errno;
  free(metadata.bytes);
  errno = metadata.failed ? ENOMEM : problem;
  return status;
}

static int digits_cnn_metadata(const digits_cnn_safetensors *file, const char *key, char value[64]) {
  digits_cnn_safetensors_text text;
  size_t cursor = 0;
  return digits_cnn_safetensors_find_metadata(file, &cursor, key, &text) && digits_cnn_safetensors_copy(text, value, 64) < 64;
}

static int digits_cnn_read_progress(const digits_cnn_safetensors *file, digits_cnn_progress *progress) {
  const struct { const char *key; uint64_t *number; } numbers[] = {
    {"epoch", &progress->epoch}, {"position", &progress->position}, {"seed", &progress->seed}, {"step", &progress->step}};
  char text[64], key[32], *end;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (!digits_cnn_metadata(file, numbers[i].key, text)) return 0;
    *numbers[i].number = strtoull(text, &end, 10);
    if (end == text || *end) return 0;
  }
  if (!digits_cnn_metadata(file, "learning_rate", text)) return 0;
  progress->learning_rate = strtod(text, &end);
  if (end == text || *end) return 0;
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) {
    snprintf(key, sizeof key, "sum%zu", i);
    if (!digits_cnn_metadata(file, key, text)) return 0;
    progress->metrics.sums[i] = strtod(text, &end);
    if (end == text || *end) return 0;
  }
  return 1;
}

digits_cnn_status digits_cnn_load_checkpoint(const char *path, digits_cnn_parameters *parameters, digits_cnn_trainer *trainer,
                                     digits_cnn_progress *progress) {
  unsigned char *bytes = NULL;
  size_t size = 0, count = 0;
  digits_cnn_safetensors file;
  digits_cnn_progress read = {0};
  if (!path || !parameters || !trainer || !progress) return DIGITS_CNN_ERROR_ARGUMENT;
  const int problem = digits_cnn_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return DIGITS_CNN_ERROR_IO;
  }
  digits_cnn_status status = digits_cnn_check_file(bytes, size, NULL, 0);
  if (status == DIGITS_CNN_OK && digits_cnn_safetensors_open(bytes, size, &file)) status = DIGITS_CNN_ERROR_FORMAT;
  if (status == DIGITS_CNN_OK) {
    const digits_cnn_tensor_info *const slots = digits_cnn_trainer_tensors(&count);
    status = digits_cnn_check_table(&file, slots, count, NULL, 0);
  }
  if (status == DIGITS_CNN_OK && !digits_cnn_read_progress(&file, &read)) status = DIGITS_CNN_ERROR_FORMAT;
  if (status == DIGITS_CNN_OK) status = digits_cnn_parameters_load(parameters, bytes, size);
  if (status == DIGITS_CNN_OK) status = digits_cnn_trainer_load(trainer, bytes, size);
  free(bytes);
  if (status != DIGITS_CNN_OK) return status;
  digits_cnn_set_step(trainer, read.step);
  digits_cnn_set_seed(trainer, read.seed);
  digits_cnn_set_learning_rate(trainer, (digits_cnn_real)read.learning_rate);
  *progress = read;
  return DIGITS_CNN_OK;
}
