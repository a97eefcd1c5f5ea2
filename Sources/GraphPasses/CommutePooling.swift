import GraphIR
import Operators

/// Takes the maximum under a window before an activation that never falls and a bias of each channel, instead of behind them:
/// max(f(x)) = f(max(x)), also in what floating point makes of it. There is f of fewer numbers, and a convolution that only the
/// pooling reads can pool its sums itself.
///
/// The gradients are the same. Where a relu makes unequal numbers equal, its gradient is 0; where another activation does by
/// rounding, it is so flat that its gradient is beyond the tolerance of the comparison. Where a bias does, the gradient goes to the
/// number that was larger before.
enum CommutePooling {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    let readers = graph.readers
    let roots = Set(graph.roots.map(\.value.node))
    return try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      guard let pooling = graph.nodes[index].op as? MaxPooling,
        !readers[index].contains(where: { graph.nodes[$0].operands.contains(Value(node: index, result: 1)) })
      else { return nil }
      // From the pooling back to what it may as well read.
      var functions: [Node] = []
      var source = graph.nodes[index].operands[0]
      while source.result == 0, readers[source.node].count == 1, !roots.contains(source.node),
        isIncreasing(graph.nodes[source.node], in: graph)
      {
        functions.append(graph.nodes[source.node])
        source = graph.nodes[source.node].operands[0]
      }
      guard !functions.isEmpty else { return nil }
      var value = try rewriter.builder.append(pooling, [rewriter.new(source)])
      for function in functions.reversed() {
        (rewriter.builder.location, rewriter.builder.scope) = (function.location, function.scope)
        value = try rewriter.builder.append(
          function.op, [value] + function.operands.dropFirst().map { rewriter.new($0) })
      }
      return value
    }
  }

  /// Whether a node makes of images what never falls where operand 0 rises, alike in all places of one.
  private static func isIncreasing(_ node: Node, in graph: Graph) -> Bool {
    if node.op is Add {
      let other = graph.type(of: node.operands[1]).shape
      return other.rank <= 1 && !other.perRow && graph.type(of: node.operands[0]).shape == node.results[0].shape
    }
    return (node.op as? any ElementwiseOperator)?.isIncreasing ?? false
  }
}
