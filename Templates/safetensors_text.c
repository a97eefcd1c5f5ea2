/* The JSON that a safetensors header is made of: strings and whole numbers. Include after inline.c, utf8.c and safetensors.h. */
/* Where parsing stands. The first problem stays. */
typedef struct @name@_safetensors_reader {
  const unsigned char *bytes;
  size_t at, end;
  const char *problem;
} @name@_safetensors_reader;

@NAME@_INLINE int @name@_safetensors_fail(@name@_safetensors_reader *r, const char *problem) {
  if (!r->problem) r->problem = problem;
  return 0;
}

/* The next byte after white space, 0 at the end. */
@NAME@_INLINE int @name@_safetensors_peek(@name@_safetensors_reader *r) {
  for (; r->at < r->end; r->at++) {
    int c = r->bytes[r->at];
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
  }
  return 0;
}

@NAME@_INLINE int @name@_safetensors_accept(@name@_safetensors_reader *r, int c) {
  if (@name@_safetensors_peek(r) != c) return 0;
  r->at++;
  return 1;
}

@NAME@_INLINE int @name@_safetensors_expect(@name@_safetensors_reader *r, int c, const char *problem) {
  return @name@_safetensors_accept(r, c) || @name@_safetensors_fail(r, problem);
}

/* Four hexadecimal digits, or -1. */
@NAME@_INLINE long @name@_safetensors_hex(const unsigned char *p) {
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
@NAME@_INLINE int @name@_safetensors_plain(int c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* One character of a JSON string as UTF-8. Returns how many bytes of [p, end) it takes, 0 where it is not valid. */
@NAME@_INLINE size_t @name@_safetensors_character(const unsigned char *p, const unsigned char *end, unsigned char utf8[4],
                                                  size_t *count) {
  size_t left = (size_t)(end - p);
  if (left == 0 || p[0] < 0x20) return 0;
  if (p[0] >= 0x80) {
    size_t n = @name@_utf8_length(p, end);
    if (n == 0) return 0;
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
  long code = left < 6 ? -1 : @name@_safetensors_hex(p + 2);
  size_t taken = 6;
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return 0;
  if (code >= 0xD800 && code <= 0xDBFF) { /* the first half of a surrogate pair */
    long second = left < 12 || p[6] != '\\' || p[7] != 'u' ? -1 : @name@_safetensors_hex(p + 8);
    if (second < 0xDC00 || second > 0xDFFF) return 0;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
    taken = 12;
  }
  *count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = *count; i-- > 1; code >>= 6) utf8[i] = (unsigned char)(0x80 | (code & 0x3F));
  utf8[0] = (unsigned char)(code | (*count == 1 ? 0 : (0xF00 >> *count) & 0xFF));
  return taken;
}

@NAME@_INLINE int @name@_safetensors_string(@name@_safetensors_reader *r, @name@_safetensors_text *text) {
  if (!@name@_safetensors_expect(r, '"', "a string is expected")) return 0;
  size_t begin = r->at;
  for (;;) {
    while (r->at < r->end && @name@_safetensors_plain(r->bytes[r->at])) r->at++;
    if (r->at == r->end || r->bytes[r->at] == '"') break;
    unsigned char utf8[4];
    size_t count, taken = @name@_safetensors_character(r->bytes + r->at, r->bytes + r->end, utf8, &count);
    if (taken == 0) return @name@_safetensors_fail(r, "this is not valid within a string");
    r->at += taken;
  }
  if (r->at == r->end) return @name@_safetensors_fail(r, "a string has no end");
  text->json = r->bytes + begin;
  text->bytes = r->at - begin;
  r->at++;
  return 1;
}

@NAME@_INLINE int @name@_safetensors_integer(@name@_safetensors_reader *r, size_t *value) {
  int c = @name@_safetensors_peek(r);
  if (c < '0' || c > '9') return @name@_safetensors_fail(r, "a whole number is expected");
  size_t begin = r->at, result = 0;
  for (; r->at < r->end && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
    size_t digit = (size_t)(r->bytes[r->at] - '0');
    if (result > (SIZE_MAX - digit) / 10) return @name@_safetensors_fail(r, "a number is too large");
    result = result * 10 + digit;
  }
  if (r->bytes[begin] == '0' && r->at > begin + 1) return @name@_safetensors_fail(r, "a number begins with 0");
  *value = result;
  return 1;
}

int @name@_safetensors_equals(@name@_safetensors_text text, const char *wanted) {
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = @name@_safetensors_character(p, end, utf8, &count);
    if (taken == 0) return 0;
    for (size_t i = 0; i < count; i++, wanted++)
      if (*wanted == 0 || (unsigned char)*wanted != utf8[i]) return 0;
    p += taken;
  }
  return *wanted == 0;
}

size_t @name@_safetensors_copy(@name@_safetensors_text text, char *buffer, size_t capacity) {
  size_t whole = 0, kept = 0;
  for (const unsigned char *p = text.json, *end = p + text.bytes; p < end;) {
    unsigned char utf8[4];
    size_t count, taken = @name@_safetensors_character(p, end, utf8, &count);
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
@NAME@_INLINE uint64_t @name@_safetensors_hash(@name@_safetensors_text text, uint64_t hash) {
  const uint64_t prime = UINT64_C(0x100000001b3);
  for (const unsigned char *p = text.json, *end = p + text.bytes;;) {
    for (; p < end && @name@_safetensors_plain(*p); p++) hash = (hash ^ *p) * prime;
    if (p == end) break;
    unsigned char utf8[4];
    size_t count, taken = @name@_safetensors_character(p, end, utf8, &count);
    if (taken == 0) break;
    for (size_t i = 0; i < count; i++) hash = (hash ^ utf8[i]) * prime;
    p += taken;
  }
  return hash;
}
