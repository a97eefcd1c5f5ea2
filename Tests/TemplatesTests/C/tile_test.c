/*
 * The matrix product against naive sums in double, for every height and for widths and depths about the sizes of tiles; every
 * operand ends at a page that may not be touched. Bits may not depend on how the work is cut.
 */
#define _DEFAULT_SOURCE
#include "check.h"
#include "templates.h"
#include <sys/mman.h>
#include <unistd.h>

/* count values, behind which (end) or before which lies a guard page */
static model_real *guarded(size_t count, int end) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (count * sizeof(model_real) + page - 1) / page * page;
  char *memory = mmap(NULL, bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || (bytes && mprotect(memory + page, bytes, PROT_READ | PROT_WRITE))) abort();
  model_real *values = (model_real *)(void *)(memory + page + (end ? bytes - count * sizeof(model_real) : 0));
  return values;
}

static void release(model_real *values, size_t count) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (count * sizeof(model_real) + page - 1) / page * page;
  char *begin = (char *)values - (uintptr_t)values % page - page;
  munmap(begin, bytes + 2 * page);
}

static void draw(model_real *values, size_t count, uint32_t purpose) {
  for (size_t i = 0; i < count; i++) values[i] = model_uniform(1, purpose, 0, i) - (model_real)0.5;
}

/* C += A · B as a kernel that dlc prints does it, with these sizes of tiles */
static void multiply(size_t m, size_t n, size_t depth, const model_real *a, size_t row_stride, size_t a_stride, const model_real *b,
                     size_t b_stride, size_t width_stride, model_real *c, size_t tile_m, size_t tile_k) {
  static model_real panel[MODEL_TILE_K * MODEL_TILE_N] MODEL_ALIGNED;
  model_real tile[MODEL_TILE_M * MODEL_TILE_N] MODEL_ALIGNED;
  for (size_t n0 = 0; n0 < n; n0 += MODEL_TILE_N) {
    size_t width = n - n0 < MODEL_TILE_N ? n - n0 : MODEL_TILE_N;
    for (size_t k0 = 0; k0 < depth; k0 += tile_k) {
      size_t k = depth - k0 < tile_k ? depth - k0 : tile_k;
      model_pack(k, width, b + k0 * b_stride + n0 * width_stride, b_stride, width_stride, panel);
      for (size_t m0 = 0; m0 < m; m0 += tile_m) {
        size_t height = m - m0 < tile_m ? m - m0 : tile_m;
        memset(tile, 0, sizeof tile);
        for (size_t i = 0; i < height; i++) memcpy(tile + i * MODEL_TILE_N, c + (m0 + i) * n + n0, width * sizeof *tile);
        const model_real *from = a + m0 * row_stride + k0 * a_stride;
        if (a_stride == 1 && tile_k < MODEL_TILE_K) model_tile_ahead(k, height, width, from, row_stride, panel, MODEL_TILE_N, tile, panel + k * MODEL_TILE_N, 5);
        else if (row_stride == 1 && width == MODEL_TILE_N) model_tile_across(1, k, height, from, a_stride, panel, tile, MODEL_TILE_N);
        else model_tile(k, height, width, from, row_stride, a_stride, panel, tile);
        for (size_t i = 0; i < height; i++) memcpy(c + (m0 + i) * n + n0, tile + i * MODEL_TILE_N, width * sizeof *tile);
      }
    }
  }
}

/* One row at a time with a B that is packed, its columns in two shares. */
static void multiply_packed(size_t m, size_t n, size_t depth, const model_real *a, size_t row_stride, size_t a_stride, const model_real *b,
                            size_t b_stride, size_t width_stride, model_real *c, int end) {
  const size_t panels = (n + MODEL_TILE_N - 1) / MODEL_TILE_N, padded = panels * MODEL_TILE_N, middle = panels / 2 * MODEL_TILE_N;
  model_real *packed = guarded(padded * depth, end);
  for (size_t k0 = 0; k0 < depth; k0 += MODEL_TILE_K) {
    const size_t k = depth - k0 < MODEL_TILE_K ? depth - k0 : MODEL_TILE_K;
    for (size_t n0 = 0; n0 < n; n0 += MODEL_TILE_N)
      model_pack(k, n - n0 < MODEL_TILE_N ? n - n0 : MODEL_TILE_N, b + k0 * b_stride + n0 * width_stride, b_stride, width_stride,
                 packed + k0 * padded + n0 * k);
  }
  /* Of a panel of one vector the second is not packed, nor does it count. */
  for (size_t i = 0; i < m; i++) {
    model_line(depth, n, 0, middle, a + i * row_stride, a_stride, packed, c + i * n);
    model_line(depth, n, middle, n, a + i * row_stride, a_stride, packed, c + i * n);
  }
  release(packed, padded * depth);
}

static void check_product(size_t m, size_t n, size_t depth, int a_transposed, int b_transposed, int end) {
  const size_t row_stride = a_transposed ? 1 : depth, a_stride = a_transposed ? m : 1;
  const size_t b_stride = b_transposed ? 1 : n, width_stride = b_transposed ? depth : 1;
  model_real *a = guarded(m * depth, end), *b = guarded(depth * n, end), *start = guarded(m * n, end);
  model_real *c = guarded(m * n, end), *other = guarded(m * n, end);
  draw(a, m * depth, 1), draw(b, depth * n, 2), draw(start, m * n, 3);

  memcpy(c, start, m * n * sizeof *c);
  multiply(m, n, depth, a, row_stride, a_stride, b, b_stride, width_stride, c, MODEL_TILE_M, MODEL_TILE_K);
  const double epsilon = sizeof(model_real) == 4 ? 6e-8 : 1.2e-16;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = (double)start[i * n + j], size = fabs(sum);
      for (size_t k = 0; k < depth; k++) {
        double product = (double)a[i * row_stride + k * a_stride] * (double)b[k * b_stride + j * width_stride];
        sum += product, size += fabs(product);
      }
      double error = fabs((double)c[i * n + j] - sum);
      CHECK(error <= size * epsilon * (sqrt((double)depth) + 2), "%zux%zux%zu (%d %d): C[%zu][%zu] off by %g", m, n, depth, a_transposed,
            b_transposed, i, j, error);
    }

  memcpy(other, start, m * n * sizeof *c);
  multiply(m, n, depth, a, row_stride, a_stride, b, b_stride, width_stride, other, 1, 7);
  CHECK(memcmp(c, other, m * n * sizeof *c) == 0, "%zux%zux%zu: bits depend on rows or panels", m, n, depth);
  memset(c, 0, m * n * sizeof *c);
  multiply(m, n, depth, a, row_stride, a_stride, b, b_stride, width_stride, c, MODEL_TILE_M, MODEL_TILE_K);
  draw(other, m * n, 3);
  multiply_packed(m, n, depth, a, row_stride, a_stride, b, b_stride, width_stride, other, end);
  CHECK(memcmp(c, other, m * n * sizeof *c) == 0, "%zux%zux%zu: lines have other bits", m, n, depth);
  if (!b_transposed && n % MODEL_TILE_N == 0) {
    for (size_t rows = 1; rows <= MODEL_SOME && rows <= m; rows++) {
      draw(other, m * n, 3);
      for (size_t i = 0; i < m; i += rows)
        model_some(m - i < rows ? m - i : rows, depth, n, a + i * row_stride, row_stride, a_stride, b, n, other + i * n, n);
      CHECK(memcmp(c, other, m * n * sizeof *c) == 0, "%zux%zux%zu: some rows, %zu, have other bits", m, n, depth, rows);
    }
  }
  if (!b_transposed) {
    for (size_t rows = 1; rows <= MODEL_FEW && rows <= m; rows++) {
      draw(other, m * n, 3);
      for (size_t i = 0; i < m; i += rows)
        model_few(m - i < rows ? m - i : rows, depth, n, a + i * row_stride, row_stride, a_stride, b, n, other + i * n, n);
      CHECK(memcmp(c, other, m * n * sizeof *c) == 0, "%zux%zux%zu: %zu rows have other bits", m, n, depth, rows);
    }
  }
  release(a, m * depth), release(b, depth * n), release(start, m * n), release(c, m * n), release(other, m * n);
}

/* What pack writes is the panel, and 0 to its right as far as the vectors reach that the width begins. */
static void check_panel(size_t depth, size_t width, size_t depth_stride, size_t width_stride) {
  static model_real source[65 * 65], panel[64 * MODEL_TILE_N] MODEL_ALIGNED;
  draw(source, 65 * 65, 4);
  for (size_t i = 0; i < 64 * MODEL_TILE_N; i++) panel[i] = 9;
  model_pack(depth, width, source, depth_stride, width_stride, panel);
  for (size_t k = 0; k < depth; k++)
    for (size_t j = 0; j < (width > MODEL_LANES ? MODEL_TILE_N : MODEL_LANES); j++) {
      double expected = j < width ? (double)source[k * depth_stride + j * width_stride] : 0;
      CHECK((double)panel[k * MODEL_TILE_N + j] == expected, "panel %zux%zu (%zu, %zu): [%zu][%zu]", depth, width, depth_stride, width_stride, k, j);
    }
}

static void check_transposed(size_t rows, size_t columns) {
  static model_real from[41 * 43], to[41 * 43];
  draw(from, 41 * 43, 5);
  for (size_t i = 0; i < 41 * 43; i++) to[i] = 9;
  model_transposed(rows, columns, from, 43, to, 41);
  for (size_t j = 0; j < 43; j++)
    for (size_t i = 0; i < 41; i++) {
      const double expected = i < rows && j < columns ? (double)from[i * 43 + j] : 9;
      CHECK((double)to[j * 41 + i] == expected, "%zux%zu transposed: [%zu][%zu]", rows, columns, j, i);
    }
}

/* Parts make every element once. */
static void check_shares(size_t m, size_t n, size_t parts, int by_columns) {
  static unsigned char made[64 * 100];
  memset(made, 0, sizeof made);
  for (size_t part = 0; part < parts; part++) {
    const model_share share = model_share_of(part, parts, m, n, by_columns);
    for (size_t i = share.top; i < share.bottom; i++)
      for (size_t j = share.left; j < share.right; j++) made[i * n + j]++;
    CHECK(!by_columns || (share.top == 0 && share.bottom == m), "%zux%zu: part %zu of %zu has not all lines", m, n, part, parts);
  }
  for (size_t i = 0; i < m * n; i++) CHECK(made[i] == 1, "%zux%zu: element %zu is made by %d of %zu parts", m, n, i, made[i], parts);
}

/* Parts have each column once, in whole vectors. */
static void check_columns(size_t n, size_t parts) {
  size_t next = 0;
  for (size_t part = 0; part < parts; part++) {
    const model_share share = model_columns_of(part, parts, n);
    CHECK(share.left == next || share.left >= share.right, "%zu columns: part %zu of %zu begins at %zu", n, part, parts, share.left);
    CHECK(share.left % MODEL_LANES == 0 || share.left >= share.right, "%zu columns: part %zu of %zu begins within a vector", n, part, parts);
    if (share.left < share.right) next = share.right;
  }
  CHECK(next == n, "%zu columns: %zu parts end at %zu", n, parts, next);
}

/* Neither stride is 1. */
static void check_strides(void) {
  enum { M = 5, N = 21, K = 19 };
  model_real a[M * K * 2], b[K * N * 3], c[M * N] = {0}, packed_a[M * K], packed_b[K * N], expected[M * N] = {0};
  draw(a, M * K * 2, 1), draw(b, K * N * 3, 2);
  for (int i = 0; i < M * K; i++) packed_a[i] = a[2 * i];
  for (int i = 0; i < K * N; i++) packed_b[i] = b[3 * i];
  multiply(M, N, K, a, 2 * K, 2, b, 3 * N, 3, c, MODEL_TILE_M, MODEL_TILE_K);
  multiply(M, N, K, packed_a, K, 1, packed_b, N, 1, expected, MODEL_TILE_M, MODEL_TILE_K);
  CHECK(memcmp(c, expected, sizeof c) == 0, "strides");
}

int main(void) {
  static const size_t widths[] = {1, 2, 3, 5, 7, 8, 11, 15, 16, 17, 23, 31, 32, 33, 61, 64, 97}, depths[] = {0, 1, 2, 3, 13, 16, 17, 37};
  for (size_t height = 1; height <= MODEL_TILE_M + 1; height++)
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
      for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
        for (int kind = 0; kind < 4; kind++) check_product(height, widths[w], depths[d], kind & 1, kind >> 1, (int)(height + w + d) & 1);
  for (int kind = 0; kind < 4; kind++) {
    check_product(29, 97, MODEL_TILE_K + 1, kind & 1, kind >> 1, 1);
    check_product(37, 4 * MODEL_TILE_N, 2 * 16 + 5, kind & 1, kind >> 1, 1);
    check_product(1, 300, 2 * MODEL_TILE_K, kind & 1, kind >> 1, 0);
    check_product(MODEL_TILE_M, 16 * MODEL_LANES + 9, 61, kind & 1, kind >> 1, 1);
  }
  for (size_t depth = 1; depth < 40; depth++)
    for (size_t width = 1; width <= MODEL_TILE_N; width++)
      check_panel(depth, width, 64, 1), check_panel(depth, width, width, 1), check_panel(depth, width, 1, 64), check_panel(depth, width, 65, 2);
  for (size_t parts = 1; parts <= 5; parts++)
    for (size_t m = 1; m <= 64; m += 7)
      for (size_t n = 1; n <= 100; n += 11) check_shares(m, n, parts, 0), check_shares(m, n, parts, 1);
  for (size_t parts = 1; parts <= 5; parts++)
    for (size_t n = 1; n <= 600; n++) check_columns(n, parts);
  for (size_t rows = 1; rows <= 41; rows++)
    for (size_t columns = 1; columns <= 43; columns++) check_transposed(rows, columns);
  check_strides();
  return failures != 0;
}
