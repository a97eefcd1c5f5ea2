import CompilerDriver
import Foundation
import Testing

/// `NAME_stream` in a program of its own: rows beside each other, states that a reset takes away, the end of a stream.
@Suite struct StreamingProgramTests {
  private static let program = """
    #include "m.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 3, STEPS = 7, SIZE = 1 << 20 };

    int main(void) {
      static int32_t x[ROWS][STEPS], step[ROWS];
      static float whole[ROWS][STEPS][6], now[ROWS][6];
      m_parameters *parameters;
      m_context *context;
      void *memory[2] = {NULL, NULL};
      for (int i = 0; i < 2; i++) if (posix_memalign(&memory[i], M_ALIGNMENT, SIZE)) return 1;
      memset(memory[1], 0xFF, SIZE);
      if (m_parameters_init(memory[0], SIZE, 1, &parameters)) return 1;
      if (m_context_init(memory[1], M_CONTEXT_BYTES(ROWS), &(m_config){.max_rows = ROWS}, &context)) return 1;
      for (int i = 0; i < ROWS * STEPS; i++) x[i / STEPS][i % STEPS] = i * 5 % 6;
      m_inputs all = {x[0]}, one = {step};
      m_outputs outputs = {whole[0][0]}, current = {now[0]};
      if (m_predict(context, parameters, ROWS, &all, &outputs)) return 2;
      for (int round = 0; round < 2; round++) {
        for (int t = 0; t < STEPS; t++) {
          for (int row = 0; row < ROWS; row++) step[row] = x[row][t];
          if (m_stream(context, parameters, ROWS, &one, &current)) return 3;
          for (int row = 0; row < ROWS; row++)
            for (int i = 0; i < 6; i++)
              if (!(fabsf(now[row][i] - whole[row][t][i]) < 1e-5f)) return 4;
        }
        if (m_stream(context, parameters, ROWS, &one, &current) != M_ERROR_STEPS) return 5;
        m_reset_state(context);
      }
      step[1] = 6;
      if (m_stream(context, parameters, ROWS, &one, &current) != M_ERROR_LABEL) return 6;
      if (m_stream(context, parameters, ROWS + 1, &one, &current) != M_ERROR_ROWS) return 7;
      if (m_stream(context, parameters, 0, &one, &current) != M_ERROR_ROWS) return 8;
      if (m_stream(context, parameters, 1, &one, NULL) != M_ERROR_ARGUMENT) return 9;
      m_reset_state(NULL);
      puts(M_STREAMS ? "the same" : "no stream");
      return 0;
    }
    """

  @Test(arguments: ["clang", "gcc"]) func stepsRowsAndEnds(compiler: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try """
    import DLC
    let model = Model("m", input: .tokens(length: 7)) {
      Embedding(vocabulary: 6, dimension: 8)
      PositionEmbedding(maximumLength: 7)
      Conv1D(8, kernelSize: 3, padding: .causal, activation: .relu)
      GRU(7, returnSequences: true)
      LSTM(9, returnSequences: true)
      Dense(6, activation: .softmax)
    }

    """.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    try ("#define _POSIX_C_SOURCE 200809L\n" + Self.program).write(
      toFile: path("main.c"), atomically: true, encoding: .utf8)
    var options = CompileOptions(model: path("model.swift"))
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    options.inferenceOnly = true
    _ = try await Compiler.compile(options)
    _ = try Program.run(
      "/usr/bin/env",
      [
        compiler, "-std=c99", "-O0", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
        "-fsanitize=address,undefined", path("main.c"), path("m.c"), "-I" + folder.path, "-lm", "-o", path("program"),
      ])
    #expect(try Program.run(path("program"), []) == "the same\n")
  }
}
