/* %1: f32[rows] = argmax {} (%0) */

/* y0_2[rows] = argmax */
static void check_forward(size_t rows,
    const float *restrict x0_2 /* [rows, 4] */,
    float *restrict y0_2 /* [rows] */) {
  for (size_t i0 = 0; i0 < rows; i0++) {
    float largest = x0_2[i0 * 4];
    float position = 0.0f;
    for (size_t j = 0; j < 4; j++) {
      if (x0_2[i0 * 4 + j] > largest) {
        largest = x0_2[i0 * 4 + j];
        position = (float)j;
      }
    }
    y0_2[i0] = position;
  }
}
