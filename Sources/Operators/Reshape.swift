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

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let axis = try context.axis(ofOperand: 0)
    guard let result = self.axis(ofSteps: context.length, in: context.operandTypes[0].shape, along: axis) else {
      throw ShapeError("reshape from \(context.operandTypes[0].shape) to \(shape) joins the steps of its sequence")
    }
    return try context.stepwise(Reshape(to: context.shape(axis: result)), axis: result)
  }

  /// The axis of the result that counts the steps which `axis` counts in `from`: steps are as far apart in both. Of several, which a
  /// sequence of one step has, the one with the same extents behind it.
  private func axis(ofSteps length: Int, in from: Shape, along axis: Int) -> Int? {
    let candidates = shape.dimensions.indices.filter {
      shape.strides[$0] == from.strides[axis] && shape[$0].count % length == 0
        && (shape[$0].perRow || shape[$0].count == length)
    }
    let behind = from.dimensions[(axis + 1)...]
    return candidates.first {
      !shape[$0].perRow && !behind.isEmpty && shape.dimensions[($0 + 1)...].elementsEqual(behind)
    }
      ?? candidates.first { !shape[$0].perRow } ?? candidates.first
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
