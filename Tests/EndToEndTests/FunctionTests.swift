import CompilerDriver
import Foundation
import Testing

/// Every function of tensors by what the compiled program predicts, against what NumPy makes of the same numbers
/// (Recorded/functions.json).
@Suite struct FunctionTests {
  static let source = """
    import DLC

    let x = Tensor.input("x", shape: [2, 3])
    let y = Tensor.input("y", shape: [2, 3])
    let i = Tensor.input("i", shape: .tokens(length: 2))

    let model = Model(
      "functions", inputs: [x, y, i],
      outputs: [
        "power": pow(abs(x) + 0.5, y), "square": pow(x, 2), "exponential": exp(x), "logarithm": log(abs(x)),
        "log1p": log1p(abs(x)), "root": sqrt(abs(x)), "sign": sign(x), "sine": sin(x), "cosine": cos(x), "erf": erf(x),
        "smaller": min(x, y), "atMost": min(x, 0.25), "larger": max(x, y), "atLeast": max(x, 0.25),
        "smallest": min(x), "smallestOfRow": min(x, axis: 1), "largest": max(x, axis: 0, keepDimensions: true),
        "sum": sum(x), "columns": sum(x, axis: 0), "mean": mean(x, axis: -1), "meanOfAll": mean(x),
        "product": matmul(x, transpose(y)), "gram": matmul(x, y, transposeLeft: true), "transposed": transpose(x),
        "last": slice(x, axis: 1, from: -2), "other": slice(x, axis: 1, step: 2), "reshaped": reshape(x, to: [3, -1]),
        "joined": concatenate([x, y], axis: 0),
        "picked": gather(x, [2, 0, 2], axis: 1), "looked": gather(x, i, axis: 1), "rows": gather(x, i),
        "chosen": `where`(x .> y, x, y * 2), "clipped": `where`(x .<= 0.0, 1, x), "masked": `where`(i .== 1, 0, mean(x, axis: 1)),
        "compared": (x .< y) + 2 * (x .>= y) + 4 * (x .== y) + 8 * (x .!= y),
        "arithmetic": (1 - x) / (2 + abs(y)) - 3 * -x + x / 4,
      ])

    """

  static let x: [Float] = [0.5, -1.25, 2, 0.125, 0.75, -0.5, -2, 0.25, 1, 1.5, -0.375, 3]
  static let y: [Float] = [1, 0.5, -0.5, 0.125, 2, 0, 0.5, 0.25, -1, 2, -1.5, 0.75]
  static let i: [UInt8] = [1, 0, 1, 1]

  @Test(arguments: [true, false]) func valuesAreThoseOfNumPy(optimize: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try Self.source.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    var options = CompileOptions(model: path("model.swift"))
    options.output = path("out")
    options.inferenceOnly = true
    options.optimize = optimize
    let program = try #require(try await Compiler.compile(options).executable)

    let shape = "(2, 2, 3)"
    try ArrayFile.npz([
      ("x", ArrayFile.npy("<f4", shape, ArrayFile.bytes(Self.x))),
      ("y", ArrayFile.npy("<f4", shape, ArrayFile.bytes(Self.y))), ("i", ArrayFile.npy("|u1", "(2, 2)", Data(Self.i))),
    ]).write(to: folder.appendingPathComponent("rows.npz"))
    // A file of no weights, for a model that has none.
    try ArrayFile.safetensors([]).write(to: folder.appendingPathComponent("none.safetensors"))
    let said = try Program.bytes(
      program, ["predict", "--weights", path("none.safetensors"), "--data", path("rows.npz"), "--format", "json"])
    let rows = try #require(try JSONSerialization.jsonObject(with: said) as? [[String: Any]])
    let record = ExampleTests.root.appendingPathComponent("Tests/EndToEndTests/Recorded/functions.json")
    let expected = try JSONDecoder().decode([String: [Double]].self, from: Data(contentsOf: record))
    #expect(rows.count == 2 && rows[0].count == expected.count)
    for (name, wanted) in expected {
      let found = rows.flatMap { Self.numbers($0[name]) }
      #expect(found.count == wanted.count, "\(name)")
      #expect(zip(found, wanted).allSatisfy { ($0 - $1).magnitude < 1e-5 }, "\(name): \(found), not \(wanted)")
    }
  }

  /// Nested lists of numbers, or one number, in order.
  private static func numbers(_ value: Any?) -> [Double] {
    if let list = value as? [Any] { return list.flatMap { numbers($0) } }
    return (value as? Double).map { [$0] } ?? []
  }
}
