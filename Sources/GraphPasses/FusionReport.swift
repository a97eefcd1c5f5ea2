import GraphIR

/// What became one kernel, for `--emit fused`.
public enum FusionReport {
  /// One line a kernel: `3 dense: matmul + add + relu -> f32[rows, 32]`.
  public static func text(_ graph: Graph) -> String {
    zip(kernels(of: graph), operators(graph)).map { nodes, operators in
      let scope = nodes.first.map { $0.scope.isEmpty ? "model" : $0.scope } ?? ""
      let type = nodes.last?.results.first.map(\.description) ?? ""
      return "\(nodes.first?.kernel ?? 0) \(scope): \(operators) -> \(type)\n"
    }.joined()
  }

  /// The operators of each kernel, in running order: `matmul + add + relu`.
  public static func operators(_ graph: Graph) -> [String] {
    kernels(of: graph).map { nodes in nodes.map { Swift.type(of: $0.op).name }.joined(separator: " + ") }
  }

  private static func kernels(of graph: Graph) -> [[Node]] {
    var members: [Int: [Node]] = [:]
    for node in graph.nodes { if let kernel = node.kernel { members[kernel, default: []].append(node) } }
    return members.sorted { $0.key < $1.key }.map(\.value)
  }
}
