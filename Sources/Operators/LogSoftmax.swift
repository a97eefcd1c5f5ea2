import Glibc
import GraphIR
import KernelIR

/// x - m - ln Σ e^(x - m) over the last axis, m the largest x.
public struct LogSoftmax: Operator {
  public static let name = "log_softmax"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard operands[0].element.isFloating, operands[0].shape.rank > 0 else {
      throw ShapeError("log_softmax expects floating-point numbers with at least one axis, got \(operands[0])")
    }
    return [operands[0]]
  }

  /// g - e^y Σ g
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let y = context.results[0]
    let axis = context.builder.shape(of: y).rank - 1
    let total = try context.builder.sum(gradient, axes: [axis], keepDimensions: true)
    let share = try context.builder.multiply(context.builder.exp(y), total)
    return [try context.builder.subtract(gradient, share)]
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
        return context.logSumExp(over: extent, at: at) + [
          .loop(variable: "j", extent: extent, body: [context.store(0, at, context.load(0, at) - .local("log_total"))])
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
      let logarithm = largest + log(row.reduce(0) { $0 + exp($1 - largest) })
      for position in row.indices { result.values[position] = row[position] - logarithm }
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, let last = operand.shape.dimensions.last, !last.perRow else { return nil }
    return Instance(LogSoftmax(), [operand])
  }
}

extension LoopContext {
  /// Declares `log_total` = ln Σ e^x over `j` of the first operand at `at`, whose last coordinate is `j`.
  func logSumExp(over extent: Index, at: [Index]) -> [Statement] {
    [
      .reduction(
        variable: "j", extent: extent, body: [],
        accumulators: [Accumulator(name: "largest", fold: .maximum, value: load(0, at))]),
      .reduction(
        variable: "j", extent: extent, body: [],
        accumulators: [
          Accumulator(name: "total", fold: .sum, value: .unary(.expFalling, load(0, at) - .local("largest")))
        ]),
      .constant("log_total", .local("largest") + .unary(.log, .local("total"))),
    ]
  }
}

extension GraphBuilder {
  public mutating func logSoftmax(_ x: Value) throws(ShapeError) -> Value { try append(LogSoftmax(), [x]) }
}
