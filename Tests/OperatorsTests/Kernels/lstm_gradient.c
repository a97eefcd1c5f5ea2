/* %7, %7.1, %7.2: f32[rows, 2, 36], f32[rows, 9], f32[rows, 9] = lstm_gradient {"activation":"tanh","given":[true,true,true],"hasStart":true,"recurrentActivation":"sigmoid"} (%0, %1, %2, %3, %4, %5, %6) */

/* y0_2[rows, 2, 36], y1_2[rows, 9], y2[rows, 9] = lstm_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 2, 36] */,
    const float *restrict x1 /* [rows, 2, 9] */,
    const float *restrict x2 /* [9, 36] */,
    const float *restrict x3 /* [rows, 2, 9] */,
    const float *restrict x4 /* [rows, 2, 36] */,
    const float *restrict x5 /* [rows, 2, 9] */,
    const float *restrict x6 /* [rows, 9] */,
    float *restrict y0_2 /* [rows, 2, 36] */,
    float *restrict y1_2 /* [rows, 9] */,
    float *restrict y2 /* [rows, 9] */) {
  for (size_t z0 = 0; z0 < rows; z0++) {
    for (size_t z1 = 0; z1 < 9; z1++) {
      y1_2[z0 * 9 + z1] = 0.0f;
      y2[z0 * 9 + z1] = 0.0f;
    }
  }
  for (size_t back = 0; back < 1; back++) {
    const size_t t = 1 - back;
    for (size_t i0 = 0; i0 < rows; i0++) {
      for (size_t i1 = 0; i1 < 9; i1++) {
        const float input = x0_2[i0 * 72 + t * 36 + i1];
        const float forget = x0_2[i0 * 72 + t * 36 + i1 + 9];
        const float candidate = x0_2[i0 * 72 + t * 36 + i1 + 18];
        const float out = x0_2[i0 * 72 + t * 36 + i1 + 27];
        const float bent = check_tanh(x1[i0 * 18 + t * 9 + i1]);
        const float state = y1_2[i0 * 9 + i1] + x3[i0 * 18 + t * 9 + i1];
        const float cell = y2[i0 * 9 + i1] + state * out * (1.0f - bent * bent) + x5[i0 * 18 + t * 9 + i1];
        y0_2[i0 * 72 + t * 36 + i1] = (cell * candidate + x4[i0 * 72 + t * 36 + i1]) * (input * (1.0f - input));
        y0_2[i0 * 72 + t * 36 + i1 + 9] = (cell * x1[i0 * 18 + (t - 1) * 9 + i1] + x4[i0 * 72 + t * 36 + i1 + 9]) * (forget * (1.0f - forget));
        y0_2[i0 * 72 + t * 36 + i1 + 18] = (cell * input + x4[i0 * 72 + t * 36 + i1 + 18]) * (1.0f - candidate * candidate);
        y0_2[i0 * 72 + t * 36 + i1 + 27] = (state * bent + x4[i0 * 72 + t * 36 + i1 + 27]) * (out * (1.0f - out));
        y2[i0 * 9 + i1] = cell * forget;
      }
    }
    const check_share share = check_share_of(0, 1, rows, 9, 0);
    CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
    size_t k0 = 0;
    do {
      const size_t depth = 36 - k0 < CHECK_TILE_K ? 36 - k0 : CHECK_TILE_K;
      for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
        const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
        for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
          const size_t width = 9 - n0 < CHECK_TILE_N ? 9 - n0 : CHECK_TILE_N;
          check_pack(depth, width, x2 + k0 + n0 * 36, 1, 36, panel);
          for (size_t m0 = first; m0 < last; m0 += CHECK_TILE_M) {
            const size_t height = last - m0 < CHECK_TILE_M ? last - m0 : CHECK_TILE_M;
            CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N] = {0};
            check_tile(depth, height, width, y0_2 + t * 36 + m0 * 72 + k0, 72, 1, panel, tile);
            for (size_t r = 0; r < height; r++)
              for (size_t s = 0; s < width; s++) y1_2[(m0 + r) * 9 + n0 + s] = tile[r * CHECK_TILE_N + s];
          }
        }
      }
    } while ((k0 += CHECK_TILE_K) < 36);
  }
  for (size_t i0 = 0; i0 < rows; i0++) {
    for (size_t i1 = 0; i1 < 9; i1++) {
      const float input = x0_2[i0 * 72 + i1];
      const float forget = x0_2[i0 * 72 + i1 + 9];
      const float candidate = x0_2[i0 * 72 + i1 + 18];
      const float out = x0_2[i0 * 72 + i1 + 27];
      const float bent = check_tanh(x1[i0 * 18 + i1]);
      const float state = y1_2[i0 * 9 + i1] + x3[i0 * 18 + i1];
      const float cell = y2[i0 * 9 + i1] + state * out * (1.0f - bent * bent) + x5[i0 * 18 + i1];
      y0_2[i0 * 72 + i1] = (cell * candidate + x4[i0 * 72 + i1]) * (input * (1.0f - input));
      y0_2[i0 * 72 + i1 + 9] = (cell * x6[i0 * 9 + i1] + x4[i0 * 72 + i1 + 9]) * (forget * (1.0f - forget));
      y0_2[i0 * 72 + i1 + 18] = (cell * input + x4[i0 * 72 + i1 + 18]) * (1.0f - candidate * candidate);
      y0_2[i0 * 72 + i1 + 27] = (state * bent + x4[i0 * 72 + i1 + 27]) * (out * (1.0f - out));
      y2[i0 * 9 + i1] = cell * forget;
    }
  }
}
