import GraphIR
import KernelIR

/// The operands one after another along an axis.
public struct Concatenate: Operator {
  public static let name = "concatenate"

  public var axis: Int

  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let first = operands.first, first.shape.dimensions.indices.contains(axis), !first.shape[axis].perRow else {
      throw ShapeError(
        "concatenate along axis \(axis) does not fit shape \(operands.first.map(\.shape.description) ?? "none")")
    }
    var total = 0
    for (position, operand) in operands.enumerated() {
      var other = operand
      guard operand.shape.rank == first.shape.rank, !operand.shape[axis].perRow else {
        throw ShapeError("concatenate: operand \(position + 1) has shape \(operand.shape), the first \(first.shape)")
      }
      total += operand.shape[axis].count
      other.shape[axis] = first.shape[axis]
      guard other == first else {
        throw ShapeError(
          "concatenate along axis \(axis): operand \(position + 1) is \(operand), which must agree with \(first) on the other axes"
        )
      }
    }
    var result = first
    result.shape[axis] = Dimension(total)
    return [result]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return context.operands.map { _ in nil } }
    var result: [Value?] = []
    var start = 0
    for (position, operand) in context.operands.enumerated() {
      let shape = context.builder.shape(of: operand)
      var starts = [Int](repeating: 0, count: shape.rank)
      starts[axis] = start
      start += shape[axis].count
      var ends = shape.dimensions.map(\.count)
      ends[axis] = start
      let strides = [Int](repeating: 1, count: shape.rank)
      guard context.isNeeded[position] else {
        result.append(nil)
        continue
      }
      result.append(try context.builder.slice(gradient, starts: starts, ends: ends, strides: strides))
    }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    guard let along = context.operands.compactMap(\.axis).first, along != axis else {
      throw ShapeError("concatenate puts sequences one after another in time")
    }
    var values: [Value] = []
    for index in context.operands.indices { values.append(try context.current(index, axis: along)) }
    return [StepValue(try context.builder.append(self, values), .sequence(axis: along))]
  }

  public var lowering: Lowering {
    .pointwise { context in
      let at = context.coordinates
      var start = context.operandTypes.dropLast().reduce(0) { $0 + $1.shape[axis].count }
      var result: Expression?
      for operand in context.operandTypes.indices.reversed() {
        var coordinates = at
        coordinates[axis] = at[axis] - start
        let element = context.element(operand, coordinates)
        result =
          result.map {
            .select(
              .index(.less, at[axis], .constant(start + context.operandTypes[operand].shape[axis].count)), element, $0)
          } ?? element
        if operand > 0 { start -= context.operandTypes[operand - 1].shape[axis].count }
      }
      return result ?? 0.0
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [
      .generate(context.shape()) { at in
        var at = at
        for operand in operands {
          if at[axis] < operand.shape[axis] { return operand[at] }
          at[axis] -= operand.shape[axis]
        }
        return .nan
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating,
      let axis = operand.shape.dimensions.indices.filter({ !operand.shape[$0].perRow }).randomElement(using: &random)
    else { return nil }
    var other = operand
    other.shape[axis] = Dimension(random.integer(in: 1...4))
    return Instance(Concatenate(axis: axis), [operand, other])
  }
}

extension GraphBuilder {
  public mutating func concatenate(_ values: [Value], axis: Int) throws(ShapeError) -> Value {
    try append(Concatenate(axis: axis), values)
  }
}
