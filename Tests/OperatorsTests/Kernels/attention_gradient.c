/* %7, %7.1, %7.2: f32[rows, 6, 5, 3], f32[rows, 2, 1, 3], f32[rows, 2, 1, 2] = attention_gradient {"forward":{"block":3,"isCausal":true,"scale":0.4891105001002003}} (%0, %1, %2, %3, %4, %5, %6) */

/* y0_2[rows, 6, 5, 3], y1_2[rows, 2, 1, 3], y2[rows, 2, 1, 2] = attention_gradient */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const float *restrict x1 /* [rows, 2, 1, 3] */,
    const float *restrict x2 /* [rows, 2, 1, 2] */,
    const float *restrict x3 /* [rows, 2] */,
    const float *restrict x4 /* [rows, 6, 5, 2] */,
    const float *restrict x5 /* [rows, 5, 6] */,
    const float *restrict x6 /* [rows, 6, 5, 2] */,
    float *restrict y0_2 /* [rows, 6, 5, 3] */,
    float *restrict y1_2 /* [rows, 2, 1, 3] */,
    float *restrict y2 /* [rows, 2, 1, 2] */) {
  for (size_t unit = 0; unit < rows; unit++) {
    const size_t row = unit;
    const size_t key_head = 0;
    CHECK_ALIGNED float weights[6];
    CHECK_ALIGNED float flows[6];
    CHECK_ALIGNED float delta[3];
    for (size_t i = 0; i < 2; i++) {
      for (size_t d = 0; d < 3; d++) {
        y1_2[row * 6 + i * 3 + key_head * 3 + d] = 0.0f;
      }
    }
    for (size_t i = 0; i < 2; i++) {
      for (size_t d = 0; d < 2; d++) {
        y2[row * 4 + i * 2 + key_head * 2 + d] = 0.0f;
      }
    }
    for (size_t member = 0; member < 5; member++) {
      const size_t head = key_head * 5 + member;
      for (size_t i = 0; i < 6; i++) {
        for (size_t d = 0; d < 3; d++) {
          y0_2[row * 90 + i * 15 + head * 3 + d] = 0.0f;
        }
      }
      for (size_t query_tile = 0; query_tile < 2; query_tile++) {
        const size_t query = query_tile * 3;
        for (size_t i = 0; i < 3; i++) {
          float total = 0.0f;
          for (size_t d = 0; d < 2; d++) {
            total += x6[row * 60 + (query + i) * 10 + head * 2 + d] * x4[row * 60 + (query + i) * 10 + head * 2 + d];
          }
          delta[i] = total;
        }
        {
          const check_share share = check_share_of(0, 1, 2, 3, 0);
          CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
          size_t k0 = 0;
          do {
            const size_t depth = 3 - k0 < CHECK_TILE_K ? 3 - k0 : CHECK_TILE_K;
            const check_runs along = {depth, 1, 0, 1, 0};
            for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
              const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
              for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
                const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
                check_pack(depth, width, x0_2 + row * 90 + query * 15 + head * 3 + k0 + n0 * 15, 1, 15, panel);
                for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                  height = check_height(last - m0);
                  CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                  check_tile_new(&along, height, width, x1 + row * 6 + key_head * 3 + m0 * 3 + k0, 3, 1, panel, tile, CHECK_TILE_N);
                  for (size_t r = 0; r < height; r++) {
                    CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                      const size_t j = m0 + r, i = n0 + s;
                      const float sum = tile[r * CHECK_TILE_N + s];
                      weights[j * 3 + i] = check_exp_falling(sum * 0.4891105f - x5[row * 30 + head * 6 + query + i]);
                    }
                  }
                }
              }
            }
          } while ((k0 += CHECK_TILE_K) < 3);
        }
        for (size_t j = 0; j < 2; j++) {
          if (x3[row * 2 + j] <= 0.0f) {
            for (size_t i = 0; i < 3; i++) {
              weights[j * 3 + i] = 0.0f;
            }
          }
        }
        if (1 > (ptrdiff_t)query) {
          for (size_t j = 0; j < 2; j++) {
            for (size_t i = 0; i < 3; i++) {
              weights[j * 3 + i] = (ptrdiff_t)j <= (ptrdiff_t)(query + i) ? weights[j * 3 + i] : 0.0f;
            }
          }
        }
        {
          const check_share share = check_share_of(0, 1, 2, 3, 0);
          CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
          size_t k0 = 0;
          do {
            const size_t depth = 2 - k0 < CHECK_TILE_K ? 2 - k0 : CHECK_TILE_K;
            const check_runs along = {depth, 1, 0, 1, 0};
            for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
              const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
              for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
                const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
                check_pack(depth, width, x6 + row * 60 + query * 10 + head * 2 + k0 + n0 * 10, 1, 10, panel);
                for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                  height = check_height(last - m0);
                  CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                  check_tile_new(&along, height, width, x2 + row * 4 + key_head * 2 + m0 * 2 + k0, 2, 1, panel, tile, CHECK_TILE_N);
                  for (size_t r = 0; r < height; r++) {
                    CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                      const size_t j = m0 + r, i = n0 + s;
                      const float sum = tile[r * CHECK_TILE_N + s];
                      flows[j * 3 + i] = weights[j * 3 + i] * (sum - delta[i]) * 0.4891105f;
                    }
                  }
                }
              }
            }
          } while ((k0 += CHECK_TILE_K) < 2);
        }
        {
          const check_share share = check_share_of(0, 1, 2, 2, 0);
          CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
          size_t k0 = 0;
          do {
            const size_t depth = 3 - k0 < CHECK_TILE_K ? 3 - k0 : CHECK_TILE_K;
            const check_runs along = {depth, 1, 0, 1, 0};
            for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
              const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
              for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
                const size_t width = 2 - n0 < CHECK_TILE_N ? 2 - n0 : CHECK_TILE_N;
                check_pack(depth, width, x6 + row * 60 + query * 10 + head * 2 + k0 * 10 + n0, 10, 1, panel);
                for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                  height = check_height(last - m0);
                  CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                  check_tile_new(&along, height, width, weights + m0 * 3 + k0, 3, 1, panel, tile, CHECK_TILE_N);
                  for (size_t r = 0; r < height; r++) {
                    CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                      const size_t j = m0 + r, d = n0 + s;
                      const float sum = tile[r * CHECK_TILE_N + s];
                      y2[row * 4 + j * 2 + key_head * 2 + d] += sum;
                    }
                  }
                }
              }
            }
          } while ((k0 += CHECK_TILE_K) < 3);
        }
        {
          const check_share share = check_share_of(0, 1, 2, 3, 0);
          CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
          size_t k0 = 0;
          do {
            const size_t depth = 3 - k0 < CHECK_TILE_K ? 3 - k0 : CHECK_TILE_K;
            const check_runs along = {depth, 1, 0, 1, 0};
            for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
              const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
              for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
                const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
                check_pack(depth, width, x0_2 + row * 90 + query * 15 + head * 3 + k0 * 15 + n0, 15, 1, panel);
                for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                  height = check_height(last - m0);
                  CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                  check_tile_new(&along, height, width, flows + m0 * 3 + k0, 3, 1, panel, tile, CHECK_TILE_N);
                  for (size_t r = 0; r < height; r++) {
                    CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                      const size_t j = m0 + r, d = n0 + s;
                      const float sum = tile[r * CHECK_TILE_N + s];
                      y1_2[row * 6 + j * 3 + key_head * 3 + d] += sum;
                    }
                  }
                }
              }
            }
          } while ((k0 += CHECK_TILE_K) < 3);
        }
        {
          const check_share share = check_share_of(0, 1, 3, 3, 0);
          CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
          size_t k0 = 0;
          do {
            const size_t depth = 2 - k0 < CHECK_TILE_K ? 2 - k0 : CHECK_TILE_K;
            const check_runs along = {depth, 1, 0, 1, 0};
            for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
              const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
              for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
                const size_t width = 3 - n0 < CHECK_TILE_N ? 3 - n0 : CHECK_TILE_N;
                check_pack(depth, width, x1 + row * 6 + key_head * 3 + k0 * 3 + n0, 3, 1, panel);
                for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                  height = check_height(last - m0);
                  CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                  check_tile_new(&along, height, width, flows + m0 + k0 * 3, 1, 3, panel, tile, CHECK_TILE_N);
                  for (size_t r = 0; r < height; r++) {
                    CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                      const size_t i = m0 + r, d = n0 + s;
                      const float sum = tile[r * CHECK_TILE_N + s];
                      y0_2[row * 90 + (query + i) * 15 + head * 3 + d] += sum;
                    }
                  }
                }
              }
            }
          } while ((k0 += CHECK_TILE_K) < 2);
        }
      }
    }
  }
}
