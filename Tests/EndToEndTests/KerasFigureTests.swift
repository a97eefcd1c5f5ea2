import CompilerDriver
import Foundation
import Testing

/// What a compiled program says of given outputs and targets against Keras: losses, metrics, penalties. The rows and the
/// figures lie in Recorded/keras.json, which Benchmarks/record_keras.py writes.
@Suite struct KerasFigureTests {
  struct Rows: Decodable {
    var shape: [Int]
    var numbers: [Float]

    var npy: Data {
      ArrayFile.npy("<f4", "(" + shape.map { "\($0), " }.joined() + ")", ArrayFile.bytes(numbers))
    }
  }

  struct Record: Decodable {
    var x: Rows
    var y: Rows
    var figures: [String: Double]
  }

  /// Names of cases, with the loss and the metrics; the output is the input.
  static let cases = [
    (
      "binary", ".binaryCrossentropy",
      ".accuracy, .binaryAccuracy(threshold: 0.3), .precision, .recall, .auc, .mse, .mae, .rootMeanSquaredError"
    ),
    (
      "labels", ".binaryCrossentropy(fromLogits: true)",
      ".binaryAccuracy(threshold: 0), .precision(threshold: 0.25), .recall(threshold: 0.75)"
    ),
    (
      "classes", ".sparseCategoricalCrossentropy",
      ".accuracy, .sparseCategoricalAccuracy, .topKAccuracy(2), .topKAccuracy(4)"
    ),
    (
      "one_hot", ".categoricalCrossentropy",
      ".accuracy, .categoricalAccuracy, .topKAccuracy(3), .precision, .recall, .auc"
    ),
    ("sequence", ".sparseCategoricalCrossentropy", ".accuracy, .topKAccuracy(2)"),
    ("sequence_logits", ".sparseCategoricalCrossentropy(fromLogits: true)", ".accuracy"),
    ("sequence_one_hot", ".categoricalCrossentropy(fromLogits: true)", ".accuracy, .topKAccuracy(2)"),
    ("certain", ".binaryCrossentropy", ".accuracy"), ("certain_classes", ".sparseCategoricalCrossentropy", ".accuracy"),
    ("divergence", ".kullbackLeiblerDivergence", ".mae"),
    ("huber", ".huber(delta: 0.7)", ".mse, .mae, .rootMeanSquaredError"),
    (
      "log_cosh", ".custom(\"log_cosh\") { y, p in log((exp(p - y) + exp(y - p)) / 2) }", ".meanAbsoluteError"
    ),
  ]

  @Test(arguments: cases) func lossAndMetricsAreThoseOfKeras(name: String, loss: String, metrics: String) async throws {
    let record = try Self.record(name)
    let shape = record.x.shape.dropFirst()
    // Adding nothing makes an output of the input.
    try await check(
      record, batches: [record.x.shape[0], 4],
      """
      import DLC
      let x = Tensor.input("x", shape: \(Array(shape)))
      let model = Model("given", inputs: [x], outputs: ["y": x + 0])
      model.training = Training(loss: \(loss), metrics: [\(metrics)])

      """)
  }

  /// l1 and l2 on weights, and on activities, where Keras divides by the rows of the batch.
  @Test func penaltiesAreThoseOfKeras() async throws {
    let tensors: [(String, [Int], [Float])] = [
      ("dense/kernel", [3, 2], [0.5, -1, 0.25, 0.75, -0.125, 1.5]), ("dense/bias", [2], [0.5, -0.25]),
      ("dense_1/kernel", [2, 1], [1.5, -0.5]),
    ]
    let record = try Self.record("penalties")
    try await check(
      record, batches: [record.x.shape[0]], weights: tensors,
      """
      import DLC
      let model = Model("given", input: [3]) {
        Dense(
          2, activation: .tanh, kernelRegularizer: .l1l2(l1: 0.03, l2: 0.02), biasRegularizer: .l1(0.05),
          activityRegularizer: .l2(0.04))
        Dense(1, useBias: false, kernelRegularizer: .l2(0.1))
      }
      model.training = Training(loss: .mse, metrics: [.mae])

      """)
  }

  /// Steps of zeros are masked: means leave them out, but precision does not, there as here.
  @Test(arguments: [
    ("masked", ".mse", ".mae, .mse"),
    ("masked_classes", ".sparseCategoricalCrossentropy(fromLogits: true)", ".accuracy, .topKAccuracy(2)"),
    ("masked_labels", ".binaryCrossentropy", ".accuracy, .precision"),
  ])
  func masksAreThoseOfKeras(name: String, loss: String, metrics: String) async throws {
    let record = try Self.record(name)
    try await check(
      record, batches: [record.x.shape[0]],
      """
      import DLC
      let model = Model("given", input: \(Array(record.x.shape.dropFirst()))) { Masking() }
      model.training = Training(loss: \(loss), metrics: [\(metrics)])

      """)
  }

  /// Both orders of a GRU's reset gate and its product.
  @Test(arguments: [("reset_after", [2, 6]), ("reset_before", [6])])
  func resetsAreThoseOfKeras(name: String, bias: [Int]) async throws {
    var tensors: [(String, [Int], [Float])] = []
    for (part, shape) in [("kernel", [3, 6]), ("recurrent_kernel", [2, 6]), ("bias", bias)] {
      let numbers = (0..<shape.reduce(1, *)).map { Float($0 * 7 % 11) / 8 - 0.625 }
      tensors.append(("gru/\(part)", shape, numbers))
    }
    let record = try Self.record(name)
    try await check(
      record, batches: [record.x.shape[0], 2], weights: tensors,
      """
      import DLC
      let model = Model("given", input: [6, 3]) {
        Masking()
        GRU(2, resetAfter: \(name == "reset_after"))
      }
      model.training = Training(loss: .mse, metrics: [.mae])

      """)
  }

  private static func record(_ name: String) throws -> Record {
    let file = ExampleTests.root.appendingPathComponent("Tests/EndToEndTests/Recorded/keras.json")
    return try #require(try JSONDecoder().decode([String: Record].self, from: Data(contentsOf: file))[name])
  }

  /// Evaluates the rows in batches of each size: figures of all rows do not depend on it.
  private func check(
    _ record: Record, batches: [Int], weights: [(String, [Int], [Float])] = [], _ source: String
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try source.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    try ArrayFile.npz([("x", record.x.npy), ("y", record.y.npy)]).write(to: folder.appendingPathComponent("rows.npz"))
    try ArrayFile.safetensors(weights).write(to: folder.appendingPathComponent("weights.safetensors"))
    var options = CompileOptions(model: path("model.swift"))
    options.output = path("out")
    let program = try #require(try await Compiler.compile(options).executable)
    for batch in batches {
      let said = try Program.run(
        program,
        ["evaluate", "--weights", path("weights.safetensors"), "--data", path("rows.npz"), "--batch", "\(batch)"])
      let pairs = said.split(whereSeparator: \.isWhitespace).map { $0.split(separator: "=") }
      let found = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Double($0[1]) ?? .nan) })
      #expect(Set(found.keys) == Set(record.figures.keys))
      for (name, wanted) in record.figures {
        // Printed with six decimal places.
        let figure = try #require(found[name])
        #expect((figure - wanted).magnitude < 3e-6, "\(name): \(figure), but Keras has \(wanted)")
      }
    }
  }
}
