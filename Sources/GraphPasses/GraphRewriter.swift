import GraphIR

/// Copies a graph node by node; a pass says for which nodes something else takes their place.
struct GraphRewriter {
  var builder: GraphBuilder
  /// For each value of the old graph, the value of the new one.
  private(set) var map: [Value: Value] = [:]
  let old: Graph

  init(_ old: Graph) {
    self.old = old
    builder = GraphBuilder(name: old.name)
  }

  /// The new graph's value for one of the old graph.
  func new(_ value: Value) -> Value { map[value] ?? value }

  mutating func replace(_ value: Value, with new: Value) { map[value] = new }

  /// Copies node `index` as it is, or with another operator in its place, which may lack an operand.
  mutating func copy(_ index: Int, op: (any Operator)? = nil, without dropped: Int? = nil) throws(ShapeError) {
    var node = old.nodes[index]
    if let op { node.op = op }
    if let dropped { node.operands.remove(at: dropped) }
    let copied = try builder.copy(node, operands: node.operands.map(new))
    for result in builder.graph.nodes[copied].results.indices {
      map[Value(node: index, result: result)] = Value(node: copied, result: result)
    }
  }

  /// The new graph with the old one's roots.
  mutating func finish() -> Graph {
    for root in old.roots { builder.addRoot(root.role, new(root.value)) }
    return builder.graph
  }

  /// A graph in which `rewrite` has had a say about each node; where it returns nil the node is copied.
  static func rewriting(
    _ graph: Graph, _ rewrite: (inout GraphRewriter, Int) throws(ShapeError) -> Value?
  ) throws(ShapeError) -> Graph {
    var rewriter = GraphRewriter(graph)
    for (index, node) in graph.nodes.enumerated() {
      (rewriter.builder.location, rewriter.builder.scope) = (node.location, node.scope)
      if let value = try rewrite(&rewriter, index) {
        rewriter.replace(Value(node: index), with: value)
      } else {
        try rewriter.copy(index)
      }
    }
    return rewriter.finish()
  }
}
