import GraphIR
import KernelIR

/// x. What is computed of it is a computation of its own: `CommonSubexpressions` does not join it with one of x itself, whose
/// result would have to stay in memory till then (rematerialization: Chen et al., Training Deep Nets with Sublinear Memory
/// Cost, 2016).
public struct Again: Operator {
  public static let name = "again"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    return operands
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { context.resultGradients }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.stepwise(self, axis: context.axis(ofOperand: 0))
  }

  public var lowering: Lowering { .view }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] { operands }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    Instance(Again(), [operand])
  }
}

extension GraphBuilder {
  /// The value computed anew: a product from its left operand, which is in memory for the gradient of the right one anyway, and
  /// what is added to it as it is. Anything else is taken as it is.
  mutating func again(_ value: Value) throws(ShapeError) -> Value {
    let node = graph.nodes[value.node]
    switch node.op {
    case is MatrixMultiply: return try append(node.op, [append(Again(), [node.operands[0]]), node.operands[1]])
    case is Add: return try append(node.op, [again(node.operands[0]), again(node.operands[1])])
    default: return value
    }
  }
}
