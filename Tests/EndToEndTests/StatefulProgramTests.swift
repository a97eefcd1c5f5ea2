import CompilerDriver
import Foundation
import Testing

/// Parts of sequences through stateful layers, in a program of its own, beside the whole sequences through layers that are
/// not: what a context and a trainer keep from call to call.
@Suite struct StatefulProgramTests {
  private static let program = """
    #define _POSIX_C_SOURCE 200809L
    #include "m.h"
    #include "w.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>

    enum { ROWS = 3, STEPS = 6, SIZE = 1 << 20 };

    static int differ(float a, float b) { return !(fabsf(a - b) <= 1e-5f); }

    int main(void) {
      static float x[ROWS][STEPS][3], y[ROWS][STEPS][2], whole[ROWS][STEPS][2];
      static float x_part[ROWS][2][3], y_part[ROWS][2][2], now[ROWS][2][2];
      m_parameters *parameters;
      m_context *context;
      m_trainer *trainer;
      w_parameters *w;
      w_context *w_of;
      w_trainer *w_trains;
      void *memory[6] = {NULL};
      for (int i = 0; i < 6; i++) if (posix_memalign(&memory[i], M_ALIGNMENT, SIZE)) return 1;
      if (m_parameters_init(memory[0], SIZE, 1, &parameters) || w_parameters_init(memory[1], SIZE, 1, &w)) return 1;
      if (m_context_init(memory[2], SIZE, &(m_config){.max_rows = ROWS}, &context)) return 1;
      if (w_context_init(memory[3], SIZE, &(w_config){.max_rows = ROWS}, &w_of)) return 1;
      if (m_trainer_init(memory[4], SIZE, parameters, &(m_config){.max_rows = ROWS}, &trainer)) return 1;
      if (w_trainer_init(memory[5], SIZE, w, &(w_config){.max_rows = ROWS}, &w_trains)) return 1;
      for (int row = 0; row < ROWS; row++)
        for (int t = 0; t < STEPS; t++) {
          for (int i = 0; i < 3; i++) x[row][t][i] = (float)((row * 7 + t * 5 + i * 3) % 11) / 5 - 1;
          for (int i = 0; i < 2; i++) y[row][t][i] = (float)((row * 5 + t * 3 + i) % 7) / 7;
        }
      if (w_predict(w_of, w, ROWS, &(w_inputs){x[0][0]}, &(w_outputs){whole[0][0]})) return 2;
      w_metrics all = {0};
      if (w_train_step(w_trains, ROWS, &(w_inputs){x[0][0]}, &(w_targets){y[0][0]}, &all)) return 2;
      for (int round = 0; round < 2; round++) {
        double loss = 0;
        for (int part = 0; part < STEPS; part += 2) {
          for (int row = 0; row < ROWS; row++)
            for (int t = 0; t < 2; t++) {
              for (int i = 0; i < 3; i++) x_part[row][t][i] = x[row][part + t][i];
              for (int i = 0; i < 2; i++) y_part[row][t][i] = y[row][part + t][i];
            }
          if (m_predict(context, parameters, ROWS, &(m_inputs){x_part[0][0]}, &(m_outputs){now[0][0]})) return 3;
          for (int row = 0; row < ROWS; row++)
            for (int t = 0; t < 2; t++)
              for (int i = 0; i < 2; i++)
                if (differ(now[row][t][i], whole[row][part + t][i])) return 4;
          m_metrics some = {0};
          if (m_train_step(trainer, ROWS, &(m_inputs){x_part[0][0]}, &(m_targets){y_part[0][0]}, &some)) return 5;
          loss += some.loss / 3;
        }
        if (differ((float)loss, (float)all.loss)) return 6;
        m_reset_state(context);
        m_reset_trainer_state(trainer);
      }
      puts("the same");
      return 0;
    }
    """

  @Test func partsAreTheWhole() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    for (name, steps, isStateful) in [("m", 2, true), ("w", 6, false)] {
      // A step of training that changes no weight.
      try """
      import DLC
      let model = Model("\(name)", input: [\(steps), 3]) {
        LSTM(4, returnSequences: true, stateful: \(isStateful))
        GRU(3, returnSequences: true, stateful: \(isStateful), resetAfter: false, recomputesGates: true)
        SimpleRNN(5, returnSequences: true, stateful: \(isStateful))
        Dense(2)
      }
      model.training = Training(loss: .mse, optimizer: .sgd(learningRate: 1e-30))

      """.write(toFile: path("\(name).swift"), atomically: true, encoding: .utf8)
      var options = CompileOptions(model: path("\(name).swift"))
      options.output = folder.path
      options.gemm = .builtin
      options.emission = .c
      _ = try await Compiler.compile(options)
    }
    try Self.program.write(toFile: path("program.c"), atomically: true, encoding: .utf8)
    _ = try Program.run(
      "/usr/bin/env",
      [
        "clang", "-std=c99", "-O0", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsanitize=address,undefined",
        path("program.c"), path("m.c"), path("w.c"), "-I" + folder.path, "-lm", "-o", path("program"),
      ])
    #expect(try Program.run(path("program"), []) == "the same\n")
  }
}
