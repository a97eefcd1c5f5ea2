/*
 * Cyclic redundancy checks, eight bytes at a time: Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation", 2008, or with the processor's own instruction for Castagnoli's polynomial. The table is made where it is
 * needed, in a few microseconds. Include after inline.c; needs <stddef.h>, <stdint.h>, <string.h>.
 */
#if defined(__SSE4_2__) && defined(__x86_64__)
#include <nmmintrin.h>
#define @NAME@_CRC_STEP(value, word) ((uint32_t)_mm_crc32_u64(value, word))
#elif defined(__ARM_FEATURE_CRC32) && defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
#include <arm_acle.h>
#define @NAME@_CRC_STEP(value, word) __crc32cd(value, word)
#endif
#define @NAME@_CRC32C UINT32_C(0x82F63B78) /* Castagnoli, RFC 3720: the tensors of a safetensors file */
#define @NAME@_CRC32 UINT32_C(0xEDB88320)  /* the entries of a zip archive */

typedef struct @name@_crc {
  uint32_t polynomial;
  uint32_t table[8][256];
} @name@_crc;

@NAME@_INLINE void @name@_crc_init(@name@_crc *crc, uint32_t polynomial) {
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
@NAME@_INLINE uint32_t @name@_crc_of(const @name@_crc *crc, uint32_t check, const unsigned char *bytes, size_t count) {
  uint32_t value = ~check;
#if defined(@NAME@_CRC_STEP)
  for (uint64_t word; crc->polynomial == @NAME@_CRC32C && count >= 8; count -= 8, bytes += 8) {
    memcpy(&word, bytes, 8);
    value = @NAME@_CRC_STEP(value, word);
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
