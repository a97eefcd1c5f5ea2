import Foundation
import Testing

/// The generated C in other people's programs: two models in one, from C and C++, in two threads, under the sanitizers,
/// and through CMake, pkg-config, Swift and Python.
@Suite(.serialized) final class EmbeddingTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
  static let generated = ExampleTests.root.appendingPathComponent("Generated")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func source(_ model: String, _ file: String) -> String {
    generated.appendingPathComponent("\(model)/\(file)").path
  }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = folder.appendingPathComponent(name).path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func run(_ words: [String], in workingFolder: String? = nil) throws -> String {
    let command = words.map { "'\($0)'" }.joined(separator: " ")
    return try Program.run("/bin/sh", ["-c", (workingFolder.map { "cd '\($0)' && " } ?? "") + command])
  }

  private func has(_ tool: String) throws -> Bool {
    try Program.status("/bin/sh", ["-c", "command -v \(tool)"]) == 0
  }

  /// Each of two threads trains a digits network of its own and predicts with breast_cancer's shared parameters; both
  /// must come to the same weights. Every misuse has its status.
  private static let program = """
    #include "breast_cancer.h"
    #include "digits.h"
    #include <pthread.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 8, SIZE = 1 << 20 };
    #ifdef __cplusplus
    #define ZERO {}
    #else
    #define ZERO {0}
    #endif
    static const breast_cancer_parameters *shared;

    static void *memory(void) {
      void *p = NULL;
      return posix_memalign(&p, 64, SIZE) == 0 ? p : NULL;
    }

    static void *work(void *out) {
      float x[ROWS * 64], measured[ROWS * 30] = ZERO, probability[ROWS];
      int32_t y[ROWS];
      void *blocks[3] = {memory(), memory(), memory()};
      digits_parameters *parameters;
      digits_trainer *trainer;
      breast_cancer_context *context;
      digits_config config = ZERO;
      breast_cancer_config other = ZERO;
      config.max_rows = other.max_rows = ROWS;
      config.seed = 3;
      for (int i = 0; i < ROWS * 64; i++) x[i] = (float)(i * 37 % 100) / 100;
      for (int i = 0; i < ROWS; i++) y[i] = i;
      if (digits_parameters_init(blocks[0], SIZE, 3, &parameters)) return NULL;
      if (digits_trainer_init(blocks[1], SIZE, parameters, &config, &trainer)) return NULL;
      if (breast_cancer_context_init(blocks[2], SIZE, &other, &context)) return NULL;
      digits_inputs inputs = {x};
      digits_targets targets = {y};
      breast_cancer_inputs measurements = {measured};
      breast_cancer_outputs outputs = {probability};
      for (int step = 0; step < 20; step++) {
        digits_metrics metrics = ZERO;
        if (digits_train_step(trainer, (size_t)(ROWS - step % 3), &inputs, &targets, &metrics)) return NULL;
        if (breast_cancer_predict(context, shared, ROWS, &measurements, &outputs)) return NULL;
      }
      memcpy(out, digits_parameters_values(parameters), 16 * sizeof(float));
      if (digits_train_step(trainer, ROWS + 1, &inputs, &targets, (digits_metrics *)blocks[2]) != DIGITS_ERROR_ROWS) return NULL;
      if (digits_train_step(trainer, 0, &inputs, &targets, (digits_metrics *)blocks[2]) != DIGITS_ERROR_ROWS) return NULL;
      if (digits_train_step(trainer, ROWS, NULL, &targets, NULL) != DIGITS_ERROR_ARGUMENT) return NULL;
      y[2] = 10;
      if (digits_backward(trainer, ROWS, &inputs, &targets, (digits_metrics *)blocks[2]) != DIGITS_ERROR_LABEL) return NULL;
      if (digits_parameters_init((char *)blocks[0] + 4, SIZE, 3, &parameters) != DIGITS_ERROR_ALIGNMENT) return NULL;
      if (digits_parameters_init(blocks[0], 100, 3, &parameters) != DIGITS_ERROR_MEMORY) return NULL;
      if (digits_parameters_load(parameters, "garbage and more", 16) == DIGITS_OK) return NULL;
      for (int i = 0; i < 3; i++) free(blocks[i]);
      return out;
    }

    int main(void) {
      float weights[2][16];
      pthread_t threads[2];
      breast_cancer_parameters *parameters;
      void *const block = memory();
      if (!block || breast_cancer_parameters_init(block, SIZE, 1, &parameters)) return 1;
      shared = parameters;
      for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, work, weights[i])) return 2;
      for (int i = 0; i < 2; i++) {
        void *done = NULL;
        if (pthread_join(threads[i], &done) || !done) return 3;
      }
      free(block);
      puts(memcmp(weights[0], weights[1], sizeof weights[0]) ? "differ" : "same");
      return 0;
    }
    """

  @Test(arguments: [
    ("gcc", "g++", ["-fsanitize=address,undefined"]), ("gcc", "g++", ["-fsanitize=thread"]),
    ("clang", "clang++", ["-fsanitize=address,undefined"]), ("gcc", "g++", ["-O3", "-march=native"]),
  ])
  func twoModelsInTwoThreads(cCompiler: String, cppCompiler: String, flags: [String]) throws {
    let source = try write("#define _POSIX_C_SOURCE 200809L\n" + Self.program, "main.c")
    _ = try write("#define _POSIX_C_SOURCE 200809L\n" + Self.program, "main.cpp")
    let include = [
      "-I", Self.generated.appendingPathComponent("digits").path, "-I",
      Self.generated.appendingPathComponent("breast_cancer").path,
    ]
    var objects: [String] = []
    for model in ["digits", "breast_cancer"] {
      objects.append(folder.appendingPathComponent("\(model).o").path)
      _ = try run(
        [cCompiler, "-std=c99", "-O1", "-g"] + flags + include + [
          "-c", Self.source(model, "\(model).c"), "-o", objects.last ?? "",
        ])
    }
    let libraries = ["-lopenblas", "-lm", "-lpthread"]
    let program = folder.appendingPathComponent("program").path
    _ = try run([cCompiler, "-std=c99", "-g"] + flags + include + [source] + objects + ["-o", program] + libraries)
    #expect(try Program.run(program, []) == "same\n")
    // Not every machine has C++: a C compiler alone is what dlc needs.
    guard try has(cppCompiler) else { return }
    _ = try run(
      [cppCompiler, "-g"] + flags + include + [folder.appendingPathComponent("main.cpp").path] + objects + [
        "-o", program,
      ] + libraries)
    #expect(try Program.run(program, []) == "same\n")
  }

  /// Every use of memory that was never written is found where BLAS, which is not instrumented, has no part.
  @Test(arguments: ["breast_cancer", "diabetes"])
  func readsNoUnsetMemory(model: String) throws {
    let program = folder.appendingPathComponent(model).path
    let sources = ["\(model).c", "\(model)_io.c", "\(model)_main.c"].map { Self.source(model, $0) }
    try #require(try !String(contentsOfFile: sources[0], encoding: .utf8).contains("cblas"))
    _ = try run(["clang", "-std=c99", "-O1", "-g", "-fsanitize=memory", "-o", program] + sources + ["-lm"])
    let data = ExampleTests.root.appendingPathComponent("Examples/\(model)/\(model).csv").path
    let weights = folder.appendingPathComponent("w.safetensors").path
    _ = try Program.run(program, ["train", "--data", data, "--epochs", "2", "--checkpoint", weights])
    _ = try Program.run(program, ["evaluate", "--data", data, "--weights", weights])
  }

  @Test func cmakeBuildsTheProgram() throws {
    guard try has("cmake") else { return }
    let build = folder.appendingPathComponent("build").path
    _ = try run(["cmake", "-S", Self.generated.appendingPathComponent("diabetes").path, "-B", build])
    _ = try run(["cmake", "--build", build])
    #expect(try Program.run(build + "/diabetes", ["info"]).contains("model       diabetes"))
  }

  @Test func pkgConfigNamesTheFlags() throws {
    guard try has("pkg-config") else { return }
    for file in ["digits.c", "digits_io.c", "digits.h", "digits_io.h", "digits.pc"] {
      try FileManager.default.copyItem(
        atPath: Self.source("digits", file), toPath: folder.appendingPathComponent(file).path)
    }
    _ = try run(["sh", "-c", "cc -c digits.c digits_io.c && ar rcs libdigits.a digits.o digits_io.o"], in: folder.path)
    _ = try write(
      "#include <digits_io.h>\nint main(void) { return digits_load_weights(\"none\", 0) == DIGITS_OK; }\n", "use.c")
    _ = try run(
      ["sh", "-c", "cc use.c $(PKG_CONFIG_PATH=. pkg-config --cflags --libs digits) -o use && ./use"], in: folder.path)
  }

  @Test func swiftImportsTheModule() throws {
    let main = try write(
      """
      import diabetes
      let size = 1 << 20
      let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      var parameters: OpaquePointer?
      let status = diabetes_parameters_init(memory, size, 1, &parameters)
      print(status == DIABETES_OK, String(cString: diabetes_status_string(DIABETES_ERROR_ROWS)))

      """, "main.swift")
    let program = folder.appendingPathComponent("program").path
    let object = folder.appendingPathComponent("diabetes.o").path
    _ = try run(["clang", "-O1", "-c", Self.source("diabetes", "diabetes.c"), "-o", object])
    _ = try run([
      "swiftc", "-I", Self.generated.appendingPathComponent("diabetes").path, main, object, "-lm", "-o", program,
    ])
    #expect(try Program.run(program, []).hasPrefix("true "))
  }

  /// Copies what Python needs of a model.
  private func copyForPython(_ model: String) throws {
    for file in ["\(model).c", "\(model)_io.c", "\(model).h", "\(model)_io.h", "\(model).py"] {
      try FileManager.default.copyItem(
        atPath: Self.source(model, file), toPath: folder.appendingPathComponent(file).path)
    }
  }

  /// Steps come to what the whole sequence comes to, row by row, and again after a reset.
  @Test func pythonTakesSteps() throws {
    guard try Program.status("/bin/sh", ["-c", "python3 -c 'import numpy'"]) == 0 else { return }
    try copyForPython("characters")
    let script = try write(
      """
      import numpy
      from characters import Characters

      model = Characters(seed=3, max_rows=2)
      x = numpy.arange(2 * 64).reshape(2, 64) * 7 % 80
      whole = model.predict(x)
      for _ in range(2):
          steps = numpy.concatenate([model.step(x[:, time:time + 1]) for time in range(64)], axis=1)
          assert steps.shape == whole.shape and numpy.abs(steps - whole).max() < 1e-6
          assert numpy.abs(model.step(x[:, :1]) - whole[:, :1]).max() > 1e-6
          model.reset_state()
      for wrong, error, said in (
              (x, ValueError, "x has the shape (2, 64), but [rows, 1] is expected"), (numpy.zeros((3, 1)), RuntimeError, "no rows, or more"),
              ([[80]], RuntimeError, "a class number outside its range")):
          try:
              model.step(wrong)
          except error as problem:
              assert said in str(problem), problem
          else:
              raise AssertionError("a wrong step was taken")
      print("done")

      """, "use.py")
    #expect(try run(["python3", script], in: folder.path) == "done\n")
  }

  @Test func pythonTrainsAndPredicts() throws {
    guard try Program.status("/bin/sh", ["-c", "python3 -c 'import numpy'"]) == 0 else { return }
    try copyForPython("diabetes")
    let script = try write(
      """
      import numpy
      from diabetes import Diabetes

      rows = numpy.linspace(-1, 1, 400).reshape(40, 10)
      model = Diabetes(seed=2, max_rows=16)
      losses = []
      for _ in range(50):
          model.reset_metrics()
          losses.append(model.train_step([rows[:16]], [rows[:16].sum(1, keepdims=True)])["loss"])
      assert losses[-1] < losses[0], losses
      model.save("weights.safetensors")
      again = Diabetes(weights="weights.safetensors")
      assert (again.predict(rows) == model.predict(rows)).all() and again.predict(rows).shape == (40, 1)
      assert again.tensors()["dense/kernel"].shape[0] == 10
      for wrong in (rows[:, :9], rows[0]):
          try:
              again.predict(wrong)
          except ValueError as error:
              assert "x has the shape" in str(error)
          else:
              raise AssertionError("a wrong shape was taken")
      print("done")

      """, "use.py")
    #expect(try run(["python3", script], in: folder.path) == "done\n")
  }
}
