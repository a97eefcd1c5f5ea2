/* %1: f32[3, 3, 1, 3] = winograd_taps {"filters":3,"scheme":{"height":3,"width":3}} (%0) */

/* y0_2[3, 3, 1, 3] = winograd_taps */
static void check_forward(const float *restrict x0_2 /* [1, 16, 1, 32] */,
    float *restrict y0_2 /* [3, 3, 1, 3] */) {
  for (size_t i1 = 0; i1 < 3; i1++) {
    const float m00 = x0_2[i1];
    const float m01 = x0_2[i1 + 32];
    const float m02 = x0_2[i1 + 64];
    const float m03 = x0_2[i1 + 96];
    const float t00 = m00 + (m01 + m02) * 0.5f;
    const float t01 = (m01 - m02) * 0.5f;
    const float t02 = (m01 + m02) * 0.5f + m03;
    const float m10 = x0_2[i1 + 128];
    const float m11 = x0_2[i1 + 160];
    const float m12 = x0_2[i1 + 192];
    const float m13 = x0_2[i1 + 224];
    const float t10 = m10 + (m11 + m12) * 0.5f;
    const float t11 = (m11 - m12) * 0.5f;
    const float t12 = (m11 + m12) * 0.5f + m13;
    const float m20 = x0_2[i1 + 256];
    const float m21 = x0_2[i1 + 288];
    const float m22 = x0_2[i1 + 320];
    const float m23 = x0_2[i1 + 352];
    const float t20 = m20 + (m21 + m22) * 0.5f;
    const float t21 = (m21 - m22) * 0.5f;
    const float t22 = (m21 + m22) * 0.5f + m23;
    const float m30 = x0_2[i1 + 384];
    const float m31 = x0_2[i1 + 416];
    const float m32 = x0_2[i1 + 448];
    const float m33 = x0_2[i1 + 480];
    const float t30 = m30 + (m31 + m32) * 0.5f;
    const float t31 = (m31 - m32) * 0.5f;
    const float t32 = (m31 + m32) * 0.5f + m33;
    y0_2[i1] = t00 + (t10 + t20) * 0.5f;
    y0_2[i1 + 9] = (t10 - t20) * 0.5f;
    y0_2[i1 + 18] = (t10 + t20) * 0.5f + t30;
    y0_2[i1 + 3] = t01 + (t11 + t21) * 0.5f;
    y0_2[i1 + 12] = (t11 - t21) * 0.5f;
    y0_2[i1 + 21] = (t11 + t21) * 0.5f + t31;
    y0_2[i1 + 6] = t02 + (t12 + t22) * 0.5f;
    y0_2[i1 + 15] = (t12 - t22) * 0.5f;
    y0_2[i1 + 24] = (t12 + t22) * 0.5f + t32;
  }
}
