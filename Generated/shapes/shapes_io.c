#define _POSIX_C_SOURCE 200809L

#include "shapes_io.h"

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
#define SHAPES_INLINE static inline __attribute__((unused))
#else
#define SHAPES_INLINE static inline
#endif

/* The JSON that a safetensors header is made of: strings and whole numbers. See safetensors.c. */
typedef struct shapes_safetensors_text {
  const unsigned char *json;   /* between the quotes, escapes not resolved, not terminated */
  size_t bytes;
} shapes_safetensors_text;

/* Where parsing stands. The first problem stays. */
typedef struct shapes_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} shapes_safetensors_reader;

SHAPES_INLINE int shapes_safetensors_fail(shapes_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
SHAPES_INLINE int shapes_safetensors_peek(shapes_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

SHAPES_INLINE int shapes_safetensors_accept(shapes_safetensors_reader *r, int c) {
  if (shapes_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_expect(shapes_safetensors_reader *r, int c, const char *problem) {
  return shapes_safetensors_accept(r, c) || shapes_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
SHAPES_INLINE long shapes_safetensors_hex(const unsigned char *p) {
  long value = 0;
  for (int i = 0; i < 4; i++) {
    int c = p[i], digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* A character that stands for itself, as nearly all do. */
SHAPES_INLINE int shapes_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
SHAPES_INLINE size_t shapes_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) { /* Unicode 15, table 3-7: well-formed UTF-8 */
    int c = p[0];
    size_t n = c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    int low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80, high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (n == 0 || left < n || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
      if ((p[i] & 0xC0) != 0x80) return 0;
    memcpy(utf8, p, n);
    *count = n;
    return n;
  }
  *count = 1;
  utf8[0] = p[0];
  if (p[0] != '\\') return 1;
  if (left < 2) return 0;
  if (p[1] != 'u') {
    static const char escapes[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char *found = p[1] ? strchr(escapes, p[1]) : NULL;
    if (!found) return 0;
    utf8[0] = (unsigned char)meaning[found - escapes];
    return 2;
  }
  long code = left < 6 ? -1 : shapes_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : shapes_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

SHAPES_INLINE int shapes_safetensors_string(shapes_safetensors_reader *r, shapes_safetensors_text *text) {
  if (!shapes_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && shapes_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return shapes_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return shapes_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_integer(shapes_safetensors_reader *r, size_t *value) {
  int c = shapes_safetensors_peek(r);
  if (c < '0' || c > '9') return shapes_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return shapes_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return shapes_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_equals(shapes_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

SHAPES_INLINE size_t shapes_safetensors_copy(shapes_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    if (kept == whole && whole + count < capacity) { /* no character is cut in two */
      memcpy(buffer + kept, utf8, count);
      kept += count;
    }
    whole += count;
    p += taken;
  }
  if (capacity) buffer[kept] = 0;
  return whole;
}

/* FNV-1a of the characters that are meant, however they are escaped. */
SHAPES_INLINE uint64_t shapes_safetensors_hash(shapes_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && shapes_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = shapes_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}

/*
 * safetensors: the header of a file that lies in memory, without allocation.
 * https://huggingface.co/docs/safetensors: u64 header size, JSON header, tensor data; little-endian.
 *
 *   shapes_safetensors file;
 *   const char *problem = shapes_safetensors_open(bytes, size, &file);
 *   if (problem) …                          in words; file.error_offset says where in the file
 *
 *   shapes_safetensor tensor;               the tensors in the order of the header
 *   for (size_t cursor = 0; shapes_safetensors_next(&file, &cursor, &tensor);) …
 *
 *   shapes_safetensors_text key, value;     the entries of __metadata__ in the order of the header
 *   for (size_t cursor = 0; shapes_safetensors_next_metadata(&file, &cursor, &key, &value);) …
 *
 *   size_t cursor = 0;                      one by its name: 1 found, 0 not there. The search starts at the cursor, goes
 *                                           round, and leaves the cursor behind what it found, so that names asked for
 *                                           in the order of the file cost one walk altogether.
 *   shapes_safetensors_find(&file, &cursor, "dense/kernel", &tensor)
 *   shapes_safetensors_find_metadata(&file, &cursor, "model_hash", &value)
 *
 *   shapes_safetensors_equals(tensor.name, "dense/kernel")       compares with a C string, JSON escapes resolved
 *   shapes_safetensors_copy(value, buffer, sizeof buffer)        C string, escapes resolved, cut to fit; returns its whole length
 *   shapes_safetensors_read(&tensor, first, count, values)       elements as shapes_real; F32 and F64 only
 *
 * After a successful open everything is known to be valid: JSON as the format allows it, names unique, types known,
 * shape x type = bytes without overflow, and the tensors cover the data with neither hole nor overlap; so the walks
 * cannot fail. open takes 50 kB of stack, a pass over the header, and one more for every 2048 names.
 * Include after inline.c and safetensors_text.c; needs <stddef.h>, <stdint.h>, <string.h>.
 */
typedef struct shapes_safetensor {
  shapes_safetensors_text name;
  char dtype[12];              /* "F32", "F64", "BF16"… */
  unsigned bits;               /* of one element */
  size_t rank;
  size_t shape[8];             /* the first 8 where rank is greater */
  size_t count;                /* elements */
  size_t offset, bytes;        /* of its values in the file: from the first byte of the file */
  const unsigned char *data;   /* its values, not aligned */
} shapes_safetensor;

typedef struct shapes_safetensors {
  const unsigned char *bytes;  /* the file */
  size_t size;
  size_t header_end;           /* the data begin here */
  size_t tensors;              /* how many */
  size_t metadata;             /* where the entries of __metadata__ begin, 0: there is none */
  size_t error_offset;
} shapes_safetensors;

/* The longest header of the specification; a bound on names, so that a hostile header cannot make looking for twins slow. */
enum { SHAPES_SAFETENSORS_HEADER = 100000000, SHAPES_SAFETENSORS_NAMES = 32768, SHAPES_SAFETENSORS_CHUNK = 2048 };

SHAPES_INLINE int shapes_safetensors_dtype(shapes_safetensors_reader *r, shapes_safetensor *tensor) {
  static const struct { char name[12]; unsigned bits; } types[] = {
    {"F64", 64}, {"F32", 32}, {"F16", 16}, {"BF16", 16}, {"I64", 64}, {"I32", 32}, {"I16", 16}, {"I8", 8},
    {"U64", 64}, {"U32", 32}, {"U16", 16}, {"U8", 8}, {"BOOL", 8}, {"C64", 64},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  shapes_safetensors_text text;
  if (!shapes_safetensors_string(r, &text)) return 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (shapes_safetensors_equals(text, types[i].name)) {
      memcpy(tensor->dtype, types[i].name, sizeof tensor->dtype);
      tensor->bits = types[i].bits;
      return 1;
    }
  return shapes_safetensors_fail(r, "this dtype is not known");
}

SHAPES_INLINE int shapes_safetensors_shape(shapes_safetensors_reader *r, shapes_safetensor *tensor) {
  if (!shapes_safetensors_expect(r, '[', "[ is expected")) return 0;
  tensor->rank = 0;
  tensor->count = 1;
  if (shapes_safetensors_accept(r, ']')) return 1;
  do {
    size_t extent;
    if (!shapes_safetensors_integer(r, &extent)) return 0;
    if (extent != 0 && tensor->count > SIZE_MAX / extent) return shapes_safetensors_fail(r, "the shape is too large");
    if (tensor->rank < 8) tensor->shape[tensor->rank] = extent;
    tensor->rank++;
    tensor->count *= extent;
  } while (shapes_safetensors_accept(r, ','));
  return shapes_safetensors_expect(r, ']', "] is expected after the shape");
}

/* [begin, end] */
SHAPES_INLINE int shapes_safetensors_offsets(shapes_safetensors_reader *r, size_t *begin, size_t *end) {
  return shapes_safetensors_expect(r, '[', "[ is expected") && shapes_safetensors_integer(r, begin) &&
         shapes_safetensors_expect(r, ',', ", is expected between the two offsets") && shapes_safetensors_integer(r, end) &&
         shapes_safetensors_expect(r, ']', "] is expected after two offsets");
}

/* {"dtype": …, "shape": […], "data_offsets": [begin, end]}, in any order */
SHAPES_INLINE int shapes_safetensors_value(shapes_safetensors_reader *r, const shapes_safetensors *file,
                                           shapes_safetensor *tensor) {
  enum { DTYPE = 1, SHAPE = 2, OFFSETS = 4 };
  size_t begin = 0, end = 0;
  unsigned seen = 0;
  const char *const wanted = "dtype, shape and data_offsets are expected, each once";
  if (!shapes_safetensors_expect(r, '{', "{ is expected")) return 0;
  do {
    shapes_safetensors_text key;
    if (!shapes_safetensors_string(r, &key) || !shapes_safetensors_expect(r, ':', ": is expected")) return 0;
    unsigned field = shapes_safetensors_equals(key, "dtype")          ? DTYPE
                     : shapes_safetensors_equals(key, "shape")        ? SHAPE
                     : shapes_safetensors_equals(key, "data_offsets") ? OFFSETS
                                                                      : 0;
    if (field == 0 || (seen & field)) return shapes_safetensors_fail(r, wanted);
    seen |= field;
    if (!(field == DTYPE   ? shapes_safetensors_dtype(r, tensor)
          : field == SHAPE ? shapes_safetensors_shape(r, tensor)
                           : shapes_safetensors_offsets(r, &begin, &end))) return 0;
  } while (shapes_safetensors_accept(r, ','));
  if (!shapes_safetensors_expect(r, '}', "} is expected after a tensor")) return 0;
  if (seen != (DTYPE | SHAPE | OFFSETS)) return shapes_safetensors_fail(r, wanted);
  if (begin > end || end > file->size - file->header_end)
    return shapes_safetensors_fail(r, "the offsets of a tensor lie outside the data");
  if (tensor->count > SIZE_MAX / tensor->bits || tensor->count * tensor->bits % 8 != 0 ||
      tensor->count * tensor->bits / 8 != end - begin)
    return shapes_safetensors_fail(r, "the shape and the offsets of a tensor do not agree");
  tensor->offset = file->header_end + begin;
  tensor->bytes = end - begin;
  tensor->data = file->bytes + tensor->offset;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_next_metadata(const shapes_safetensors *file, size_t *cursor,
                                                   shapes_safetensors_text *key, shapes_safetensors_text *value) {
  shapes_safetensors_reader r = {file->bytes, *cursor ? *cursor : file->metadata, file->header_end, NULL};
  if (r.at == 0 || shapes_safetensors_peek(&r) == '}') return 0;
  if (!shapes_safetensors_string(&r, key) || !shapes_safetensors_expect(&r, ':', ": is expected") ||
      !shapes_safetensors_string(&r, value)) return 0;
  shapes_safetensors_accept(&r, ',');
  *cursor = r.at;
  return 1;
}

SHAPES_INLINE int shapes_safetensors_next(const shapes_safetensors *file, size_t *cursor, shapes_safetensor *tensor) {
  shapes_safetensors_reader r = {file->bytes, *cursor ? *cursor : 9, file->header_end, NULL};
  while (shapes_safetensors_peek(&r) == '"') {
    if (!shapes_safetensors_string(&r, &tensor->name) || !shapes_safetensors_expect(&r, ':', ": is expected")) return 0;
    int metadata = shapes_safetensors_equals(tensor->name, "__metadata__");
    if (metadata) {
      shapes_safetensors_text key, value;
      for (r.at = file->metadata; shapes_safetensors_next_metadata(file, &r.at, &key, &value);) continue;
      shapes_safetensors_accept(&r, '}');
    } else if (!shapes_safetensors_value(&r, file, tensor)) return 0;
    shapes_safetensors_accept(&r, ',');
    *cursor = r.at;
    if (!metadata) return 1;
  }
  return 0;
}

SHAPES_INLINE int shapes_safetensors_find(const shapes_safetensors *file, size_t *cursor, const char *name,
                                          shapes_safetensor *tensor) {
  size_t start = *cursor;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && shapes_safetensors_next(file, cursor, tensor))
      if (shapes_safetensors_equals(tensor->name, name)) return 1;
  return 0;
}

SHAPES_INLINE int shapes_safetensors_find_metadata(const shapes_safetensors *file, size_t *cursor, const char *name,
                                                   shapes_safetensors_text *value) {
  size_t start = *cursor;
  shapes_safetensors_text key;
  for (int round = 0; round < 2; round++, *cursor = 0)
    while ((round == 0 || *cursor < start) && shapes_safetensors_next_metadata(file, cursor, &key, value))
      if (shapes_safetensors_equals(key, name)) return 1;
  return 0;
}

/* The lowest keys above a bound, each of which may occur once: a sort in constant memory, a chunk for each pass over the header. */
typedef struct shapes_safetensors_keys {
  uint64_t keys[SHAPES_SAFETENSORS_CHUNK]; /* a heap, its greatest at the front */
  size_t count;
  uint64_t bound;
  int bounded, twice;
} shapes_safetensors_keys;

SHAPES_INLINE void shapes_safetensors_sift(uint64_t *keys, size_t count, size_t i) {
  uint64_t key = keys[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && keys[child + 1] > keys[child]) child++;
    if (keys[child] <= key) break;
    keys[i] = keys[child];
  }
  keys[i] = key;
}

SHAPES_INLINE void shapes_safetensors_offer(shapes_safetensors_keys *list, uint64_t key) {
  if (list->bounded && key <= list->bound) return;
  if (list->count < SHAPES_SAFETENSORS_CHUNK) {
    list->keys[list->count++] = key;
    if (list->count == SHAPES_SAFETENSORS_CHUNK)
      for (size_t i = list->count / 2; i-- > 0;) shapes_safetensors_sift(list->keys, list->count, i);
  } else if (key <= list->keys[0]) { /* its twin may be at the front, or come to the front as the front leaves */
    uint64_t front = list->keys[0];
    list->twice |= key == front;
    list->keys[0] = key;
    shapes_safetensors_sift(list->keys, list->count, 0);
    list->twice |= front == list->keys[0];
  }
}

/* Sorts the keys of a pass; 0 if one occurs twice. */
SHAPES_INLINE int shapes_safetensors_settle(shapes_safetensors_keys *list) {
  for (size_t i = list->count / 2; i-- > 0;) shapes_safetensors_sift(list->keys, list->count, i);
  for (size_t n = list->count; n-- > 1;) {
    uint64_t greatest = list->keys[0];
    list->keys[0] = list->keys[n];
    list->keys[n] = greatest;
    shapes_safetensors_sift(list->keys, n, 0);
  }
  for (size_t i = 1; i < list->count; i++) list->twice |= list->keys[i] == list->keys[i - 1];
  if (list->count) list->bound = list->keys[list->count - 1];
  list->bounded |= list->count != 0;
  return !list->twice;
}

/*
 * Names are unique if their hashes are (two names that share 64 bits are taken for one). Tensors [begin, end) tile the data
 * if, sorted each for itself, the first begin is 0, each next begin is the end before, and the last end is that of the data:
 * every offset is then left as often as it is reached, and as offsets only grow, that is one path from 0 to the end.
 * Tensors without bytes take no part.
 */
SHAPES_INLINE const char *shapes_safetensors_unique(const shapes_safetensors *file, size_t names) {
  shapes_safetensors_keys list[3]; /* names, begins, ends */
  for (int i = 0; i < 3; i++) list[i].bounded = list[i].twice = 0;
  uint64_t reached = file->header_end;
  for (size_t settled = 0; settled < names; settled += SHAPES_SAFETENSORS_CHUNK) {
    shapes_safetensor tensor;
    shapes_safetensors_text key, value;
    for (int i = 0; i < 3; i++) list[i].count = 0;
    for (size_t cursor = 0; shapes_safetensors_next_metadata(file, &cursor, &key, &value);)
      shapes_safetensors_offer(&list[0], shapes_safetensors_hash(key, 1));
    for (size_t cursor = 0; shapes_safetensors_next(file, &cursor, &tensor);) {
      shapes_safetensors_offer(&list[0], shapes_safetensors_hash(tensor.name, UINT64_C(0xcbf29ce484222325)));
      if (tensor.bytes == 0) continue;
      shapes_safetensors_offer(&list[1], tensor.offset);
      shapes_safetensors_offer(&list[2], tensor.offset + tensor.bytes);
    }
    if (!shapes_safetensors_settle(&list[0])) return "a name occurs twice";
    int apart = shapes_safetensors_settle(&list[1]) & shapes_safetensors_settle(&list[2]);
    for (size_t i = 0; apart && i < list[1].count; i++) {
      if (list[1].keys[i] > reached) return "a part of the data belongs to no tensor";
      apart = list[1].keys[i] == reached;
      reached = list[2].keys[i];
    }
    if (!apart) return "the data of two tensors overlap";
  }
  return reached == file->size ? NULL : "a part of the data belongs to no tensor";
}

/* The entries of the header; *names: how many names were met. */
SHAPES_INLINE int shapes_safetensors_header(shapes_safetensors_reader *r, shapes_safetensors *file, size_t *names) {
  if (!shapes_safetensors_expect(r, '{', "the header does not begin with {")) return 0;
  if (shapes_safetensors_accept(r, '}')) return 1;
  do {
    shapes_safetensor tensor;
    if (!shapes_safetensors_string(r, &tensor.name) || !shapes_safetensors_expect(r, ':', ": is expected")) return 0;
    if (!shapes_safetensors_equals(tensor.name, "__metadata__")) {
      if (!shapes_safetensors_value(r, file, &tensor)) return 0;
      file->tensors++;
      ++*names;
    } else {
      if (file->metadata) return shapes_safetensors_fail(r, "__metadata__ occurs twice");
      if (!shapes_safetensors_expect(r, '{', "{ is expected")) return 0;
      file->metadata = r->at;
      if (shapes_safetensors_accept(r, '}')) continue;
      do {
        shapes_safetensors_text key, value;
        if (!shapes_safetensors_string(r, &key) || !shapes_safetensors_expect(r, ':', ": is expected") ||
            !shapes_safetensors_string(r, &value)) return 0;
        ++*names;
      } while (shapes_safetensors_accept(r, ','));
      if (!shapes_safetensors_expect(r, '}', "} is expected after the metadata")) return 0;
    }
    if (*names > SHAPES_SAFETENSORS_NAMES) return shapes_safetensors_fail(r, "there are more than 32768 names");
  } while (shapes_safetensors_accept(r, ','));
  return shapes_safetensors_expect(r, '}', "} is expected after the last tensor");
}

SHAPES_INLINE const char *shapes_safetensors_open(const void *bytes, size_t size, shapes_safetensors *file) {
  const shapes_safetensors empty = {bytes, size, 0, 0, 0, 0};
  *file = empty;
  if (size < 8) return "the file is shorter than 8 bytes";
  uint64_t header = 0;
  for (int i = 8; i-- > 0;) header = header << 8 | file->bytes[i];
  if (header > SHAPES_SAFETENSORS_HEADER) return "the header is longer than 100000000 bytes";
  if (header > size - 8) return "the header is longer than the file";
  file->header_end = 8 + (size_t)header;
  shapes_safetensors_reader r = {file->bytes, 8, file->header_end, NULL};
  size_t names = 0;
  if (header == 0 || file->bytes[8] != '{') shapes_safetensors_fail(&r, "the header does not begin with {");
  else if (shapes_safetensors_header(&r, file, &names) && (shapes_safetensors_peek(&r), r.at != r.end))
    shapes_safetensors_fail(&r, "something follows the header");
  if (!r.problem) {
    r.at = file->header_end;
    r.problem = shapes_safetensors_unique(file, names);
  }
  file->error_offset = r.problem ? r.at : 0;
  return r.problem;
}

/* Elements [first, first + count) as numbers of this model; 0 if their type is neither F32 nor F64. */
SHAPES_INLINE int shapes_safetensors_read(const shapes_safetensor *tensor, size_t first, size_t count, shapes_real *values) {
  int f32 = strcmp(tensor->dtype, "F32") == 0;
  if (!f32 && strcmp(tensor->dtype, "F64") != 0) return 0;
  const unsigned char *p = tensor->data + first * (f32 ? 4 : 8);
  for (size_t i = 0; i < count && f32; i++, p += 4) {
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    values[i] = value;
  }
  for (size_t i = 0; i < count && !f32; i++, p += 8) {
    uint64_t bits = 0;
    for (int k = 8; k-- > 0;) bits = bits << 8 | p[k];
    double value;
    memcpy(&value, &bits, sizeof value);
    values[i] = (shapes_real)value;
  }
  return 1;
}

/*
 * Cyclic redundancy checks, eight bytes at a time: Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation", 2008. The table is made where it is needed, in a few microseconds.
 * Include after inline.c; needs <stddef.h>, <stdint.h>.
 */
#define SHAPES_CRC32C UINT32_C(0x82F63B78) /* Castagnoli, RFC 3720: the tensors of a safetensors file */
#define SHAPES_CRC32 UINT32_C(0xEDB88320)  /* the entries of a zip archive */

typedef struct shapes_crc {
  uint32_t table[8][256];
} shapes_crc;

SHAPES_INLINE void shapes_crc_init(shapes_crc *crc, uint32_t polynomial) {
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
SHAPES_INLINE uint32_t shapes_crc_of(const shapes_crc *crc, uint32_t check, const unsigned char *bytes, size_t count) {
  uint32_t value = ~check;
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
SHAPES_INLINE int shapes_fits_memory(uint64_t bytes) {
#ifdef _SC_PHYS_PAGES
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 && bytes / (uint64_t)page >= (uint64_t)pages) return 0;
#endif
  return bytes < SIZE_MAX / 2;
}

/* 0 or an errno value. */
SHAPES_INLINE int shapes_read_descriptor(int descriptor, unsigned char **bytes, size_t *size) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  uint64_t expected = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 65535;
  if (!shapes_fits_memory(expected)) return ENOMEM;
  size_t capacity = (size_t)expected + 1, count = 0;
  unsigned char *buffer = malloc(capacity);
  int problem = buffer ? 0 : ENOMEM;
  while (!problem) {
    if (count + 1 == capacity) { /* perhaps at the end of the file, perhaps of a pipe that has more */
      unsigned char *larger = shapes_fits_memory((uint64_t)capacity * 2) ? realloc(buffer, capacity * 2) : NULL;
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

SHAPES_INLINE int shapes_read_file(const char *path, unsigned char **bytes, size_t *size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int problem = shapes_read_descriptor(descriptor, bytes, size);
  close(descriptor);
  return problem;
}

/* NAME_io.c: weights and checkpoints as safetensors files. Include after checksum.c, read_file.c and safetensors.c. */

/* A growing text; after a failed allocation it stays empty and says so. */
typedef struct shapes_text {
  char *bytes;
  size_t count, capacity;
  int failed;
} shapes_text;

static void shapes_text_add(shapes_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char line[512];
  const int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (text->failed || length < 0 || (size_t)length >= sizeof line) {
    text->failed = 1;
    return;
  }
  if (text->count + (size_t)length + 9 > text->capacity) {
    const size_t capacity = text->capacity * 2 + 4096;
    char *const bytes = realloc(text->bytes, capacity);
    if (!bytes) {
      text->failed = 1;
      return;
    }
    text->bytes = bytes;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->count, line, (size_t)length + 1);
  text->count += (size_t)length;
}

/* A table of tensors and where their values begin. */
typedef struct shapes_block {
  const shapes_tensor_info *tensors;
  size_t count;
  shapes_real *values;
} shapes_block;

static void shapes_describe_block(shapes_text *header, const shapes_block *block, size_t *offset) {
  for (size_t i = 0; i < block->count; i++) {
    const shapes_tensor_info *const tensor = &block->tensors[i];
    const size_t bytes = tensor->count * sizeof(shapes_real);
    shapes_text_add(header, ",\"%s\":{\"dtype\":\"F%d\",\"shape\":[", tensor->name, SHAPES_REAL_BITS);
    for (size_t axis = 0; axis < tensor->rank; axis++) shapes_text_add(header, "%s%zu", axis ? "," : "", tensor->shape[axis]);
    shapes_text_add(header, "],\"data_offsets\":[%zu,%zu]}", *offset, *offset + bytes);
    *offset += bytes;
  }
}

static void shapes_describe_checks(shapes_text *header, const shapes_crc *crc, const shapes_block *block) {
  for (size_t i = 0; i < block->count; i++) {
    const shapes_tensor_info *const tensor = &block->tensors[i];
    const void *const values = block->values + tensor->offset;
    const uint32_t check = shapes_crc_of(crc, 0, values, tensor->count * sizeof(shapes_real));
    shapes_text_add(header, ",\"crc32c:%s\":\"%08x\"", tensor->name, (unsigned)check);
  }
}

static int shapes_write_all(int file, const void *bytes, size_t count) {
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

static int shapes_write_file(int file, const shapes_text *header, const shapes_block *blocks, size_t count) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)header->count >> (8 * i));
  if (!shapes_write_all(file, length, sizeof length) || !shapes_write_all(file, header->bytes, header->count)) return 0;
  for (size_t b = 0; b < count; b++)
    for (size_t i = 0; i < blocks[b].count; i++) {
      const shapes_tensor_info *const tensor = &blocks[b].tensors[i];
      if (!shapes_write_all(file, blocks[b].values + tensor->offset, tensor->count * sizeof(shapes_real))) return 0;
    }
  return fsync(file) == 0;
}

static void shapes_sync_folder(const char *path) {
  const char *const slash = strrchr(path, '/');
  char folder[4096] = ".";
  if (slash) snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
  const int file = open(folder, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

/* Writes beside PATH, then renames: PATH is the old file or the whole new one at every instant. */
static shapes_status shapes_save(const char *path, const shapes_text *metadata, const shapes_block *blocks, size_t count) {
  shapes_text header = {0};
  shapes_crc crc;
  size_t offset = 0;
  shapes_crc_init(&crc, SHAPES_CRC32C);
  shapes_text_add(&header, "{\"__metadata__\":{\"format\":\"dlc-1\",\"model\":\"shapes\",\"model_hash\":\"%s\"", SHAPES_MODEL_HASH);
  if (metadata->count > 0) shapes_text_add(&header, "%s", metadata->bytes);
  for (size_t b = 0; b < count; b++) shapes_describe_checks(&header, &crc, &blocks[b]);
  shapes_text_add(&header, "}");
  for (size_t b = 0; b < count; b++) shapes_describe_block(&header, &blocks[b], &offset);
  shapes_text_add(&header, "}");
  while (!header.failed && header.count % 8 != 0) shapes_text_add(&header, " ");

  char temporary[4096];
  const int length = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
  if (header.failed || length < 0 || (size_t)length >= sizeof temporary) {
    free(header.bytes);
    errno = header.failed ? ENOMEM : ENAMETOOLONG;
    return SHAPES_ERROR_IO;
  }
  const int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int done = file >= 0 && shapes_write_file(file, &header, blocks, count);
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
    return SHAPES_ERROR_IO;
  }
  shapes_sync_folder(path);
  return SHAPES_OK;
}

static shapes_block shapes_weights_block(shapes_parameters *parameters) {
  shapes_block block = {0};
  block.tensors = shapes_tensors(&block.count);
  block.values = shapes_parameters_values(parameters);
  return block;
}

shapes_status shapes_save_weights(const char *path, shapes_parameters *parameters) {
  const shapes_block block = shapes_weights_block(parameters);
  const shapes_text metadata = {0};
  if (!path || !parameters) return SHAPES_ERROR_ARGUMENT;
  return shapes_save(path, &metadata, &block, 1);
}

/* ---- Loading ---- */

static void shapes_say(char *message, size_t capacity, const char *format, ...) {
  va_list arguments;
  if (!message || capacity == 0) return;
  va_start(arguments, format);
  vsnprintf(message, capacity, format, arguments);
  va_end(arguments);
}

static void shapes_shape_text(char *text, size_t capacity, size_t rank, const size_t *shape) {
  size_t used = (size_t)snprintf(text, capacity, "[");
  for (size_t axis = 0; axis < rank && axis < 8 && used < capacity; axis++)
    used += (size_t)snprintf(text + used, capacity - used, "%s%zu", axis ? ", " : "", shape[axis]);
  if (used < capacity) snprintf(text + used, capacity - used, "]");
}

static shapes_status shapes_check_tensor(const shapes_safetensors *file, const shapes_crc *crc, size_t *cursor,
                                         const shapes_tensor_info *wanted, char *message, size_t capacity) {
  shapes_safetensor found;
  shapes_safetensors_text text;
  char name[256], check[16], expected[160], actual[160];
  if (!shapes_safetensors_find(file, cursor, wanted->name, &found)) {
    shapes_say(message, capacity, "it has no tensor %s", wanted->name);
    return SHAPES_ERROR_MODEL;
  }
  if (found.rank != wanted->rank || memcmp(found.shape, wanted->shape, found.rank * sizeof *found.shape) != 0) {
    shapes_shape_text(expected, sizeof expected, wanted->rank, wanted->shape);
    shapes_shape_text(actual, sizeof actual, found.rank, found.shape);
    shapes_say(message, capacity, "%s has shape %s, but the model's has %s", wanted->name, actual, expected);
    return SHAPES_ERROR_MODEL;
  }
  if (strcmp(found.dtype, "F32") != 0 && strcmp(found.dtype, "F64") != 0) {
    shapes_say(message, capacity, "%s holds %s; F32 and F64 can be read", wanted->name, found.dtype);
    return SHAPES_ERROR_FORMAT;
  }
  size_t metadata = 0;
  snprintf(name, sizeof name, "crc32c:%s", wanted->name);
  if (!shapes_safetensors_find_metadata(file, &metadata, name, &text)) return SHAPES_OK;
  shapes_safetensors_copy(text, check, sizeof check);
  char computed[16];
  snprintf(computed, sizeof computed, "%08x", (unsigned)shapes_crc_of(crc, 0, found.data, found.bytes));
  if (strcmp(check, computed) == 0) return SHAPES_OK;
  shapes_say(message, capacity, "the values of %s, from byte %zu on, are damaged: their checksum is %s instead of %s",
             wanted->name, found.offset, computed, check);
  return SHAPES_ERROR_CHECKSUM;
}

static shapes_status shapes_check_table(const shapes_safetensors *file, const shapes_tensor_info *tensors, size_t count,
                                        char *message, size_t capacity) {
  shapes_crc crc;
  size_t cursor = 0;
  shapes_crc_init(&crc, SHAPES_CRC32C);
  for (size_t i = 0; i < count; i++) {
    const shapes_status status = shapes_check_tensor(file, &crc, &cursor, &tensors[i], message, capacity);
    if (status != SHAPES_OK) return status;
  }
  return SHAPES_OK;
}

/* A tensor that is neither a weight nor, in a checkpoint, a slot: the file is of another model. */
static shapes_status shapes_check_extra(const shapes_safetensors *file, char *message, size_t capacity) {
  shapes_safetensor tensor;
  size_t weights = 0, slots = 0;
  const shapes_tensor_info *const tables[2] = {shapes_tensors(&weights),
#if SHAPES_TRAINING
                                               shapes_trainer_tensors(&slots)
#else
                                               NULL
#endif
  };
  shapes_safetensors_text text;
  size_t cursor = 0;
  if (shapes_safetensors_find_metadata(file, &cursor, "step", &text)) return SHAPES_OK; /* slots of any optimizer */
  for (cursor = 0; shapes_safetensors_next(file, &cursor, &tensor);) {
    int known = 0;
    for (size_t i = 0; i < weights && !known; i++) known = shapes_safetensors_equals(tensor.name, tables[0][i].name);
    for (size_t i = 0; i < slots && !known; i++) known = shapes_safetensors_equals(tensor.name, tables[1][i].name);
    if (known) continue;
    char name[256];
    shapes_safetensors_copy(tensor.name, name, sizeof name);
    shapes_say(message, capacity, "it has a tensor %s, which the model does not", name);
    return SHAPES_ERROR_MODEL;
  }
  return SHAPES_OK;
}

shapes_status shapes_check_file(const void *bytes, size_t size, char *message, size_t capacity) {
  shapes_safetensors file;
  size_t count = 0;
  if (message && capacity) message[0] = 0;
  const char *const problem = shapes_safetensors_open(bytes, size, &file);
  if (problem) {
    shapes_say(message, capacity, "not a valid safetensors file: %s, at byte %zu", problem, file.error_offset);
    return SHAPES_ERROR_FORMAT;
  }
  const shapes_tensor_info *const tensors = shapes_tensors(&count);
  const shapes_status status = shapes_check_table(&file, tensors, count, message, capacity);
  return status == SHAPES_OK ? shapes_check_extra(&file, message, capacity) : status;
}

shapes_status shapes_load_weights(const char *path, shapes_parameters *parameters) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (!path || !parameters) return SHAPES_ERROR_ARGUMENT;
  const int problem = shapes_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return SHAPES_ERROR_IO;
  }
  shapes_status status = shapes_check_file(bytes, size, NULL, 0);
  if (status == SHAPES_OK) status = shapes_parameters_load(parameters, bytes, size);
  free(bytes);
  return status;
}

/* NAME_io.c: checkpoints, which hold the optimizer's slots and where training stands besides the weights. */
static shapes_block shapes_slots_block(shapes_trainer *trainer) {
  shapes_block block = {0};
  block.tensors = shapes_trainer_tensors(&block.count);
  block.values = shapes_trainer_values(trainer);
  return block;
}

shapes_status shapes_save_checkpoint(const char *path, shapes_parameters *parameters, shapes_trainer *trainer,
                                     const shapes_progress *progress) {
  if (!path || !parameters || !trainer || !progress) return SHAPES_ERROR_ARGUMENT;
  const shapes_block blocks[2] = {shapes_weights_block(parameters), shapes_slots_block(trainer)};
  shapes_text metadata = {0};
  shapes_text_add(&metadata, ",\"epoch\":\"%llu\",\"position\":\"%llu\",\"seed\":\"%llu\",\"step\":\"%llu\"",
                  (unsigned long long)progress->epoch, (unsigned long long)progress->position,
                  (unsigned long long)shapes_seed(trainer), (unsigned long long)shapes_step(trainer));
  shapes_text_add(&metadata, ",\"learning_rate\":\"%a\"", (double)shapes_learning_rate(trainer));
  /* Hexadecimal, so that what is resumed is what was stopped. */
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) shapes_text_add(&metadata, ",\"sum%zu\":\"%a\"", i, progress->metrics.sums[i]);
  const shapes_status status = metadata.failed ? SHAPES_ERROR_IO : shapes_save(path, &metadata, blocks, 2);
  const int problem = errno;
  free(metadata.bytes);
  errno = metadata.failed ? ENOMEM : problem;
  return status;
}

static int shapes_metadata(const shapes_safetensors *file, const char *key, char value[64]) {
  shapes_safetensors_text text;
  size_t cursor = 0;
  return shapes_safetensors_find_metadata(file, &cursor, key, &text) && shapes_safetensors_copy(text, value, 64) < 64;
}

static int shapes_read_progress(const shapes_safetensors *file, shapes_progress *progress) {
  const struct { const char *key; uint64_t *number; } numbers[] = {
    {"epoch", &progress->epoch}, {"position", &progress->position}, {"seed", &progress->seed}, {"step", &progress->step}};
  char text[64], key[32], *end;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (!shapes_metadata(file, numbers[i].key, text)) return 0;
    *numbers[i].number = strtoull(text, &end, 10);
    if (end == text || *end) return 0;
  }
  if (!shapes_metadata(file, "learning_rate", text)) return 0;
  progress->learning_rate = strtod(text, &end);
  if (end == text || *end) return 0;
  const size_t sums = sizeof progress->metrics.sums / sizeof *progress->metrics.sums;
  for (size_t i = 0; i < sums; i++) {
    snprintf(key, sizeof key, "sum%zu", i);
    if (!shapes_metadata(file, key, text)) return 0;
    progress->metrics.sums[i] = strtod(text, &end);
    if (end == text || *end) return 0;
  }
  return 1;
}

shapes_status shapes_load_checkpoint(const char *path, shapes_parameters *parameters, shapes_trainer *trainer,
                                     shapes_progress *progress) {
  unsigned char *bytes = NULL;
  size_t size = 0, count = 0;
  shapes_safetensors file;
  shapes_progress read = {0};
  if (!path || !parameters || !trainer || !progress) return SHAPES_ERROR_ARGUMENT;
  const int problem = shapes_read_file(path, &bytes, &size);
  if (problem) {
    errno = problem;
    return SHAPES_ERROR_IO;
  }
  shapes_status status = shapes_check_file(bytes, size, NULL, 0);
  if (status == SHAPES_OK && shapes_safetensors_open(bytes, size, &file)) status = SHAPES_ERROR_FORMAT;
  if (status == SHAPES_OK) {
    const shapes_tensor_info *const slots = shapes_trainer_tensors(&count);
    status = shapes_check_table(&file, slots, count, NULL, 0);
  }
  if (status == SHAPES_OK && !shapes_read_progress(&file, &read)) status = SHAPES_ERROR_FORMAT;
  if (status == SHAPES_OK) status = shapes_parameters_load(parameters, bytes, size);
  if (status == SHAPES_OK) status = shapes_trainer_load(trainer, bytes, size);
  free(bytes);
  if (status != SHAPES_OK) return status;
  shapes_set_step(trainer, read.step);
  shapes_set_seed(trainer, read.seed);
  shapes_set_learning_rate(trainer, (shapes_real)read.learning_rate);
  *progress = read;
  return SHAPES_OK;
}
