/* %4, %4.1: f32[rows, 6, 5, 2], f32[rows, 5, 6] = attention {"block":3,"isCausal":true,"scale":0.4891105001002003} (%0, %1, %2, %3) */

/* y0_2[rows, 6, 5, 2], y1_2[rows, 5, 6] = attention */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 6, 5, 3] */,
    const float *restrict x1 /* [rows, 2, 1, 3] */,
    const float *restrict x2 /* [rows, 2, 1, 2] */,
    const float *restrict x3 /* [rows, 2] */,
    float *restrict y0_2 /* [rows, 6, 5, 2] */,
    float *restrict y1_2 /* [rows, 5, 6] */) {
  for (size_t unit = 0; unit < rows * 5; unit++) {
    const size_t row = unit / 5;
    const size_t head = unit % 5;
    const size_t key_head = head / 5;
    CHECK_ALIGNED float scores[6];
    CHECK_ALIGNED float largest[3];
    CHECK_ALIGNED float total[3];
    CHECK_ALIGNED float change[3];
    for (size_t query_tile = 0; query_tile < 2; query_tile++) {
      const size_t query = query_tile * 3;
      for (size_t i = 0; i < 3; i++) {
        largest[i] = -3.4028235e+38f;
        total[i] = 0.0f;
        for (size_t d = 0; d < 2; d++) {
          y0_2[row * 60 + (query + i) * 10 + head * 2 + d] = 0.0f;
        }
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
                    scores[j * 3 + i] = sum * 0.4891105f;
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
            scores[j * 3 + i] = -(float)INFINITY;
          }
        }
      }
      if (1 > (ptrdiff_t)query) {
        for (size_t j = 0; j < 2; j++) {
          for (size_t i = 0; i < 3; i++) {
            scores[j * 3 + i] = (ptrdiff_t)j <= (ptrdiff_t)(query + i) ? scores[j * 3 + i] : -(float)INFINITY;
          }
        }
      }
      for (size_t i = 0; i < 3; i++) {
        change[i] = largest[i];
      }
      for (size_t j = 0; j < 2; j++) {
        for (size_t i = 0; i < 3; i++) {
          largest[i] = check_maximum(largest[i], scores[j * 3 + i]);
        }
      }
      for (size_t i = 0; i < 3; i++) {
        change[i] = check_exp_falling(change[i] - largest[i]);
        total[i] = total[i] * change[i];
      }
      for (size_t j = 0; j < 2; j++) {
        for (size_t i = 0; i < 3; i++) {
          const float weight = check_exp_falling(scores[j * 3 + i] - largest[i]);
          total[i] = total[i] + weight;
          scores[j * 3 + i] = weight;
        }
      }
      {
        const check_share share = check_share_of(0, 1, 3, 2, 0);
        CHECK_ALIGNED float panel[CHECK_TILE_K * CHECK_TILE_N];
        size_t k0 = 0;
        do {
          const size_t depth = 2 - k0 < CHECK_TILE_K ? 2 - k0 : CHECK_TILE_K;
          const check_runs along = {depth, 1, 0, 1, 0};
          for (size_t first = share.top; first < share.bottom; first += CHECK_LINES) {
            const size_t last = share.bottom - first < CHECK_LINES ? share.bottom : first + CHECK_LINES;
            for (size_t n0 = share.left; n0 < share.right; n0 += CHECK_TILE_N) {
              const size_t width = 2 - n0 < CHECK_TILE_N ? 2 - n0 : CHECK_TILE_N;
              check_pack(depth, width, x2 + row * 4 + key_head * 2 + k0 * 2 + n0, 2, 1, panel);
              for (size_t m0 = first, height = 0; m0 < last; m0 += height) {
                height = check_height(last - m0);
                CHECK_ALIGNED float tile[CHECK_TILE_M * CHECK_TILE_N];
                check_tile_new(&along, height, width, scores + m0 + k0 * 3, 1, 3, panel, tile, CHECK_TILE_N);
                for (size_t r = 0; r < height; r++) {
                  CHECK_ROLLED for (size_t s = 0; s < width; s++) {
                    const size_t i = m0 + r, d = n0 + s;
                    const float sum = tile[r * CHECK_TILE_N + s];
                    y0_2[row * 60 + (query + i) * 10 + head * 2 + d] = y0_2[row * 60 + (query + i) * 10 + head * 2 + d] * change[i] + sum;
                  }
                }
              }
            }
          }
        } while ((k0 += CHECK_TILE_K) < 2);
      }
      for (size_t i = 0; i < 3; i++) {
        const float inverse = total[i] == 0.0f ? 0.0f : 1.0f / total[i];
        for (size_t d = 0; d < 2; d++) {
          y0_2[row * 60 + (query + i) * 10 + head * 2 + d] = y0_2[row * 60 + (query + i) * 10 + head * 2 + d] * inverse;
        }
        y1_2[row * 30 + head * 6 + query + i] = total[i] == 0.0f ? 3.4028235e+38f : largest[i] + check_log(total[i]);
      }
    }
  }
}
