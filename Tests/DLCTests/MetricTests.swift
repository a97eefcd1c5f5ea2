import GraphIR
import Testing

@testable import DLC

/// What a batch adds to the accumulators of each metric.
@Suite struct MetricTests {
  private func check(_ metric: Metric, _ evaluation: Evaluation, loss: Loss = .mse, _ expected: [Double]) throws {
    let result = try evaluation { builder, target, output in
      try builder.contribution(of: metric, loss: loss, target: target, output: output)
    }
    #expect(result.count == metric.count(isMasked: false))
    #expect(
      zip(result, expected).allSatisfy { abs($0 - $1) < 1e-9 } && expected.count == result.count,
      "\(metric.name): \(result) instead of \(expected)")
  }

  private let p = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5]]

  @Test func accuracyOfClasses() throws {
    try check(.accuracy, Evaluation(classes: [0, 2, 2], output: p), [2])
    try check(.accuracy, Evaluation(target: [[1, 0, 0], [0, 0, 1], [0, 0, 1]], output: p), [2])
    try check(.sparseCategoricalAccuracy, Evaluation(classes: [1, 2, 0], output: p), [0])
    try check(.topKAccuracy(2), Evaluation(classes: [2, 2, 0], output: p), [1])
    try check(.topKAccuracy(2), Evaluation(target: [[0, 0, 1], [0, 0, 1], [0, 1, 0]], output: p), [2])
  }

  @Test func binary() throws {
    let rows = Evaluation(target: [[1], [0], [1], [0]], output: [[0.9], [0.6], [0.3], [0.2]])
    try check(.accuracy, rows, [2])
    try check(.binaryAccuracy(threshold: 0.25), rows, [3])
    try check(.precision, rows, [1, 1])
    try check(.recall, rows, [1, 1])
    try check(.recall(threshold: 0.25), rows, [2, 0])
    let logits = Evaluation(target: [[1], [0]], output: [[0.3], [-0.3]])
    try check(.accuracy, logits, loss: .binaryCrossentropy(fromLogits: true), [2])
  }

  @Test func errors() throws {
    let rows = Evaluation(target: [[1, 0], [0.5, 2]], output: [[0.5, 0.25], [0.5, 0]])
    try check(.mse, rows, [(0.25 + 0.0625) / 2 + 4 / 2])
    try check(.mae, rows, [(0.5 + 0.25) / 2 + 2 / 2])
    #expect(Metric.rootMeanSquaredError.formula == .rootMean)
  }

  /// Keras's thresholds: just below 0, 198 between, just above 1.
  @Test func areaUnderCurve() throws {
    let rows = Evaluation(target: [[1], [0], [1], [0]], output: [[0.9], [0.6], [0.3], [0]])
    let thresholds = [-1e-7] + (1..<199).map { Double($0) / 199 } + [1 + 1e-7]
    let count = { (values: [Double]) in thresholds.map { t in Double(values.filter { $0 > t }.count) } }
    let (positive, negative) = (count([0.9, 0.3]), count([0.6, 0]))
    try check(
      .auc, rows, positive + negative.map { 2 - $0 } + negative + positive.map { 2 - $0 })
  }
}
