import GraphIR
import KernelIR

/// Repeats the operand along axes of extent 1, and along new leading axes, to `shape`.
public struct Broadcast: Operator {
  public static let name = "broadcast"

  public var shape: Shape

  public init(to shape: Shape) { self.shape = shape }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard Shape.broadcast(operands[0].shape, shape) == shape else {
      throw ShapeError("shape \(operands[0].shape) cannot be broadcast to \(shape)")
    }
    return [TensorType(operands[0].element, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.sum(gradient, to: context.builder.shape(of: context.operands[0]))]
  }

  public var isElementwise: Bool { true }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let axis = try context.axis(ofOperand: 0) + shape.rank - context.operandTypes[0].shape.rank
    return try context.stepwise(Broadcast(to: context.shape(axis: axis)), axis: axis)
  }

  public var lowering: Lowering { .pointwise { $0.broadcast(0) } }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { operands[0].broadcast($0) }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating else { return nil }
    let shape = operand.shape.perRow ? operand.shape : Shape([3] + operand.shape.dimensions)
    return Instance(Broadcast(to: shape), [operand])
  }
}

extension GraphBuilder {
  public mutating func broadcast(_ operand: Value, to shape: Shape) throws(ShapeError) -> Value {
    self.shape(of: operand) == shape ? operand : try append(Broadcast(to: shape), [operand])
  }
}
