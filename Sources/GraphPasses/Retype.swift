import GraphIR
import KernelIR

/// Gives all floating-point values the precision that was asked for.
enum Retype {
  static func run(_ graph: Graph, to element: ElementType) throws(ShapeError) -> Graph {
    var rewriter = GraphRewriter(graph)
    for (index, node) in graph.nodes.enumerated() { try rewriter.copy(index, op: node.op.retyped(to: element)) }
    return rewriter.finish()
  }
}
