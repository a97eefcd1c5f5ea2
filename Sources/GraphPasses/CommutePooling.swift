import GraphIR
import Operators

/// Takes the maximum under a window before an activation that never falls, instead of behind it: max(f(x)) = f(max(x)). There
/// is f of fewer numbers, and a convolution that only the pooling reads can pool its sums itself.
///
/// The gradients are the same. Where a relu makes unequal numbers equal, its gradient is 0; where another activation does by
/// rounding, it is so flat that its gradient is beyond the tolerance of the comparison.
enum CommutePooling {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    let readers = graph.readers
    let roots = Set(graph.roots.map(\.value.node))
    return try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      guard let pooling = node.op as? MaxPooling else { return nil }
      let activation = node.operands[0].node
      let before = graph.nodes[activation]
      guard let function = before.op as? any ElementwiseOperator, function.isIncreasing, readers[activation].count == 1,
        !roots.contains(activation),
        !readers[index].contains(where: { graph.nodes[$0].operands.contains(Value(node: index, result: 1)) })
      else { return nil }
      let pooled = try rewriter.builder.append(pooling, [rewriter.new(before.operands[0])])
      (rewriter.builder.location, rewriter.builder.scope) = (before.location, before.scope)
      return try rewriter.builder.append(before.op, [pooled])
    }
  }
}
