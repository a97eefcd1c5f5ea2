/* The joins of fold.c: the same bits as halves joined in plain loops, and a NaN wherever it stands. */
#include "check.h"
#include "templates.h"

typedef model_real two(model_real a, model_real b);

static model_real in_halves(const model_real *lanes, two *combine) {
  model_real rest[16];
  memcpy(rest, lanes, sizeof rest);
  for (size_t half = 8; half > 0; half /= 2)
    for (size_t i = 0; i < half; i++) rest[i] = combine(rest[i], rest[i + half]);
  return rest[0];
}

static int same(model_real a, model_real b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

static void check_joins(const model_real *lanes) {
  CHECK(same(model_join_sum(lanes), in_halves(lanes, model_plus)), "sum");
  CHECK(same(model_join_maximum(lanes), in_halves(lanes, model_maximum)), "maximum");
  CHECK(same(model_join_minimum(lanes), in_halves(lanes, model_minimum)), "minimum");
}

int main(void) {
  model_real lanes[16];
  for (uint64_t draw = 0; draw < 1000; draw++) {
    for (uint64_t i = 0; i < 16; i++) lanes[i] = model_uniform(1, 1, draw, i) - (model_real)0.5;
    check_joins(lanes);
    lanes[draw % 16] = draw & 16 ? (model_real)INFINITY : (model_real)-INFINITY;
    check_joins(lanes);
    lanes[draw % 16] = (model_real)NAN;
    check_joins(lanes);
    CHECK(isnan(model_join_maximum(lanes)) && isnan(model_join_minimum(lanes)), "NaN in %d", (int)(draw % 16));
  }
  return failures != 0;
}
