import CompilerDriver
import Diagnostics
import Foundation
import GraphIR
import GraphPasses
import Testing

@testable import Verification

/// A sequence that comes a step at a time gives what the whole sequence gives, and a model that cannot do so says why.
@Suite struct StreamTests {
  /// Layers of a sequential model, the shape of its input for a length, and how many steps its stream has: nil without end.
  struct Case: Sendable, CustomTestStringConvertible {
    var layers: String
    var tokens = false
    var isLimited = false
    var testDescription: String { layers }
  }

  static let cases = [
    Case(layers: "LSTM(5, returnSequences: true); LSTM(4); Dense(2)"),
    Case(layers: "LSTM(5, activation: .relu, useBias: false, returnSequences: true); Dense(3, activation: .softmax)"),
    Case(layers: "GRU(6, returnSequences: true); GRU(4, activation: .sigmoid); Dense(2)"),
    Case(layers: "GRU(6, returnSequences: true, resetAfter: false); GRU(4, useBias: false, resetAfter: false)"),
    Case(layers: "SimpleRNN(5, returnSequences: true); SimpleRNN(3, activation: .relu, returnSequences: true)"),
    Case(layers: "Conv1D(4, kernelSize: 3, padding: .causal, activation: .relu); BatchNormalization(); GRU(3)"),
    Case(layers: "Conv1D(4, kernelSize: 2, padding: .causal, dilationRate: 3, groups: 1); LayerNormalization()"),
    Case(layers: "Dense(4, activation: .gelu); Dropout(0.5); RMSNormalization(); Dense(2)"),
    Case(layers: "Embedding(vocabulary: 9, dimension: 4); LSTM(5, returnSequences: true); Dense(9)", tokens: true),
    Case(
      layers: "Embedding(vocabulary: 9, dimension: 4); PositionEmbedding(maximumLength: 20); GRU(4)", tokens: true,
      isLimited: true),
    Case(
      layers: "TimeDistributed(Dense(12, activation: .tanh)); TimeDistributed(Reshape([4, 3])); "
        + "TimeDistributed(LSTM(5, returnSequences: true)); TimeDistributed(GRU(3)); GRU(2)"),
    Case(
      layers: "Dense(48); Reshape([-1, 4, 4, 3]); TimeDistributed(Conv2D(4, kernelSize: 3, padding: .same)); "
        + "TimeDistributed(MaxPooling2D(2)); TimeDistributed(AveragePooling2D(2)); TimeDistributed(Flatten()); LSTM(3)"),
    Case(
      layers: "Dense(12); TimeDistributed(Reshape([3, 4])); "
        + "TimeDistributed(MultiHeadAttention(heads: 2, keyDimension: 2, rotary: true)); "
        + "TimeDistributed(GlobalAveragePooling1D()); SimpleRNN(2)"),
    Case(layers: "MultiHeadAttention(heads: 2, keyDimension: 3, mask: .causal); Dense(2)", isLimited: true),
    Case(
      layers: "Dense(6); RotaryEmbedding(); SinePositionEncoding(); "
        + "MultiHeadAttention(heads: 4, keyDimension: 2, mask: .causal, keyValueHeads: 2, rotary: true)",
      isLimited: true),
    Case(
      layers: "Embedding(vocabulary: 9, dimension: 4); PositionEmbedding(maximumLength: 20); "
        + "MultiHeadAttention(heads: 2, keyDimension: 3, valueDimension: 5, mask: .causal); LayerNormalization(); Dense(9)",
      tokens: true, isLimited: true),
  ]

  private func load(_ layers: String, input: String) async throws -> ModelDescription {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("model.swift").path
    try "import DLC\nlet model = Model(\"net\", input: \(input)) { \(layers) }\n"
      .write(toFile: file, atomically: true, encoding: .utf8)
    return try await Compiler.load(CompileOptions(model: file), requireTraining: false)
  }

  @Test(arguments: cases, [1, 2, 7, 13])
  func stepsAreTheSequence(_ network: Case, length: Int) async throws {
    let input = network.tokens ? ".tokens(length: \(length))" : "[\(length), 3]"
    let model = try await load(network.layers, input: input)
    for optimize in [true, false] {
      let choice = CompiledGraphSet.Choice(compiler: "clang", element: .f64, products: .builtin, optimize: optimize)
      let functions = try await ModelFunctions(ModelGraphs(model, as: choice), as: choice, rows: 3)
      var random = RandomSource(seed: 3)
      let point = TrialPoint(
        model, slots: [], states: functions.graphs.states, rows: 3, inputs: -1...1, random: &random
      ).beginning
      let steps = try functions.steps(at: point, of: model)
      let whole = try functions("predict", at: point)
      try #require(!steps.isEmpty && steps.count == whole.count)
      let agreement = Agreement(of: steps, with: whole, within: .double)
      #expect(agreement.isWithin, "\(agreement.worst.map { "\($0)" } ?? "")")
    }
  }

  @Test(arguments: cases) func streamsEndWhereTheyMust(_ network: Case) async throws {
    let model = try await load(network.layers, input: network.tokens ? ".tokens(length: 5)" : "[5, 3]")
    guard case .possible(_, let limit) = try streaming(of: model) else {
      Issue.record("it does not stream")
      return
    }
    #expect(limit == (network.isLimited ? 5 : nil))
  }

  @Test(arguments: [
    ("Bidirectional(LSTM(4))", "[5, 3]", "order of its own"),
    ("LSTM(4, goBackwards: true)", "[5, 3]", "order of its own"),
    ("GlobalAveragePooling1D()", "[5, 3]", "all steps"),
    ("Conv1D(4, kernelSize: 3, padding: .same)", "[5, 3]", "still to come: padding .causal"),
    ("Flatten(); Dense(2)", "[5, 3]", "joins the steps"),
    ("MultiHeadAttention(heads: 2, keyDimension: 3)", "[5, 3]", "still to come"),
    ("MaxPooling1D(2)", "[5, 3]", "goes over several steps"),
    (
      "TimeDistributed(Reshape([1, 3])); TimeDistributed(LSTM(4, stateful: true))", "[5, 3]",
      "joins steps among the rows with others"
    ),
    ("Dense(2)", "[5]", "no input is a sequence"),
  ])
  func whatDoesNotStreamSaysWhy(layers: String, input: String, reason: String) async throws {
    let model = try await load(layers, input: input)
    guard case .impossible(let said, let location) = try streaming(of: model) else {
      Issue.record("it streams")
      return
    }
    #expect(said.contains(reason), "\(said)")
    #expect(location.isKnown == (input != "[5]"))
  }

  private func streaming(of model: ModelDescription) throws -> Streaming {
    let options = PassOptions(optimize: true, disabledFusions: [], inferenceOnly: true, element: .f32)
    return try PassPipeline.compile(model, options: options) { _, _ in }.stream
  }
}
