import GraphIR
import KernelIR

/// The same elements in the same order under another shape.
public struct Reshape: Operator {
  public static let name = "reshape"

  public var shape: Shape

  public init(to shape: Shape) { self.shape = shape }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard operands[0].shape.elementCount == shape.elementCount else {
      throw ShapeError(
        "reshape to \(shape) needs \(shape.elementCount) elements, but shape \(operands[0].shape) has \(operands[0].shape.elementCount)"
      )
    }
    return [TensorType(operands[0].element, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.reshape(gradient, to: context.builder.shape(of: context.operands[0]))]
  }

  public var lowering: Lowering { .view }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [ReferenceTensor(shape: context.shape(), values: operands[0].values)]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    Instance(Reshape(to: [operand.shape.elementCount]), [operand])
  }
}

extension GraphBuilder {
  public mutating func reshape(_ operand: Value, to shape: Shape) throws(ShapeError) -> Value {
    self.shape(of: operand) == shape ? operand : try append(Reshape(to: shape), [operand])
  }
}
