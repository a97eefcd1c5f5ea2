import GraphIR
import KernelIR

/// The opposite of a slice: zeros of `shape` with the operand's elements at start, start + stride, … of each axis.
/// With strides of 1 it pads.
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
    try expect(1, operands)
    guard operands[0].shape.rank == shape.rank, starts.count == shape.rank, strides.count == shape.rank else {
      throw ShapeError("\(Self.name) to \(shape) expects an operand of rank \(shape.rank), got \(operands[0].shape)")
    }
    for (axis, dimension) in operands[0].shape.dimensions.enumerated() {
      guard starts[axis] >= 0, strides[axis] > 0 else {
        throw ShapeError("\(Self.name) along axis \(axis) starts at \(starts[axis]) with stride \(strides[axis])")
      }
      let end = starts[axis] + (dimension.count - 1) * strides[axis]
      guard dimension.perRow || shape[axis].perRow ? dimension == shape[axis] && end == 0 : end < shape[axis].count
      else {
        throw ShapeError(
          "\(Self.name): shape \(operands[0].shape) from \(starts) on by \(strides) does not lie within \(shape)")
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
        if starts[axis] > 0 { guards.append(.index(.greaterOrEqual, at, .constant(starts[axis]))) }
        if last < shape[axis].count - 1 { guards.append(.index(.lessOrEqual, at, .constant(last))) }
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

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    var (starts, strides, shape): ([Int], [Int], Shape) = ([], [], operand.shape)
    for (axis, dimension) in operand.shape.dimensions.enumerated() {
      starts.append(dimension.perRow ? 0 : random.integer(in: 0...3))
      strides.append(dimension.perRow ? 1 : random.integer(in: 1...3))
      guard !dimension.perRow else { continue }
      shape[axis] = Dimension(starts[axis] + (dimension.count - 1) * strides[axis] + 1 + random.integer(in: 0...2))
    }
    return Instance(Unslice(starts: starts, strides: strides, shape: shape), [operand])
  }
}

extension GraphBuilder {
  /// Zeros around `x`: `before[i]` in front of axis i and `after[i]` behind it, none along an axis of rows.
  public mutating func pad(_ x: Value, before: [Int], after: [Int]) throws(ShapeError) -> Value {
    var shape = self.shape(of: x)
    guard before.count == shape.rank, after.count == shape.rank, (before + after).allSatisfy({ $0 >= 0 }) else {
      throw ShapeError(
        "pad of shape \(shape) expects \(shape.rank) counts before and after, got \(before) and \(after)")
    }
    for axis in before.indices where before[axis] + after[axis] > 0 {
      guard !shape[axis].perRow else { throw ShapeError("pad: the axis of rows of shape \(shape) cannot be padded") }
      shape[axis] = Dimension(before[axis] + shape[axis].count + after[axis])
    }
    if shape == self.shape(of: x) { return x }
    return try append(Unslice(starts: before, strides: before.map { _ in 1 }, shape: shape), [x])
  }
}
