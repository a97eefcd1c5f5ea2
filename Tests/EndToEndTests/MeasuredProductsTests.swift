import Foundation
import Testing

@testable import CompilerDriver

/// `--gemm auto` takes what a measurement says, and asks once.
@Suite final class MeasuredProductsTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private func options() throws -> CompileOptions {
    let model = folder.appendingPathComponent("model.swift").path
    try """
    import DLC
    let model = Model("net", input: [300]) {
      Dense(500, activation: .relu)
      Dense(2)
    }
    model.training = Training(loss: .mse, optimizer: .sgd(learningRate: 1e-3), batchSize: 64)

    """.write(toFile: model, atomically: true, encoding: .utf8)
    var options = CompileOptions(model: model)
    options.output = folder.appendingPathComponent("out").path
    return options
  }

  private func code(_ options: CompileOptions) async throws -> String {
    let made = try #require(try await Compiler.compile(options).folder)
    return try String(contentsOfFile: made + "/net.c", encoding: .utf8)
  }

  @Test func takesTheQuickerOnce() async throws {
    var options = try options()
    let cache = folder.appendingPathComponent("products").path
    options.measurements = cache
    _ = try await code(options)
    let found = try FileManager.default.contentsOfDirectory(atPath: cache)
    // The first layer for one row and for a batch, and the gradient of its kernel; the second layer is small.
    #expect(found.count == 3, "\(found)")
    for file in found {
      let numbers = try String(contentsOfFile: cache + "/" + file, encoding: .utf8).split(separator: " ")
      #expect(numbers.count == 2 && numbers.allSatisfy { (Double($0.filter { $0 != "\n" }) ?? 0) > 0 })
    }

    for (text, usesBLAS) in [("1.0 0.5\n", true), ("1.0 0.95\n", false), ("0.5 1.0\n", false)] {
      for file in found { try text.write(toFile: cache + "/" + file, atomically: true, encoding: .utf8) }
      let code = try await code(options)
      #expect(code.contains("cblas_sgemm") == usesBLAS)
      // Nothing is measured again.
      for file in found { #expect(try String(contentsOfFile: cache + "/" + file, encoding: .utf8) == text) }
    }
  }

  @Test func emittedFilesAreAlikeEverywhere() throws {
    var options = try options()
    #expect(options.measuresProducts)
    options.march = "x86-64-v3"
    #expect(!options.measuresProducts)
    options.march = "native"
    options.emission = .c
    #expect(!options.measuresProducts)
    options.emission = .executable
    options.gemm = .builtin
    #expect(!options.measuresProducts)
  }
}
