/* %6, %6.1, %6.2, %6.3, %6.4, %6.5, %6.6: f32[rows, 2, 9], f32[rows, 2, 27], f32[rows, 2, 9], f32[rows, 2, 9], f32[rows, 9], f32[rows, 32], f32[rows, 9] = gru {"activation":"tanh","options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0},"recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4, %5) */

/* y0_2[rows, 2, 9], y1_2[rows, 2, 27], y2[rows, 2, 9], y3[rows, 2, 9], y4[rows, 9], y5[rows, 32], y6[rows, 9] = gru */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 27] */,
    const float *restrict x1 /* [1, 9, 32] */,
    const float *restrict x2 /* [27] */,
    const float *restrict x3 /* [rows, 9] */,
    const float *restrict x4 /* [rows, 2] */,
    const float *restrict x5 /* [rows, 9] */,
    float *restrict y0_2 /* [rows, 2, 9] */,
    float *restrict y1_2 /* [rows, 2, 27] */,
    float *restrict y2 /* [rows, 2, 9] */,
    float *restrict y3 /* [rows, 2, 9] */,
    float *restrict y4 /* [rows, 9] */,
    float *restrict y5 /* [rows, 32] */,
    float *restrict y6 /* [rows, 9] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y4[(first + i0) * 9 + i1] = x3[(first + i0) * 9 + i1];
      }
    }
    for (size_t t = 0; t < 2; t++) {
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          y6[(first + i0) * 9 + i1] = y4[(first + i0) * 9 + i1] * x5[(first + i0) * 9 + i1];
        }
      }
      check_panel_product(height, 9, 27, y6 + first * 9, 9, x1, y5 + first * 32, 32);
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float update = check_sigmoid(x0_2[(first + i0) * 54 + t * 27 + i1] + (y5[(first + i0) * 32 + i1] + x2[i1]));
          const float reset = check_sigmoid(x0_2[(first + i0) * 54 + t * 27 + i1 + 9] + (y5[(first + i0) * 32 + i1 + 9] + x2[i1 + 9]));
          const float inner = y5[(first + i0) * 32 + i1 + 18] + x2[i1 + 18];
          const float candidate = check_tanh(x0_2[(first + i0) * 54 + t * 27 + i1 + 18] + reset * inner);
          const float old = y4[(first + i0) * 9 + i1];
          const float state = x4[(first + i0) * 2 + t] > 0.0f ? update * old + (1.0f - update) * candidate : old;
          y1_2[(first + i0) * 54 + t * 27 + i1] = update;
          y1_2[(first + i0) * 54 + t * 27 + i1 + 9] = reset;
          y1_2[(first + i0) * 54 + t * 27 + i1 + 18] = candidate;
          y3[(first + i0) * 18 + t * 9 + i1] = inner;
          y2[(first + i0) * 18 + t * 9 + i1] = old;
          y0_2[(first + i0) * 18 + t * 9 + i1] = state;
          y4[(first + i0) * 9 + i1] = state;
        }
      }
    }
  }
}
