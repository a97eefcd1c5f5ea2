import GraphIR
import KernelIR

/// Takes the slices of `data` along `axis` that i32 `indices` name: [.., n, ..] at [k..] gives [.., k.., ..].
public struct Gather: Operator {
  public static let name = "gather"

  public var axis: Int

  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let (data, indices) = (operands[0], operands[1])
    guard indices.element == .i32 else { throw ShapeError("gather expects indices of type i32, got \(indices)") }
    guard data.shape.dimensions.indices.contains(axis), !data.shape[axis].perRow else {
      throw ShapeError("gather along axis \(axis) does not fit data of shape \(data.shape)")
    }
    let shape = data.shape.dimensions
    return [TensorType(data.element, Shape(shape[..<axis] + indices.shape.dimensions + shape[(axis + 1)...]))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    guard context.isNeeded[0] else { return [nil, nil] }
    let shape = context.builder.shape(of: context.operands[0])
    return [
      try context.builder.scatterAdd(gradient, context.operands[1], axis: axis, count: shape[axis].count), nil,
    ]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let at = context.coordinates
      let rank = context.operandTypes[1].shape.rank
      let index = context.element(1, Array(at[axis..<(axis + rank)]))
      return context.element(0, at[..<axis] + [.value(index)] + at[(axis + rank)...])
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let rank = operands[1].shape.count
    return [
      .generate(context.shape()) { at in
        operands[0][at[..<axis] + [Int(operands[1][Array(at[axis..<(axis + rank)])])] + at[(axis + rank)...]]
      }
    ]
  }

  /// Safe for every axis that `draw` takes.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 1 ? 0...1 : -2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let axes = operand.shape.dimensions.indices.filter { !operand.shape[$0].perRow && operand.shape[$0].count > 1 }
    guard operand.element.isFloating, !axes.isEmpty else { return nil }
    let indices = TensorType(.i32, random.integer(in: 0...1) == 0 ? [4] : [2, 3])
    return Instance(Gather(axis: random.element(of: axes)), [operand, indices])
  }
}

extension GraphBuilder {
  public mutating func gather(_ data: Value, _ indices: Value, axis: Int) throws(ShapeError) -> Value {
    try append(Gather(axis: axis), [data, indices])
  }
}
