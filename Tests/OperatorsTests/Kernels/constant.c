/* %0: f32[2, 3] = constant {"type":{"element":"f32","shape":{"dimensions":[{"count":2,"perRow":false},{"count":3,"perRow":false}]}},"values":[1,-2,0.5,3,0,-0.25]} () */

/* y0_2[2, 3] = constant */
static void check_forward(float *restrict y0_2 /* [2, 3] */) {
  for (size_t i = 0; i < 2; i++) {
    for (size_t j = 0; j < 3; j++) {
      const float constant = (ptrdiff_t)(i * 3 + j) < 3 ? ((ptrdiff_t)(i * 3 + j) < 1 ? 1.0f : (ptrdiff_t)(i * 3 + j) < 2 ? -2.0f : 0.5f) : (ptrdiff_t)(i * 3 + j) < 4 ? 3.0f : (ptrdiff_t)(i * 3 + j) < 5 ? 0.0f : -0.25f;
      y0_2[i * 3 + j] = constant;
    }
  }
}
