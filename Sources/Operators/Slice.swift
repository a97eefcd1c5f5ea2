import GraphIR
import KernelIR

/// Elements start, start + stride, … below end of each axis. An axis of rows is taken whole.
public struct Slice: Operator {
  public static let name = "slice"

  public var starts: [Int]
  /// An axis of rows ignores its end.
  public var ends: [Int]
  public var strides: [Int]

  public init(starts: [Int], ends: [Int], strides: [Int]) {
    self.starts = starts
    self.ends = ends
    self.strides = strides
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let shape = operands[0].shape
    guard starts.count == shape.rank, ends.count == shape.rank, strides.count == shape.rank else {
      throw ShapeError(
        "slice of shape \(shape) expects \(shape.rank) starts, ends and strides, got \(starts), \(ends) and \(strides)")
    }
    var result = shape
    for axis in shape.dimensions.indices where !shape[axis].perRow {
      guard strides[axis] > 0 else { throw ShapeError("slice has stride \(strides[axis]) along axis \(axis)") }
      guard starts[axis] >= 0, starts[axis] < ends[axis], ends[axis] <= shape[axis].count else {
        throw ShapeError("slice \(starts[axis])..<\(ends[axis]) does not lie within axis \(axis) of shape \(shape)")
      }
      result[axis] = Dimension((ends[axis] - starts[axis] + strides[axis] - 1) / strides[axis])
    }
    for axis in shape.dimensions.indices where shape[axis].perRow && (starts[axis] != 0 || strides[axis] != 1) {
      throw ShapeError("the axis of rows of shape \(shape) cannot be sliced")
    }
    return [TensorType(operands[0].element, result)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [
      try context.builder.append(
        Unslice(starts: starts, strides: strides, shape: context.builder.shape(of: context.operands[0])), [gradient])
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let axis = try context.axis(ofOperand: 0)
    let extent = context.operandTypes[0].shape[axis]
    var one = self
    if extent.perRow { return try context.stepwise(self, axis: axis) }
    (one.starts[axis], one.ends[axis], one.strides[axis]) = (0, 1, 1)
    if starts[axis] == 0, ends[axis] == extent.count, strides[axis] == 1 {
      return try context.stepwise(one, axis: axis)
    }
    guard starts[axis] == extent.count - 1 else {
      throw ShapeError("slice takes steps \(starts[axis])..<\(ends[axis]) of \(extent) alone")
    }
    // The last step of what has come so far is this one.
    return [StepValue(try context.builder.append(one, [context.operands[0].value]), .latest)]
  }

  public var lowering: Lowering {
    .pointwise { context in
      context.element(
        0, context.coordinates.indices.map { context.coordinates[$0] * .constant(strides[$0]) + .constant(starts[$0]) })
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { at in operands[0][at.indices.map { at[$0] * strides[$0] + starts[$0] }] }]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    var (starts, ends, strides): ([Int], [Int], [Int]) = ([], [], [])
    for dimension in operand.shape.dimensions {
      let start = dimension.perRow ? 0 : random.integer(in: 0...(dimension.count - 1))
      starts.append(start)
      ends.append(dimension.perRow ? dimension.count : random.integer(in: (start + 1)...dimension.count))
      strides.append(dimension.perRow ? 1 : random.integer(in: 1...2))
    }
    return Instance(Slice(starts: starts, ends: ends, strides: strides), [operand])
  }
}

extension GraphBuilder {
  public mutating func slice(_ x: Value, starts: [Int], ends: [Int], strides: [Int]) throws(ShapeError) -> Value {
    try append(Slice(starts: starts, ends: ends, strides: strides), [x])
  }
}
