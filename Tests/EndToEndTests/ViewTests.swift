import CompilerDriver
import Foundation
import Testing

/// `NAME_parameters_view`: the bits of weights that are read, from where they lie in a file; no view of what does not lie so, and
/// nobody who changes one.
@Suite struct ViewTests {
  private static let program = """
    #include "m.h"
    #include "m_io.h"
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 3, INPUT = 5, OUTPUT = 2 };
    static m_real x[ROWS * INPUT], y[ROWS * OUTPUT], expected[ROWS * OUTPUT], found[ROWS * OUTPUT];

    static void *memory(size_t bytes) {
      void *p = NULL;
      return posix_memalign(&p, M_ALIGNMENT, bytes) == 0 ? p : NULL;
    }

    static unsigned char *file_bytes(const char *path, size_t *size) {
      FILE *const file = fopen(path, "rb");
      unsigned char *const bytes = memory(1 << 16);
      if (!file || !bytes) exit(20);
      *size = fread(bytes, 1, 1 << 16, file);
      fclose(file);
      return bytes;
    }

    int main(int count, char **arguments) {
      const m_inputs inputs = {x};
      const m_outputs outputs = {found};
      const m_targets targets = {y};
      m_metrics metrics = {0}, again = {0};
      m_parameters *weights, *view = NULL;
      m_context *context;
      m_trainer *trainer;
      if (count != 3) return 1;
      for (int i = 0; i < ROWS * INPUT; i++) x[i] = (m_real)(i * 37 % 101) / 101;
      if (m_parameters_init(memory(M_PARAMETERS_BYTES), M_PARAMETERS_BYTES, 1, &weights)) return 2;
      if (m_context_init(memory(M_CONTEXT_BYTES(M_MAX_ROWS)), M_CONTEXT_BYTES(M_MAX_ROWS), NULL, &context)) return 2;
      if (m_predict(context, weights, ROWS, &inputs, &outputs) || m_evaluate(context, weights, ROWS, &inputs, &targets, &metrics)) return 3;
      memcpy(expected, found, sizeof found);
      if (m_save_weights(arguments[1], weights)) return 4;

      size_t size, other;
      unsigned char *const bytes = file_bytes(arguments[1], &size), *const before = memory(size + 8);
      memcpy(before, bytes, size);
      void *const place = memory(M_VIEW_BYTES);
      if (m_parameters_view(place, M_VIEW_BYTES, bytes, size, NULL) != M_ERROR_ARGUMENT) return 5;
      if (m_parameters_view(NULL, M_VIEW_BYTES, bytes, size, &view) != M_ERROR_ARGUMENT) return 5;
      if (m_parameters_view(place, M_VIEW_BYTES, NULL, size, &view) != M_ERROR_ARGUMENT) return 5;
      if (m_parameters_view(place, M_VIEW_BYTES - 1, bytes, size, &view) != M_ERROR_MEMORY) return 6;
      if (m_parameters_view(place, M_VIEW_BYTES, bytes, size - 1, &view) != M_ERROR_FORMAT) return 7;
      if (view) return 8;
      if (m_parameters_view(place, M_VIEW_BYTES, bytes, size, &view)) return 9;
      const m_real *const values = m_parameters_values(view);
      if ((const unsigned char *)values <= bytes || (const unsigned char *)values >= bytes + size) return 10;
      if (((const unsigned char *)values - bytes) % 64 != 0) return 10;
      memset(found, 0, sizeof found);
      if (m_predict(context, view, ROWS, &inputs, &outputs) || memcmp(found, expected, sizeof found) != 0) return 11;
      if (m_evaluate(context, view, ROWS, &inputs, &targets, &again) || again.loss != metrics.loss) return 11;
      if (m_parameters_prepare(view, memory(M_PREPARED_BYTES + 1), M_PREPARED_BYTES)) return 12;
      memset(found, 0, sizeof found);
      if (m_predict(context, view, 1, &inputs, &outputs) || memcmp(found, expected, OUTPUT * sizeof *found) != 0) return 12;

      void *const block = memory(M_TRAINER_BYTES(M_MAX_ROWS));
      if (m_trainer_init(block, M_TRAINER_BYTES(M_MAX_ROWS), view, NULL, &trainer) != M_ERROR_VIEW) return 13;
      if (m_parameters_load(view, before, size) != M_ERROR_VIEW || m_adapt(view, ROWS, &inputs) != M_ERROR_VIEW) return 14;
      if (memcmp(bytes, before, size) != 0) return 15;

      /* Numbers that do not begin where one could, and a file that has the weights in another order: that one is read. */
      memcpy(before + 2, bytes, size);
      if (m_parameters_view(place, M_VIEW_BYTES, before + 2, size, &view) != M_ERROR_ALIGNMENT) return 16;
      unsigned char *const exchanged = file_bytes(arguments[2], &other);
      if (m_parameters_view(place, M_VIEW_BYTES, exchanged, other, &view) != M_ERROR_FORMAT) return 17;
      if (m_parameters_load(weights, exchanged, other)) return 18;
      puts("the same");
      return 0;
    }
    """

  @Test(arguments: ["clang", "gcc"]) func weightsStayInTheirFile(compiler: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try """
    import DLC
    let model = Model("m", input: [5]) {
      Normalization()
      Dense(40, activation: .relu)
      Dense(2)
    }
    model.training = Training(loss: .meanSquaredError, optimizer: .sgd(learningRate: 0.01))

    """.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    try ("#define _POSIX_C_SOURCE 200809L\n" + Self.program).write(
      toFile: path("main.c"), atomically: true, encoding: .utf8)
    let numbers = { (count: Int) in (0..<count).map { Float($0 % 7) / 8 + 0.25 } }
    try ArrayFile.safetensors([
      ("dense_1/bias", [2], numbers(2)), ("dense/kernel", [5, 40], numbers(200)), ("dense/bias", [40], numbers(40)),
      ("dense_1/kernel", [40, 2], numbers(80)), ("normalization/mean", [5], numbers(5)),
      ("normalization/variance", [5], numbers(5)),
    ]).write(to: folder.appendingPathComponent("exchanged.safetensors"))
    var options = CompileOptions(model: path("model.swift"))
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    _ = try Program.run(
      "/usr/bin/env",
      [
        compiler, "-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
        "-fsanitize=address,undefined", path("main.c"), path("m.c"), path("m_io.c"), "-I" + folder.path, "-lm",
        "-pthread", "-o", path("program"),
      ])
    let words = [path("weights.safetensors"), path("exchanged.safetensors")]
    #expect(try Program.run(path("program"), words) == "the same\n")
  }
}
