/* Moments of what the initializers draw, and orthogonality. */
#include "check.h"
#include "templates.h"

enum { COUNT = 1 << 16 };
static model_real values[COUNT];

typedef struct moments { double mean, deviation, low, high, kurtosis; } moments;

static moments measure(void) {
  moments m = {0, 0, INFINITY, -INFINITY, 0};
  double second = 0, fourth = 0, count = (double)COUNT;
  for (int i = 0; i < COUNT; i++) m.mean += (double)values[i] / count;
  for (int i = 0; i < COUNT; i++) {
    double d = (double)values[i] - m.mean;
    second += d * d / count, fourth += d * d * d * d / count;
    m.low = fmin(m.low, (double)values[i]), m.high = fmax(m.high, (double)values[i]);
  }
  m.deviation = sqrt(second);
  m.kurtosis = fourth / (second * second);
  return m;
}

static void check_moments(void) {
  model_fill_constant(values, COUNT, 3);
  moments m = measure();
  CHECK(m.low == 3 && m.high == 3, "constant: %g to %g", m.low, m.high);

  model_fill_uniform(values, COUNT, 1, 2, -2, 4);
  m = measure();
  CHECK(fabs(m.mean - 1) < 0.03, "uniform: mean %g", m.mean);
  CHECK(fabs(m.deviation - 6 / sqrt(12)) < 0.02, "uniform: deviation %g", m.deviation);
  CHECK(m.low >= -2 && m.high <= 4 && m.low < -1.99 && m.high > 3.99, "uniform: %g to %g", m.low, m.high);

  model_fill_normal(values, COUNT, 1, 3, 5, 2);
  m = measure();
  CHECK(fabs(m.mean - 5) < 0.04 && fabs(m.deviation - 2) < 0.03, "normal: mean %g, deviation %g", m.mean, m.deviation);
  CHECK(fabs(m.kurtosis - 3) < 0.1, "normal: kurtosis %g", m.kurtosis);

  model_fill_truncated_normal(values, COUNT, 1, 4, 5, 2);
  m = measure();
  CHECK(fabs(m.mean - 5) < 0.04, "truncated normal: mean %g", m.mean);
  CHECK(fabs(m.deviation / 2 - 0.87962566103423978) < 0.01, "truncated normal: deviation %g", m.deviation);
  CHECK(m.low >= 1 && m.high <= 9, "truncated normal: %g to %g", m.low, m.high);
}

static void check_seeds(void) {
  model_real first[8], second[8];
  model_fill_normal(first, 8, 1, 1, 0, 1);
  model_fill_normal(second, 8, 1, 1, 0, 1);
  CHECK(memcmp(first, second, sizeof first) == 0, "the same seed draws other numbers");
  model_fill_normal(second, 8, 2, 1, 0, 1);
  CHECK(memcmp(first, second, sizeof first) != 0, "another seed draws the same numbers");
  model_fill_normal(second, 8, 1, 2, 0, 1);
  CHECK(memcmp(first, second, sizeof first) != 0, "another purpose draws the same numbers");
}

static void check_orthogonal(size_t rows, size_t columns) {
  const double gain = 1.5, tolerance = sizeof(model_real) == 4 ? 1e-6 : 1e-14;
  model_fill_orthogonal(values, rows, columns, 9, 1, (model_real)gain);
  const int tall = rows >= columns;
  const size_t vectors = tall ? columns : rows, length = tall ? rows : columns;
  double worst = 0;
  for (size_t i = 0; i < vectors; i++)
    for (size_t j = 0; j <= i; j++) {
      double dot = 0;
      for (size_t k = 0; k < length; k++)
        dot += (double)values[tall ? k * columns + i : i * columns + k] * (double)values[tall ? k * columns + j : j * columns + k];
      worst = fmax(worst, fabs(dot / (gain * gain) - (i == j)));
    }
  CHECK(worst < tolerance, "orthogonal %zux%zu: off by %g", rows, columns, worst);
}

static void check_identity(void) {
  model_fill_identity(values, 3, 5, 2);
  for (int i = 0; i < 15; i++) CHECK((double)values[i] == (i / 5 == i % 5 ? 2 : 0), "identity: element %d", i);
}

int main(void) {
  check_moments();
  check_seeds();
  check_orthogonal(1, 1);
  check_orthogonal(1, 9);
  check_orthogonal(9, 1);
  check_orthogonal(50, 200);
  check_orthogonal(200, 50);
  check_orthogonal(128, 128);
  check_orthogonal(33, 34);
  check_identity();
  return failures != 0;
}
