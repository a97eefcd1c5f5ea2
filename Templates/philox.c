/*
 * Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3", 2011). A number is a function of the seed, a purpose, a step and an element. Include after inline.c; needs <stdint.h>.
 */
@NAME@_INLINE void @name@_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]) {
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
@NAME@_INLINE void @name@_random(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element, uint32_t out[4]) {
  const uint32_t high = (uint32_t)(step >> 32);
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)step, purpose ^ (high << 16 | high >> 16)};
  @name@_philox(key, counter, out);
}

/* In [0, 1), a multiple of 2^-24; the same for float and double. */
@NAME@_INLINE @name@_real @name@_uniform(uint64_t seed, uint32_t purpose, uint64_t step, uint64_t element) {
  uint32_t words[4];
  @name@_random(seed, purpose, step, element, words);
  return (@name@_real)(words[0] >> 8) * (@name@_real)0x1p-24;
}
