import GraphIR
import KernelIR
import Operators

/// Gives each convolution a copy of its own of an operand that is larger than what it is made from, as the gradient of a map
/// that was pooled is. Each can then compute it as it copies it, and the large one is never stored.
enum RepeatGathers {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    let readers = graph.readers
    let roots = Set(graph.roots.map(\.value.node))
    let repeated = Set(
      graph.nodes.indices.filter { index in
        isGather(graph.nodes[index], in: graph) && !roots.contains(index) && readers[index].count > 1
          && readers[index].allSatisfy { isConvolution(graph.nodes[$0], in: graph) }
      })
    guard !repeated.isEmpty else { return graph }
    var rewriter = GraphRewriter(graph)
    for (index, node) in graph.nodes.enumerated() {
      for operand in node.operands where repeated.contains(operand.node) { try rewriter.copy(operand.node) }
      if !repeated.contains(index) { try rewriter.copy(index) }
    }
    return rewriter.finish()
  }

  private static func isGather(_ node: Node, in graph: Graph) -> Bool {
    guard case .pointwise = node.op.lowering, !node.op.isElementwise, !node.operands.isEmpty else { return false }
    let count = node.results[0].shape.elementCount
    return node.operands.allSatisfy { operand in
      let other = graph.type(of: operand).shape.elementCount
      return other.perRow == count.perRow ? other.count < count.count : !other.perRow
    }
  }

  private static func isConvolution(_ node: Node, in graph: Graph) -> Bool {
    guard case .contraction(let rule) = node.op.lowering else { return false }
    return !rule(node.operands.map { graph.type(of: $0) }).patches.isEmpty
  }
}
