import GraphIR
import Testing

@testable import DLC

/// Losses against values worked out by hand from Keras's definitions.
@Suite struct LossTests {
  private let numbers = Evaluation(target: [[1, 0], [0.5, 2]], output: [[0.5, 0.25], [0.5, 0]])

  private func check(_ loss: Loss, _ evaluation: Evaluation, _ expected: Double) throws {
    let result = try evaluation { builder, target, output in
      try builder.mean(ofAll: builder.loss(loss.kind, target: target, output: output))
    }
    #expect(result.count == 1)
    #expect(abs(result[0] - expected) < 1e-9, "\(loss.name): \(result[0]) instead of \(expected)")
  }

  @Test func errors() throws {
    try check(.meanSquaredError, numbers, (0.25 + 0.0625 + 0 + 4) / 4)
    try check(.meanAbsoluteError, numbers, (0.5 + 0.25 + 0 + 2) / 4)
    try check(.huber, numbers, (0.125 + 0.03125 + 0 + 1.5) / 4)
    try check(.huber(delta: 0.5), numbers, (0.125 + 0.03125 + 0 + 0.875) / 4)
  }

  @Test func binaryCrossentropy() throws {
    let rows = Evaluation(target: [[1], [0]], output: [[0.8], [0.4]])
    try check(.binaryCrossentropy, rows, 0.366984587599)  // -(ln 0.8 + ln 0.6) / 2
    let logits = Evaluation(target: [[1], [0]], output: [[0], [0]])
    try check(.binaryCrossentropy(fromLogits: true), logits, 0.693147180560)
  }

  @Test func crossentropyOfClasses() throws {
    let p = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]]
    try check(.sparseCategoricalCrossentropy, Evaluation(classes: [0, 2], output: p), 0.780323874132)
    try check(.categoricalCrossentropy, Evaluation(target: [[1, 0, 0], [0, 0, 1]], output: p), 0.780323874132)
    let logits = Evaluation(classes: [0, 2], output: [[1, 1, 1], [0, 0, 0]])
    try check(.sparseCategoricalCrossentropy(fromLogits: true), logits, 1.098612288668)
  }

  @Test func kullbackLeibler() throws {
    let rows = Evaluation(target: [[0.5, 0.5]], output: [[0.25, 0.75]])
    try check(.kullbackLeiblerDivergence, rows, 0.143841036226)  // 0.5 ln 2 + 0.5 ln (2/3)
  }
}
