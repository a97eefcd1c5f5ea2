/* Random123's known answers for philox4x32-10 (kat_vectors), and how seed, purpose, step and element enter. */
#include "check.h"
#include "templates.h"

static void check_known_answers(void) {
  static const struct { uint32_t counter[4], key[2], out[4]; } cases[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint32_t out[4];
    model_philox(cases[i].key, cases[i].counter, out);
    CHECK(memcmp(out, cases[i].out, sizeof out) == 0, "case %zu: %08x %08x %08x %08x", i, out[0], out[1], out[2], out[3]);
  }
}

static void check_counter(void) {
  const uint32_t key[2] = {0x89abcdef, 0x01234567}, counter[4] = {0x55667788, 0x11223344, 0xddeeff00, 7 ^ 0xbbccaabb};
  uint32_t expected[4];
  model_philox(key, counter, expected);
  model_real value = model_uniform(UINT64_C(0x0123456789abcdef), 7, UINT64_C(0xaabbbbccddeeff00), UINT64_C(0x1122334455667788));
  CHECK((double)value == (double)(expected[0] >> 8) / 16777216, "uniform is %a", (double)value);
}

static void check_uniform(void) {
  const int count = 1 << 18, slots = 16;
  double sum = 0, squares = 0, chi = 0;
  int bins[16] = {0};
  for (uint64_t i = 0; i < (uint64_t)count; i++) {
    double u = (double)model_uniform(42, 3, 5, i);
    CHECK(u >= 0 && u < 1, "element %d: %g", (int)i, u);
    sum += u, squares += u * u, bins[(int)(u * slots)]++;
  }
  for (int i = 0; i < slots; i++) chi += pow(bins[i] - count / slots, 2) / (count / slots);
  CHECK(fabs(sum / count - 0.5) < 0.003, "mean %g", sum / count);
  CHECK(fabs(squares / count - 1.0 / 3) < 0.003, "second moment %g", squares / count);
  CHECK(chi < 40, "chi squared %g with 15 degrees of freedom", chi);
}

int main(void) {
  check_known_answers();
  check_counter();
  check_uniform();
  return failures != 0;
}
