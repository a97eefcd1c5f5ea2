import GraphIR
import KernelIR

/// The last two axes as matrices of which only the elements on and under the diagonal stay; `fill` takes the others' place.
/// With -∞, causal attention: a step sees itself and those before it.
public struct LowerTriangle: Operator {
  public static let name = "lower_triangle"

  public var fill: Double

  public init(fill: Double) { self.fill = fill }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard operands[0].element.isFloating, operands[0].shape.rank >= 2 else {
      throw ShapeError("lower_triangle expects matrices [.., m, n] of floating-point numbers, got \(operands[0])")
    }
    return operands
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.lowerTriangle(gradient, fill: 0)]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let (row, column) = (context.coordinates[context.coordinates.count - 2], context.coordinates.last ?? 0)
      return .select(.index(.lessOrEqual, column, row), context.element(0, context.coordinates), .literal(fill))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { at in (at.last ?? 0) <= at[at.count - 2] ? operands[0][at] : fill }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank >= 2 else { return nil }
    return Instance(LowerTriangle(fill: random.real(in: -2...2)), [operand])
  }
}

extension GraphBuilder {
  public mutating func lowerTriangle(_ x: Value, fill: Double) throws(ShapeError) -> Value {
    try append(LowerTriangle(fill: fill), [x])
  }
}
