import GraphIR
import KernelIR

/// Folds `axes` to their minimum; NaN if one is NaN. The gradient is shared by the elements that are equal to it.
public struct ReduceMinimum: Operator {
  public static let name = "reduce_minimum"

  public var axes: [Int]
  public var keepDimensions: Bool

  public init(axes: [Int], keepDimensions: Bool = false) {
    self.axes = axes.sorted()
    self.keepDimensions = keepDimensions
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    return [try Self.name.reducedType(of: operands, axes: axes, keepDimensions: keepDimensions)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [
      try context.builder.extremumGradient(
        gradient, of: context.results[0], operand: context.operands[0], axes: axes)
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.fold(self, axes: axes, keepDimensions: keepDimensions)
  }

  public var lowering: Lowering { .reduction(.minimum, axes: axes) }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [operands[0].folded(axes: axes, shape: context.shape(), from: .infinity) { Minimum().evaluate([$0, $1]) }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank > 0 else { return nil }
    return Instance(ReduceMinimum(axes: [random.integer(in: 0...(operand.shape.rank - 1))]), [operand])
  }
}

extension GraphBuilder {
  public mutating func reduceMinimum(_ x: Value, axes: [Int], keepDimensions: Bool = false) throws(ShapeError) -> Value
  {
    axes.isEmpty ? x : try append(ReduceMinimum(axes: axes, keepDimensions: keepDimensions), [x])
  }
}
