import GraphIR
import KernelIR

/// Adds slices of `updates` to zeros: the opposite of a gather, whose operand had `count` slices along `axis`.
/// Where both operands have the rows first, each row has indices of its own.
public struct ScatterAdd: Operator {
  public static let name = "scatter_add"

  public var axis: Int
  public var count: Int

  public init(axis: Int, count: Int) {
    self.axis = axis
    self.count = count
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let updates = operands[0].shape.dimensions
    let axes = IndexAxes(axis: axis, of: updates, indices: operands[1].shape.dimensions)
    guard operands[1].element == .i32, operands[0].element.isFloating, count > 0, axis >= 0, axes.end <= updates.count,
      Array(updates[axis..<axes.end]) == axes.extents
    else {
      throw ShapeError(
        "scatter_add along axis \(axis) of \(operands[0]) expects matching i32 indices, got \(operands[1])")
    }
    return [
      TensorType(
        operands[0].element, Shape(updates[..<axis] + [Dimension(count)] + updates[axes.end...]))
    ]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    return [try context.builder.gather(gradient, context.operands[1], axis: axis), nil]
  }

  public var lowering: Lowering {
    .loops { context in
      let types = context.operandTypes.map(\.shape.dimensions)
      let axes = IndexAxes(axis: axis, of: types[0], indices: types[1])
      let zeros = context.nest(context.resultTypes[0].shape.dimensions, prefix: "z") { [context.store(0, $0, 0.0)] }
      return zeros
        + context.nest(context.operandTypes[0].shape.dimensions) { at in
          let index = Index.value(context.load(1, axes.indexCoordinates(at)))
          let target: [Index] = Array(at[..<axis]) + [index] + Array(at[axes.end...])
          return [context.store(0, target, context.loadResult(0, target) + context.load(0, at))]
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let types = context.operandTypes.map(\.shape.dimensions)
    let axes = IndexAxes(axis: axis, of: types[0], indices: types[1])
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    _ = ReferenceTensor.generate(operands[0].shape) { at in
      let index = Int(operands[1][axes.indexCoordinates(at)])
      result[at[..<axis] + [index] + at[axes.end...]] += operands[0][at]
      return 0
    }
    return [result]
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> {
    index == 1 ? 0...Double(count - 1) : -2...2
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank > 0 else { return nil }
    let axis = random.integer(in: 0...(operand.shape.rank - 1))
    let byRow = axis > 0 && operand.shape[0] == .rows && random.integer(in: 0...1) == 0
    let indices: Shape = byRow ? [.rows, operand.shape[axis]] : [operand.shape[axis]]
    return Instance(ScatterAdd(axis: axis, count: random.integer(in: 1...4)), [operand, TensorType(.i32, indices)])
  }
}

extension GraphBuilder {
  public mutating func scatterAdd(_ updates: Value, _ indices: Value, axis: Int, count: Int) throws(ShapeError) -> Value
  {
    try append(ScatterAdd(axis: axis, count: count), [updates, indices])
  }
}
