import Foundation
import Testing

/// `dlc check` and `dlc compile --verify` on a model of the user's.
@Suite struct CheckTests {
  private static let dlc = ExampleTests.root.appendingPathComponent(".build/debug/dlc").path
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)").path

  /// Two inputs, a shared layer, dropout, batch normalization and a penalty.
  private func write(_ output: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try """
    import DLC
    let a = Tensor.input("a", shape: [4])
    let b = Tensor.input("b", shape: [4])
    let shared = Dense(6, activation: .tanh, kernelRegularizer: .l2(0.01))
    let joined = concatenate([shared(a), shared(b)])
    let kept = Dropout(0.25)(BatchNormalization()(joined))
    let model = Model("pair", inputs: [a, b], outputs: ["y": \(output)])
    model.training = Training(loss: .mse, optimizer: .adam())

    """
    .write(toFile: folder + "/model.swift", atomically: true, encoding: .utf8)
    return folder + "/model.swift"
  }

  @Test func everyComparisonIsInTheTable() throws {
    let table = try Program.run(Self.dlc, ["check", try write("Dense(2)(kept)"), "--rows", "4"])
    for part in [
      "gradient of dense/kernel", "gradient of batch_normalization/gamma", "f32, blas", "unoptimized",
      "without reduction", "comparisons agree",
    ] { #expect(table.contains(part), "\(part) is not in\n\(table)") }
    #expect(!table.contains("WRONG"))
  }

  @Test func compileVerifies() throws {
    let table = try Program.run(
      Self.dlc, ["compile", try write("Dense(2)(kept)"), "--output", folder, "--emit", "c", "--verify"])
    #expect(table.contains("comparisons agree") && FileManager.default.fileExists(atPath: folder + "/pair.c"))
  }

  @Test func modelWithoutFiniteNumbersIsNamed() throws {
    let said = try Program.failure(Self.dlc, ["check", try write("log(joined * joined * -1)")])
    #expect(said.contains("error: pair gives infinities or NaN"))
    #expect(said.contains("model.swift:7:"))
  }
}
