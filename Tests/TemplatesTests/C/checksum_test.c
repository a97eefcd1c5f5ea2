/* The check values of both polynomials (RFC 3720, appendix B.4, and the zip format), and every start and length against a bit at a time. */
#include "check.h"
#include "templates.h"

static uint32_t bit_by_bit(uint32_t polynomial, const unsigned char *bytes, size_t count) {
  uint32_t value = ~UINT32_C(0);
  for (size_t i = 0; i < count; i++) {
    value ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? polynomial : 0);
  }
  return ~value;
}

int main(void) {
  static const struct { uint32_t polynomial, check; } cases[] = {{MODEL_CRC32C, 0xe3069283}, {MODEL_CRC32, 0xcbf43926}};
  unsigned char bytes[80];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * i * 37 + 11);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    model_crc crc;
    model_crc_init(&crc, cases[i].polynomial);
    const uint32_t digits = model_crc_of(&crc, 0, (const unsigned char *)"123456789", 9);
    CHECK(digits == cases[i].check, "case %zu: %08x", i, (unsigned)digits);
    for (size_t start = 0; start < 9; start++)
      for (size_t count = 0; start + count <= sizeof bytes; count++) {
        const uint32_t expected = bit_by_bit(cases[i].polynomial, bytes + start, count);
        const uint32_t whole = model_crc_of(&crc, 0, bytes + start, count), half = model_crc_of(&crc, 0, bytes + start, count / 2);
        const uint32_t parts = model_crc_of(&crc, half, bytes + start + count / 2, count - count / 2);
        CHECK(whole == expected, "case %zu, %zu bytes from %zu on", i, count, start);
        CHECK(parts == expected, "case %zu, %zu bytes from %zu on, in parts", i, count, start);
      }
  }
  return failures != 0;
}
