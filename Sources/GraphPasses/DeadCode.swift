import GraphIR

/// Removes nodes that no root needs.
enum DeadCode {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    for root in graph.roots { isNeeded[root.value.node] = true }
    for index in graph.nodes.indices.reversed() where isNeeded[index] {
      for operand in graph.nodes[index].operands { isNeeded[operand.node] = true }
    }
    var rewriter = GraphRewriter(graph)
    for index in graph.nodes.indices where isNeeded[index] { try rewriter.copy(index) }
    return rewriter.finish()
  }
}
