import Glibc
import GraphIR
import KernelIR

/// e^(x - m) / Σ e^(x - m) over the last axis, m the largest x, so that nothing overflows.
public struct Softmax: Operator {
  public static let name = "softmax"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard operands[0].element.isFloating, operands[0].shape.rank > 0 else {
      throw ShapeError("softmax expects floating-point numbers with at least one axis, got \(operands[0])")
    }
    return [operands[0]]
  }

  /// y (g - Σ g y)
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let y = context.results[0]
    let axis = context.builder.shape(of: y).rank - 1
    let flow = try context.builder.multiply(gradient, y)
    let mean = try context.builder.sum(flow, axes: [axis], keepDimensions: true)
    return [try context.builder.multiply(y, context.builder.subtract(gradient, mean))]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.alongLastAxis(self)
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let extent = Index(shape[shape.rank - 1])
      return context.nest(Array(shape.dimensions.dropLast())) { lead in
        let at = lead + [.variable("j")]
        let shifted = Expression.unary(.expFalling, context.load(0, at) - .local("largest"))
        return [
          .reduction(
            variable: "j", extent: extent, body: [],
            accumulators: [Accumulator(name: "largest", fold: .maximum, value: context.load(0, at))]),
          .loop(variable: "j", extent: extent, body: [context.store(0, at, shifted)]),
          .reduction(
            variable: "j", extent: extent, body: [],
            accumulators: [Accumulator(name: "total", fold: .sum, value: context.loadResult(0, at))]),
          .loop(
            variable: "j", extent: extent, body: [context.store(0, at, context.loadResult(0, at) / .local("total"))]),
        ]
      }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let count = max(operands[0].shape.last ?? 1, 1)
    var result = operands[0]
    for start in stride(from: 0, to: result.values.count, by: count) {
      let row = operands[0].values[start..<(start + count)]
      let largest = row.max() ?? 0
      let total = row.reduce(0) { $0 + exp($1 - largest) }
      for position in row.indices { result.values[position] = exp(row[position] - largest) / total }
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, let last = operand.shape.dimensions.last, !last.perRow else { return nil }
    return Instance(Softmax(), [operand])
  }
}

extension GraphBuilder {
  public mutating func softmax(_ x: Value) throws(ShapeError) -> Value { try append(Softmax(), [x]) }
}
