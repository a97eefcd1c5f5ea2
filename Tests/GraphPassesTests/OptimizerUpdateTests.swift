import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

/// Against the formulas of keras/src/optimizers (Keras 3), worked out in double precision with Python for the
/// parameter [0.5, -0.3], the learning rate 0.1 and three updates with the gradients below.
@Suite struct OptimizerUpdateTests {
  private static let gradients: [[Double]] = [[0.2, -1.5], [0.1, 0.7], [-0.4, 0.05]]

  @Test(arguments: [
    (OptimizerDescription.Method.sgd(momentum: 0, nesterov: false), [0.51, -0.225]),
    (.sgd(momentum: 0.9, nesterov: false), [0.4668, -0.0315]),
    (.sgd(momentum: 0.9, nesterov: true), [0.48012, 0.01665]),
    (
      .rmsprop(rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false), [0.3181930635441882, -0.1338578001853306]
    ),
    (
      .rmsprop(rho: 0.9, momentum: 0.8, epsilon: 1e-7, centered: true),
      [-0.3213014177033067, 0.24937783777832162]
    ),
    (.adagrad(initialAccumulator: 0.1, epsilon: 1e-7), [0.4925699995627768, -0.2466537975065118]),
    (
      .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0), [0.32742049633319437, -0.15011140923370894]
    ),
    (
      .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.04), [0.32261571828986585, -0.14744111901571658]
    ),
  ])
  func threeUpdates(method: OptimizerDescription.Method, expected: [Double]) throws {
    let description = OptimizerDescription(method: method, learningRate: 0.1)
    let result = try train(description, ["w": [0.5, -0.3]], Self.gradients.map { ["w": $0] })
    for (actual, expected) in zip(result["w"] ?? [], expected) { #expect((actual - expected).magnitude < 1e-14) }
  }

  @Test(arguments: [
    (OptimizerDescription.Clipping.value(2), [-2.0, -2.0], [0.0, -2.0]),
    (.norm(1), [-0.6, -0.8], [0, -1]),
    // The norm of all is 13.
    (.globalNorm(6.5), [-1.5, -2], [0, -6]),
    (.norm(20), [-3, -4], [0, -12]),
    (.globalNorm(20), [-3, -4], [0, -12]),
  ])
  func clipping(clipping: OptimizerDescription.Clipping, first: [Double], second: [Double]) throws {
    let description = OptimizerDescription(
      method: .sgd(momentum: 0, nesterov: false), learningRate: 1, clipping: clipping)
    let result = try train(
      description, ["v": [0, 0], "w": [0, 0]], [["v": [3, 4], "w": [0, 12]]], learningRate: 1)
    for (actual, expected) in zip((result["v"] ?? []) + (result["w"] ?? []), first + second) {
      #expect((actual - expected).magnitude < 1e-14)
    }
  }

  @Test func slotsAreNamedAfterTheirParameter() throws {
    var update = OptimizerUpdate(
      name: "apply",
      optimizer: OptimizerDescription(method: .adagrad(initialAccumulator: 0.1, epsilon: 1e-7), learningRate: 0.1))
    let type = TensorType(.f32, [4, 2])
    _ = try update.graph(for: [Parameter(name: "dense/kernel", type: type, initializer: .constant(0))])
    #expect(update.slots == [Slot(name: "adagrad/dense/kernel/accumulator", type: type, initial: 0.1)])
  }

  /// Runs the update graph once for each set of gradients and returns the parameters.
  private func train(
    _ optimizer: OptimizerDescription, _ start: [String: [Double]], _ gradients: [[String: [Double]]],
    learningRate: Double = 0.1
  ) throws -> [String: [Double]] {
    let parameters = start.sorted { $0.key < $1.key }.map { name, values in
      Parameter(name: name, type: TensorType(.f64, [Dimension(values.count)]), initializer: .constant(0))
    }
    var update = OptimizerUpdate(name: "apply", optimizer: optimizer)
    let graph = try update.graph(for: parameters)
    try graph.verify()
    var state: [String: ReferenceTensor] = [:]
    for (name, values) in start { state["parameter/\(name)"] = ReferenceTensor(shape: [values.count], values: values) }
    for slot in update.slots {
      state["slot/\(slot.name)"] = ReferenceTensor(
        shape: slot.type.shape.dimensions.map(\.count), repeating: slot.initial)
    }
    for (step, gradients) in gradients.enumerated() {
      var sources = state
      sources["learningRate/learning_rate"] = ReferenceTensor(shape: [], values: [learningRate])
      for (name, values) in gradients {
        sources["gradient/\(name)"] = ReferenceTensor(shape: [values.count], values: values)
      }
      let results = try GraphEvaluator.evaluate(graph, sources: sources, rows: 1, step: UInt64(step))
      for (root, result) in zip(graph.roots, results) {
        guard case .update(let kind, let name) = root.role else { continue }
        state["\(kind.rawValue)/\(name)"] = result
      }
    }
    return Dictionary(
      uniqueKeysWithValues: start.keys.map { ($0, state["parameter/\($0)"]?.values ?? []) })
  }
}
