import GraphIR
import KernelIR
import Scheduling
import Testing

@testable import Verification

/// States of recurrent layers that go in, come out and stay, and gradients that end.
@Suite struct RecurrentLayerTests {
  /// A layer, and what it is told beside what a test wants of it.
  struct Cell: Sendable, CustomTestStringConvertible {
    var type: String
    var variant = ""
    /// Gates are made again, where there are gates.
    var again: String { type == "SimpleRNN" ? "" : "recomputesGates: true" }
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

  /// Sequences of one step, in training too; `everyModeAgrees` has five.
  @Test func oneStepAgrees() async throws {
    let half = try await TwinModels.Half(
      """
      let model = Model("net", input: [1, 3]) {
        LSTM(3, returnSequences: true, recomputesGates: true)
        MultiHeadAttention(heads: 1, keyDimension: 2, mask: .causal)
        GRU(2, resetAfter: false)
      }
      model.training = Training(loss: .mse)
      """, rows: 2)
    let check = try await ModelCheck(half.model, options: ModelCheck.Options())
    #expect(check.passed, "\(check.text)")
  }

  static let gated = [Cell(type: "LSTM"), Cell(type: "GRU"), Cell(type: "GRU", variant: "resetAfter: false")]

  /// Gates that are made again give the same gradients: with a mask, both ways, truncated, from given and from kept states.
  @Test(arguments: gated) func gatesAreMadeAgain(cell: Cell) async throws {
    func source(_ recomputes: Bool) -> String {
      let again = "recomputesGates: \(recomputes)"
      return """
        let x = Tensor.input("x", shape: [13, 3])
        let a = Tensor.input("a", shape: [2])
        let masked = Masking(maskValue: 0)(x)
        let h = Bidirectional(\(cell(3, "returnSequences: true", last: again)))(masked)
        let middle = \(cell(4, "recurrentDropout: 0.4, returnSequences: true", last: "backpropagationSteps: 4, \(again)"))
        let (y, states) = middle.returningState(h)
        let z = \(cell(4, last: again))(y, initialState: states.map { $0 + Dense(4)(a) })
        let model = Model("net", inputs: [x, a], outputs: ["y": \(cell(2, "stateful: true", last: again))(y) + Dense(2)(z)])
        model.training = Training(loss: .mse)
        """
    }
    let twins = try await TwinModels(source(true), source(false), rows: 3)
    // Rows of 5, 8 and 11 steps, and padding.
    let x = ReferenceTensor.generate([3, 13, 3]) { at in
      at[1] < 5 + at[0] * 3 ? Double((at[0] * 7 + at[1] * 3 + at[2]) % 11) / 5 - 1.1 : 0
    }
    let (one, other) = twins.points(rows: 3, ["input/x": x], ["input/x": x])
    expectEqual(try twins.one.functions("predict", at: one), try twins.other.functions("predict", at: other))
    expectEqual(try twins.one.functions("backward", at: one), try twins.other.functions("backward", at: other))
  }

  /// Of three layers one at a time has gates in memory.
  @Test(arguments: zip(gated, [0.6, 0.65, 0.7])) func memoryIsLess(cell: Cell, share: Double) async throws {
    func arena(_ recomputes: Bool) async throws -> Int {
      let layer = cell(16, "returnSequences: true", last: "recomputesGates: \(recomputes)")
      let half = try await TwinModels.Half(
        "let model = Model(\"net\", input: [50, 16]) { \(layer); \(layer); \(layer) }\nmodel.training = Training(loss: .mse)",
        rows: 8)
      let graph = try #require(half.functions.graphs.functions.first { $0.name == "backward" }).graph
      let options = ScheduleOptions(
        products: .builtin, maxRows: 8, threads: 1, reuse: true, phase: "backward")
      return Schedule(graph, options: options).memory.byteCount(rows: 8)
    }
    let (less, more) = try await (arena(true), arena(false))
    #expect(Double(less) < share * Double(more), "\(less) and \(more)")
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
        \(cell(3, "recurrentDropout: 0.5, goBackwards: true, stateful: true", last: cell.again))
      }
      model.training = Training(loss: .mse)
      """, rows: 2)
    let check = try await ModelCheck(half.model, options: ModelCheck.Options())
    #expect(check.passed, "\(check.text)")
  }
}
