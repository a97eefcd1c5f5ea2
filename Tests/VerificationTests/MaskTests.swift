import GraphIR
import KernelIR
import Testing

@testable import Verification

/// Padding that a mask hides changes nothing: padded rows against the same rows without padding.
@Suite struct MaskTests {
  /// Networks over embedded tokens, by layers behind the embedding; `sequence` for those that give an output for each step.
  struct Network: Sendable, CustomTestStringConvertible {
    var layers: String
    var sequence = false
    var testDescription: String { layers }
  }

  static let networks = [
    Network(layers: "LSTM(4)"), Network(layers: "GRU(4, activation: .relu)"), Network(layers: "SimpleRNN(4)"),
    Network(layers: "GRU(4, resetAfter: false)"),
    Network(layers: "LSTM(5, returnSequences: true); GRU(3, goBackwards: true)"),
    Network(layers: "Bidirectional(GRU(3, returnSequences: true)); LSTM(4)"),
    Network(layers: "Bidirectional(LSTM(3), merge: .average)"),
    Network(layers: "Dense(4, activation: .tanh); GlobalAveragePooling1D()"),
    Network(layers: "LayerNormalization(); Dropout(0); GlobalMaxPooling1D()"),
    Network(layers: "MultiHeadAttention(heads: 2, keyDimension: 3); RMSNormalization(); GlobalAveragePooling1D()"),
    Network(layers: "TimeDistributed(Dense(4, activation: .tanh)); GRU(3)"),
    Network(layers: "LSTM(4, returnSequences: true); TimeDistributed(Dense(3))", sequence: true),
    Network(layers: "LSTM(4, returnSequences: true); Dense(3)", sequence: true),
    Network(
      layers: "MultiHeadAttention(heads: 2, keyDimension: 4, mask: .causal, keyValueHeads: 1, rotary: true); Dense(3)",
      sequence: true),
    Network(
      layers: "PositionEmbedding(maximumLength: 9); Activation(.sigmoid); GRU(3, returnSequences: true)", sequence: true
    ),
  ]

  private static func source(_ network: Network, length: Int, isMasked: Bool) -> String {
    """
    let model = Model("net", input: .tokens(length: \(length))) {
      Embedding(vocabulary: 7, dimension: 6\(isMasked ? ", maskZero: true" : ""))
      \(network.layers)
    }
    model.training = Training(loss: .mse, metrics: [.mae])
    """
  }

  @Test(arguments: networks) func paddingChangesNothing(network: Network) async throws {
    let (rows, whole, length) = (3, 8, 5)
    let twins = try await TwinModels(
      Self.source(network, length: whole, isMasked: true), Self.source(network, length: length, isMasked: false),
      rows: rows)
    // No token is 0, but what is behind the end.
    let tokens = ReferenceTensor.generate([rows, length]) { Double(($0[0] * 5 + $0[1] * 3) % 6 + 1) }
    let padded = ReferenceTensor.generate([rows, whole]) { $0[1] < length ? tokens[$0] : 0 }
    let (one, second) = twins.points(rows: rows, ["input/x": padded], ["input/x": tokens])
    var other = second
    if network.sequence {
      let target = try #require(one.sources["target/y"])
      other.put(
        .generate([rows, length, target.shape[2]]) { target[$0] }, at: "target/y")
    } else {
      other.put(try #require(one.sources["target/y"]), at: "target/y")
      expectEqual(try twins.one.functions("predict", at: one), try twins.other.functions("predict", at: other))
    }
    expectEqual(
      try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other),
      "backward gradient")
    expectEqual(
      try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other), "backward loss")
    if network.sequence {
      let (masked, plain) = (
        try twins.one.functions("evaluate", at: one)["evaluate metric mae"]?.values ?? [],
        try twins.other.functions("evaluate", at: other)["evaluate metric mae"]?.values ?? []
      )
      try #require(masked.count == 2 && plain.count == 1)
      #expect(masked[1] == Double(rows * length))
      #expect((masked[0] / masked[1] - plain[0] / Double(rows)).magnitude < 1e-12)
    }
  }

  /// Padding before a sequence, numbers instead of tokens, a row of nothing but padding.
  @Test func maskingOfNumbers() async throws {
    let layers = "LSTM(4, returnSequences: true); GRU(3)"
    let twins = try await TwinModels(
      "let model = Model(\"net\", input: [6, 2]) { Masking(maskValue: -1); \(layers) }",
      "let model = Model(\"net\", input: [4, 2]) { \(layers) }", rows: 3)
    let numbers = ReferenceTensor.generate([3, 4, 2]) { Double(($0[0] * 7 + $0[1] * 3 + $0[2]) % 5) / 5 }
    var padded = ReferenceTensor.generate([3, 6, 2]) { $0[1] < 2 ? -1 : numbers[[$0[0], $0[1] - 2, $0[2]]] }
    let (first, other) = twins.points(rows: 3, ["input/x": padded], ["input/x": numbers])
    var one = first
    expectEqual(try twins.one.functions("predict", at: one), try twins.other.functions("predict", at: other))
    for place in padded.values.indices where place < 12 { padded.values[place] = -1 }
    one.put(padded, at: "input/x")
    let nothing = try twins.one.functions("predict", at: one).values.first?.values ?? []
    #expect(nothing.prefix(3).allSatisfy { $0 == 0 } && nothing.dropFirst(3).contains { $0 != 0 })
  }

  /// Sums, joins and batch normalization heed the mask.
  @Test(arguments: [
    "Add()([h, h])", "Multiply()([h, h])", "Concatenate()([h, h])", "h + h", "tanh(h) * 2", "BatchNormalization()(h)",
    "concatenate([h, h], axis: -1)",
  ])
  func masksFlow(through expression: String) async throws {
    func source(_ length: Int, _ isMasked: Bool) -> String {
      """
      let x = Tensor.input("x", shape: .tokens(length: \(length)))
      let h = Embedding(vocabulary: 7, dimension: 3\(isMasked ? ", maskZero: true" : ""))(x)
      let model = Model("net", inputs: [x], outputs: ["y": GRU(3)(\(expression))])
      model.training = Training(loss: .mse)
      """
    }
    let twins = try await TwinModels(source(6, true), source(4, false), rows: 2)
    let tokens = ReferenceTensor.generate([2, 4]) { Double(($0[0] * 5 + $0[1] * 3) % 6 + 1) }
    let padded = ReferenceTensor.generate([2, 6]) { $0[1] < 4 ? tokens[$0] : 0 }
    let (one, second) = twins.points(rows: 2, ["input/x": padded], ["input/x": tokens])
    var other = second
    other.put(try #require(one.sources["target/y"]), at: "target/y")
    expectEqual(try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other))
  }
}
