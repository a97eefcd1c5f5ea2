import Glibc
import GraphIR
import KernelIR

/// -ln p[label] for class numbers [..], -Σ t ln p for probabilities [.., classes], with p [.., classes] held in
/// [1e-7, 1 - 1e-7] as Keras does.
public struct CrossEntropy: Operator {
  public static let name = "cross_entropy"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    return [try Self.name.crossEntropyType(of: operands)]
  }

  /// -t / p inside the margins, 0 beyond. Nothing flows back to the target.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let p = context.operands[0]
    let shape = context.builder.shape(of: p)
    let target = try context.builder.targetProbabilities(context.operands[1], like: p)
    let margin = BinaryCrossEntropy.margin
    let held = try context.builder.maximum(
      context.builder.minimum(p, context.builder.scalar(1 - margin, like: p)), context.builder.scalar(margin, like: p))
    let aligned = try context.builder.reshape(gradient, to: Shape(shape.dimensions.dropLast() + [1]))
    let slope = try context.builder.negate(context.builder.divide(target, held))
    let flowing = try context.builder.multiply(slope, aligned)
    let isInside = try context.builder.compare(.equal, held, p)
    return [try context.builder.select(isInside, flowing, context.builder.scalar(0, like: p)), nil]
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let isSparse = context.operandTypes[1].element == .i32
      return context.nest(Array(shape.dimensions.dropLast())) { lead in
        if isSparse {
          return [context.store(0, lead, Self.cost(context.load(0, lead + [.value(context.load(1, lead))])))]
        }
        let at = lead + [.variable("j")]
        return [
          .reduction(
            variable: "j", extent: Index(shape[shape.rank - 1]), body: [],
            accumulators: [
              Accumulator(name: "loss", fold: .sum, value: context.load(1, at) * Self.cost(context.load(0, at)))
            ]),
          context.store(0, lead, .local("loss")),
        ]
      }
    }
  }

  private static func cost(_ p: Expression) -> Expression {
    let margin = BinaryCrossEntropy.margin
    return -.unary(.log, .binary(.maximum, .binary(.minimum, p, .literal(1 - margin)), .literal(margin)))
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let margin = BinaryCrossEntropy.margin
    return [
      operands[0].crossEntropy(with: operands[1], shape: context.shape()) { -log(max(min($0, 1 - margin), margin)) }
    ]
  }

  /// Class numbers are safe for every operand that `draw` takes.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> {
    if index == 1 { return 0...1 }
    return 0.05...0.95
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, let last = operand.shape.dimensions.last, !last.perRow, last.count > 1 else {
      return nil
    }
    let labels = TensorType(.i32, Shape(Array(operand.shape.dimensions.dropLast())))
    return Instance(Self(), [operand, random.integer(in: 0...1) == 0 ? labels : operand])
  }
}

extension GraphBuilder {
  public mutating func crossEntropy(_ probabilities: Value, _ target: Value) throws(ShapeError) -> Value {
    try append(CrossEntropy(), [probabilities, target])
  }
}
