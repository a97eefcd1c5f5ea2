import GraphIR
import KernelIR
import Operators

/// Gives each reader a copy of its own of an operand that is made from something smaller, as the gradient of a map that was
/// pooled is: of the gather, and of the elementwise nodes between it and its readers, such as an activation's gradient.
/// Convolutions can then compute it as they copy it and reductions as they read it, and the large one is never stored.
enum RepeatGathers {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    let readers = graph.readers
    let roots = Set(graph.roots.map(\.value.node))
    /// What is made anew for each reader, by the node that they read: it and what only it is made from.
    var repeated: [Int: [Int]] = [:]
    for index in graph.nodes.indices.reversed() {
      guard !roots.contains(index), readers[index].count > 1,
        readers[index].allSatisfy({ computesOperand(graph.nodes[$0], in: graph) }),
        readers[index].contains(where: { graph.nodes[$0].isConvolution(in: graph) })
      else { continue }
      let made = cone(of: index, readers, roots, in: graph)
      // Several large arrays read by each reader would be no less than one that is stored.
      let large = Set(made.flatMap { graph.nodes[$0].operands }.map { graph.storage(of: $0) }).filter {
        !made.contains($0.node)
          && graph.type(of: $0).shape.elementCount == graph.nodes[index].results[0].shape.elementCount
      }
      if large.count <= 1, made.contains(where: { graph.nodes[$0].isGather(in: graph) }) {
        repeated[index] = made.sorted()
      }
    }
    guard !repeated.isEmpty else { return graph }
    let isRepeated = Set(repeated.values.joined())
    var rewriter = GraphRewriter(graph)
    for (index, node) in graph.nodes.enumerated() where !isRepeated.contains(index) {
      for operand in node.operands { for made in repeated[operand.node] ?? [] { try rewriter.copy(made) } }
      try rewriter.copy(index)
    }
    return rewriter.finish()
  }

  /// A node and the gathers and elementwise nodes that nothing else is made from, back to the gathers.
  private static func cone(of index: Int, _ readers: [[Int]], _ roots: Set<Int>, in graph: Graph) -> Set<Int> {
    var made: Set = [index]
    for node in (0..<index).reversed() where !roots.contains(node) {
      guard !readers[node].isEmpty,
        readers[node].allSatisfy({ made.contains($0) && !graph.nodes[$0].isGather(in: graph) })
      else { continue }
      if graph.nodes[node].isGather(in: graph) || graph.nodes[node].op.isElementwise { made.insert(node) }
    }
    return made
  }

  private static func computesOperand(_ node: Node, in graph: Graph) -> Bool {
    node.isReduction || node.isConvolution(in: graph)
  }
}

extension Node {
  /// Whether its elements are picked from operands that are all smaller.
  fileprivate func isGather(in graph: Graph) -> Bool {
    guard case .pointwise = op.lowering, !op.isElementwise, !operands.isEmpty else { return false }
    let count = results[0].shape.elementCount
    return operands.allSatisfy { operand in
      let other = graph.type(of: operand).shape.elementCount
      return other.perRow == count.perRow ? other.count < count.count : !other.perRow
    }
  }

  fileprivate func isConvolution(in graph: Graph) -> Bool {
    guard case .contraction(let rule) = op.lowering else { return false }
    return !rule(operands.map { graph.type(of: $0) }).patches.isEmpty
  }
}
