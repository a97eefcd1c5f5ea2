import GraphIR

/// Floating-point operations of a graph for one row, as performance papers count them: a multiply-add of a matrix
/// product is two, an element of an elementwise operator or of a sum is one, moving data is none.
package enum FlopCount {
  /// With `rows` rows.
  package static func count(_ graph: Graph, rows: Int) -> Int {
    graph.nodes.reduce(0) { $0 + count($1, in: graph, rows: rows) }
  }

  private static func count(_ node: Node, in graph: Graph, rows: Int) -> Int {
    let operands = node.operands.map(graph.type(of:))
    func elements(_ type: TensorType) -> Int { type.shape.elementCount.value(rows: rows) }
    switch node.op.lowering {
    case .source, .view: return 0
    case .contraction(let map):
      let extents = map(operands)
      return (extents.batch + [extents.m, extents.n, extents.k]).reduce(2) { $0 * $1.value(rows: rows) }
    case .reduction: return operands.first.map(elements) ?? 0
    case .pointwise, .loops: return node.results.reduce(0) { $0 + elements($1) }
    }
  }
}
