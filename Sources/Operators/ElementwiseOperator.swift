import GraphIR
import KernelIR

/// An operator that computes each element of its result from one element of each operand, with NumPy's broadcasting.
/// A conforming file gives the scalar expression, the same in Double, and the gradient; the rest is here.
public protocol ElementwiseOperator: Operator {
  static var operandCount: Int { get }
  /// The scalar that becomes C.
  func expression(_ operands: [Expression]) -> Expression
  /// The same in Double: the oracle.
  func evaluate(_ operands: [Double]) -> Double
  /// Whether it has one operand and never falls, x ≤ y giving f(x) ≤ f(y): the maximum may then be taken first.
  var isIncreasing: Bool { get }
}

extension ElementwiseOperator {
  public static var operandCount: Int { 1 }

  public var isElementwise: Bool { true }
  public var isIncreasing: Bool { false }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(Self.operandCount, operands)
    var result = operands[0]
    for (position, operand) in operands.enumerated() {
      guard operand.element.isFloating, operand.element == result.element else {
        throw ShapeError(
          "\(Self.name) computes with floating-point numbers, but operand \(position + 1) is \(operand.element.rawValue)"
        )
      }
      guard let shape = Shape.broadcast(result.shape, operand.shape) else {
        throw ShapeError("\(Self.name) cannot broadcast shapes \(result.shape) and \(operand.shape)")
      }
      result.shape = shape
    }
    return [result]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.elementwise(self)
  }

  public var lowering: Lowering {
    .pointwise { context in
      expression(context.operandTypes.indices.map { context.broadcast($0) })
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { at in evaluate(operands.map { $0.broadcast(at) }) }]
  }

  /// An instance whose further operands have the first one's type, or that of a scalar.
  public static func draw(_ random: inout RandomSource, operand: TensorType, make: (inout RandomSource) -> Self)
    -> Instance?
  {
    guard operand.element.isFloating else { return nil }
    let others = (1..<max(operandCount, 1)).map { _ in
      random.integer(in: 0...3) == 0 ? TensorType(operand.element, .scalar) : operand
    }
    return Instance(make(&random), [operand] + others)
  }
}

extension Shape {
  /// The shape that both broadcast to under NumPy's rule; nil if they do not fit.
  public static func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    var result: [Dimension] = []
    for position in 1...max(left.rank, right.rank, 1) {
      let a = position <= left.rank ? left[left.rank - position] : 1
      let b = position <= right.rank ? right[right.rank - position] : 1
      guard a == b || a == 1 || b == 1 else { return nil }
      if position <= max(left.rank, right.rank) { result.append(a == 1 ? b : a) }
    }
    return Shape(result.reversed())
  }
}

extension GraphBuilder {
  /// The gradient of a broadcast operand: the sum over the axes along which it was repeated.
  public mutating func sum(_ gradient: Value, to shape: Shape) throws(ShapeError) -> Value {
    let from = self.shape(of: gradient)
    if from == shape { return gradient }
    let lead = from.rank - shape.rank
    let axes = from.dimensions.indices.filter { $0 < lead || (shape[$0 - lead] == 1 && from[$0] != 1) }
    return try reshape(sum(gradient, axes: axes), to: shape)
  }
}
