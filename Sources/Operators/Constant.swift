import GraphIR
import KernelIR

/// Numbers known when compiling: one for every element of `type`, or the same for all if there is only one.
public struct Constant: Operator {
  public static let name = "constant"

  public var type: TensorType
  /// Row-major.
  public var values: [Double]

  public init(_ type: TensorType, _ values: [Double]) {
    self.type = type
    self.values = values
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let count = type.shape.elementCount
    guard operands.isEmpty else { throw ShapeError("constant takes no operands, got \(operands.count)") }
    guard values.count == 1 || (!count.perRow && values.count == count.count) else {
      throw ShapeError("constant of shape \(type.shape) needs \(count) values or one, got \(values.count)")
    }
    return [type]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [] }

  public var lowering: Lowering { .pointwise { element(values[...], at: $0.flatIndex) } }

  /// Finds the value at `position` by bisection.
  private func element(_ values: ArraySlice<Double>, at position: Index) -> Expression {
    guard let first = values.first else { return 0.0 }
    if values.allSatisfy({ $0.bitPattern == first.bitPattern }) { return .literal(first) }
    let middle = values.startIndex + values.count / 2
    return .select(
      .index(.less, position, .constant(middle)), element(values[..<middle], at: position),
      element(values[middle...], at: position))
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let shape = context.shape()
    return [
      values.count == 1
        ? ReferenceTensor(shape: shape, repeating: values[0]) : ReferenceTensor(shape: shape, values: values)
    ]
  }

  public func retyped(to element: ElementType) -> Constant {
    Constant(TensorType(type.element.isFloating ? element : type.element, type.shape), values)
  }
}

extension GraphBuilder {
  public mutating func constant(_ value: Double, element: ElementType) throws(ShapeError) -> Value {
    try append(Constant(TensorType(element, .scalar), [value]), [])
  }

  public mutating func constant(_ values: [Double], _ type: TensorType) throws(ShapeError) -> Value {
    try append(Constant(type, values), [])
  }

  /// A scalar of another value's element type.
  public mutating func scalar(_ value: Double, like other: Value) throws(ShapeError) -> Value {
    try constant(value, element: type(of: other).element)
  }
}
