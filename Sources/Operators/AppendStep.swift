import GraphIR
import KernelIR

/// A sequence [rows, time, ..] with its step `position` replaced by a step [rows, 1, ..]; `position` is i32[1]. Where the sequence is a
/// state, the one step is all that is written.
public struct AppendStep: Operator {
  public static let name = "append_step"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(3, operands)
    let sequence = operands[0]
    guard sequence.element.isFloating, sequence.shape.rank >= 2, !sequence.shape[1].perRow else {
      throw ShapeError("append_step expects a sequence [rows, time, ..] of floating-point numbers, got \(sequence)")
    }
    var step = sequence
    step.shape[1] = 1
    guard operands[1] == step else {
      throw ShapeError("append_step to a sequence \(sequence) expects a step \(step), got \(operands[1])")
    }
    guard operands[2] == TensorType(.i32, [1]) else {
      throw ShapeError("append_step expects a position i32[1], got \(operands[2])")
    }
    return [sequence]
  }

  public var overwrittenOperand: Int? { 0 }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil, nil] }
    let (step, position) = (context.operands[1], context.operands[2])
    let nothing = try context.builder.broadcast(
      context.builder.scalar(0, like: gradient), to: context.builder.shape(of: step))
    return [
      try context.builder.append(self, [gradient, nothing, position]),
      try context.builder.gather(gradient, position, axis: 1), nil,
    ]
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.resultTypes[0].shape
      let isInPlace = context.operandBuffers[0] == context.resultBuffers[0]
      let copy =
        isInPlace ? [] : context.nest(shape.dimensions, prefix: "c") { [context.store(0, $0, context.load(0, $0))] }
      var step = shape
      step[1] = 1
      return copy
        + context.nest(step.dimensions) { at in
          var place = at
          place[1] = .value(context.load(2, [0]))
          return [context.store(0, place, context.load(1, at))]
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let position = Int(operands[2].values.first ?? 0)
    return [
      .generate(context.shape()) { at in
        guard at[1] == position else { return operands[0][at] }
        var place = at
        place[1] = 0
        return operands[1][place]
      }
    ]
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 2 ? 0...1 : -2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank >= 2, !operand.shape[1].perRow, operand.shape[1].count > 1
    else {
      return nil
    }
    var step = operand
    step.shape[1] = 1
    return Instance(AppendStep(), [operand, step, TensorType(.i32, [1])])
  }
}

extension StepContext {
  /// The steps of operand `index` so far, [rows, length, ..], with zeros where there are none yet; kept as the state `name`.
  mutating func history(ofOperand index: Int, as name: String) throws(ShapeError) -> Value {
    guard operands[index].axis == 1 else { throw ShapeError("\(self.name) expects a sequence [rows, time, ..]") }
    let before = state(name, operandTypes[index])
    let now = try builder.append(AppendStep(), [before, operands[index].value, position()])
    keep(now, as: name)
    return now
  }
}
