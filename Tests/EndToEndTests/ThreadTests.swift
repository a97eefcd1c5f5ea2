import CompilerDriver
import Foundation
import Testing

/// Threads change how long a step takes, and not one bit of what it makes.
@Suite(.serialized) final class ThreadTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test(arguments: ["digits", "digits_cnn"])
  func weightsHaveTheSameBits(name: String) async throws {
    var options = CompileOptions(
      model: ExampleTests.root.appendingPathComponent("Examples/\(name)/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    let program = try #require(try await Compiler.compile(options).executable)
    let code = try String(contentsOf: folder.appendingPathComponent("\(name).c"), encoding: .utf8)
    #expect(code.contains("_parallel(pool"))
    func weights(_ program: String, _ words: [String]) throws -> Data {
      let path = folder.appendingPathComponent("weights.safetensors")
      _ = try Program.run(program, ["train", "--epochs", "2", "--batch", "200", "--checkpoint", path.path] + words)
      return try Data(contentsOf: path)
    }
    let expected = try weights(program, ["--threads", "1"])
    for threads in 2...4 {
      #expect(try weights(program, ["--threads", "\(threads)"]) == expected, "\(threads) threads")
    }
    let message = try Program.misuse(program, ["train", "--threads", "5"])
    #expect(message.contains("--threads is at most 4; dlc compile --threads N compiles for more"))

    options.threads = 1
    let single = try #require(try await Compiler.compile(options).executable)
    let without = try String(contentsOf: folder.appendingPathComponent("\(name).c"), encoding: .utf8)
    #expect(!without.contains("#include <pthread.h>") && !without.contains("_parallel(pool"))
    #expect(try weights(single, []) == expected)
  }

  /// Runs the model's program under ThreadSanitizer.
  private func race(_ model: String, name: String, _ words: [String]) async throws {
    var options = CompileOptions(model: model)
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    let program = folder.appendingPathComponent("raced").path
    let sources = ["\(name).c", "\(name)_io.c", "\(name)_main.c"].map { folder.appendingPathComponent($0).path }
    _ = try Program.run(
      "/usr/bin/env",
      ["gcc", "-std=c99", "-O1", "-g", "-fsanitize=thread", "-o", program] + sources + ["-lm", "-lpthread"])
    _ = try Program.run(program, words)
  }

  @Test func partsDoNotRace() async throws {
    let example = ExampleTests.root.appendingPathComponent("Examples/digits_cnn")
    try await race(
      example.appendingPathComponent("model.swift").path, name: "digits_cnn",
      [
        "train", "--data", example.appendingPathComponent("digits.csv").path, "--epochs", "1", "--batch", "250",
        "--threads", "3", "--checkpoint", folder.appendingPathComponent("w.safetensors").path,
      ])
  }

  /// The gradient of an image with strides has a window for each phase of the stride, and nothing waits between them: parts that
  /// are at different ones must not meet in their scratch memory.
  @Test func windowsDoNotRace() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let model = folder.appendingPathComponent("model.swift")
    try """
    import DLC
    let model = Model("strides", input: [32, 24, 8]) {
      Conv2D(8, kernelSize: 1, activation: .relu)
      DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2D(8, kernelSize: 1, activation: .relu)
      Conv2D(16, kernelSize: 3, strides: 2, padding: .same)
      GlobalAveragePooling2D()
      Dense(3, activation: .softmax)
    }
    model.training = Training(loss: .sparseCategoricalCrossentropy, epochs: 1, batchSize: 32)
    """.write(to: model, atomically: true, encoding: .utf8)
    try await race(
      model.path, name: "strides",
      ["benchmark", "--mode", "train", "--batch", "32", "--threads", "3", "--seconds", "0.2"])
  }
}
