import GraphIR
import KernelIR

/// The rules that several operators have in common.
extension StepContext {
  /// An operator of a single operand, of which each step of the result is made of the same step; `axis` is the result's along time.
  mutating func stepwise(_ op: any Operator, axis: Int) throws(ShapeError) -> [StepValue] {
    [StepValue(try builder.append(op, [operands[0].value]), .sequence(axis: axis))]
  }

  /// An operator that makes each element of the operands' elements at the same place, under broadcasting.
  mutating func elementwise(_ op: any Operator) throws(ShapeError) -> [StepValue] {
    let distances = Set(operands.indices.compactMap { index in operands[index].axis.map { rank(index) - $0 } })
    guard let distance = distances.first, distances.count == 1 else {
      throw ShapeError("\(name) joins sequences whose steps lie along different axes")
    }
    var values: [Value] = []
    for index in operands.indices { values.append(try current(index, axis: rank(index) - distance)) }
    return [StepValue(try builder.append(op, values), .sequence(axis: resultTypes[0].shape.rank - distance))]
  }

  /// Operand `index` at this step: of a constant with an extent along `axis`, what belongs to the step.
  mutating func current(_ index: Int, axis: Int) throws(ShapeError) -> Value {
    let operand = operands[index]
    if let own = operand.axis {
      guard own == axis else { throw ShapeError("\(name) joins sequences whose steps lie along different axes") }
      return operand.value
    }
    let value = try constant(index)
    guard axis >= 0, operandTypes[index].shape[axis].count > 1 else { return value }
    return try builder.gather(value, position(), axis: axis)
  }

  /// Operand `index`, which must be the same at every step.
  func constant(_ index: Int) throws(ShapeError) -> Value {
    switch operands[index].time {
    case .constant: return operands[index].value
    case .kept: throw ShapeError("\(name) brings a state to every step of a sequence")
    case .latest: throw ShapeError("\(name) needs the end of a sequence at every step")
    case .sequence: throw ShapeError("\(name) joins a sequence with all steps of another")
    }
  }

  /// A fold over other axes than that along time.
  mutating func fold(_ op: any Operator, axes: [Int], keepDimensions: Bool) throws(ShapeError) -> [StepValue] {
    let axis = try axis(ofOperand: 0)
    guard !axes.contains(axis) else { throw ShapeError("\(name) goes over all steps of its sequence") }
    return try stepwise(op, axis: keepDimensions ? axis : axis - axes.filter { $0 < axis }.count)
  }

  /// An operator along the last axis, which must not be that along time; the result has as many axes, or one less or more at the end.
  mutating func alongLastAxis(_ op: any Operator) throws(ShapeError) -> [StepValue] {
    let axis = try axis(ofOperand: 0)
    guard axis != rank(0) - 1 else { throw ShapeError("\(name) goes over all steps of its sequence") }
    return try stepwise(op, axis: axis)
  }

  /// All results of an operator that treats each row by itself, where steps lie among the rows, as those within `TimeDistributed`
  /// do; nil where they lie along another axis.
  mutating func rowwise(_ op: any Operator) throws(ShapeError) -> [StepValue]? {
    guard try axis(ofOperand: 0) == 0 else { return nil }
    var values: [Value] = []
    for index in operands.indices {
      let isConstant = operands[index].axis == nil
      guard operands[index].axis == 0 || isConstant && !operandTypes[index].shape.perRow else {
        throw ShapeError("\(name) joins steps among the rows with others")
      }
      values.append(try isConstant ? constant(index) : operands[index].value)
    }
    let node = try builder.append(op, values).node
    return resultTypes.indices.map { StepValue(Value(node: node, result: $0), .sequence(axis: 0)) }
  }

  private func rank(_ operand: Int) -> Int { operandTypes[operand].shape.rank }
}
