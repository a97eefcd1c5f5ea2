/* The command line of the model digits: trains, evaluates and predicts. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* madvise */
#include "digits.h"
#include "digits_io.h"

#define DIGITS_BLAS 0 /* CBLAS calls, whose library may have threads of its own */
#define DIGITS_TEXT 0 /* the only input is tokens [time] */
#define DIGITS_VOCABULARY 0 /* the weights that are compiled in have one */
#define DIGITS_LANGUAGE 0 /* it streams, and has a number for each token that may follow */

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
  {"dense_2", 1, {10}, 10, 0, 0},
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
  const char *target_column, *tokens, *text_column;
  double scale;                                  /* inputs are multiplied by it */
  const char *validation;
  double validation_split;
  const char *compiled, *gemm;
  double train_flops, train_flops_per_row, infer_flops, infer_flops_per_row; /* of a step, and for each row */
} digits_defaults_t;

static const digits_defaults_t digits_defaults = {
  "digits", 40, 32, 42u, 1, 0.002,
  "csv", "digits.csv", "",
  "label", "", "", 0.0625, "", 0.05,
  "--gemm auto --precision f32 --optimize 1 --threads 4", "auto",
  609921, 276007, 0, 101692
};

/* Operations, those that plain sums would have, and bytes of the arrays that are read and written: of a call, and for each row. */
typedef struct digits_kernel {
  const char *name, *layer, *place; /* the line of model.swift */
  double flops, flops_per_row, plain, plain_per_row, bytes, bytes_per_row;
  int product; /* a matrix product or a convolution, with what is fused to it */
} digits_kernel;

#if defined(DIGITS_PROFILE)
enum { DIGITS_PREDICT_KERNELS = 4 };
static const digits_kernel digits_predict_kernels[] = {
  {"dense_forward", "dense", "model.swift:5:3", 0., 33280., 0., 33280., 66560., 1280., 1},
  {"dense_1_forward", "dense_1", "model.swift:7:3", 0., 65792., 0., 65792., 131584., 1536., 1},
  {"dense_2_forward", "dense_2", "model.swift:9:3", 0., 2570., 0., 2570., 5160., 552., 1},
  {"dense_2_forward_2", "dense_2", "model.swift:9:3", 0., 50., 0., 50., 0., 80., 0},
};
enum { DIGITS_TRAIN_KERNELS = 23 };
static const digits_kernel digits_train_kernels[] = {
  {"dropout_backward", "dropout", "model.swift:4:3", 0., 256., 0., 256., 0., 512., 0},
  {"dense_backward", "dense", "model.swift:5:3, model.swift:6:3", 0., 34304., 0., 34304., 66560., 2304., 1},
  {"dense_1_backward", "dense_1", "model.swift:7:3, model.swift:8:3", 0., 66304., 0., 66304., 131584., 2048., 1},
  {"dense_2_backward", "dense_2", "model.swift:9:3", 0., 2570., 0., 2570., 5160., 552., 1},
  {"dense_2_backward_2", "dense_2", "model.swift:9:3", 0., 50., 0., 50., 0., 80., 0},
  {"loss_backward", "loss", "model.swift:12:18", 0., 43., 0., 43., 0., 48., 0},
  {"loss_backward_2", "loss", "model.swift:12:18", 0., 1., 0., 1., 4., 4., 0},
  {"loss_backward_loss", "loss", "model.swift:12:18", 1., 0., 1., 0., 12., 0., 0},
  {"loss_backward_3", "loss", "model.swift:12:18", 0., 10., 0., 10., 0., 44., 0},
  {"loss_backward_accuracy", "loss", "model.swift:12:18", 0., 3., 0., 3., 4., 8., 0},
  {"loss_backward_bias", "loss", "model.swift:12:18, model.swift:9:3", 1., 50., 1., 50., 44., 84., 0},
  {"dense_2_backward_kernel", "dense_2", "model.swift:9:3", 0., 2560., 0., 2560., 5120., 552., 1},
  {"dense_2_backward_bias", "dense_2", "model.swift:9:3, model.swift:8:3, model.swift:7:3", 0., 3712., 0., 3712., 5632., 1064., 1},
  {"dense_1_backward_kernel", "dense_1", "model.swift:7:3", 0., 65536., 0., 65536., 131072., 1536., 1},
  {"dense_1_backward_bias", "dense_1", "model.swift:7:3, model.swift:6:3, model.swift:5:3", 0., 67840., 0., 67840., 132096., 2560., 1},
  {"dense_backward_kernel", "dense", "model.swift:5:3", 0., 32768., 0., 32768., 65536., 1280., 1},
  {"optimizer_update", "optimizer", "model.swift:12:18", 7., 0., 7., 0., 12., 0., 0},
  {"dense_update_kernel", "dense", "model.swift:5:3", 196608., 0., 196608., 0., 458756., 0., 0},
  {"dense_update_bias", "dense", "model.swift:5:3", 3072., 0., 3072., 0., 7172., 0., 0},
  {"dense_1_update_kernel", "dense_1", "model.swift:7:3", 393216., 0., 393216., 0., 917508., 0., 0},
  {"dense_1_update_bias", "dense_1", "model.swift:7:3", 1536., 0., 1536., 0., 3588., 0., 0},
  {"dense_2_update_kernel", "dense_2", "model.swift:9:3", 15360., 0., 15360., 0., 35844., 0., 0},
  {"dense_2_update_bias", "dense_2", "model.swift:9:3", 120., 0., 120., 0., 284., 0., 0},
};
#endif

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
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


/* The template functions: a model uses some of them, and clang calls the others unused. */
#if defined(__GNUC__)
#define DIGITS_INLINE static inline __attribute__((unused))
#define DIGITS_APART static __attribute__((noinline, unused)) /* called in many places, and not worth a copy in each */
#else
#define DIGITS_INLINE static inline
#define DIGITS_APART static
#endif

/* A loop that needs nearly all vector registers: where gcc 12 inlines it, it may keep one of the vectors on the stack. */
#if defined(__GNUC__) && !defined(__clang__)
#define DIGITS_MICROKERNEL static __attribute__((noinline, unused))
#else
#define DIGITS_MICROKERNEL DIGITS_INLINE
#endif

/*
 * The widest vector that the target has, and the fused multiply-add of scalars and vectors.
 *
 * Contraction of a * b + c is left to the compiler in C99, and gcc and clang differ; so it is asked for by name where the
 * target has it, and code whose bits must not depend on that uses digits_fma.
 * Needs <math.h>, <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA)
#define DIGITS_HAS_FMA 1
#else
#define DIGITS_HAS_FMA 0
#endif

#if defined(__AVX512F__)
#define DIGITS_VECTOR_BYTES 64
#elif defined(__AVX__)
#define DIGITS_VECTOR_BYTES 32
#else
#define DIGITS_VECTOR_BYTES 16
#endif
#define DIGITS_LANES (DIGITS_VECTOR_BYTES * 8 / DIGITS_REAL_BITS)

/* For loops over registers, whose count is known where the function is inlined: gcc, and clang below -O3, give up on those of a tile. */
#if defined(__clang__)
#define DIGITS_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define DIGITS_UNROLL _Pragma("GCC unroll 16")
#else
#define DIGITS_UNROLL
#endif

/*
 * Before a loop over columns whose number is known. clang would unroll it first, find the loop around it the innermost one, and
 * make vectors across its lines, with gathers and scatters.
 */
#if defined(__clang__)
#define DIGITS_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DIGITS_ROLLED
#endif

#if defined(__GNUC__)
#define DIGITS_ALIGNED __attribute__((aligned(64)))
#define DIGITS_FLATTEN static inline __attribute__((always_inline, unused))
typedef digits_real digits_vector __attribute__((vector_size(DIGITS_VECTOR_BYTES)));
#if DIGITS_REAL_BITS == 32
typedef int32_t digits_bits;
#else
typedef int64_t digits_bits;
#endif
typedef digits_bits digits_mask __attribute__((vector_size(DIGITS_VECTOR_BYTES)));
#else
#define DIGITS_ALIGNED
#define DIGITS_FLATTEN static inline
typedef struct digits_vector { digits_real lane[DIGITS_LANES]; } digits_vector;
#endif

/* a * b + c, rounded once where the target can */
DIGITS_FLATTEN float digits_fma_f32(float a, float b, float c) {
#if DIGITS_HAS_FMA
  return fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_FLATTEN digits_real digits_fma(digits_real a, digits_real b, digits_real c) {
#if DIGITS_REAL_BITS == 32
  return digits_fma_f32(a, b, c);
#elif DIGITS_HAS_FMA
  return fma(a, b, c);
#else
  return a * b + c;
#endif
}

DIGITS_FLATTEN digits_vector digits_vector_load(const digits_real *p) {
  digits_vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

DIGITS_FLATTEN void digits_vector_store(digits_real *p, digits_vector v) { memcpy(p, &v, sizeof v); }

/* The first count lanes, then 0. */
DIGITS_FLATTEN digits_vector digits_vector_first(size_t count, digits_vector v) {
#if defined(__GNUC__)
  static const digits_bits ones[2 * DIGITS_LANES] = {
    -1, -1,
#if DIGITS_LANES >= 4
    -1, -1,
#endif
#if DIGITS_LANES >= 8
    -1, -1, -1, -1,
#endif
#if DIGITS_LANES >= 16
    -1, -1, -1, -1, -1, -1, -1, -1,
#endif
  };
  digits_mask mask;
  memcpy(&mask, ones + DIGITS_LANES - count, sizeof mask);
  return (digits_vector)((digits_mask)v & mask);
#else
  for (size_t i = count; i < DIGITS_LANES; i++) v.lane[i] = 0;
  return v;
#endif
}

/* a * b + c. gcc has no vector fma that is spelled alike everywhere, so its builtins are called by their names. */
DIGITS_FLATTEN digits_vector digits_vector_multiply_add(digits_vector a, digits_vector b, digits_vector c) {
#if defined(__clang__)
#if DIGITS_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX512F__) && DIGITS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4); /* all lanes, current rounding */
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX512F__)
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX__) && DIGITS_REAL_BITS == 32
  return __builtin_ia32_vfmaddps256(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__AVX__)
  return __builtin_ia32_vfmaddpd256(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__aarch64__) && DIGITS_REAL_BITS == 32
  return __builtin_aarch64_fmav4sf(a, b, c);
#elif defined(__GNUC__) && DIGITS_HAS_FMA && defined(__aarch64__)
  return __builtin_aarch64_fmav2df(a, b, c);
#elif defined(__GNUC__) && !DIGITS_HAS_FMA
  return a * b + c;
#else
  digits_real w[DIGITS_LANES], x[DIGITS_LANES], y[DIGITS_LANES];
  memcpy(w, &a, sizeof w);
  memcpy(x, &b, sizeof x);
  memcpy(y, &c, sizeof y);
  for (int i = 0; i < DIGITS_LANES; i++) y[i] = digits_fma(w[i], x[i], y[i]);
  memcpy(&c, y, sizeof c);
  return c;
#endif
}

/* s * b + c */
DIGITS_FLATTEN digits_vector digits_vector_fma(digits_real s, digits_vector b, digits_vector c) {
#if defined(__GNUC__)
  return digits_vector_multiply_add(s - (digits_vector){0}, b, c);
#else
  digits_vector a;
  for (int i = 0; i < DIGITS_LANES; i++) a.lane[i] = s;
  return digits_vector_multiply_add(a, b, c);
#endif
}

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
  const char *data, *validation, *weights, *checkpoint, *log, *format, *mode, *prompt;
  size_t epochs, batch, threads, length, top_k;
  uint64_t seed;
  double learning_rate, seconds, temperature, top_p;
  int has_seed, resume, no_shuffle, profile;
} options;

typedef enum option_kind { TEXT, COUNT, SEED, REAL, NOT_NEGATIVE, FLAG } option_kind;

typedef struct option {
  const char *name, *commands, *meaning;
  option_kind kind;
  size_t offset;
} option;

/* What a value is, for a message. */
static const char *const kind_words[] = {"a text", "a whole number from 1", "a whole number from 0", "a number above 0", "a number from 0", ""};

/* commands: t train, e evaluate, p predict, g generate, b benchmark */
static const option option_table[] = {
  {"--data", "tep", "FILE  rows to read: CSV, NPZ, safetensors, NPY or IDX (INPUTS,TARGETS), CIFAR (A.bin,B.bin); - is standard input", TEXT, offsetof(options, data)},
  {"--validation", "t", "FILE|FRACTION  rows, or the share of the last rows, that are only evaluated", TEXT, offsetof(options, validation)},
  {"--epochs", "t", "N  passes over the data", COUNT, offsetof(options, epochs)},
  {"--batch", "teb", "N  rows of a step", COUNT, offsetof(options, batch)},
  {"--learning-rate", "t", "X", REAL, offsetof(options, learning_rate)},
  {"--seed", "tg", "N  of all random numbers", SEED, offsetof(options, seed)},
  {"--weights", "tepg", "FILE  weights to begin with", TEXT, offsetof(options, weights)},
  {"--checkpoint", "t", "FILE  where training is saved after each epoch", TEXT, offsetof(options, checkpoint)},
  {"--resume", "t", "goes on from the checkpoint", FLAG, offsetof(options, resume)},
  {"--no-shuffle", "t", "takes the rows in their order", FLAG, offsetof(options, no_shuffle)},
  {"--log-json", "t", "FILE  a JSON object a line for each epoch", TEXT, offsetof(options, log)},
  {"--format", "p", "csv|json|npy|npz  of the outputs", TEXT, offsetof(options, format)},
  {"--format", "b", "text|json  of the profile", TEXT, offsetof(options, format)},
  {"--mode", "b", "train|infer", TEXT, offsetof(options, mode)},
  {"--threads", "tepgb", "N  threads of a step, where its work is worth more than one; without it, as many as processors", COUNT, offsetof(options, threads)},
  {"--prompt", "g", "TEXT  what the text begins with", TEXT, offsetof(options, prompt)},
  {"--length", "g", "N  tokens to add to it (256)", COUNT, offsetof(options, length)},
  {"--temperature", "g", "X  logits are divided by it (1); 0 takes the most probable token", NOT_NEGATIVE, offsetof(options, temperature)},
  {"--top-k", "g", "K  only the K most probable tokens", COUNT, offsetof(options, top_k)},
  {"--top-p", "g", "P  only the fewest tokens that have this probability together", REAL, offsetof(options, top_p)},
  {"--seconds", "b", "S  to measure for", REAL, offsetof(options, seconds)},
  {"--profile", "b", "then the time of each kernel, beside what the machine could do", FLAG, offsetof(options, profile)},
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
  if (chosen->kind == REAL || chosen->kind == NOT_NEGATIVE) {
    const double value = strtod(text, &end);
    memcpy(field, &value, sizeof value);
    return end != text && !*end && isfinite(value) && (value > 0 || (value >= 0 && chosen->kind == NOT_NEGATIVE));
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
    const char *const word = words[i], *value = strchr(word, '='); /* --epochs=5 is --epochs 5 */
    const size_t length = value ? (size_t)(value++ - word) : strlen(word);
    for (size_t k = 0; k < sizeof option_table / sizeof *option_table; k++)
      if (strlen(option_table[k].name) == length && strncmp(option_table[k].name, word, length) == 0
          && strchr(option_table[k].commands, command)) found = &option_table[k];
    if (!found) return fail(USAGE, "'%s' is not an option of this command; --help lists them", word);
    if (found->kind == FLAG) {
      const int on = 1;
      if (value) return fail(USAGE, "%s takes no value", found->name);
      memcpy((char *)into + found->offset, &on, sizeof on);
      continue;
    }
    if (!value && ++i == count) return fail(USAGE, "%s needs a value", word);
    if (!value) value = words[i];
    if (!set_option(into, found, value)) return fail(USAGE, "%s wants %s, not '%s'", found->name, kind_words[found->kind], value);
  }
  return 0;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/*
 * Bytes from which memory is wanted in large pages: then few page faults bring it, and few translations of addresses lead to it. But a
 * large page is resident as a whole. A program that makes one call has more use for the first.
 */
#define LARGE ((size_t)16 << 20)
#define LARGE_FOR_ONE_CALL ((size_t)4 << 20)
#define LARGE_PAGE ((size_t)2 << 20)

/* Aligned as the model wants it, and zero: only what is used of it becomes resident. The program frees it by ending. */
static void *allocate_pages(size_t bytes, size_t large) {
  const size_t alignment = bytes >= large ? LARGE_PAGE : DIGITS_ALIGNMENT;
  if (bytes > SIZE_MAX - alignment) return NULL;
  unsigned char *memory = calloc(1, bytes + alignment);
  if (!memory) return NULL;
  memory += alignment - (uintptr_t)memory % alignment;
#if defined(MADV_HUGEPAGE)
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (bytes >= large) madvise(memory, bytes / page * page, MADV_HUGEPAGE);
#endif
  return memory;
}

static void *allocate(size_t bytes) { return allocate_pages(bytes, LARGE); }

/* The threads of this run: those asked for, else one for each processor, as far as the model was compiled for them. */
static digits_pool *pool = NULL;
static size_t threads = 1;

#if DIGITS_BLAS
void openblas_set_num_threads(int) __attribute__((weak)); /* other BLAS have no such function */
#endif

static int start_threads(const options *given) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  threads = given->threads ? given->threads : processors > 0 ? (size_t)processors : 1;
#if DIGITS_BLAS
  if (openblas_set_num_threads) openblas_set_num_threads((int)threads);
#endif
  if (DIGITS_THREADS > 1 && given->threads > DIGITS_THREADS)
    return fail(USAGE, "--threads is at most %d; dlc compile --threads N compiles for more", DIGITS_THREADS);
  const size_t shared = threads < DIGITS_THREADS ? threads : DIGITS_THREADS;
  if (!DIGITS_BLAS) threads = shared;
  void *const memory = shared > 1 ? allocate(DIGITS_POOL_BYTES) : NULL;
  if (shared > 1 && (!memory || digits_pool_init(memory, DIGITS_POOL_BYTES, shared, &pool) != DIGITS_OK))
    return fail(FAILED, "%zu threads cannot be started", shared);
  return DONE;
}

/* ---- Data ---- */

/* Rows as arrays, one for each field of the model. */
typedef struct dataset {
  size_t rows;
  void *inputs[DIGITS_INPUTS];
#if DIGITS_TRAINING
  void *targets[DIGITS_TARGETS];
#endif
} dataset;

static size_t element_bytes(const digits_field *field) { return field->integer ? sizeof(int32_t) : sizeof(digits_real); }

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
static int bind_array(const data_array *a, const digits_field *field, double scale, dataset *into, void **values) {
  const size_t rows = a->rank ? a->shape[0] : 0;
  char shape[256] = "";
  for (size_t i = 0, length = 0; i < a->rank && length < sizeof shape - 32; i++)
    length += (size_t)snprintf(shape + length, sizeof shape - length, "%s%zu", i ? ", " : "", a->shape[i]);
  if (rows == 0) return array_fault(a, "it has no rows: its shape is [%s]", shape);
  if (a->count / rows != field->size)
    return array_fault(a, "'%s' has %zu numbers a row, but this array has the shape [%s]", field->name, field->size, shape);
  if (into->rows && into->rows != rows) return array_fault(a, "it has %zu rows, but the arrays before it have %zu", rows, into->rows);
  into->rows = rows;
  if (!digits_fits_memory((uint64_t)a->count * element_bytes(field)) || !(*values = calloc(a->count, element_bytes(field))))
    return array_fault(a, "out of memory for %zu rows", rows);
  for (size_t i = 0; i < a->count; i++) {
    const double value = array_value(a, i);
    const char *problem = NULL;
    if (!isfinite(value)) problem = "is not a finite number";
    else if (!field->integer) ((digits_real *)*values)[i] = (digits_real)(value * scale);
    else if (value != floor(value) || fabs(value) > 2147483647) problem = "is not a whole number";
    else if (field->classes && (value < 0 || value >= (double)field->classes)) problem = "is no class of the model";
    else ((int32_t *)*values)[i] = (int32_t)value;
    if (problem) return array_fault(a, "row %zu: %g %s%s", i / field->size + 1, value, problem, field->classes ? "; classes are numbered from 0" : "");
  }
  return 0;
}

/* Whether files without named arrays can serve the model: it has one input and, where it is needed, one target. */
static int check_single(const char *path, int need_target) {
  if (DIGITS_INPUTS != 1) return fail(FAILED, "%s: it holds one array, but the model has %d inputs: use an NPZ or safetensors file", path, DIGITS_INPUTS);
#if DIGITS_TRAINING
  if (need_target && DIGITS_TARGETS != 1) return fail(FAILED, "%s: the model has %d targets: use an NPZ or safetensors file", path, DIGITS_TARGETS);
#else
  (void)need_target;
#endif
  return 0;
}

/* Puts `rows` rows of `more` behind the `before` rows of an array, and frees it. */
static int append_array(const digits_field *field, void **array, size_t before, void *more, size_t rows) {
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
  for (size_t i = 0; i < DIGITS_INPUTS; i++) status |= append_array(&digits_input_fields[i], &into->inputs[i], into->rows, more->inputs[i], more->rows);
#if DIGITS_TRAINING
  for (size_t i = 0; i < DIGITS_TARGETS; i++) status |= append_array(&digits_target_fields[i], &into->targets[i], into->rows, more->targets[i], more->rows);
#endif
  into->rows += more->rows;
  return status ? fail(FAILED, "%s: out of memory for %zu rows", path, into->rows) : 0;
}

/* Finds an array by name: 1 found, 0 not there, -1 reported. */
typedef int array_finder(const void *file, const char *name, data_array *found);

/* Binds each input and, where they are needed, each target by its name. */
static int bind_arrays(const void *file, const char *path, array_finder *find, int need_target, double scale, dataset *into) {
  for (size_t i = 0; i < DIGITS_INPUTS; i++) {
    data_array a = {0};
    const int found = find(file, digits_input_fields[i].name, &a);
    if (found < 0) return FAILED;
    if (!found) return fail(FAILED, "%s: there is no array '%s', which the model's input needs", path, digits_input_fields[i].name);
    if (bind_array(&a, &digits_input_fields[i], scale, into, &into->inputs[i])) return FAILED;
  }
#if DIGITS_TRAINING
  for (size_t i = 0; i < DIGITS_TARGETS && need_target; i++) {
    data_array a = {0};
    const int found = find(file, digits_target_fields[i].name, &a);
    if (found < 0) return FAILED;
    if (!found) return fail(FAILED, "%s: there is no array '%s', which the model's target needs", path, digits_target_fields[i].name);
    if (bind_array(&a, &digits_target_fields[i], 1, into, &into->targets[i])) return FAILED;
  }
#else
  (void)need_target;
#endif
  return 0;
}

/* ---- The fields of a CSV file: the very functions that dlc data has ---- */

/* A cursor on the text of a file; line and column are counted from 1 for messages. */
typedef struct csv {
  const char *path;
  char *next, *end;
  size_t line;
} csv;

/* Behind a byte order mark. A zero is behind the text. */
static csv csv_open(const char *path, char *text, size_t size) {
  csv file = {path, text, text + size, 1};
  if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) file.next += 3;
  return file;
}

/* Whether a line that begins here is empty; a zero is behind the text. */
static int csv_is_empty(const char *line) { return *line == '\n' || (*line == '\r' && (line[1] == '\n' || !line[1])); }

/* The next field of the line, ended by a zero, quotes resolved. *last tells that the line ends behind it. */
static char *csv_field(csv *file, int *last) {
  char *from = file->next, *to = from, *const start = from;
  if (from < file->end && *from == '"') {
    for (from++; from < file->end; from++) {
      if (*from == '"' && from + 1 < file->end && from[1] == '"') from++;
      else if (*from == '"') break;
      file->line += *from == '\n';
      *to++ = *from;
    }
    if (from < file->end) from++;
  }
  while (from < file->end && *from != ',' && *from != '\n') *to++ = *from++;
  if (to > start && to[-1] == '\r') to--;
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

/* ---- CSV ---- */

/* Which column is what: 0 an input's element, 1 the target's, 2 neither. */
typedef struct columns {
  size_t count, target; /* target == count: there is none */
  char **names;         /* of a header; NULL without one */
} csv_layout;

static int csv_header(csv *file, const char *wanted, int need_target, csv_layout *into) {
  char *const begin = file->next, *const copy = malloc((size_t)(file->end - begin) + 1);
  const size_t line = file->line;
  size_t capacity = 0;
  int last = 0, is_header = 0;
  if (!copy) return fail(FAILED, "%s: out of memory", file->path);
  memcpy(copy, begin, (size_t)(file->end - begin) + 1);
  csv scan = {file->path, copy, copy + (file->end - begin), file->line};
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
  for (size_t i = 0; i < into->count && is_header; i++) {
    if (strcmp(into->names[i], wanted) != 0) continue;
    if (into->target < into->count) return fail(FAILED, "%s:%zu: two columns are called '%s'", file->path, line, wanted);
    into->target = i;
  }
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
  if (!*wanted) return fail(FAILED, "%s:%zu: the model does not say which column is its target: data: .csv(..., target: \"NAME\")", file->path, line);
  fprintf(stderr, "error: %s:%zu: there is no column '%s'; the columns are", file->path, line, wanted);
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
  csv file = csv_open(path, text, size);
  csv_layout columns = {0};
  size_t rows = 1, wanted = 0;
  const char *const zero = memchr(text, 0, size);
  if (zero) return fail(FAILED, "%s: byte %zu is zero: it is no CSV, and begins as none of the other formats does", path, (size_t)(zero - text));
  while (file.next < file.end && csv_is_empty(file.next)) file.line += *file.next++ == '\n';
  if (file.next == file.end) return fail(FAILED, "%s: it is empty", path);
  int status = csv_header(&file, target, need_target, &columns);
  if (status) return status;
  /* No more than there are lines with something on them, nor than so many columns leave room for, a digit and a comma each:
   * a file of empty or short lines is no reason to ask for memory. */
  for (const char *at = file.next; at + 1 < file.end; at++) rows += *at == '\n' && !csv_is_empty(at + 1);
  if (rows > size / (2 * columns.count - 1) + 1) rows = size / (2 * columns.count - 1) + 1;
  for (size_t i = 0; i < DIGITS_INPUTS; i++) wanted += digits_input_fields[i].size;
  const size_t given = columns.count - (columns.target < columns.count ? 1 : 0);
  if (given != wanted)
    return fail(FAILED, "%s: %zu input columns, but the model has %zu inputs%s", path, given, wanted,
                columns.target == columns.count ? "" : " besides the target");
  for (size_t i = 0; i < DIGITS_INPUTS; i++) {
    const size_t bytes = digits_input_fields[i].size * element_bytes(&digits_input_fields[i]);
    if (!digits_fits_memory((uint64_t)rows * bytes) || !(into->inputs[i] = calloc(rows, bytes)))
      return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
  }
#if DIGITS_TRAINING
  if (need_target && (DIGITS_TARGETS != 1 || digits_target_fields[0].size != 1))
    return fail(FAILED, "%s: a CSV has one target column, but the model's targets need more", path);
  if (!digits_fits_memory((uint64_t)rows * element_bytes(&digits_target_fields[0]))
      || !(into->targets[0] = calloc(rows, element_bytes(&digits_target_fields[0]))))
    return fail(FAILED, "%s: out of memory for %zu rows", path, rows);
#endif
  for (into->rows = 0; file.next < file.end;) {
    if (csv_is_empty(file.next)) {
      file.line += *file.next++ == '\n';
      continue;
    }
    status = csv_row(&file, &columns, into->rows, into, need_target, scale);
    if (status) return status;
    into->rows++;
  }
  return into->rows ? 0 : fail(FAILED, "%s: there are no rows", path);
}

/* ---- NPY: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html ---- */

static int is_npy(const unsigned char *bytes, size_t size) { return size >= 10 && memcmp(bytes, "\x93NUMPY", 6) == 0; }

/* The text behind `'key':` in a header, NULL if it is not there. */
static const char *npy_entry(const char *header, const char *key) {
  const char *at = strstr(header, key);
  if (!at) return NULL;
  at += strlen(key);
  while (*at == ' ' || *at == ':') at++;
  return at;
}

/* The array of a file that lies in memory, without a copy; a->path and a->name are for messages. */
static int parse_npy(const unsigned char *bytes, size_t size, data_array *a) {
  char header[4096];
  if (!is_npy(bytes, size)) return array_fault(a, "it does not begin as an NPY file does");
  const int is_first = bytes[6] == 1;
  size_t length = bytes[8] | (size_t)bytes[9] << 8;
  const size_t start = is_first ? 10 : 12;
  if (bytes[6] < 1 || bytes[6] > 3) return array_fault(a, "NPY version %d is not known", bytes[6]);
  if (size < start) return array_fault(a, "cut off in its header");
  if (!is_first) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  if (length > size - start) return array_fault(a, "cut off in its header: %zu bytes of %zu are there", size - start, length);
  if (length >= sizeof header) return array_fault(a, "its header of %zu bytes is too long", length);
  memcpy(header, bytes + start, length);
  header[length] = 0;
  const char *const type = npy_entry(header, "'descr'"), *const order = npy_entry(header, "'fortran_order'");
  const char *shape = npy_entry(header, "'shape'");
  if (!type || !order || !shape || *shape != '(') return array_fault(a, "its header lacks descr, fortran_order or shape");
  if (strncmp(order, "True", 4) == 0) return array_fault(a, "it is in Fortran order; save numpy.ascontiguousarray of it");
  if (*type != '\'' || !strchr("<>|=", type[1]) || !type[1] || !strchr("fiub", type[2]) || !type[2] || !type[3])
    return array_fault(a, "its type %.12s is not one of numbers", type);
  a->big_endian = type[1] == '>';
  a->type = type[2] == 'b' ? 'u' : type[2];
  a->bytes = (size_t)(type[3] - '0');
  if (type[4] != '\'' || !(a->bytes == 8 || a->bytes == 4 || (a->type != 'f' && (a->bytes == 1 || a->bytes == 2))))
    return array_fault(a, "its type %.12s is not supported: use floats of 4 or 8 bytes or integers", type);
  for (shape++, a->rank = 0; *shape != ')';) {
    char *end;
    errno = 0;
    const unsigned long long extent = strtoull(shape, &end, 10);
    if (end == shape || errno || *shape == '-' || a->rank == sizeof a->shape / sizeof *a->shape) return array_fault(a, "its header has no valid shape");
    a->shape[a->rank++] = (size_t)extent;
    for (shape = end; *shape == ',' || *shape == ' '; shape++) {}
  }
  a->data = bytes + start + length;
  return measure_array(a, size - start - length);
}

/* The header of an array of this model's numbers, padded so that the numbers are aligned to 64 bytes; returns its length. */
static size_t npy_header(char *into, size_t capacity, size_t rows, const digits_field *field) {
  char text[256];
  int length = snprintf(text, sizeof text, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%zu,", DIGITS_REAL_BITS / 8, rows);
  for (size_t i = 0; i < field->rank; i++) length += snprintf(text + length, sizeof text - (size_t)length, " %zu,", field->shape[i]);
  length += snprintf(text + length, sizeof text - (size_t)length, "), }");
  const size_t padded = ((size_t)length + 11 + 63) / 64 * 64;
  if (padded > capacity) return 0;
  memset(into, ' ', padded);
  memcpy(into, "\x93NUMPY\x01\x00", 8);
  into[8] = (char)((padded - 10) & 255);
  into[9] = (char)((padded - 10) >> 8);
  memcpy(into + 10, text, (size_t)length);
  into[padded - 1] = '\n';
  return padded;
}

/* ---- NPZ: NPY files in a zip archive (PKWARE APPNOTE), stored as numpy.savez does ---- */

typedef struct npz {
  const char *path;
  const unsigned char *bytes;
  size_t size, directory, entries;
} npz;

static uint64_t little(const unsigned char *from, size_t bytes) {
  uint64_t value = 0;
  while (bytes-- > 0) value = value << 8 | from[bytes];
  return value;
}

/* The CRC-32 of zip archives: the reflected polynomial 0xEDB88320. */
static uint32_t zip_checksum(const unsigned char *bytes, size_t count, uint32_t before) {
  uint32_t table[256];
  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i;
    for (int k = 0; k < 8; k++) table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320u : table[i] >> 1;
  }
  uint32_t sum = ~before;
  for (size_t i = 0; i < count; i++) sum = table[(sum ^ bytes[i]) & 255] ^ sum >> 8;
  return ~sum;
}

static int is_npz(const unsigned char *bytes, size_t size) { return size >= 22 && memcmp(bytes, "PK\x03\x04", 4) == 0; }

/* Finds the directory from the record at the end of the archive, behind which there may be a comment. */
static int open_npz(const char *path, const unsigned char *bytes, size_t size, npz *file) {
  const size_t lowest = size > 22 + 65535 ? size - 22 - 65535 : 0;
  file->path = path;
  file->bytes = bytes;
  file->size = size;
  for (size_t at = size - 22 + 1; at-- > lowest;) {
    if (memcmp(bytes + at, "PK\x05\x06", 4) != 0) continue;
    file->entries = (size_t)little(bytes + at + 10, 2);
    file->directory = (size_t)little(bytes + at + 16, 4);
    if (file->directory <= at) return 0;
  }
  return fail(FAILED, "%s: cut off: the archive has no directory at its end", path);
}

/* Sizes and place of a member that don't fit 32 bits are in an extra field, in the order of the fields that overflow. */
static void npz_extra(const unsigned char *extra, size_t length, uint64_t *whole, uint64_t *packed, uint64_t *place) {
  for (size_t at = 0; at + 4 <= length;) {
    const size_t bytes = (size_t)little(extra + at + 2, 2), end = at + 4 + bytes;
    if (end > length) return;
    uint64_t *const fields[] = {whole, packed, place};
    size_t next = at + 4;
    for (size_t i = 0; i < 3 && little(extra + at, 2) == 1; i++)
      if (*fields[i] == 0xFFFFFFFFu && next + 8 <= end) {
        *fields[i] = little(extra + next, 8);
        next += 8;
      }
    at = end;
  }
}

static int find_in_npz(const void *opened, const char *name, data_array *found) {
  const npz *const file = opened;
  size_t at = file->directory;
  found->path = file->path;
  for (size_t i = 0; i < file->entries; i++) {
    if (file->size < 46 || at > file->size - 46 || memcmp(file->bytes + at, "PK\x01\x02", 4) != 0) {
      fail(FAILED, "%s: damaged: member %zu of the directory, at byte %zu", file->path, i + 1, at);
      return -1;
    }
    const unsigned char *const entry = file->bytes + at;
    const size_t name_length = (size_t)little(entry + 28, 2), extra = (size_t)little(entry + 30, 2);
    const size_t next = at + 46 + name_length + extra + (size_t)little(entry + 32, 2);
    if (next > file->size) {
      fail(FAILED, "%s: cut off in the directory, at byte %zu", file->path, at);
      return -1;
    }
    at = next;
    const size_t length = strlen(name);
    if (name_length != length + 4 || memcmp(entry + 46, name, length) != 0 || memcmp(entry + 46 + length, ".npy", 4) != 0) continue;
    found->name = name;
    uint64_t whole = little(entry + 24, 4), packed = little(entry + 20, 4), place = little(entry + 42, 4);
    npz_extra(entry + 46 + name_length, extra, &whole, &packed, &place);
    if (little(entry + 10, 2) != 0) return array_fault(found, "it is compressed; save it with numpy.savez, not savez_compressed") ? -1 : 0;
    if (place > file->size - 30 || memcmp(file->bytes + place, "PK\x03\x04", 4) != 0) return array_fault(found, "damaged: it does not begin at byte %llu", (unsigned long long)place) ? -1 : 0;
    const unsigned char *const local = file->bytes + place;
    const size_t start = (size_t)place + 30 + (size_t)little(local + 26, 2) + (size_t)little(local + 28, 2);
    if (whole != packed || start > file->size || whole > file->size - start) return array_fault(found, "cut off: %llu bytes from byte %zu on are not all there", (unsigned long long)whole, start) ? -1 : 0;
    if (zip_checksum(file->bytes + start, (size_t)whole, 0) != little(entry + 16, 4)) return array_fault(found, "damaged: its checksum is wrong") ? -1 : 0;
    return parse_npy(file->bytes + start, (size_t)whole, found) ? -1 : 1;
  }
  return 0;
}

/* ---- IDX, as MNIST comes: two zeros, type, rank, extents in four bytes each, numbers; all big-endian ---- */

static int idx_type(const unsigned char *bytes, data_array *a) {
  static const struct { unsigned char code; char type; size_t bytes; } types[] = {
    {0x08, 'u', 1}, {0x09, 'i', 1}, {0x0B, 'i', 2}, {0x0C, 'i', 4}, {0x0D, 'f', 4}, {0x0E, 'f', 8}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].code == bytes[2]) {
      a->type = types[i].type;
      a->bytes = types[i].bytes;
      return 1;
    }
  return 0;
}

static int is_idx(const unsigned char *bytes, size_t size) {
  data_array a;
  return size >= 8 && bytes[0] == 0 && bytes[1] == 0 && idx_type(bytes, &a) && bytes[3] >= 1 && bytes[3] <= 8;
}

static int parse_idx(const unsigned char *bytes, size_t size, data_array *a) {
  a->big_endian = 1;
  if (!is_idx(bytes, size) || !idx_type(bytes, a)) return array_fault(a, "it does not begin as an IDX file does");
  a->rank = bytes[3];
  const size_t start = 4 + 4 * a->rank;
  if (size < start) return array_fault(a, "cut off in its header");
  for (size_t i = 0; i < a->rank; i++)
    a->shape[i] = (size_t)bytes[4 + 4 * i] << 24 | (size_t)bytes[5 + 4 * i] << 16 | (size_t)bytes[6 + 4 * i] << 8 | bytes[7 + 4 * i];
  a->data = bytes + start;
  return measure_array(a, size - start);
}

/* ---- safetensors as data: an array for each input and each target ---- */

typedef struct tensor_file {
  const char *path;
  digits_safetensors tensors;
} tensor_file;

static int is_safetensors(const unsigned char *bytes, size_t size) { return size >= 10 && bytes[8] == '{' && bytes[6] == 0 && bytes[7] == 0; }

static int find_in_safetensors(const void *opened, const char *name, data_array *found) {
  static const struct { char name[8]; char type; size_t bytes; } types[] = {
    {"F32", 'f', 4}, {"F64", 'f', 8}, {"I64", 'i', 8}, {"I32", 'i', 4}, {"I16", 'i', 2}, {"I8", 'i', 1},
    {"U64", 'u', 8}, {"U32", 'u', 4}, {"U16", 'u', 2}, {"U8", 'u', 1}, {"BOOL", 'u', 1}};
  const tensor_file *const file = opened;
  digits_safetensor tensor;
  size_t cursor = 0;
  found->path = file->path;
  found->name = name;
  if (!digits_safetensors_find(&file->tensors, &cursor, name, &tensor)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(types[i].name, tensor.dtype) == 0) {
      found->type = types[i].type;
      found->bytes = types[i].bytes;
    }
  if (!found->bytes || tensor.rank > 8)
    return array_fault(found, "%s of rank %zu is not supported", tensor.dtype, tensor.rank) ? -1 : 0;
  found->rank = tensor.rank;
  memcpy(found->shape, tensor.shape, tensor.rank * sizeof *tensor.shape);
  found->data = tensor.data;
  return measure_array(found, tensor.bytes) ? -1 : 1;
}

static int read_safetensors(const char *path, const unsigned char *bytes, size_t size, int need_target, double scale, dataset *into) {
  tensor_file file = {path, {0}};
  const char *const problem = digits_safetensors_open(bytes, size, &file.tensors);
  if (problem) return fail(FAILED, "%s: %s, at byte %zu", path, problem, file.tensors.error_offset);
#if DIGITS_TEXT
  if (take_vocabulary(path, &file.tensors)) return FAILED;
#endif
  return bind_arrays(&file, path, find_in_safetensors, need_target, scale, into);
}

/*
 * ---- CIFAR binary: https://www.cs.toronto.edu/~kriz/cifar.html ----
 * A row is a label byte (CIFAR-10) or two, coarse and fine (CIFAR-100), and the bytes of a picture, [3, 32, 32].
 */

enum { CIFAR_PLANE = 32 * 32, CIFAR_PICTURE = 3 * CIFAR_PLANE };

/* Rows have no mark of their own, so names say what the files are: all of a list with commas end in .bin. */
static int is_cifar(const char *list) {
  for (const char *end = list;; end++) {
    if (*end && *end != ',') continue;
    if (end - list < 4 || memcmp(end - 4, ".bin", 4) != 0) return 0;
    if (!*end) return 1;
    list = end + 1;
  }
}

/* The label bytes of a row: as the model's classes tell or, where it has none, as the file's length does. */
static size_t cifar_labels(size_t size, size_t classes) {
  if (classes) return classes == 20 || classes == 100 ? 2 : 1;
  return size % (1 + CIFAR_PICTURE) == 0 ? 1 : 2;
}

/* Pictures as [rows, 32, 32, 3] and the label that the model wants, [rows]: fine, but coarse if it has 20 classes. */
static void cifar_rows(const unsigned char *bytes, size_t rows, size_t labels, size_t label, unsigned char *pictures, unsigned char *chosen) {
  for (size_t row = 0; row < rows; row++) {
    const unsigned char *const from = bytes + row * (labels + CIFAR_PICTURE);
    unsigned char *const picture = pictures + row * CIFAR_PICTURE;
    chosen[row] = from[label];
    for (size_t pixel = 0; pixel < CIFAR_PLANE; pixel++)
      for (size_t channel = 0; channel < 3; channel++)
        picture[pixel * 3 + channel] = from[labels + channel * CIFAR_PLANE + pixel];
  }
}

/* The rows of a file that lies in memory, behind those that `into` has. */
static int parse_cifar(const char *path, const unsigned char *bytes, size_t size, int need_target, double scale, dataset *into) {
  size_t classes = 0;
  if (check_single(path, need_target)) return FAILED;
#if DIGITS_TRAINING
  if (DIGITS_TARGETS == 1) classes = digits_target_fields[0].classes;
#endif
  const size_t labels = cifar_labels(size, classes), other = 3 - labels;
  const size_t length = labels + CIFAR_PICTURE, rows = size / length;
  if (size % length != 0 && size % (other + CIFAR_PICTURE) == 0)
    return fail(FAILED, "%s: its rows have %zu bytes, as CIFAR-%s's have, but the model has %zu classes", path, other + CIFAR_PICTURE, other == 1 ? "10" : "100", classes);
  if (size % length != 0)
    return fail(FAILED, "%s: cut off in row %zu, at byte %zu: a row of CIFAR-%s has %zu bytes", path, rows + 1, size, labels == 1 ? "10" : "100", length);
  if (rows == 0) return fail(FAILED, "%s: there are no rows", path);
  dataset read = {0};
  unsigned char *const pictures = malloc(rows * CIFAR_PICTURE), *const chosen = malloc(rows);
  data_array x = {path, NULL, 'u', 1, 0, 4, {rows, 32, 32, 3}, rows * CIFAR_PICTURE, pictures};
  int status = pictures && chosen ? 0 : fail(FAILED, "%s: out of memory for %zu rows", path, rows);
  if (!status) {
    cifar_rows(bytes, rows, labels, labels == 2 && classes != 20 ? 1 : 0, pictures, chosen);
    status = bind_array(&x, &digits_input_fields[0], scale, &read, &read.inputs[0]);
  }
#if DIGITS_TRAINING
  data_array y = {path, NULL, 'u', 1, 0, 1, {rows}, rows, chosen};
  if (!status && need_target) status = bind_array(&y, &digits_target_fields[0], 1, &read, &read.targets[0]);
#endif
  free(pictures);
  free(chosen);
  return status ? status : append_rows(into, &read, path);
}

/* ---- Data of any format: what a file is, its first bytes say, and CIFAR files their names ---- */

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

static int read_bytes(const char *path, unsigned char **bytes, size_t *size) {
  const int problem = strcmp(path, "-") == 0 ? digits_read_descriptor(STDIN_FILENO, bytes, size) : digits_read_file(path, bytes, size);
  return problem ? fail(FAILED, "%s: %s", path, strerror(problem)) : 0;
}

/* A file that is one array: the only input, or the only target. */
static int read_array(const char *path, const digits_field *field, double scale, dataset *into, void **values) {
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
  if (read_array(inputs, &digits_input_fields[0], scale, into, &into->inputs[0])) return FAILED;
#if DIGITS_TRAINING
  if (!need_target) return 0;
  if (!targets || !*targets) return fail(FAILED, "%s: it holds inputs; give the targets' file as well: --data INPUTS,TARGETS", inputs);
  return read_array(targets, &digits_target_fields[0], 1, into, &into->targets[0]);
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
  const double scale = digits_defaults.scale;
  if (!file && !digits_defaults.data[0]) return fail(USAGE, "the model declares no data: give --data FILE");
  if (is_cifar(file ? file : digits_defaults.data)) return read_cifar(file ? file : digits_defaults.data, !file, need_target, scale, into);
  const char *path = file ? file : declared_path(digits_defaults.data, buffer, sizeof buffer);
  const char *targets = file ? NULL : digits_defaults.data_targets[0] ? declared_path(digits_defaults.data_targets, second, sizeof second) : NULL;
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
    if (need_target || DIGITS_INPUTS != 1) return read_pair(path, NULL, need_target, scale, into);
    return (is_npy(bytes, size) ? parse_npy(bytes, size, &a) : parse_idx(bytes, size, &a)) || bind_array(&a, &digits_input_fields[0], scale, into, &into->inputs[0]) ? FAILED : 0;
  }
#if DIGITS_TEXT
  if (is_text_model()) return read_text(path, (char *)bytes, size, need_target, into);
#endif
  return read_csv(path, (char *)bytes, size, digits_defaults.target_column, need_target, scale, into);
}

/* ---- Commands that only look ---- */

static digits_parameters *new_parameters(uint64_t seed) {
  digits_parameters *parameters = NULL;
  void *const memory = allocate(DIGITS_PARAMETERS_BYTES);
  if (!memory || digits_parameters_init(memory, DIGITS_PARAMETERS_BYTES, seed, &parameters) != DIGITS_OK) return NULL;
  return parameters;
}

/* The weights, and what is wrong with a file that should hold them. */
static int load_weights(const char *path, digits_parameters *parameters) {
  const digits_status status = digits_load_weights(path, parameters);
#if DIGITS_TEXT
  if (status == DIGITS_OK) return load_vocabulary(path);
#endif
  if (status == DIGITS_OK) return DONE;
  if (status == DIGITS_ERROR_IO) return fail(FAILED, "%s: %s", path, strerror(errno));
  char message[512] = "";
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (digits_read_file(path, &bytes, &size) == 0) digits_check_file(bytes, size, message, sizeof message);
  free(bytes);
  return fail(FAILED, "%s: %s", path, message[0] ? message : digits_status_string(status));
}

/* A file's weights where they lie, as save_weights has them, and its vocabulary: nothing else is read before it is wanted. No weights for
 * any other file, and where something is wrong with it. A file that another is renamed to, as saving does, stays whole while it is
 * mapped. */
static int map_weights(const char *path, digits_parameters **into) {
  struct stat status;
  digits_parameters *parameters = NULL;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  void *bytes = MAP_FAILED;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (bytes == MAP_FAILED) return 0;
  void *const memory = allocate(DIGITS_VIEW_BYTES);
  const size_t size = (size_t)status.st_size;
  if (memory && digits_parameters_view(memory, DIGITS_VIEW_BYTES, bytes, size, &parameters) == DIGITS_OK
      && digits_check_file(bytes, size, NULL, 0) == DIGITS_OK) {
    *into = parameters;
#if DIGITS_TEXT
    return vocabulary_in(path, bytes, size);
#else
    return 0;
#endif
  }
  munmap(bytes, size);
  return 0;
}

/* What --weights has brought, or NULL: weights that are compiled in stay as they are. */
static digits_parameters *loaded = NULL;

/* Gives the pages of weights back to the system; those of a file come again if they are wanted. user is where the range before ends: a
 * page in which one range follows another goes with the second. */
static void give_back(void *user, const digits_real *values, size_t count) {
  uintptr_t *const end = user;
#if defined(MADV_DONTNEED)
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)values;
  const uintptr_t from = (first == *end ? first : first + page - 1) / page * page, to = (uintptr_t)(values + count) / page * page;
  if (from < to) madvise((void *)from, to - from, MADV_DONTNEED);
#endif
  *end = (uintptr_t)(values + count);
}

/* For several calls of predict, and none of a function that reads weights where they lie. */
static int prepare_weights(digits_parameters *parameters) {
  if (DIGITS_PREPARED_BYTES == 0 || !parameters) return 0;
  uintptr_t end = 0;
  const digits_release release = {give_back, &end};
  void *const memory = allocate(DIGITS_PREPARED_BYTES);
  if (!memory || digits_parameters_prepare_and_release(parameters, memory, DIGITS_PREPARED_BYTES, &release) != DIGITS_OK)
    return fail(FAILED, "out of memory");
  return 0;
}

/* The weights of --weights, else those that were compiled in. */
static int choose_weights(const options *given, const char *command, const digits_parameters **into) {
#if DIGITS_EMBEDDED
  (void)command;
  *into = digits_embedded();
#if DIGITS_TEXT && DIGITS_VOCABULARY
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
static digits_context *new_context_in(size_t rows, size_t large) {
  digits_context *context = NULL;
  const digits_config config = {rows, 0, pool};
  void *const memory = allocate_pages(DIGITS_CONTEXT_BYTES(rows), large);
  if (!memory || digits_context_init(memory, DIGITS_CONTEXT_BYTES(rows), &config, &context) != DIGITS_OK) return NULL;
  return context;
}

static digits_context *new_context(size_t rows) { return new_context_in(rows, LARGE); }

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
  uint64_t facts[DIGITS_OUTPUTS][ZIP_FACTS], place = 0;
  for (size_t o = 0; o < DIGITS_OUTPUTS; o++) {
    const digits_field *const field = &digits_output_fields[o];
    const size_t length = npy_header((char *)text, sizeof text, rows, field), bytes = rows * field->size * sizeof(digits_real);
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
    for (size_t o = 0; o < DIGITS_OUTPUTS; o++) {
      const size_t count = zip_header(header, digits_output_fields[o].name, facts[o], 1);
      fwrite(header, 1, count, stdout);
      end += count;
    }
    unsigned char *to = header;
    put(&to, 0x06054b50u, 4);
    put(&to, 0, 4);
    put(&to, DIGITS_OUTPUTS, 2);
    put(&to, DIGITS_OUTPUTS, 2);
    put(&to, end - place, 4);
    put(&to, place, 4);
    put(&to, 0, 2);
    fwrite(header, 1, (size_t)(to - header), stdout);
  }
  return DONE;
}

static int run_predict(const options *given) {
  enum { ROWS = DIGITS_MAX_ROWS < 256 ? DIGITS_MAX_ROWS : 256 };
  dataset data = {0};
  const char *const format = given->format ? given->format : "csv";
  const int json = strcmp(format, "json") == 0, archive = strcmp(format, "npz") == 0, arrays = archive || strcmp(format, "npy") == 0;
  if (!json && !arrays && strcmp(format, "csv") != 0) return fail(USAGE, "--format is csv, json, npy or npz, not '%s'", format);
  if (arrays && !archive && DIGITS_OUTPUTS > 1) return fail(USAGE, "the model has %d outputs: --format npz writes several arrays", DIGITS_OUTPUTS);
  const digits_parameters *parameters = NULL;
  int status = choose_weights(given, "predict", &parameters);
  if (!status) status = read_data(given->data, 0, &data);
  if (!status && data.rows > ROWS) status = prepare_weights(loaded);
  if (status) return status;
  digits_context *const context = new_context_in(data.rows < ROWS ? data.rows : ROWS, data.rows > ROWS ? LARGE : LARGE_FOR_ONE_CALL);
  if (!context) return fail(FAILED, "out of memory");
  digits_real *outputs[DIGITS_OUTPUTS];
  void *targets[DIGITS_OUTPUTS];
  const size_t kept = arrays ? data.rows : ROWS; /* arrays are written when all rows are there */
  for (size_t o = 0; o < DIGITS_OUTPUTS; o++) {
    targets[o] = outputs[o] = calloc(kept, digits_output_fields[o].size * sizeof(digits_real));
    if (!outputs[o]) return fail(FAILED, "out of memory");
  }
  if (json) printf("[");
  for (size_t row = 0; row < data.rows; row += ROWS) {
    const size_t rows = data.rows - row < ROWS ? data.rows - row : ROWS;
    const void *inputs[DIGITS_INPUTS];
    offset_rows(digits_input_fields, DIGITS_INPUTS, data.inputs, row, inputs);
    for (size_t o = 0; o < DIGITS_OUTPUTS && arrays; o++) targets[o] = outputs[o] + row * digits_output_fields[o].size;
    const digits_status result = digits_call_predict(context, parameters, rows, inputs, targets);
    if (result != DIGITS_OK) return fail(FAILED, "row %zu: %s", row + 1, digits_status_string(result));
    for (size_t i = 0; i < rows && !arrays; i++) print_row((const digits_real *const *)outputs, i, json, row + i == 0);
  }
  if (arrays) {
    for (size_t o = 0; o < DIGITS_OUTPUTS; o++) targets[o] = outputs[o];
    return write_arrays(targets, data.rows, archive);
  }
  if (json) printf("\n]\n");
  return DONE;
}

static int run_info(void) {
  size_t count = 0, total = 0;
  const digits_tensor_info *const tensors = digits_tensors(&count);
  printf("model       %s\nhash        %s\ncompiled    %s\n", digits_defaults.name, DIGITS_MODEL_HASH, digits_defaults.compiled);
  printf("precision   f%d\nproducts    %s\nmost rows   %d\n", DIGITS_REAL_BITS, digits_defaults.gemm, DIGITS_MAX_ROWS);
  printf("parameters  %zu bytes\nprepared    %zu bytes\ncontext     %zu bytes for one row\n", DIGITS_PARAMETERS_BYTES,
         DIGITS_PREPARED_BYTES, DIGITS_CONTEXT_BYTES(1));
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

/* ---- What the machine can do ---- */

#if defined(DIGITS_PROFILE)
/* Multiply-adds without a memory access, and a = b + s c over arrays: GFLOP/s and GB/s. */
typedef struct machine_peak {
  double gflops, gbs;
} machine_peak;

enum { MOST_PEAK_THREADS = 256, PEAK_CHAINS = 12 }; /* as many chains as hide the latency of a multiply-add */

typedef struct peak_share {
  size_t *waiting;          /* threads that are not ready yet */
  size_t vectors, rounds;
  digits_vector *a, *b, *c; /* this thread's part */
  double start, end;
  digits_real sum;
} peak_share;

static void peak_ready(peak_share *share) {
  __atomic_sub_fetch(share->waiting, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(share->waiting, __ATOMIC_SEQ_CST)) {
  }
  share->start = now();
}

static void *peak_multiply_add(void *given) {
  peak_share *const share = given;
  digits_vector chains[PEAK_CHAINS];
  digits_real numbers[PEAK_CHAINS * DIGITS_LANES];
  for (size_t i = 0; i < PEAK_CHAINS * DIGITS_LANES; i++) numbers[i] = (digits_real)i;
  memcpy(chains, numbers, sizeof chains);
  const digits_vector one = chains[0];
  peak_ready(share);
  for (size_t round = 0; round < share->rounds; round++) {
    DIGITS_UNROLL
    for (size_t i = 0; i < PEAK_CHAINS; i++) chains[i] = digits_vector_fma((digits_real)0.5, chains[i], one);
  }
  /* The sum is out before the clock is read, so that the rounds are too. */
  memcpy(numbers, chains, sizeof chains);
  for (size_t i = 0; i < PEAK_CHAINS * DIGITS_LANES; i++) share->sum += numbers[i];
  share->end = now();
  return NULL;
}

/* The first round brings the arrays to where they belong. */
static void *peak_triad(void *given) {
  peak_share *const share = given;
  memset(share->a, 0, share->vectors * sizeof *share->a);
  memset(share->b, 0, share->vectors * sizeof *share->b);
  memset(share->c, 0, share->vectors * sizeof *share->c);
  peak_ready(share);
  for (size_t round = 0; round < share->rounds; round++) {
    for (size_t i = 0; i < share->vectors; i++) share->a[i] = digits_vector_fma((digits_real)1.5, share->c[i], share->b[i]);
    share->sum += ((const volatile digits_real *)share->a)[0];
  }
  share->end = now();
  return NULL;
}

/* Seconds from when the first thread begins to the end of the last one, the least of some tries; 0 without memory. */
static double peak_seconds(void *(*work)(void *), size_t parts, size_t vectors, size_t rounds) {
  static peak_share shares[MOST_PEAK_THREADS];
  static pthread_t handles[MOST_PEAK_THREADS];
  if (parts == 0 || parts > MOST_PEAK_THREADS) return 0;
  const size_t own = vectors / parts;
  digits_vector *const arrays = own ? allocate(3 * own * parts * sizeof *arrays) : NULL;
  if (own && !arrays) return 0;
  double least = 0;
  for (int try = 0; try < 5; try++) {
    size_t waiting = parts;
    for (size_t part = 0; part < parts; part++) {
      digits_vector *const first = own ? arrays + 3 * own * part : NULL;
      shares[part] = (peak_share){&waiting, own, rounds, first, own ? first + own : NULL, own ? first + 2 * own : NULL, 0, 0, 0};
      if (pthread_create(&handles[part], NULL, work, &shares[part])) exit(fail(FAILED, "%zu threads cannot be started", parts));
    }
    double start = 0, end = 0;
    for (size_t part = 0; part < parts; part++) {
      pthread_join(handles[part], NULL);
      if (part == 0 || shares[part].start < start) start = shares[part].start;
      if (shares[part].end > end) end = shares[part].end;
    }
    if (least == 0 || end - start < least) least = end - start;
  }
  return least;
}

/* Of so many threads, with arrays of so many bytes together. */
static machine_peak measure_peak(size_t parts, size_t bytes) {
  enum { FMA_ROUNDS = 2000000 };
  const size_t vectors = bytes / sizeof(digits_vector) / 3 / parts * parts;
  const size_t rounds = 1 + ((size_t)1 << 28) / bytes;
  const double arithmetic = peak_seconds(peak_multiply_add, parts, 0, FMA_ROUNDS);
  const double memory = peak_seconds(peak_triad, parts, vectors, rounds);
  const double flops = 2.0 * (double)(DIGITS_LANES * PEAK_CHAINS * parts) * (double)FMA_ROUNDS;
  const double moved = 3.0 * (double)(vectors * sizeof(digits_vector)) * (double)rounds;
  return (machine_peak){arithmetic > 0 ? flops / arithmetic * 1e-9 : 0, memory > 0 ? moved / memory * 1e-9 : 0};
}
#endif

/* ---- Profile ---- */

#if defined(DIGITS_PROFILE)
static const double *profiled_seconds;

static int by_time(const void *a, const void *b) {
  const double x = profiled_seconds[*(const size_t *)a], y = profiled_seconds[*(const size_t *)b];
  return (x < y) - (x > y);
}

/* Kernels in a step: seconds, operations, those that plain sums would have, and bytes. */
typedef struct figures {
  double seconds, flops, plain, bytes;
} figures;

static void add_kernel(figures *to, const digits_kernel *kernel, double seconds, double rows) {
  to->seconds += seconds;
  to->flops += kernel->flops + kernel->flops_per_row * rows;
  to->plain += kernel->plain + kernel->plain_per_row * rows;
  to->bytes += kernel->bytes + kernel->bytes_per_row * rows;
}

/* `plain` is the share of the peak that plain sums would need in the same time: more where Winograd's algorithm multiplies less often. A share
 * of the bandwidth of memory beyond 100 % comes from caches. */
static void print_figures(const figures *of, double step, const machine_peak *peak, int json) {
  const double rate = of->seconds > 0 ? 1e-9 / of->seconds : 0, gflops = of->flops * rate, gbs = of->bytes * rate, part = json ? 1 : 100;
  printf(json ? "\"us\": %.3f, \"share\": %.4f, \"gflops\": %.3f, \"of_peak_gflops\": %.4f, \"of_peak_plain\": %.4f, \"gbs\": %.3f, \"of_peak_gbs\": %.4f"
              : "%10.2f %6.1f%% %9.2f %6.1f%% %6.1f%% %9.2f %6.1f%%",
         of->seconds * 1e6, part * of->seconds / step, gflops, part * gflops / peak->gflops, part * of->plain * rate / peak->gflops, gbs,
         part * gbs / peak->gbs);
}

/* The kernels that ran in so many steps: first all products together, then each kernel, the slowest first. */
static void print_profile(const digits_kernel *kernels, size_t count, const double *seconds, double steps, double rows, int json) {
  const machine_peak peak = measure_peak(threads, (size_t)96 << 20);
  size_t *const order = calloc(count ? count : 1, sizeof *order);
  double step = 0;
  figures products = {0};
  if (!order) return;
  for (size_t i = 0; i < count; i++) {
    order[i] = i;
    step += seconds[i] / steps;
    if (kernels[i].product) add_kernel(&products, &kernels[i], seconds[i] / steps, rows);
  }
  profiled_seconds = seconds;
  qsort(order, count, sizeof *order, by_time);
  if (json)
    printf("{\"peak_gflops\": %.3f, \"peak_gbs\": %.3f, \"calls\": %.0f, \"step_ms\": %.6f, \"products\": {", peak.gflops, peak.gbs, steps,
           step * 1e3);
  else
    printf("\n--threads %zu: %.1f GFLOP/s of multiply-adds, %.1f GB/s of memory; %.0f steps of %.4f ms\n\n"
           "%-40s %10s %7s %9s %7s %7s %9s %7s  %s\n%-40s ",
           threads, peak.gflops, peak.gbs, steps, step * 1e3, "kernel", "us", "time", "GFLOP/s", "of peak", "plain", "GB/s", "of peak",
           "declared at", "all convolutions and matrix products");
  print_figures(&products, step, &peak, json);
  printf(json ? "}}\n" : "\n");
  for (size_t i = 0; i < count && seconds[order[i]] > 0; i++) {
    const digits_kernel *const kernel = &kernels[order[i]];
    figures own = {0};
    add_kernel(&own, kernel, seconds[order[i]] / steps, rows);
    if (json) printf("{\"kernel\": \"%s\", \"layer\": \"%s\", \"place\": \"%s\", ", kernel->name, kernel->layer, kernel->place);
    else printf("%-40s ", kernel->name);
    print_figures(&own, step, &peak, json);
    if (json) printf("}\n");
    else printf("  %s\n", kernel->place);
  }
  free(order);
}
#endif

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
  if (!b->parameters || !b->context || (!b->train && prepare_weights(b->parameters))) return 0;
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
  const digits_config config = {b->rows, 1, pool};
  void *const memory = b->train ? allocate(DIGITS_TRAINER_BYTES(b->rows)) : NULL;
  if (b->train && (!memory || digits_trainer_init(memory, DIGITS_TRAINER_BYTES(b->rows), b->parameters, &config, &b->trainer) != DIGITS_OK)) return 0;
  /* Steps that move no weight do the same work, and no network diverges on random targets. */
  if (b->train) digits_set_learning_rate(b->trainer, 0);
  for (size_t i = 0; i < DIGITS_TARGETS && b->train; i++) {
    void *const array = calloc(b->rows, digits_target_fields[i].size * element_bytes(&digits_target_fields[i]));
    if (!array) return 0;
    fill_random(&digits_target_fields[i], array, b->rows, (uint32_t)(100 + i));
    b->targets[i] = array;
  }
#endif
  return 1;
}

#if defined(DIGITS_PROFILE)
/* Steps with a clock behind each kernel, for as long again. */
static digits_status bench_profile(bench *b, double duration, int json) {
  digits_profile profile = {now, 0, {0}};
  digits_status status = DIGITS_OK;
  size_t steps = 0;
  digits_context_profile(b->context, &profile);
#if DIGITS_TRAINING
  if (b->train) digits_trainer_profile(b->trainer, &profile);
#endif
  const double end = now() + duration;
  while (status == DIGITS_OK && (steps < 3 || now() < end)) {
    profile.last = now();
    status = bench_step(b);
    steps++;
  }
  if (status != DIGITS_OK) return status;
#if DIGITS_TRAINING
  if (b->train) print_profile(digits_train_kernels, DIGITS_TRAIN_KERNELS, profile.seconds, (double)steps, (double)b->rows, json);
#endif
  if (!b->train) print_profile(digits_predict_kernels, DIGITS_PREDICT_KERNELS, profile.seconds, (double)steps, (double)b->rows, json);
  return status;
}
#endif

/* The most memory that was resident so far, in MiB. Linux's getrusage also counts what the process was before it became this program. */
static double resident_memory(void) {
  FILE *const status = fopen("/proc/self/status", "r");
  char line[256];
  long kilobytes = 0;
  while (status && kilobytes == 0 && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kilobytes);
  if (status) fclose(status);
  if (kilobytes > 0) return (double)kilobytes / 1024;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return (double)usage.ru_maxrss / (1 << 20);
#else
  return (double)usage.ru_maxrss / 1024;
#endif
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
#if !defined(DIGITS_PROFILE)
  if (given->profile) return fail(USAGE, "--profile needs digits.c and this file compiled with -DDIGITS_PROFILE, as dlc does it");
#endif
  const int json = given->format && strcmp(given->format, "json") == 0;
  if (given->format && !json && strcmp(given->format, "text") != 0) return fail(USAGE, "--format is text or json");
  if (!bench_prepare(&b)) return fail(FAILED, "out of memory");
  digits_status status = DIGITS_OK;
  size_t steps = 1, count = 0;
  for (double elapsed = 0; status == DIGITS_OK && elapsed < 2e-4; steps *= 2) {
    const double start = now();
    for (size_t i = 0; i < steps && status == DIGITS_OK; i++) status = bench_step(&b);
    elapsed = now() - start;
  }
  const double duration = given->seconds > 0 ? given->seconds : 1, end = now() + duration;
  while (status == DIGITS_OK && count < SAMPLES && (count < 3 || now() < end)) {
    const double start = now();
    for (size_t i = 0; i < steps && status == DIGITS_OK; i++) status = bench_step(&b);
    samples[count++] = (now() - start) / (double)steps;
  }
  if (status != DIGITS_OK) return fail(FAILED, "%s", digits_status_string(status));
  qsort(samples, count, sizeof *samples, by_value);
  const double flops = b.train ? digits_defaults.train_flops + digits_defaults.train_flops_per_row * (double)b.rows
                               : digits_defaults.infer_flops + digits_defaults.infer_flops_per_row * (double)b.rows;
  printf("{\"model\": \"%s\", \"mode\": \"%s\", \"batch\": %zu, \"threads\": %zu, \"gemm\": \"%s\", \"min_ms\": %.6f, "
         "\"median_ms\": %.6f, \"gflops\": %.3f, \"rss_mb\": %.1f}\n",
         digits_defaults.name, b.train ? "train" : "infer", b.rows, threads, digits_defaults.gemm, samples[0] * 1e3,
         samples[count / 2] * 1e3, flops / samples[0] * 1e-9, resident_memory());
#if defined(DIGITS_PROFILE)
  if (given->profile) status = bench_profile(&b, duration, json);
  if (status != DIGITS_OK) return fail(FAILED, "%s", digits_status_string(status));
#endif
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
  char *metadata; /* of checkpoints: the vocabulary */
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

static int evaluate_rows(digits_context *context, const digits_parameters *parameters, const dataset *data, size_t first, size_t rows,
                         size_t batch, digits_metrics *metrics) {
  for (size_t row = first; row < first + rows; row += batch) {
    const void *inputs[DIGITS_INPUTS], *targets[DIGITS_TARGETS];
    const size_t count = first + rows - row < batch ? first + rows - row : batch;
    if (row == first) digits_reset_state(context);
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
  r->progress.metadata = r->metadata;
  if (digits_save_checkpoint(r->checkpoint, r->parameters, r->trainer, &r->progress) == DIGITS_OK) return 0;
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
  if (r->progress.position == 0) digits_reset_trainer_state(r->trainer);
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

static int log_epoch(const run *r, const digits_metrics *validation, double seconds, double rate) {
  fprintf(r->log, "{\"epoch\": %llu", (unsigned long long)r->progress.epoch + 1);
  for (size_t i = 0; i < DIGITS_METRICS; i++)
    fprintf(r->log, ", \"%s\": %.9g", digits_metric_fields[i].name, metric_value(&r->progress.metrics, i));
  for (size_t i = 0; i < DIGITS_METRICS && r->validation_rows; i++)
    fprintf(r->log, ", \"val_%s\": %.9g", digits_metric_fields[i].name, metric_value(validation, i));
  fprintf(r->log, ", \"seconds\": %.6f, \"samples_per_second\": %.1f, \"learning_rate\": %.9g}\n", seconds, rate,
          (double)digits_learning_rate(r->trainer));
  return fflush(r->log) == 0 ? 0 : fail(FAILED, "%s: %s", r->given.log, strerror(errno));
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
  const int logged = r->log ? log_epoch(r, &validation, seconds, rate) : 0;
  r->progress.epoch++;
  r->progress.position = 0;
  memset(&r->progress.metrics, 0, sizeof r->progress.metrics);
  const int saved = save(r);
  return saved ? saved : logged;
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
  const digits_config config = {r->batch, r->given.has_seed ? r->given.seed : digits_defaults.seed, pool};
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
  if (try_folder(r->checkpoint)) return FAILED;
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
  int status = 0;
#if DIGITS_TEXT
  /* The vocabulary that the weights were trained with numbers the tokens. */
  const char *const begun = given->resume ? given->checkpoint ? given->checkpoint : "digits.safetensors" : given->weights;
  if (begun) status = load_vocabulary(begun);
#endif
  if (!status) status = read_data(given->data, 1, &r.data);
#if DIGITS_TEXT
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
  if (batch > DIGITS_MAX_ROWS) return fail(USAGE, "--batch is at most %d, the model's --max-batch", DIGITS_MAX_ROWS);
  const digits_parameters *parameters = NULL;
  int status = choose_weights(given, "evaluate", &parameters);
  if (!status) status = read_data(given->data, 1, &data);
  if (status) return status;
  digits_context *const context = new_context(data.rows < batch ? data.rows : batch);
  if (!context) return fail(FAILED, "out of memory");
  status = evaluate_rows(context, parameters, &data, 0, data.rows, batch, &metrics);
  if (status) return status;
  for (size_t i = 0; i < DIGITS_METRICS; i++)
    printf("%s%s=%.6f", i ? " " : "", digits_metric_fields[i].name, metric_value(&metrics, i));
  printf("\n");
  return DONE;
}

/* ---- Commands ---- */

static int usage(FILE *to, int status) {
  fprintf(to, "usage: digits COMMAND [OPTION ...]\n\n"
#if DIGITS_TRAINING
          "  train      trains and writes a checkpoint\n"
          "  evaluate   loss and metrics of weights on data\n"
#endif
          "  predict    a row of outputs for each row of inputs\n"
#if DIGITS_LANGUAGE
          "  generate   text, a token at a time\n"
#endif
          "  benchmark  the time of a step on random data\n"
          "  info       the model, its tensors and how it was compiled\n\n"
          "digits COMMAND --help lists a command's options.\n");
  return status;
}

static int run_command(int count, char **words) {
  static const struct { const char *name; char letter; } commands[] = {
#if DIGITS_TRAINING
    {"train", 't'}, {"evaluate", 'e'},
#endif
#if DIGITS_LANGUAGE
    {"generate", 'g'},
#endif
    {"predict", 'p'}, {"benchmark", 'b'}, {"info", 'i'}};
  options given = {0};
  given.temperature = given.top_p = 1;
  if (count < 2) return usage(stderr, USAGE);
  if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return usage(stdout, DONE);
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
  const int started = status ? status : start_threads(&given);
  if (started) return started;
  switch (letter) {
#if DIGITS_TRAINING
    case 't': return run_train(&given);
    case 'e': return run_evaluate(&given);
#endif
#if DIGITS_LANGUAGE
    case 'g': return run_generate(&given);
#endif
    case 'p': return run_predict(&given);
    case 'b': return run_benchmark(&given);
    default: return run_info();
  }
}

/* Results that did not reach their file are no results. */
int main(int count, char **words) {
  const int status = run_command(count, words);
  const int problem = fflush(stdout) == 0 ? 0 : errno;
  if (status || (!problem && !ferror(stdout))) return status;
  return fail(FAILED, "standard output: %s", problem ? strerror(problem) : "a part of it could not be written");
}
