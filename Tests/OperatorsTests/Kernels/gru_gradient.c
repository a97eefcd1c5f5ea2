/* %7, %7.1, %7.2, %7.3, %7.4: f32[rows, 2, 27], f32[rows, 2, 27], f32[rows, 9], f32[rows, 9], f32[rows, 32] = gru_gradient {"activation":"tanh","given":[true,false],"options":{"hasFactors":true,"hasMask":true,"hasStart":true,"recomputes":false,"truncation":0},"recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4, %5, %6) */

/* y0_2[rows, 2, 27], y1_2[rows, 2, 27], y2[rows, 9], y3[rows, 9], y4[rows, 32] = gru_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 27] */,
    const float *restrict x1 /* [rows, 2, 9] */,
    const float *restrict x2 /* [rows, 2, 9] */,
    const float *restrict x3 /* [1, 27, 32] */,
    const float *restrict x4 /* [rows, 2] */,
    const float *restrict x5 /* [rows, 9] */,
    const float *restrict x6 /* [rows, 2, 9] */,
    float *restrict y0_2 /* [rows, 2, 27] */,
    float *restrict y1_2 /* [rows, 2, 27] */,
    float *restrict y2 /* [rows, 9] */,
    float *restrict y3 /* [rows, 9] */,
    float *restrict y4 /* [rows, 32] */) {
  for (size_t first = 0; first < rows; first += 24) {
    const size_t height = rows - first < 24 ? rows - first : 24;
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y3[(first + i0) * 9 + i1] = 0.0f;
        y4[(first + i0) * 32 + i1] = 0.0f;
      }
    }
    for (size_t back = 0; back < 2; back++) {
      const size_t t = 1 - back;
      for (size_t i0 = 0; i0 < height; i0++) {
        for (size_t i1 = 0; i1 < 9; i1++) {
          const float update = x0_2[(first + i0) * 54 + t * 27 + i1];
          const float reset = x0_2[(first + i0) * 54 + t * 27 + i1 + 9];
          const float candidate = x0_2[(first + i0) * 54 + t * 27 + i1 + 18];
          const float inner = x2[(first + i0) * 18 + t * 9 + i1];
          const float state = y4[(first + i0) * 32 + i1] * x5[(first + i0) * 9 + i1] + y3[(first + i0) * 9 + i1] + x6[(first + i0) * 18 + t * 9 + i1];
          const float fresh = x4[(first + i0) * 2 + t] > 0.0f ? state * (1.0f - update) * (1.0f - candidate * candidate) : 0.0f;
          const float gate = x4[(first + i0) * 2 + t] > 0.0f ? state * (x1[(first + i0) * 18 + t * 9 + i1] - candidate) * (update * (1.0f - update)) : 0.0f;
          const float opened = fresh * inner * (reset * (1.0f - reset));
          y0_2[(first + i0) * 54 + t * 27 + i1] = gate;
          y0_2[(first + i0) * 54 + t * 27 + i1 + 9] = opened;
          y0_2[(first + i0) * 54 + t * 27 + i1 + 18] = fresh;
          y1_2[(first + i0) * 54 + t * 27 + i1] = gate;
          y1_2[(first + i0) * 54 + t * 27 + i1 + 9] = opened;
          y1_2[(first + i0) * 54 + t * 27 + i1 + 18] = fresh * reset;
          y3[(first + i0) * 9 + i1] = x4[(first + i0) * 2 + t] > 0.0f ? state * update : state;
        }
      }
      check_panel_product(height, 27, 9, y1_2 + first * 54 + t * 27, 54, x3, y4 + first * 32, 32);
    }
    for (size_t i0 = 0; i0 < height; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        y2[(first + i0) * 9 + i1] = y4[(first + i0) * 32 + i1] * x5[(first + i0) * 9 + i1] + y3[(first + i0) * 9 + i1];
      }
    }
  }
}
