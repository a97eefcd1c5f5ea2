import GraphIR
import KernelIR
import Testing

@testable import Verification

/// A layer at each step of a sequence is the layer on each step's slice, with the same weights.
@Suite struct TimeDistributedTests {
  /// A layer that takes whole sequences gives the same with and without.
  @Test(arguments: [
    "Dense(4, activation: .tanh)", "LayerNormalization()", "BatchNormalization()", "Activation(.softmax)",
  ])
  func stepsOfASequence(layer: String) async throws {
    func source(_ layer: String) -> String {
      """
      let model = Model("net", input: [5, 3]) { \(layer); Dense(2) }
      model.training = Training(loss: .mse)
      """
    }
    try await expectSame(source("TimeDistributed(\(layer))"), source(layer))
  }

  /// What a layer is called with at each step, its declarations, and the layer.
  struct Inner: Sendable, CustomTestStringConvertible {
    var shape: [Int]
    var declaration = ""
    var layer: String
    var testDescription: String { layer }
  }

  /// A block of layers, with a loop and a sum.
  static let block = """
    struct Block: Layer {
      let layers: [any Layer] = [
        Conv2D(4, kernelSize: 3, padding: .same, activation: .relu), MaxPooling2D(2), Flatten(), Dense(5),
      ]
      func callAsFunction(_ input: Tensor) -> Tensor {
        let h = layers.reduce(input) { $1($0) }
        return tanh(h) + h
      }
    }
    """

  static let inners = [
    Inner(shape: [6, 5, 2], layer: "Conv2D(3, kernelSize: 3, activation: .sigmoid)"),
    Inner(shape: [8, 8, 16], layer: "Conv2D(16, kernelSize: 3, padding: .same, activation: .tanh)"),
    Inner(shape: [6, 5, 4], layer: "DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .same)"),
    Inner(shape: [6, 6, 2], declaration: block, layer: "Block()"),
    Inner(shape: [5, 3], layer: "LSTM(4)"),
    Inner(shape: [5, 3], layer: "GRU(4, returnSequences: true, recomputesGates: true)"),
    Inner(shape: [5, 3], layer: "Bidirectional(SimpleRNN(4))"),
    Inner(shape: [5, 4], layer: "MultiHeadAttention(heads: 2, keyDimension: 2, mask: .causal, rotary: true)"),
    Inner(
      shape: [5, 2],
      declaration: """
        struct Block: Layer {
          let gru = GRU(4)
          func callAsFunction(_ input: Tensor) -> Tensor { gru(Masking(maskValue: 0)(input)) }
        }
        """, layer: "Block()"),
    Inner(shape: [2, 3], layer: "TimeDistributed(Dense(4))"),
    Inner(shape: [4, 3], layer: "Conv1D(3, kernelSize: 2, padding: .causal)"),
    Inner(shape: [6, 5, 2], layer: "AveragePooling2D(2)"),
  ]

  /// A layer on the slices, joined again.
  @Test(arguments: inners) func slicesJoined(inner: Inner) async throws {
    let time = 3
    func source(_ expression: String) -> String {
      """
      \(inner.declaration)
      let x = Tensor.input("x", shape: \([time] + inner.shape))
      let layer = \(inner.layer)
      \(expression)
      let model = Model("net", inputs: [x], outputs: ["y": Dense(2)(reshape(y, to: [y.shape.elementCount]))])
      model.training = Training(loss: .mse)
      """
    }
    try await expectSame(
      source("let y = TimeDistributed(layer)(x)"),
      source(
        """
        let parts = (0..<\(time)).map { t -> Tensor in
          let part = layer(reshape(slice(x, from: t, to: t + 1), to: \(inner.shape)))
          return reshape(part, to: [1] + part.shape.extents)
        }
        let y = concatenate(parts, axis: 0)
        """), x: inner.declaration.contains("Masking") ? Self.padded([3, time] + inner.shape) : nil)
  }

  /// Sequences of 2, 3 and 4 steps and padding, within each step.
  private static func padded(_ extents: [Int]) -> ReferenceTensor {
    .generate(extents) { at in
      at[2] < 2 + (at[0] + at[1]) % 3 ? Double((at[1] * 7 + at[2] * 3 + at[3]) % 5 + 1) / 5 : 0
    }
  }

  private func expectSame(_ one: String, _ other: String, x: ReferenceTensor? = nil) async throws {
    let twins = try await TwinModels(one, other, rows: 3)
    let data = x.map { ["input/x": $0] } ?? [:]
    let (first, second) = twins.points(rows: 3, data, data)
    for function in ["predict", "backward"] {
      expectEqual(try twins.one.functions(function, at: first), try twins.other.functions(function, at: second))
    }
  }

  /// In every mode, with gradients against differences: dropout, statistics and states within.
  @Test(arguments: [
    (
      "[3, 6, 6, 2]",
      "TimeDistributed(Conv2D(4, kernelSize: 3, padding: .same)); TimeDistributed(BatchNormalization()); "
        + "TimeDistributed(MaxPooling2D(2)); TimeDistributed(Flatten()); TimeDistributed(Dropout(0.3)); LSTM(3)"
    ),
    (
      "[3, 4, 2]",
      "TimeDistributed(LSTM(3, recurrentDropout: 0.2, stateful: true)); TimeDistributed(Dense(2)); GRU(2, stateful: true)"
    ),
    (
      "[3, 4, 2]",
      "TimeDistributed(MultiHeadAttention(heads: 1, keyDimension: 2)); TimeDistributed(GlobalMaxPooling1D())"
    ),
  ])
  func everyModeAgrees(input: String, layers: String) async throws {
    let half = try await TwinModels.Half(
      "let model = Model(\"net\", input: \(input)) { \(layers) }\nmodel.training = Training(loss: .mse)", rows: 2)
    let check = try await ModelCheck(half.model, options: ModelCheck.Options())
    #expect(check.passed, "\(check.text)")
  }
}
