/* Bytes of the character at p, which ends before `end`; 0 where it is not well-formed UTF-8 (Unicode 15, table 3-7). */
@NAME@_INLINE size_t @name@_utf8_length(const unsigned char *p, const unsigned char *end) {
  const int c = p < end ? p[0] : 0xFF;
  const size_t length = c < 0x80 ? 1 : c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
  const int low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80, high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (length < 2) return length;
  if ((size_t)(end - p) < length || p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  return length;
}
