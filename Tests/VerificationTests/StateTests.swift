import CompilerDriver
import GraphIR
import KernelIR
import Operators
import Testing

@testable import Verification

/// What a call leaves for the next one, in C and in the reference.
@Suite struct StateTests {
  private static let vector = TensorType(.f32, [.rows, 3])

  /// Each call gives the sum of all inputs so far, with a weight, and how much they are together.
  private func running() throws -> ModelDescription {
    var builder = GraphBuilder(name: "running")
    let x = builder.source(.input, "x", Self.vector)
    let weight = builder.source(.parameter, "sum/weight", TensorType(.f32, [3]))
    let before = builder.source(.state, "sum/total", Self.vector)
    let all = builder.source(.state, "sum/all", TensorType(.f32, [1]))
    let total = try builder.add(before, builder.multiply(x, weight))
    builder.addRoot(.output("sum"), total)
    builder.addRoot(.update(.state, "sum/total"), total)
    let sum = try builder.reshape(builder.sum(total, axes: [0, 1]), to: [1])
    builder.addRoot(.update(.state, "sum/all"), try builder.add(all, sum))
    return ModelDescription(
      name: "running", graph: builder.graph, inputs: [Field(name: "x", type: Self.vector)],
      outputs: [Field(name: "sum", type: Self.vector)], targets: [],
      parameters: [
        Parameter(name: "sum/weight", type: TensorType(.f32, [3]), initializer: .uniform(low: 0.5, high: 1))
      ], layers: [], training: nil, hyperparameters: [], location: .unknown)
  }

  @Test func everyModeAgrees() async throws {
    let check = try await ModelCheck(try running(), options: ModelCheck.Options())
    #expect(check.passed && check.omissions.isEmpty, "\(check.text)")
    #expect(check.lines.contains { $0.judge == "reference" })
  }

  /// Two calls one after another, the second with what the first has left.
  @Test func callsGoOn() async throws {
    let model = try running()
    let choice = CompiledGraphSet.Choice(compiler: "clang", element: .f64, products: .builtin)
    let functions = try await ModelFunctions(ModelGraphs(model, as: choice), as: choice, rows: 2)
    var random = RandomSource(seed: 4)
    var point = TrialPoint(
      model, slots: [], states: functions.graphs.states, rows: 2, inputs: -1...1, random: &random
    ).beginning
    let first = try functions("predict", at: point)
    let (x, weight) = (point.sources["input/x"]?.values ?? [], point.sources["parameter/sum/weight"]?.values ?? [])
    let once = x.enumerated().map { $1 * weight[$0 % 3] }
    #expect(first["predict output sum"]?.values == once)
    for (name, tensor) in first where name.hasPrefix("predict new state ") {
      point.put(tensor, at: "state/" + name.dropFirst("predict new state ".count))
    }
    let second = try functions("predict", at: point)
    #expect(second["predict output sum"]?.values == once.map { $0 + $0 })
    let all = once.reduce(0, +)
    #expect(((second["predict new state sum/all"]?.values.first ?? .nan) - 3 * all).magnitude < 1e-12)
  }
}
