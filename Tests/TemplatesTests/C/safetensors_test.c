/*
 * Valid files, damaged files, and random changes to valid files. Each file is copied to memory of exactly its size, so that
 * the address sanitizer sees every read outside. Mutations: safetensors_test [count], 20000 if not given.
 */
#include "check.h"
#include "templates.h"
#include "safetensors_pieces.h"
#include <time.h>

/* A file with this header and data; NULL header: only the data. */
static unsigned char *make_file(const char *header, size_t header_bytes, size_t data_bytes, size_t *size) {
  *size = 8 + header_bytes + data_bytes;
  unsigned char *file = malloc(*size);
  if (!file) abort();
  for (size_t i = 0; i < 8; i++) file[i] = (unsigned char)(header_bytes >> 8 * i & 0xFF);
  memcpy(file + 8, header, header_bytes);
  for (size_t i = 0; i < data_bytes; i++) file[8 + header_bytes + i] = (unsigned char)i;
  return file;
}

/* Walks over everything that a valid file has. */
static size_t walk(const model_safetensors *file) {
  size_t count = 0, sum = 0;
  model_safetensor tensor, again;
  model_safetensors_text key, value;
  char name[40];
  for (size_t cursor = 0; model_safetensors_next(file, &cursor, &tensor); count++) {
    CHECK(tensor.offset >= file->header_end && tensor.offset + tensor.bytes <= file->size, "a tensor lies outside the file");
    for (size_t i = 0; i < tensor.bytes; i++) sum += tensor.data[i];
    size_t length = model_safetensors_copy(tensor.name, name, sizeof name), other = cursor;
    if (count < 50 && length < sizeof name && strlen(name) == length) {
      CHECK(model_safetensors_find(file, &other, name, &again) && again.offset == tensor.offset, "%s is not found", name);
      CHECK(other == cursor, "find leaves the cursor at %zu, not %zu", other, cursor);
    }
    if (strcmp(tensor.dtype, "F32") == 0 && tensor.count > 0) {
      model_real last;
      CHECK(model_safetensors_read(&tensor, tensor.count - 1, 1, &last), "a value is not read");
    }
  }
  CHECK(count == file->tensors, "%zu of %zu tensors", count, file->tensors);
  for (size_t cursor = 0; model_safetensors_next_metadata(file, &cursor, &key, &value);)
    sum += model_safetensors_copy(key, name, sizeof name) + model_safetensors_copy(value, name, 3);
  return sum;
}

static const char *problem_of(const unsigned char *bytes, size_t size) {
  unsigned char *copy = malloc(size ? size : 1);
  if (!copy) abort();
  memcpy(copy, bytes, size);
  model_safetensors file;
  const char *problem = model_safetensors_open(copy, size, &file);
  CHECK(!problem || file.error_offset <= size, "the error lies behind the file");
  if (!problem) walk(&file);
  free(copy);
  return problem;
}

#define T(name, type, shape, begin, end) "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"

static const struct { const char *header; size_t data; } good[] = {
  {"{}", 0},
  {"{ } \n", 0},
  {"{" T("a", "F32", "[2,3]", 0, 24) "}", 24},
  {"{" T("b", "F64", "[1]", 8, 16) "," T("a", "F32", "[2]", 0, 8) "}   ", 16},                       /* any order */
  {"{" T("a", "F32", "[]", 0, 4) "," T("none", "F32", "[0,7]", 4, 4) "," T("b", "U8", "[3]", 4, 7) "}", 7},
  {"{\"__metadata__\":{}," T("a", "I8", "[1]", 0, 1) "}", 1},
  {"{" T("a", "BF16", "[1]", 0, 2) ",\"__metadata__\":{\"format\":\"pt\",\"a\":\"1\"}," T("b", "BOOL", "[2]", 2, 4) "}", 4},
  {"{\"a\" : { \"shape\" : [ 2 ] , \"data_offsets\" : [ 0 , 8 ] ,\n\t\"dtype\" : \"F32\" } }", 8},   /* white space, order */
  {"{" T("\\u00e9\\n\\ud83d\\ude00\xc3\xa9", "F4", "[2]", 0, 1) "}", 1},
  {"{" T("a", "F32", "[1,1,1,1,1,1,1,1,1,1]", 0, 4) "}", 4}};                                        /* rank 10 */

static const struct { const char *what, *header; size_t data; } bad[] = {
  {"empty header", "", 0},
  {"not an object", "[]", 0},
  {"space first", " {}", 0},
  {"no end", "{", 0},
  {"text behind", "{}x", 0},
  {"nothing covers the data", "{}", 1},
  {"comma at the end", "{" T("a", "F32", "[1]", 0, 4) ",}", 4},
  {"no comma", "{" T("a", "F32", "[1]", 0, 4) T("b", "F32", "[1]", 4, 8) "}", 8},
  {"data behind", "{" T("a", "F32", "[1]", 0, 4) "}", 5},
  {"data cut off", "{" T("a", "F32", "[1]", 0, 4) "}", 3},
  {"hole before", "{" T("a", "F32", "[1]", 4, 8) "}", 8},
  {"hole between", "{" T("a", "F32", "[1]", 0, 4) "," T("b", "F32", "[1]", 8, 12) "}", 12},
  {"overlap", "{" T("a", "F32", "[2]", 0, 8) "," T("b", "F32", "[2]", 4, 12) "}", 12},
  {"the same data twice", "{" T("a", "F32", "[1]", 0, 4) "," T("b", "F32", "[1]", 0, 4) "}", 4},
  {"one within another", "{" T("a", "F32", "[3]", 0, 12) "," T("b", "F32", "[1]", 4, 8) "}", 12},
  {"offsets backwards", "{" T("a", "F32", "[1]", 4, 0) "}", 4},
  {"name twice", "{" T("a", "F32", "[1]", 0, 4) "," T("a", "F32", "[1]", 4, 8) "}", 8},
  {"name twice, escaped", "{" T("a", "F32", "[1]", 0, 4) "," T("\\u0061", "F32", "[1]", 4, 8) "}", 8},
  {"metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0},
  {"metadata name twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0},
  {"metadata number", "{\"__metadata__\":{\"a\":1}}", 0},
  {"metadata nested", "{\"__metadata__\":{\"a\":{}}}", 0},
  {"shape too small", "{" T("a", "F32", "[1]", 0, 8) "}", 8},
  {"shape overflows", "{" T("a", "F32", "[4294967296,4294967296,4]", 0, 4) "}", 4},
  {"bits overflow", "{" T("a", "F32", "[576460752303423489]", 0, 4) "}", 4},
  {"extent overflows", "{" T("a", "F32", "[18446744073709551617]", 0, 4) "}", 4},
  {"offset overflows", "{" T("a", "F32", "[1]", 18446744073709551612, 18446744073709551616) "}", 4},
  {"negative extent", "{" T("a", "F32", "[-1]", 0, 4) "}", 4},
  {"fraction", "{" T("a", "F32", "[1.0]", 0, 4) "}", 4},
  {"exponent", "{" T("a", "F32", "[1e0]", 0, 4) "}", 4},
  {"leading zero", "{" T("a", "F32", "[01]", 0, 4) "}", 4},
  {"comma in shape", "{" T("a", "F32", "[1,]", 0, 4) "}", 4},
  {"unknown dtype", "{" T("a", "F33", "[1]", 0, 4) "}", 4},
  {"half a byte", "{" T("a", "F4", "[1]", 0, 1) "}", 1},
  {"three offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", 4},
  {"no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4},
  {"two shapes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
  {"unknown key", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":[]}}", 4},
  {"tensor is null", "{\"a\":null}", 0},
  {"name without end", "{\"a", 0},
  {"escape without end", "{\"a\\", 0},
  {"unknown escape", "{" T("\\x41", "F32", "[1]", 0, 4) "}", 4},
  {"half a surrogate pair", "{" T("\\ud83d", "F32", "[1]", 0, 4) "}", 4},
  {"second half first", "{" T("\\ude00", "F32", "[1]", 0, 4) "}", 4},
  {"control character", "{" T("a\n", "F32", "[1]", 0, 4) "}", 4},
  {"UTF-8 cut off", "{" T("\xe2\x82", "F32", "[1]", 0, 4) "}", 4},
  {"UTF-8 too long", "{" T("\xc0\x80", "F32", "[1]", 0, 4) "}", 4},
  {"UTF-8 surrogate", "{" T("\xed\xa0\x80", "F32", "[1]", 0, 4) "}", 4}};

static void check_tables(void) {
  size_t size;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    unsigned char *file = make_file(good[i].header, strlen(good[i].header), good[i].data, &size);
    const char *problem = problem_of(file, size);
    CHECK(!problem, "%s: %s", good[i].header, problem);
    for (size_t cut = 0; cut < size; cut++) CHECK(problem_of(file, cut), "%s cut to %zu bytes is accepted", good[i].header, cut);
    free(file);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    unsigned char *file = make_file(bad[i].header, strlen(bad[i].header), bad[i].data, &size);
    CHECK(problem_of(file, size), "%s is accepted", bad[i].what);
    free(file);
  }
  static const unsigned char sizes[][8] = {{255, 255, 255, 255, 255, 255, 255, 255}, {3}, {0x01, 0xE1, 0xF5, 0x05}};
  for (int i = 0; i < 3; i++) {
    unsigned char file[11] = "........{}";
    memcpy(file, sizes[i], 8);
    CHECK(problem_of(file, 10), "header size %d is accepted", i);
  }
}

static void check_contents(void) {
  const char *header = "{\"__metadata__\":{\"format\":\"dlc-1\",\"q\\\"\":\"\\u20ac\\n\"}," T("x/y", "F32", "[2,1]", 8, 16) "," T("z", "F64", "[]", 0, 8) "}";
  size_t size, cursor = 0;
  unsigned char *bytes = make_file(header, strlen(header), 16, &size);
  const float f32[2] = {1.5f, -2.25f};
  const double f64 = 0.1;
  memcpy(bytes + size - 16, &f64, 8), memcpy(bytes + size - 8, f32, 8);
  model_safetensors file;
  const char *problem = model_safetensors_open(bytes, size, &file);
  CHECK(!problem, "%s", problem);
  model_safetensor tensor;
  model_safetensors_text value;
  model_real values[2];
  char text[8];
  CHECK(model_safetensors_find(&file, &cursor, "z", &tensor) && tensor.rank == 0 && tensor.count == 1, "z");
  CHECK(model_safetensors_read(&tensor, 0, 1, values) && values[0] == (model_real)0.1, "z is %g", (double)values[0]);
  CHECK(model_safetensors_find(&file, &cursor, "x/y", &tensor) && tensor.rank == 2 && tensor.shape[0] == 2 && tensor.shape[1] == 1, "x/y");
  CHECK(tensor.offset == size - 8 && tensor.bytes == 8, "x/y lies at %zu", tensor.offset);
  CHECK(model_safetensors_read(&tensor, 0, 2, values) && (double)values[1] == -2.25, "x/y[1] is %g", (double)values[1]);
  CHECK(!model_safetensors_find(&file, &cursor, "x", &tensor) && !model_safetensors_find(&file, &cursor, "__metadata__", &tensor), "x");
  cursor = 0;
  CHECK(model_safetensors_find_metadata(&file, &cursor, "q\"", &value), "q\"");
  CHECK(model_safetensors_copy(value, text, sizeof text) == 4 && strcmp(text, "\xe2\x82\xac\n") == 0, "copy gives %s", text);
  CHECK(model_safetensors_copy(value, text, 3) == 4 && strcmp(text, "") == 0, "a character is cut");
  CHECK(model_safetensors_find_metadata(&file, &cursor, "format", &value) && model_safetensors_equals(value, "dlc-1"), "format");
  CHECK(!model_safetensors_equals(value, "dlc-") && !model_safetensors_equals(value, "dlc-12"), "equals");
  free(bytes);
}

/* count tensors of a byte in an order far from that of the data; then with one offset or name of another. */
static void check_many(size_t count, int damage) {
  size_t capacity = count * 80 + 2, length = 0, size;
  char *header = malloc(capacity);
  if (!header) abort();
  for (size_t i = 0; i < count; i++) {
    size_t place = i * 7919 % count, name = place; /* 7919 is prime and does not divide count */
    if (damage == 1 && i == count / 2) name = 0;
    if (damage == 2 && i == count / 2) place = 0;
    length += (size_t)snprintf(header + length, capacity - length, "%c\"t%zu\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%zu,%zu]}",
                               i ? ',' : '{', name, place, place + 1);
  }
  header[length++] = '}';
  unsigned char *file = make_file(header, length, count, &size);
  clock_t begin = clock();
  model_safetensors view;
  const char *problem = model_safetensors_open(file, size, &view);
  double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
  CHECK(!problem == (damage == 0), "%zu tensors, damage %d: %s", count, damage, problem ? problem : "accepted");
  CHECK(seconds < 5, "%zu tensors take %g s", count, seconds);
  free(header);
  free(file);
}

typedef struct hashed { uint64_t hash; int number; } hashed;

static int descending(const void *a, const void *b) {
  uint64_t x = ((const hashed *)a)->hash, y = ((const hashed *)b)->hash;
  return x < y ? 1 : x > y ? -1 : 0;
}

/* Twins that lie where a pass ends: of COUNT + 1 names, the last that fits into a chunk occurs twice, and all come falling. */
static void check_twins_between_passes(void) {
  enum { COUNT = MODEL_SAFETENSORS_CHUNK + 500 };
  static hashed names[COUNT];
  static char header[COUNT * 80];
  for (int i = 0; i < COUNT; i++) {
    char text[12];
    int length = snprintf(text, sizeof text, "t%d", i);
    const model_safetensors_text name = {(const unsigned char *)text, (size_t)length};
    names[i].hash = model_safetensors_hash(name, UINT64_C(0xcbf29ce484222325));
    names[i].number = i;
  }
  qsort(names, COUNT, sizeof *names, descending);
  size_t length = 0, size;
  for (int i = 0; i <= COUNT; i++) {
    int number = i == 0 ? names[COUNT - MODEL_SAFETENSORS_CHUNK].number : names[i - 1].number;
    length += (size_t)snprintf(header + length, sizeof header - length, "%c\"t%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                               i ? ',' : '{', number, i, i + 1);
  }
  header[length++] = '}';
  unsigned char *file = make_file(header, length, COUNT + 1, &size);
  CHECK(problem_of(file, size), "twins between two passes are accepted");
  free(file);
}

static uint64_t state = 1;
static size_t below(size_t n) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(state >> 33) % n;
}

static void check_mutations(long count) {
  static const char *const words[] = {"\"", "{", "}", "[", "]", ",", ":", "\\u0000", "\\", "0", "9", "18446744073709551615", "\xc3", "F64",
                                      "\"__metadata__\":", "null", " "};
  long accepted = 0;
  for (long n = 0; n < count; n++) {
    size_t which = below(sizeof good / sizeof *good), size, room = 0;
    char header[600];
    size_t length = strlen(good[which].header);
    memcpy(header, good[which].header, length);
    for (size_t changes = 1 + below(4); changes-- > 0;) {
      size_t at = below(length + 1), kind = below(4);
      if (kind == 0 && at < length) header[at] = (char)below(256);
      if (kind == 1 && at < length) memmove(header + at, header + at + 1, --length - at);
      if (kind == 2) {
        const char *word = words[below(sizeof words / sizeof *words)];
        size_t more = strlen(word);
        memmove(header + at + more, header + at, length - at), memcpy(header + at, word, more), length += more;
      }
      if (kind == 3) { /* a piece of it once more */
        size_t from = below(length + 1), more = below(length + 1 - from);
        more = more < 60 ? more : 60;
        char piece[60];
        memcpy(piece, header + from, more);
        memmove(header + at + more, header + at, length - at), memcpy(header + at, piece, more), length += more;
      }
    }
    room = below(8) ? good[which].data : below(40);
    unsigned char *file = make_file(header, length, room, &size);
    if (below(20) == 0) file[below(8)] = (unsigned char)below(256);
    accepted += problem_of(file, size - (below(10) ? 0 : below(size))) == NULL;
    free(file);
  }
  CHECK(count < 1000 || accepted > 0, "no mutation is accepted, so they go too far");
}

int main(int argc, char **argv) {
  check_tables();
  check_contents();
  check_many(1, 0);
  for (int damage = 0; damage < 3; damage++) {
    check_many(2047, damage), check_many(2048, damage), check_many(2049, damage), check_many(20000, damage);
  }
  check_twins_between_passes();
  check_many(32768, 0);
  check_many(32769, 3);
  check_mutations(argc > 1 ? strtol(argv[1], NULL, 10) : 20000);
  return failures != 0;
}
