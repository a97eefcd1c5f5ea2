import KernelIR
import Testing

/// Calls of more rows than a group has: each row is the same as by itself, in memory for a group.
@Suite struct RowGroupTests {
  private static let program = """
    #include "m.h"
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 2 * M_GROUP + 3, IMAGE = 96 * 96 * 2, MAP = 96 * 96 };
    static m_real image[ROWS * IMAGE], label[ROWS * 3], scale[ROWS], alone_label[3], alone_scale[1];
    static int32_t number[ROWS];

    static m_context *context_for(size_t rows) {
      m_context *context = NULL;
      void *memory = NULL;
      m_config config = {0};
      config.max_rows = rows;
      if (posix_memalign(&memory, M_ALIGNMENT, M_CONTEXT_BYTES(rows))) return NULL;
      return m_context_init(memory, M_CONTEXT_BYTES(rows), &config, &context) == M_OK ? context : NULL;
    }

    int main(void) {
      if (M_CONTEXT_BYTES(ROWS) != M_CONTEXT_BYTES(M_GROUP) || M_CONTEXT_BYTES(1) >= M_CONTEXT_BYTES(2)) return 1;
      for (size_t i = 0; i < ROWS * IMAGE; i++) image[i] = (m_real)(i * 37 % 101) / 101 - (m_real)0.5;
      for (int i = 0; i < ROWS; i++) number[i] = i % 4;
      m_parameters *parameters = NULL;
      void *memory = NULL;
      if (posix_memalign(&memory, M_ALIGNMENT, M_PARAMETERS_BYTES)) return 2;
      if (m_parameters_init(memory, M_PARAMETERS_BYTES, 1, &parameters)) return 2;
      m_context *const many = context_for(ROWS), *const one = context_for(1);
      if (!many || !one) return 3;
      const m_inputs inputs = {image, number};
      const m_outputs outputs = {label, scale};
      for (size_t rows = ROWS; rows > M_GROUP - 2; rows -= M_GROUP / 2) {
        memset(label, 0, sizeof label);
        memset(scale, 0, sizeof scale);
        if (m_predict(many, parameters, rows, &inputs, &outputs)) return 4;
        for (size_t i = 0; i < rows; i++) {
          const m_inputs row = {image + i * IMAGE, number + i};
          const m_outputs alone = {alone_label, alone_scale};
          if (m_predict(one, parameters, 1, &row, &alone)) return 5;
          if (memcmp(alone_label, label + 3 * i, sizeof alone_label) || memcmp(alone_scale, scale + i, sizeof alone_scale)) return 6;
        }
        for (size_t i = 3 * rows; i < 3 * ROWS; i++) if (label[i] != 0) return 7;
      }
      number[ROWS - 1] = 4;
      if (m_predict(many, parameters, ROWS, &inputs, &outputs) != M_ERROR_LABEL) return 8;
      puts("the same");
      return 0;
    }
    """

  private static let model = """
    import DLC
    let image = Tensor.input("image", shape: [96, 96, 2])
    let number = Tensor.input("number", shape: .tokens(length: 1))
    var map = image
    for _ in 0..<2 { map = Conv2D(24, kernelSize: 1, activation: .relu)(map) }
    let features = concatenate([
      GlobalAveragePooling2D()(map), Flatten()(Embedding(vocabulary: 4, dimension: 3)(number)),
    ])
    let model = Model(
      "m", inputs: [image, number], outputs: ["label": Dense(3, activation: .softmax)(features), "scale": Dense(1)(features)])

    """

  @Test(arguments: [("clang", ElementType.f32), ("gcc", .f64)])
  func rowsAreAsAlone(compiler: String, element: ElementType) async throws {
    #expect(
      try await Program.embedding(
        Self.model, in: Self.program, compiler: compiler, element: element, inferenceOnly: true) == "the same\n")
  }
}
