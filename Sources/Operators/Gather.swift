import GraphIR
import KernelIR

/// Takes the slices of `data` along `axis` that i32 `indices` name: [.., n, ..] at [k..] gives [.., k.., ..].
///
/// Where both have the rows first, each row is looked up by its own indices: [rows, .., n, ..] at [rows, k..] gives
/// [rows, .., k.., ..].
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
    let axes = IndexAxes(axis: axis, of: shape, indices: indices.shape.dimensions)
    return [TensorType(data.element, Shape(shape[..<axis] + axes.extents + shape[(axis + 1)...]))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    guard context.isNeeded[0] else { return [nil, nil] }
    let shape = context.builder.shape(of: context.operands[0])
    return [
      try context.builder.scatterAdd(gradient, context.operands[1], axis: axis, count: shape[axis].count), nil,
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let types = context.operandTypes.map(\.shape.dimensions)
    let axes = IndexAxes(axis: axis, of: types[0], indices: types[1])
    let result: Int
    switch (context.operands[0].axis, context.operands[1].axis) {
    case (nil, let steps?):
      _ = try context.constant(0)
      result = axis + steps - (axes.isByRow ? 1 : 0)
    case (let steps?, nil):
      _ = try context.constant(1)
      guard steps != axis else { throw ShapeError("gather takes the steps of its sequence in an order of its own") }
      result = steps < axis ? steps : steps - 1 + axes.extents.count
    default: throw ShapeError("gather looks up a sequence in another")
    }
    return [StepValue(try context.builder.append(self, context.operands.map(\.value)), .sequence(axis: result))]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let at = context.coordinates
      let types = context.operandTypes.map(\.shape.dimensions)
      let axes = IndexAxes(axis: axis, of: types[0], indices: types[1])
      let index = context.element(1, axes.indexCoordinates(at))
      return context.element(0, at[..<axis] + [.value(index)] + at[axes.end...])
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let types = context.operandTypes.map(\.shape.dimensions)
    let axes = IndexAxes(axis: axis, of: types[0], indices: types[1])
    return [
      .generate(context.shape()) { at in
        operands[0][at[..<axis] + [Int(operands[1][axes.indexCoordinates(at)])] + at[axes.end...]]
      }
    ]
  }

  /// Safe for every axis that `draw` takes.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 1 ? 0...1 : -2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let axes = operand.shape.dimensions.indices.filter { !operand.shape[$0].perRow && operand.shape[$0].count > 1 }
    guard operand.element.isFloating, !axes.isEmpty else { return nil }
    let axis = random.element(of: axes)
    let choices: [Shape] =
      operand.shape.dimensions[0] == .rows ? [[4], [2, 3], [.rows, 3], [.rows]] : [[4], [2, 3]]
    return Instance(Gather(axis: axis), [operand, TensorType(.i32, random.element(of: choices))])
  }
}

/// Where the axes of the indices lie in the result of a gather, which is the first operand of its opposite.
struct IndexAxes {
  let axis: Int
  /// Rows are looked up by their own indices: the first axis is that of both operands.
  let isByRow: Bool
  /// The extents that stand in the place of `axis`.
  let extents: [Dimension]
  var end: Int { axis + extents.count }

  init(axis: Int, of data: [Dimension], indices: [Dimension]) {
    self.axis = axis
    isByRow = axis > 0 && data.first == .rows && indices.first == .rows
    extents = Array(indices.dropFirst(isByRow ? 1 : 0))
  }

  func indexCoordinates<Coordinate>(_ at: [Coordinate]) -> [Coordinate] {
    (isByRow ? [at[0]] : []) + at[axis..<end]
  }
}

extension GraphBuilder {
  public mutating func gather(_ data: Value, _ indices: Value, axis: Int) throws(ShapeError) -> Value {
    try append(Gather(axis: axis), [data, indices])
  }
}
