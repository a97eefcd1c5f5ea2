import GraphIR
import KernelIR

/// Folds `axes` to their maximum; NaN if one is NaN. The gradient is shared by the elements that are equal to it.
public struct ReduceMaximum: Operator {
  public static let name = "reduce_maximum"

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

  public var lowering: Lowering { .reduction(.maximum, axes: axes) }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [operands[0].folded(axes: axes, shape: context.shape(), from: -.infinity) { Maximum().evaluate([$0, $1]) }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank > 0 else { return nil }
    return Instance(ReduceMaximum(axes: [random.integer(in: 0...(operand.shape.rank - 1))]), [operand])
  }
}

extension GraphBuilder {
  public mutating func reduceMaximum(_ x: Value, axes: [Int], keepDimensions: Bool = false) throws(ShapeError) -> Value
  {
    axes.isEmpty ? x : try append(ReduceMaximum(axes: axes, keepDimensions: keepDimensions), [x])
  }
}

extension GraphBuilder {
  /// g / n for each of the n elements that are equal to the extremum of their group, 0 for the others.
  mutating func extremumGradient(_ gradient: Value, of result: Value, operand: Value, axes: [Int]) throws(ShapeError)
    -> Value
  {
    var kept = shape(of: operand)
    for axis in axes { kept[axis] = 1 }
    let isExtremum = try compare(.equal, operand, reshape(result, to: kept))
    let count = try sum(isExtremum, axes: axes, keepDimensions: true)
    return try multiply(isExtremum, divide(reshape(gradient, to: kept), count))
  }
}
