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
  const size_t alignment = bytes >= large ? LARGE_PAGE : @NAME@_ALIGNMENT;
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
static @name@_pool *pool = NULL;
static size_t threads = 1;

#if @NAME@_BLAS
void openblas_set_num_threads(int) __attribute__((weak)); /* other BLAS have no such function */
#endif

static int start_threads(const options *given) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  threads = given->threads ? given->threads : processors > 0 ? (size_t)processors : 1;
#if @NAME@_BLAS
  if (openblas_set_num_threads) openblas_set_num_threads((int)threads);
#endif
  if (@NAME@_THREADS > 1 && given->threads > @NAME@_THREADS)
    return fail(USAGE, "--threads is at most %d; dlc compile --threads N compiles for more", @NAME@_THREADS);
  const size_t shared = threads < @NAME@_THREADS ? threads : @NAME@_THREADS;
  if (!@NAME@_BLAS) threads = shared;
  void *const memory = shared > 1 ? allocate(@NAME@_POOL_BYTES) : NULL;
  if (shared > 1 && (!memory || @name@_pool_init(memory, @NAME@_POOL_BYTES, shared, &pool) != @NAME@_OK))
    return fail(FAILED, "%zu threads cannot be started", shared);
  return DONE;
}
