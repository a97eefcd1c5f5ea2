import GraphIR
import KernelIR
import Operators
import Testing

/// Checks the gradient rule of `instance` against central differences.
///
/// With random operands x and weights w of the results, the rule must give the gradient of L = Σ w·op(x): each partial
/// derivative d within 1e-5 + 1e-3·|d| of (L(x + h) - L(x - h)) / 2h. Operands on either side of which L runs
/// differently, as at a kink, are drawn anew. Operands in `fixed` are given; they and targets have no gradient.
func checkGradient(
  of instance: Instance, random: inout RandomSource, rows: Int = 3, fixed: [Int: ReferenceTensor] = [:],
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
  let name = type(of: instance.op).name
  for _ in 0..<20 {
    let trial = try GradientTrial(instance, random: &random, rows: rows, fixed: fixed)
    guard let differences = trial.differences() else { continue }
    let gradients = try trial.gradients()
    for (operand, expected) in differences.enumerated() where trial.isDifferentiated(operand) {
      let actual = gradients[operand] ?? [Double](repeating: 0, count: expected.count)
      try #require(actual.count == expected.count, "\(name): operand \(operand)", sourceLocation: sourceLocation)
      for (position, pair) in zip(actual, expected).enumerated() {
        #expect(
          (pair.0 - pair.1).magnitude <= 1e-5 + 1e-3 * pair.1.magnitude,
          "\(name): \(instance.operands), operand \(operand), element \(position): \(pair.0), but \(pair.1) by differences",
          sourceLocation: sourceLocation)
      }
    }
    return
  }
  Issue.record("\(name): every draw fell on a kink", sourceLocation: sourceLocation)
}

/// The instance with its floating-point operands and attributes in f64.
func inDoublePrecision(_ instance: Instance) -> Instance {
  Instance(
    instance.op.retyped(to: .f64),
    instance.operands.map { TensorType($0.element.isFloating ? .f64 : $0.element, $0.shape) })
}

/// Random numbers of the operand's domain.
func drawOperand(_ index: Int, of instance: Instance, random: inout RandomSource, rows: Int) -> ReferenceTensor {
  let type = instance.operands[index]
  return random.tensor(type, in: instance.op.domain(ofOperand: index, type: type), rows: rows)
}

/// One choice of operands and weights.
private struct GradientTrial {
  static let step = 1e-6

  var instance: Instance
  var rows: Int
  var fixed: [Int: ReferenceTensor]
  var operands: [ReferenceTensor]
  var weights: [ReferenceTensor]
  var resultTypes: [TensorType]

  init(_ instance: Instance, random: inout RandomSource, rows: Int, fixed: [Int: ReferenceTensor]) throws {
    self.instance = instance
    self.rows = rows
    self.fixed = fixed
    resultTypes = try instance.op.infer(instance.operands)
    operands = instance.operands.indices.map { index in
      fixed[index] ?? drawOperand(index, of: instance, random: &random, rows: rows)
    }
    weights = resultTypes.enumerated().map { index, type in
      let isWeighed = !instance.op.auxiliaryResults.contains(index)
      return .generate(type.shape.dimensions.map { $0.value(rows: rows) }) { _ in
        isWeighed ? random.real(in: -1...1) : 0
      }
    }
  }

  func isDifferentiated(_ operand: Int) -> Bool {
    instance.operands[operand].element.isFloating && fixed[operand] == nil
      && !OperatorInstances.targets(of: instance.op).contains(operand)
  }

  func loss(_ operands: [ReferenceTensor]) -> Double {
    let results = evaluate(instance.op, operands, instance.operands, resultTypes)
    return zip(results, weights).reduce(0) { sum, pair in
      zip(pair.0.values, pair.1.values).reduce(sum) { $0 + $1.0 * $1.1 }
    }
  }

  /// The derivative by each element of each operand; nil where one differs between the two sides.
  func differences() -> [[Double]]? {
    var differences: [[Double]] = []
    let here = loss(operands)
    for (index, operand) in operands.enumerated() {
      guard isDifferentiated(index) else {
        differences.append([])
        continue
      }
      var derivatives: [Double] = []
      for position in operand.values.indices {
        var moved = operands
        moved[index].values[position] += Self.step
        let above = loss(moved)
        moved[index].values[position] = operand.values[position] - Self.step
        let below = loss(moved)
        let derivative = (above - below) / (2 * Self.step)
        let bend = (above + below - 2 * here).magnitude / Self.step
        guard bend <= 1e-3 * (0.5 + derivative.magnitude) else { return nil }
        derivatives.append(derivative)
      }
      differences.append(derivatives)
    }
    return differences
  }

  /// The gradient of each operand by evaluating the graph that the rule builds.
  func gradients() throws -> [[Double]?] {
    var builder = GraphBuilder(name: "gradient")
    let sources = instance.operands.enumerated().map { builder.source(.input, "x\($0)", $1) }
    let node = try builder.append(instance.op, sources).node
    let seeds = resultTypes.enumerated().map { builder.source(.gradient, "w\($0)", $1) }
    var context = GradientContext(
      operands: sources, results: resultTypes.indices.map { Value(node: node, result: $0) }, resultGradients: seeds,
      isNeeded: instance.operands.indices.map(isDifferentiated), builder: builder)
    let gradients = try instance.op.gradient(&context)
    let graph = context.builder.graph
    var given: [Value: ReferenceTensor] = [:]
    for (value, tensor) in zip(sources + seeds, operands + weights) { given[value] = tensor }
    var results: [[ReferenceTensor]] = []
    for (index, node) in graph.nodes.enumerated() {
      if let tensor = given[Value(node: index)] {
        results.append([tensor])
      } else if node.op is Source {
        results.append([ReferenceTensor(shape: [], values: [Double(rows)])])
      } else {
        let types = node.operands.map { graph.type(of: $0) }
        results.append(evaluate(node.op, node.operands.map { results[$0.node][$0.result] }, types, node.results))
      }
    }
    return gradients.map { $0.map { results[$0.node][$0.result].values } }
  }

  private func evaluate(
    _ op: any Operator, _ operands: [ReferenceTensor], _ operandTypes: [TensorType], _ resultTypes: [TensorType]
  ) -> [ReferenceTensor] {
    op.reference(
      operands,
      ReferenceContext(rows: rows, seed: 7, step: 11, operandTypes: operandTypes, resultTypes: resultTypes))
  }
}
