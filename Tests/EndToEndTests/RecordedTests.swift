import CompilerDriver
import Foundation
import Testing

/// Ten training losses of each model of Benchmarks/compare against those that PyTorch made from the same weights and rows;
/// `Benchmarks/compare.py --record` writes them.
@Suite(.serialized) struct RecordedTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var rows: Int
    var shape: [Int]
    var classes: Int
    var rate: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "cnn", rows: 12, shape: [13, 11, 3], classes: 4, rate: "0.1"),
    Case(name: "convolutions", rows: 9, shape: [13, 17, 4], classes: 4, rate: "1"),
    Case(name: "residual", rows: 8, shape: [32, 32, 3], classes: 10, rate: "0.05"),
    Case(name: "lstm", rows: 9, shape: [7, 5], classes: 3, rate: "0.5"),
    Case(name: "recurrent", rows: 9, shape: [7, 5], classes: 3, rate: "0.5"),
    Case(name: "transformer", rows: 6, shape: [11], classes: 13, rate: "0.2"),
    Case(name: "encoder_decoder", rows: 6, shape: [11], classes: 13, rate: "0.2"),
  ]

  @Test(arguments: cases, ["clang, builtin", "gcc, unoptimized", "clang, BLAS, f64"])
  func lossesAgree(model: Case, way: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = CompileOptions(
      model: ExampleTests.root.appendingPathComponent("Benchmarks/compare/\(model.name).swift").path)
    options.output = folder.path
    options.compiler = way.hasPrefix("gcc") ? "gcc" : "clang"
    options.optimize = !way.contains("unoptimized")
    options.gemm = way.contains("BLAS") ? .blas : .builtin
    options.element = way.contains("f64") ? .f64 : .f32
    let program = try #require(try await Compiler.compile(options).executable)

    let rows = folder.appendingPathComponent("rows.npz")
    try Self.data(model).write(to: rows)
    let log = folder.appendingPathComponent("log.json")
    _ = try Program.run(
      program,
      [
        "train", "--data", rows.path, "--validation", "0", "--no-shuffle", "--batch", "\(model.rows)", "--seed", "5",
        "--epochs", "10", "--learning-rate", model.rate, "--log-json", log.path, "--checkpoint",
        folder.appendingPathComponent("weights.safetensors").path,
      ])
    struct Epoch: Decodable { var loss: Double }
    let losses = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)).loss
    }
    let record = ExampleTests.root.appendingPathComponent("Tests/EndToEndTests/Recorded/\(model.name).json")
    let expected = try JSONDecoder().decode([Double].self, from: Data(contentsOf: record))
    #expect(losses.count == expected.count)
    for (loss, wanted) in zip(losses, expected) {
      #expect((loss - wanted).magnitude <= 1e-4 * wanted.magnitude, "\(losses), but PyTorch has \(expected)")
    }
    #expect(expected[9] < expected[0])
  }

  /// The same rows as `rows_of` of compare.py.
  private static func data(_ model: Case) -> Data {
    let count = model.rows * model.shape.reduce(1, *)
    let numbers = (0..<count).map { ($0 * 7919 + 13) % 1000 }
    let shape = "(" + ([model.rows] + model.shape).map { "\($0), " }.joined() + ")"
    if model.shape.count == 1 {
      let tokens = Data(numbers.map { UInt8($0 % model.classes) })
      let next = Data((0..<count).map { UInt8($0 * 5 % 7) })
      return ArrayFile.npz([("x", ArrayFile.npy("|u1", shape, tokens)), ("y", ArrayFile.npy("|u1", shape, next))])
    }
    let x = ArrayFile.bytes(numbers.map { Float(Double($0) / 500 - 1) })
    let y = Data((0..<model.rows).map { UInt8($0 * 5 % model.classes) })
    return ArrayFile.npz([("x", ArrayFile.npy("<f4", shape, x)), ("y", ArrayFile.npy("|u1", "(\(model.rows),)", y))])
  }
}
