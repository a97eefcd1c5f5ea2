import GraphIR
import KernelIR

/// Takes the slices of `data` along `axis` that i32 `indices` name: [.., n, ..] at [k..] gives [.., k.., ..].
public struct Gather: Operator {
  public static let name = "gather"

  public var axis: Int

  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (data, indices) = (operands[0], operands[1])
    guard indices.element == .i32 else { throw ShapeError("gather expects indices of type i32, got \(indices)") }
    guard data.shape.dimensions.indices.contains(axis), !data.shape[axis].perRow else {
      throw ShapeError("gather along axis \(axis) does not fit shape \(data.shape)")
    }
    let shape = data.shape.dimensions
    return [TensorType(data.element, Shape(shape[..<axis] + indices.shape.dimensions + shape[(axis + 1)...]))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
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
}

/// Adds slices of `updates` to zeros: the opposite of a gather, whose operand had `count` slices along `axis`.
public struct ScatterAdd: Operator {
  public static let name = "scatter_add"

  public var axis: Int
  public var count: Int

  public init(axis: Int, count: Int) {
    self.axis = axis
    self.count = count
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (updates, indices) = (operands[0].shape.dimensions, operands[1].shape.dimensions)
    guard operands[1].element == .i32, axis + indices.count <= updates.count,
      Array(updates[axis..<(axis + indices.count)]) == indices
    else {
      throw ShapeError(
        "scatter_add along axis \(axis) of \(operands[0]) expects matching i32 indices, got \(operands[1])")
    }
    return [
      TensorType(
        operands[0].element, Shape(updates[..<axis] + [Dimension(count)] + updates[(axis + indices.count)...]))
    ]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    return [try context.builder.gather(gradient, context.operands[1], axis: axis), nil]
  }

  public var lowering: Lowering {
    .loops { context in
      let rank = context.operandTypes[1].shape.rank
      let zeros = context.nest(context.resultTypes[0].shape.dimensions, prefix: "z") { [context.store(0, $0, 0.0)] }
      return zeros
        + context.nest(context.operandTypes[0].shape.dimensions) { at in
          let index = Index.value(context.load(1, Array(at[axis..<(axis + rank)])))
          let target: [Index] = Array(at[..<axis]) + [index] + Array(at[(axis + rank)...])
          return [context.store(0, target, context.loadResult(0, target) + context.load(0, at))]
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let rank = operands[1].shape.count
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    _ = ReferenceTensor.generate(operands[0].shape) { at in
      let index = Int(operands[1][Array(at[axis..<(axis + rank)])])
      result[at[..<axis] + [index] + at[(axis + rank)...]] += operands[0][at]
      return 0
    }
    return [result]
  }
}

extension GraphBuilder {
  public mutating func gather(_ data: Value, _ indices: Value, axis: Int) throws(ShapeError) -> Value {
    try append(Gather(axis: axis), [data, indices])
  }

  public mutating func scatterAdd(_ updates: Value, _ indices: Value, axis: Int, count: Int) throws(ShapeError) -> Value
  {
    try append(ScatterAdd(axis: axis, count: count), [updates, indices])
  }
}
