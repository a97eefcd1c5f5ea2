import GraphIR
import KernelIR

/// The position along an axis, 0, 1, 2, .., as a number.
public struct Iota: Operator {
  public static let name = "iota"

  public var type: TensorType
  public var axis: Int

  public init(_ type: TensorType, axis: Int) {
    self.type = type
    self.axis = axis
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(0, operands)
    guard type.shape.dimensions.indices.contains(axis) else {
      throw ShapeError("iota along axis \(axis) does not fit shape \(type.shape)")
    }
    return [type]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [] }

  public var lowering: Lowering { .pointwise { .index($0.coordinates[axis]) } }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { Double($0[axis]) }]
  }

  public func retyped(to element: ElementType) -> Iota {
    Iota(TensorType(type.element.isFloating ? element : type.element, type.shape), axis: axis)
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.shape.rank > 0 else { return nil }
    return Instance(Iota(operand, axis: random.integer(in: 0...(operand.shape.rank - 1))), [])
  }
}

extension GraphBuilder {
  public mutating func iota(_ type: TensorType, axis: Int) throws(ShapeError) -> Value {
    try append(Iota(type, axis: axis), [])
  }
}
