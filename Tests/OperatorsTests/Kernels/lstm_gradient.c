/* %6, %6.1, %6.2, %6.3, %6.4: f32[rows, 2, 36], f32[rows, 9], f32[rows, 9], f32[rows, 9], f32[rows, 32] = lstm_gradient {"activation":"tanh","given":[true,false,false],"options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0},"recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4, %5) */

/* y0_2[rows, 2, 36], y1_2[rows, 9], y2[rows, 9], y3[rows, 9], y4[rows, 32] = lstm_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 36] */,
    const float *restrict x1 /* [rows, 2, 9] */,
    const float *restrict x2 /* [1, 36, 32] */,
    const float *restrict x3 /* [rows, 2] */,
    const float *restrict x4 /* [rows, 9] */,
    const float *restrict x5 /* [rows, 2, 9] */,
    float *restrict y0_2 /* [rows, 2, 36] */,
    float *restrict y1_2 /* [rows, 9] */,
    float *restrict y2 /* [rows, 9] */,
    float *restrict y3 /* [rows, 9] */,
    float *restrict y4 /* [rows, 32] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y3[(first + i0) * 9 + i1] = 0.0f;
        y2[(first + i0) * 9 + i1] = 0.0f;
        y4[(first + i0) * 32 + i1] = 0.0f;
      }
    }
    for (size_t back = 0; back < 2; back++) {
      const size_t t = 1 - back;
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float input = x0_2[(first + i0) * 72 + t * 36 + i1];
          const float forget = x0_2[(first + i0) * 72 + t * 36 + i1 + 9];
          const float candidate = x0_2[(first + i0) * 72 + t * 36 + i1 + 18];
          const float out = x0_2[(first + i0) * 72 + t * 36 + i1 + 27];
          const float old = x1[(first + i0) * 18 + t * 9 + i1];
          const float bent = check_tanh(forget * old + input * candidate);
          const float state = y4[(first + i0) * 32 + i1] * x4[(first + i0) * 9 + i1] + y3[(first + i0) * 9 + i1] + x5[(first + i0) * 18 + t * 9 + i1];
          const float passed = y2[(first + i0) * 9 + i1];
          const float cell = passed + state * out * (1.0f - bent * bent);
          y0_2[(first + i0) * 72 + t * 36 + i1] = x3[(first + i0) * 2 + t] > 0.0f ? cell * candidate * (input * (1.0f - input)) : 0.0f;
          y0_2[(first + i0) * 72 + t * 36 + i1 + 9] = x3[(first + i0) * 2 + t] > 0.0f ? cell * old * (forget * (1.0f - forget)) : 0.0f;
          y0_2[(first + i0) * 72 + t * 36 + i1 + 18] = x3[(first + i0) * 2 + t] > 0.0f ? cell * input * (1.0f - candidate * candidate) : 0.0f;
          y0_2[(first + i0) * 72 + t * 36 + i1 + 27] = x3[(first + i0) * 2 + t] > 0.0f ? state * bent * (out * (1.0f - out)) : 0.0f;
          y2[(first + i0) * 9 + i1] = x3[(first + i0) * 2 + t] > 0.0f ? cell * forget : passed;
          y3[(first + i0) * 9 + i1] = x3[(first + i0) * 2 + t] > 0.0f ? 0.0f : state;
        }
      }
      check_panel_product(height, 36, 9, y0_2 + first * 72 + t * 36, 72, x2, y4 + first * 32, 32);
    }
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y1_2[(first + i0) * 9 + i1] = y4[(first + i0) * 32 + i1] * x4[(first + i0) * 9 + i1] + y3[(first + i0) * 9 + i1];
      }
    }
  }
}
