/* %6, %6.1, %6.2, %6.3, %6.4, %6.5, %6.6, %6.7: f32[rows, 2, 9], f32[rows, 2, 36], f32[rows, 2, 9], f32[rows, 2, 9], f32[rows, 9], f32[rows, 9], f32[rows, 64], f32[rows, 9] = lstm {"activation":"tanh","options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0},"recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4, %5) */

/* y0_2[rows, 2, 9], y1_2[rows, 2, 36], y2[rows, 2, 9], y3[rows, 2, 9], y4[rows, 9], y5[rows, 9], y6[rows, 64], y7[rows, 9] = lstm */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 36] */,
    const float *restrict x1 /* [2, 9, 32] */,
    const float *restrict x2 /* [rows, 9] */,
    const float *restrict x3 /* [rows, 9] */,
    const float *restrict x4 /* [rows, 2] */,
    const float *restrict x5 /* [rows, 9] */,
    float *restrict y0_2 /* [rows, 2, 9] */,
    float *restrict y1_2 /* [rows, 2, 36] */,
    float *restrict y2 /* [rows, 2, 9] */,
    float *restrict y3 /* [rows, 2, 9] */,
    float *restrict y4 /* [rows, 9] */,
    float *restrict y5 /* [rows, 9] */,
    float *restrict y6 /* [rows, 64] */,
    float *restrict y7 /* [rows, 9] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y4[(first + i0) * 9 + i1] = x2[(first + i0) * 9 + i1];
        y5[(first + i0) * 9 + i1] = x3[(first + i0) * 9 + i1];
      }
    }
    for (size_t t = 0; t < 2; t++) {
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          y7[(first + i0) * 9 + i1] = y4[(first + i0) * 9 + i1] * x5[(first + i0) * 9 + i1];
        }
      }
      check_panel_product(height, 9, 36, y7 + first * 9, 9, x1, y6 + first * 64, 64);
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float input = check_sigmoid(x0_2[(first + i0) * 72 + t * 36 + i1] + y6[(first + i0) * 64 + i1]);
          const float forget = check_sigmoid(x0_2[(first + i0) * 72 + t * 36 + i1 + 9] + y6[(first + i0) * 64 + i1 + 9]);
          const float candidate = check_tanh(x0_2[(first + i0) * 72 + t * 36 + i1 + 18] + y6[(first + i0) * 64 + i1 + 18]);
          const float out = check_sigmoid(x0_2[(first + i0) * 72 + t * 36 + i1 + 27] + y6[(first + i0) * 64 + i1 + 27]);
          const float old = y5[(first + i0) * 9 + i1];
          const float cell = x4[(first + i0) * 2 + t] > 0.0f ? forget * old + input * candidate : old;
          const float state = x4[(first + i0) * 2 + t] > 0.0f ? out * check_tanh(cell) : y4[(first + i0) * 9 + i1];
          y1_2[(first + i0) * 72 + t * 36 + i1] = input;
          y1_2[(first + i0) * 72 + t * 36 + i1 + 9] = forget;
          y1_2[(first + i0) * 72 + t * 36 + i1 + 18] = candidate;
          y1_2[(first + i0) * 72 + t * 36 + i1 + 27] = out;
          y2[(first + i0) * 18 + t * 9 + i1] = old;
          y3[(first + i0) * 18 + t * 9 + i1] = y4[(first + i0) * 9 + i1];
          y0_2[(first + i0) * 18 + t * 9 + i1] = state;
          y4[(first + i0) * 9 + i1] = state;
          y5[(first + i0) * 9 + i1] = cell;
        }
      }
    }
  }
}
