/* %1: f32[rows, 4] = dropout {"purpose":1,"rate":0.19031547351121764} (%0) */

/* y0_2[rows, 4] = dropout */
static void check_forward(size_t rows,
    uint64_t seed,
    uint64_t step,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows, 4] */) {
  for (size_t i = 0; i < rows * 4; i++) {
    const float dropout = check_uniform(seed, 1u, step, (uint64_t)i) >= 0.19031549f ? x0_2[i] * 1.2350489f : 0.0f;
    y0_2[i] = dropout;
  }
}
