/* %5, %5.1, %5.2, %5.3: f32[rows, 2, 9], f32[rows, 9], f32[rows, 9], f32[rows, 32] = simple_rnn_gradient {"activation":"tanh","given":[true,false],"options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0}} (%0, %1, %2, %3, %4) */

/* y0_2[rows, 2, 9], y1_2[rows, 9], y2[rows, 9], y3[rows, 32] = simple_rnn_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 9] */,
    const float *restrict x1 /* [1, 9, 32] */,
    const float *restrict x2 /* [rows, 2] */,
    const float *restrict x3 /* [rows, 9] */,
    const float *restrict x4 /* [rows, 2, 9] */,
    float *restrict y0_2 /* [rows, 2, 9] */,
    float *restrict y1_2 /* [rows, 9] */,
    float *restrict y2 /* [rows, 9] */,
    float *restrict y3 /* [rows, 32] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y2[(first + i0) * 9 + i1] = 0.0f;
        y3[(first + i0) * 32 + i1] = 0.0f;
      }
    }
    for (size_t back = 0; back < 2; back++) {
      const size_t t = 1 - back;
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float state = y3[(first + i0) * 32 + i1] * x3[(first + i0) * 9 + i1] + y2[(first + i0) * 9 + i1] + x4[(first + i0) * 18 + t * 9 + i1];
          y0_2[(first + i0) * 18 + t * 9 + i1] = x2[(first + i0) * 2 + t] > 0.0f ? state * (1.0f - x0_2[(first + i0) * 18 + t * 9 + i1] * x0_2[(first + i0) * 18 + t * 9 + i1]) : 0.0f;
          y2[(first + i0) * 9 + i1] = x2[(first + i0) * 2 + t] > 0.0f ? 0.0f : state;
        }
      }
      check_panel_product(height, 9, 9, y0_2 + first * 18 + t * 9, 18, x1, y3 + first * 32, 32);
    }
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y1_2[(first + i0) * 9 + i1] = y3[(first + i0) * 32 + i1] * x3[(first + i0) * 9 + i1] + y2[(first + i0) * 9 + i1];
      }
    }
  }
}
