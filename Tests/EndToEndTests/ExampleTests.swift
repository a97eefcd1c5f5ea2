import CompilerDriver
import Foundation
import Testing

/// Each example compiles, trains on its data and learns.
@Suite(.serialized) struct ExampleTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  /// Accuracy on the last fifth of the rows, which training does not see; for diabetes the mean absolute error.
  @Test(arguments: [
    ("digits", "accuracy", 0.95...1.0), ("breast_cancer", "accuracy", 0.93...1.0),
    ("diabetes", "mean_absolute_error", 0...60),
  ])
  func learns(name: String, metric: String, range: ClosedRange<Double>) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let example = Self.root.appendingPathComponent("Examples/\(name)")
    var options = CompileOptions(model: example.appendingPathComponent("model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    let product = try await Compiler.compile(options)
    let executable = try #require(product.executable)

    let lines = try String(contentsOf: example.appendingPathComponent("\(name).csv"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let held = lines.count / 5
    try write(lines.dropLast(held), to: "train.csv")
    try write([lines[0]] + lines.suffix(held), to: "held_out.csv")

    let weights = folder.appendingPathComponent("weights.safetensors").path
    _ = try Program.run(executable, ["train", "--data", path("train.csv"), "--checkpoint", weights])
    let said = try Program.run(executable, ["evaluate", "--weights", weights, "--data", path("held_out.csv")])
    let last = try #require(said.split(separator: "\n").last)
    let field = try #require(last.split(separator: " ").first { $0.hasPrefix(metric + "=") }, "\(said)")
    let value = try #require(Double(field.dropFirst(metric.count + 1)))
    #expect(range.contains(value), "\(last)")
  }

  /// A few epochs bring the loss on rows that training does not see well below what it takes to know no sequence: 3.17 nats
  /// by the frequencies of the characters alone, 0.69 for a coin, 10.5 for the variance of the changes.
  @Test(arguments: [
    ("characters", 8, 2.6), ("characters_transformer", 8, 2.9), ("sentiment", 16, 0.3), ("co2", 6, 1.0),
  ])
  func sequencesAreLearned(name: String, count: Int, limit: Double) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = CompileOptions(model: Self.root.appendingPathComponent("Examples/\(name)/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    let executable = try #require(try await Compiler.compile(options).executable)
    let log = path("log.json")
    _ = try Program.run(
      executable, ["train", "--epochs", "\(count)", "--log-json", log, "--checkpoint", path("weights.safetensors")])
    struct Epoch: Decodable {
      var loss: Double
      var heldOut: Double
      enum CodingKeys: String, CodingKey {
        case loss
        case heldOut = "val_loss"
      }
    }
    let epochs = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Epoch.self, from: Data($0.utf8))
    }
    #expect(epochs.count == count)
    #expect(epochs[count - 1].heldOut < limit && epochs[count - 1].loss < epochs[0].loss, "\(epochs)")
  }

  private func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

  private func write(_ lines: some Sequence<String>, to file: String) throws {
    try (lines.joined(separator: "\n") + "\n").write(toFile: path(file), atomically: true, encoding: .utf8)
  }
}
