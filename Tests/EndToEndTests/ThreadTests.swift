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

  @Test func partsDoNotRace() async throws {
    var options = CompileOptions(
      model: ExampleTests.root.appendingPathComponent("Examples/digits_cnn/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    let program = folder.appendingPathComponent("raced").path
    let sources = ["digits_cnn.c", "digits_cnn_io.c", "digits_cnn_main.c"].map {
      folder.appendingPathComponent($0).path
    }
    let data = ExampleTests.root.appendingPathComponent("Examples/digits_cnn/digits.csv").path
    _ = try Program.run(
      "/usr/bin/env",
      ["gcc", "-std=c99", "-O1", "-g", "-fsanitize=thread", "-o", program] + sources + ["-lm", "-lpthread"])
    _ = try Program.run(
      program,
      [
        "train", "--data", data, "--epochs", "1", "--batch", "250", "--threads", "3", "--checkpoint",
        folder.appendingPathComponent("w.safetensors").path,
      ])
  }
}
