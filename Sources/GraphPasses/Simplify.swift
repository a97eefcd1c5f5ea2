import GraphIR
import KernelIR
import Operators

/// Folds constants and drops what changes nothing: x + 0, x - 0, x · 1, x / 1, and arithmetic on constants alone.
enum Simplify {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      let operands = node.operands.map { rewriter.new($0) }
      if let folded = try fold(node, operands, &rewriter.builder) { return folded }
      guard operands.count == 2 else { return nil }
      let neutral: Double
      switch node.op {
      case is Add, is Subtract: neutral = 0
      case is Multiply, is Divide: neutral = 1
      default: return nil
      }
      let type = node.results[0]
      func isNeutral(_ value: Value) -> Bool { uniformConstant(value, rewriter.builder.graph) == neutral }
      if isNeutral(operands[1]), rewriter.builder.type(of: operands[0]) == type { return operands[0] }
      let commutes = node.op is Add || node.op is Multiply
      if commutes, isNeutral(operands[0]), rewriter.builder.type(of: operands[1]) == type { return operands[1] }
      return nil
    }
  }

  /// The number that fills a constant; nil if the value is not one.
  private static func uniformConstant(_ value: Value, _ graph: Graph) -> Double? {
    if let constant = graph.op(of: value) as? Constant, constant.values.count == 1 { return constant.values[0] }
    if graph.op(of: value) is Broadcast { return uniformConstant(graph.nodes[value.node].operands[0], graph) }
    return nil
  }

  /// An elementwise operator on constant scalars, evaluated by the reference.
  private static func fold(_ node: Node, _ operands: [Value], _ builder: inout GraphBuilder) throws(ShapeError)
    -> Value?
  {
    guard let op = node.op as? any ElementwiseOperator, !operands.isEmpty, node.results[0].shape == .scalar else {
      return nil
    }
    let constants = operands.compactMap { uniformConstant($0, builder.graph) }
    guard constants.count == operands.count else { return nil }
    return try builder.constant(op.evaluate(constants), element: node.results[0].element)
  }
}
