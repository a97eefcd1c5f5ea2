/* %5, %5.1, %5.2, %5.3, %5.4: f32[rows, 2, 9], f32[rows, 2, 9], f32[rows, 9], f32[rows, 32], f32[rows, 9] = simple_rnn {"activation":"tanh","options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0}} (%0, %1, %2, %3, %4) */

/* y0_2[rows, 2, 9], y1_2[rows, 2, 9], y2[rows, 9], y3[rows, 32], y4[rows, 9] = simple_rnn */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 9] */,
    const float *restrict x1 /* [1, 9, 32] */,
    const float *restrict x2 /* [rows, 9] */,
    const float *restrict x3 /* [rows, 2] */,
    const float *restrict x4 /* [rows, 9] */,
    float *restrict y0_2 /* [rows, 2, 9] */,
    float *restrict y1_2 /* [rows, 2, 9] */,
    float *restrict y2 /* [rows, 9] */,
    float *restrict y3 /* [rows, 32] */,
    float *restrict y4 /* [rows, 9] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y2[(first + i0) * 9 + i1] = x2[(first + i0) * 9 + i1];
      }
    }
    for (size_t t = 0; t < 2; t++) {
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          y4[(first + i0) * 9 + i1] = y2[(first + i0) * 9 + i1] * x4[(first + i0) * 9 + i1];
        }
      }
      check_panel_product(height, 9, 9, y4 + first * 9, 9, x1, y3 + first * 32, 32);
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float state = x3[(first + i0) * 2 + t] > 0.0f ? check_tanh(x0_2[(first + i0) * 18 + t * 9 + i1] + y3[(first + i0) * 32 + i1]) : y2[(first + i0) * 9 + i1];
          y1_2[(first + i0) * 18 + t * 9 + i1] = y2[(first + i0) * 9 + i1];
          y0_2[(first + i0) * 18 + t * 9 + i1] = state;
          y2[(first + i0) * 9 + i1] = state;
        }
      }
    }
  }
}
