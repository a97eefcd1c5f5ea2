import GraphIR
import KernelIR

/// Axis i of the result is axis `permutation[i]` of the operand.
public struct Transpose: Operator {
  public static let name = "transpose"

  public var permutation: [Int]

  public init(permutation: [Int]) { self.permutation = permutation }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let shape = operands[0].shape
    guard permutation.sorted() == Array(shape.dimensions.indices) else {
      throw ShapeError("transpose of shape \(shape) expects an order of its \(shape.rank) axes, got \(permutation)")
    }
    return [TensorType(operands[0].element, Shape(permutation.map { shape[$0] }))]
  }

  /// Where operand axis i has gone.
  private var inverse: [Int] { permutation.indices.map { axis in permutation.firstIndex(of: axis) ?? axis } }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.transpose(gradient, permutation: inverse)]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let axis = try context.axis(ofOperand: 0)
    return try context.stepwise(self, axis: inverse[axis])
  }

  public var lowering: Lowering {
    .pointwise { context in context.element(0, inverse.map { context.coordinates[$0] }) }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { at in operands[0][inverse.map { at[$0] }] }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let axes = Array(operand.shape.dimensions.indices)
    return Instance(Transpose(permutation: axes.shuffled(using: &random)), [operand])
  }
}

extension GraphBuilder {
  public mutating func transpose(_ x: Value, permutation: [Int]) throws(ShapeError) -> Value {
    try append(Transpose(permutation: permutation), [x])
  }
}
