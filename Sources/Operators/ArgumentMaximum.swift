import GraphIR
import KernelIR

/// The position of the first largest element along the last axis, as a floating-point number. Nothing flows back.
public struct ArgumentMaximum: Operator {
  public static let name = "argmax"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    guard operands[0].element.isFloating, operands[0].shape.rank > 0 else {
      throw ShapeError("argmax expects floating-point numbers with at least one axis, got \(operands[0])")
    }
    return [TensorType(operands[0].element, Shape(Array(operands[0].shape.dimensions.dropLast())))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.alongLastAxis(self)
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      return context.nest(Array(shape.dimensions.dropLast())) { lead in
        let element = context.load(0, lead + [.variable("j")])
        return [
          .variable("largest", context.load(0, lead + [0])),
          .variable("position", 0.0),
          .loop(
            variable: "j", extent: Index(shape[shape.rank - 1]),
            body: [
              .conditional(
                .compare(.greater, element, .local("largest")),
                [.assign("largest", element), .assign("position", .index(.variable("j")))])
            ]),
          context.store(0, lead, .local("position")),
        ]
      }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [
      .generate(context.shape()) { lead in
        let row = (0..<(operands[0].shape.last ?? 0)).map { operands[0][lead + [$0]] }
        return Double(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 })
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, let last = operand.shape.dimensions.last, !last.perRow else { return nil }
    return Instance(ArgumentMaximum(), [operand])
  }
}

extension GraphBuilder {
  public mutating func argmax(_ x: Value) throws(ShapeError) -> Value { try append(ArgumentMaximum(), [x]) }
}
