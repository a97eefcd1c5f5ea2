import CompilerDriver
import Foundation
import GraphPasses
import Testing

/// Whatever is switched on or off, training takes the same way.
@Suite(.serialized) struct AgreementTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  @Test(arguments: ["breast_cancer", "digits", "digits_cnn"])
  func trainingIsTheSame(name: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let expected = try await lossesOfTraining(name) { _ in }
    #expect(!expected.isEmpty)
    #expect(try await lossesOfTraining(name) { $0.optimize = false } == expected)
    #expect(try await lossesOfTraining(name) { $0.gemm = .blas } == expected)
    #expect(try await lossesOfTraining(name) { ($0.gemm, $0.optimize) = (.blas, false) } == expected)
    for fusion in PassPipeline.fusions {
      #expect(try await lossesOfTraining(name) { $0.disabledFusions = [fusion] } == expected, "without \(fusion)")
    }
  }

  /// What two epochs in double precision print of the losses and metrics.
  private func lossesOfTraining(_ name: String, _ change: (inout CompileOptions) -> Void) async throws -> [String] {
    let example = ExampleTests.root.appendingPathComponent("Examples/\(name)")
    var options = CompileOptions(model: example.appendingPathComponent("model.swift").path)
    options.output = folder.path
    options.element = .f64
    options.gemm = .builtin
    change(&options)
    let executable = try #require(try await Compiler.compile(options).executable)
    let said = try Program.run(
      executable,
      [
        "train", "--epochs", "2", "--checkpoint",
        folder.appendingPathComponent("weights.safetensors").path,
      ])
    return said.split(separator: "\n").compactMap { line in
      line.range(of: "loss: ").map { String(line[$0.lowerBound...]) }
    }
  }
}
