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
    let shape = operands[0].shape
    guard starts.count == shape.rank, ends.count == shape.rank, strides.count == shape.rank else {
      throw ShapeError("slice of shape \(shape) expects \(shape.rank) starts, ends and strides, got \(starts.count)")
    }
    var result = shape
    for axis in shape.dimensions.indices where !shape[axis].perRow {
      guard starts[axis] >= 0, starts[axis] < ends[axis], ends[axis] <= shape[axis].count, strides[axis] > 0 else {
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

/// The opposite of a slice: zeros of `shape` with the operand's elements at start, start + stride, … of each axis.
public struct Unslice: Operator {
  public static let name = "unslice"

  public var starts: [Int]
  public var strides: [Int]
  public var shape: Shape

  public init(starts: [Int], strides: [Int], shape: Shape) {
    self.starts = starts
    self.strides = strides
    self.shape = shape
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands[0].shape.rank == shape.rank, starts.count == shape.rank, strides.count == shape.rank else {
      throw ShapeError("\(Self.name) to \(shape) expects an operand of rank \(shape.rank), got \(operands[0].shape)")
    }
    for (axis, dimension) in operands[0].shape.dimensions.enumerated() where !dimension.perRow {
      guard starts[axis] + (dimension.count - 1) * strides[axis] < shape[axis].count else {
        throw ShapeError("\(operands[0].shape) from \(starts) on does not lie within \(shape)")
      }
    }
    return [TensorType(operands[0].element, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let inner = context.builder.shape(of: context.operands[0])
    let ends = inner.dimensions.indices.map { starts[$0] + (inner[$0].count - 1) * strides[$0] + 1 }
    return [try context.builder.slice(gradient, starts: starts, ends: ends, strides: strides)]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let inner = context.operandTypes[0].shape
      var coordinates: [Index] = []
      var guards: [Condition] = []
      for (axis, at) in context.coordinates.enumerated() {
        if inner[axis] == shape[axis] {
          coordinates.append(at)
          continue
        }
        let last = starts[axis] + (inner[axis].count - 1) * strides[axis]
        guards.append(.index(.greaterOrEqual, at, .constant(starts[axis])))
        guards.append(.index(.lessOrEqual, at, .constant(last)))
        if strides[axis] > 1 {
          // at ≥ start, so the remainder of at - start is that of at + stride · n - start for any n.
          let shift = (strides[axis] - starts[axis] % strides[axis]) % strides[axis]
          guards.append(.index(.equal, (at + .constant(shift)) % strides[axis], 0))
        }
        coordinates.append((at - starts[axis]) / strides[axis])
      }
      let element = context.element(0, coordinates)
      return guards.reversed().reduce(element) { .select($1, $0, 0.0) }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    _ = ReferenceTensor.generate(operands[0].shape) { at in
      result[at.indices.map { at[$0] * strides[$0] + starts[$0] }] = operands[0][at]
      return 0
    }
    return [result]
  }
}

extension GraphBuilder {
  public mutating func slice(_ x: Value, starts: [Int], ends: [Int], strides: [Int]) throws(ShapeError) -> Value {
    try append(Slice(starts: starts, ends: ends, strides: strides), [x])
  }
}
