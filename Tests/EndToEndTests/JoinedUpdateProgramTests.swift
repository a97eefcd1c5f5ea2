import CompilerDriver
import Foundation
import Testing

/// train_step of a weight that is updated where its gradient is made: the same bits as backward and apply, for any number of
/// threads, and nothing is updated by a loss that is not a number. Gradients that it leaves out are zeros for who asks for them.
@Suite struct JoinedUpdateProgramTests {
  private static let program = """
    #include "m.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 3, INPUT = 1024, OUTPUT = 2 };
    static float x[ROWS * INPUT], y[ROWS * OUTPUT];

    static void *memory(size_t bytes) {
      void *p = NULL;
      return posix_memalign(&p, M_ALIGNMENT, bytes) == 0 ? memset(p, 0xFF, bytes) : NULL;
    }

    typedef struct model {
      m_parameters *parameters;
      m_trainer *trainer;
    } model;

    static int make(model *made, m_pool *pool) {
      m_config config = {0};
      config.max_rows = ROWS;
      config.pool = pool;
      return m_parameters_init(memory(M_PARAMETERS_BYTES), M_PARAMETERS_BYTES, 1, &made->parameters) == M_OK
        && m_trainer_init(memory(M_TRAINER_BYTES(ROWS)), M_TRAINER_BYTES(ROWS), made->parameters, &config, &made->trainer) == M_OK;
    }

    static size_t count(const m_tensor_info *(*tensors)(size_t *)) {
      size_t tables;
      const m_tensor_info *const table = tensors(&tables);
      return table[tables - 1].offset + table[tables - 1].count;
    }

    static int same(const model *a, const model *b) {
      return memcmp(m_parameters_values(a->parameters), m_parameters_values(b->parameters), count(m_tensors) * sizeof(float)) == 0
        && memcmp(m_trainer_values(a->trainer), m_trainer_values(b->trainer), count(m_trainer_tensors) * sizeof(float)) == 0;
    }

    /* How many gradients are not zero; all of them, and more, where one is no number. */
    static size_t gradients(const model *of) {
      size_t all, found = 0;
      const float *const values = m_gradients(of->trainer, &all);
      for (size_t i = 0; i < all; i++) found += isfinite(values[i]) ? values[i] != 0 : all + 1;
      return found;
    }

    int main(void) {
      const m_inputs inputs = {x};
      const m_targets targets = {y};
      m_metrics metrics = {0};
      m_pool *pool;
      model whole, shared, halves, fresh;
      if (m_pool_init(memory(M_POOL_BYTES), M_POOL_BYTES, 2, &pool)) return 1;
      if (!make(&whole, NULL) || !make(&shared, pool) || !make(&halves, NULL) || !make(&fresh, NULL)) return 2;
      if (gradients(&shared) != 0) return 14;
      if (m_apply(fresh.trainer, 1) || m_step(fresh.trainer) != 1 || !same(&fresh, &whole)) return 15;
      for (int step = 0; step < 3; step++) {
        for (int i = 0; i < ROWS * INPUT; i++) x[i] = (float)((i + step) * 37 % 101) / 101 - 0.5f;
        for (int i = 0; i < ROWS * OUTPUT; i++) y[i] = (float)(i % 5) / 5;
        if (m_train_step(whole.trainer, ROWS, &inputs, &targets, &metrics)) return 3;
        if (m_train_step(shared.trainer, ROWS, &inputs, &targets, &metrics)) return 4;
        if (m_backward(halves.trainer, ROWS, &inputs, &targets, &metrics)) return 5;
        if (m_apply(halves.trainer, m_learning_rate(halves.trainer))) return 6;
        if (!same(&whole, &halves) || !same(&shared, &halves)) return 7;
      }
      const size_t small = gradients(&whole); /* of biases and of the layer of two columns, and no others */
      if (small == 0 || small > 1024 + 2 * 1025 || gradients(&halves) <= 1024 * 1024 / 4) return 16;
      const double seen = metrics.sums[0];
      x[5] = NAN;
      if (m_train_step(whole.trainer, ROWS, &inputs, &targets, &metrics) != M_ERROR_NOT_FINITE) return 8;
      if (!same(&whole, &halves) || m_step(whole.trainer) != 3 || metrics.sums[0] != seen) return 9;
      if (strcmp(m_fault(whole.trainer), "dense") != 0) return 10;
      if (m_train_step(whole.trainer, ROWS + 1, &inputs, &targets, &metrics) != M_ERROR_ROWS) return 11;
      if (m_train_step(NULL, ROWS, &inputs, &targets, &metrics) != M_ERROR_ARGUMENT) return 12;
      x[5] = 0;
      if (m_train_step(whole.trainer, ROWS, &inputs, &targets, &metrics) || strcmp(m_fault(whole.trainer), "") != 0) return 13;
      m_pool_stop(pool);
      puts("the same");
      return 0;
    }
    """

  @Test(arguments: ["clang", "gcc"]) func trainStepIsBackwardAndApply(compiler: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try """
    import DLC
    let model = Model("m", input: [1024]) {
      Dense(1024, activation: .relu)
      Dropout(0.25)
      Dense(2)
    }
    model.training = Training(loss: .meanSquaredError, optimizer: .adam(learningRate: 0.01))

    """.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    try ("#define _POSIX_C_SOURCE 200809L\n" + Self.program).write(
      toFile: path("main.c"), atomically: true, encoding: .utf8)
    var options = CompileOptions(model: path("model.swift"))
    options.output = folder.path
    options.emission = .c
    _ = try await Compiler.compile(options)
    let code = try String(contentsOf: folder.appendingPathComponent("m.c"), encoding: .utf8)
    #expect(code.contains("m_run_train_step") && code.contains("m_dense_train_kernel"))
    _ = try Program.run(
      "/usr/bin/env",
      [
        compiler, "-std=c99", "-O1", "-g", "-march=native", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
        "-Wshadow",
        "-Werror", "-fsanitize=address,undefined", path("main.c"), path("m.c"), "-I" + folder.path, "-lm", "-pthread",
        "-o", path("program"),
      ])
    #expect(try Program.run(path("program"), []) == "the same\n")

    // BLAS leaves its sums in memory.
    options.gemm = .blas
    _ = try await Compiler.compile(options)
    #expect(
      try !String(contentsOf: folder.appendingPathComponent("m.c"), encoding: .utf8).contains("m_run_train_step"))
  }
}
