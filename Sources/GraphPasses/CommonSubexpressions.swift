import GraphIR

/// Computes once what is computed twice from the same operands.
enum CommonSubexpressions {
  private struct Key: Hashable {
    var op: AnyHashable
    var operands: [Value]
  }

  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    var known: [Key: Int] = [:]
    var rewriter = GraphRewriter(graph)
    for (index, node) in graph.nodes.enumerated() {
      let key = Key(op: AnyHashable(node.op), operands: node.operands.map { rewriter.new($0) })
      if node.op.isPure, let first = known[key] {
        for result in node.results.indices {
          rewriter.replace(Value(node: index, result: result), with: Value(node: first, result: result))
        }
        continue
      }
      try rewriter.copy(index)
      known[key] = rewriter.new(Value(node: index)).node
    }
    return rewriter.finish()
  }
}
