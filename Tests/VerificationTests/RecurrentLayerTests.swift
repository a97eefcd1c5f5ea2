import GraphIR
import KernelIR
import Testing

@testable import Verification

/// States of recurrent layers that go in, come out and stay, and gradients that end.
@Suite struct RecurrentLayerTests {
  /// A layer, and what it is told beside what a test wants of it.
  struct Cell: Sendable, CustomTestStringConvertible {
    var type: String
    var variant = ""
    var testDescription: String { "\(type) \(variant)" }

    func callAsFunction(_ units: Int, _ options: String = "", last: String = "") -> String {
      "\(type)(\(["\(units)", options, variant, last].filter { !$0.isEmpty }.joined(separator: ", ")))"
    }
  }

  static let cells = [
    Cell(type: "LSTM"), Cell(type: "GRU"), Cell(type: "GRU", variant: "resetAfter: false"), Cell(type: "SimpleRNN"),
  ]

  /// Two halves of a sequence, the second started where the first ended, are the whole, and so are their gradients.
  @Test(arguments: cells) func statesGoOn(cell: Cell) async throws {
    let twins = try await TwinModels(
      """
      let x = Tensor.input("x", shape: [6, 3])
      let model = Model("net", inputs: [x], outputs: ["y": \(cell(4))(x)])
      model.training = Training(loss: .mse)
      """,
      """
      let x = Tensor.input("x", shape: [6, 3])
      let cell = \(cell(4))
      let (_, states) = cell.returningState(slice(x, from: 0, to: 2))
      let model = Model("net", inputs: [x], outputs: ["y": cell(slice(x, from: 2), initialState: states)])
      model.training = Training(loss: .mse)
      """, rows: 2)
    let (one, other) = twins.points(rows: 2, [:], [:])
    expectEqual(try twins.one.functions("predict", at: one), try twins.other.functions("predict", at: other))
    expectEqual(try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other))
  }

  /// Truncated backpropagation is what stopped gradients between the parts are; 5 does not divide the length.
  @Test(arguments: cells, [2, 5]) func gradientsEnd(cell: Cell, steps: Int) async throws {
    let end = steps == 2 ? "4" : "5"
    let twins = try await TwinModels(
      """
      let x = Tensor.input("x", shape: [6, 3])
      let model = Model("net", inputs: [x], outputs: ["y": \(cell(4, last: "backpropagationSteps: \(steps)"))(x)])
      model.training = Training(loss: .mse)
      """,
      """
      let x = Tensor.input("x", shape: [6, 3])
      let cell = \(cell(4))
      let (_, states) = cell.returningState(slice(x, from: 0, to: \(end)))
      let stopped = states.map { stopGradient($0) }
      let model = Model("net", inputs: [x], outputs: ["y": cell(slice(x, from: \(end)), initialState: stopped)])
      model.training = Training(loss: .mse)
      """, rows: 3)
    let (one, other) = twins.points(rows: 3, [:], [:])
    expectEqual(try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other))
  }

  private static func output(_ results: [String: ReferenceTensor]) -> ReferenceTensor? {
    results.first { $0.key.hasPrefix("predict output ") }?.value
  }

  /// Calls of a stateful layer on parts of a sequence are one call on the whole.
  @Test(arguments: cells) func statefulGoesOnWithWhatWasLeft(cell: Cell) async throws {
    let twins = try await TwinModels(
      "let model = Model(\"net\", input: [2, 3]) { \(cell(4, "returnSequences: true, stateful: true")); Dense(2) }",
      "let model = Model(\"net\", input: [6, 3]) { \(cell(4, "returnSequences: true")); Dense(2) }", rows: 2)
    let (beginning, other) = twins.points(rows: 2, [:], [:])
    var one = beginning
    let x = try #require(other.sources["input/x"])
    var found: [Double] = []
    let whole = try #require(Self.output(twins.other.functions("predict", at: other)))
    for part in 0..<3 {
      one.put(.generate([2, 2, 3]) { x[[$0[0], $0[1] + 2 * part, $0[2]]] }, at: "input/x")
      let results = try twins.one.functions("predict", at: one)
      let y = try #require(Self.output(results))
      for row in 0..<2 {
        for t in 0..<2 { for u in 0..<2 { found.append(y[[row, t, u]] - whole[[row, t + 2 * part, u]]) } }
      }
      for (name, tensor) in results where name.hasPrefix("predict new state ") {
        one.put(tensor, at: "state/" + name.dropFirst("predict new state ".count))
      }
    }
    #expect(found.count == 24 && found.allSatisfy { $0.magnitude < 1e-12 })
  }

  /// Dropout of inputs and states in training, in every mode, with gradients against differences.
  @Test(arguments: cells) func everyModeAgrees(cell: Cell) async throws {
    let half = try await TwinModels.Half(
      """
      let model = Model("net", input: .tokens(length: 5)) {
        Embedding(vocabulary: 6, dimension: 3, maskZero: true)
        \(cell(4, "dropout: 0.2, recurrentDropout: 0.3, returnSequences: true"))
        \(cell(3, "recurrentDropout: 0.5, goBackwards: true, stateful: true"))
      }
      model.training = Training(loss: .mse)
      """, rows: 2)
    let check = try await ModelCheck(half.model, options: ModelCheck.Options())
    #expect(check.passed, "\(check.text)")
  }
}
