import GraphIR

/// What became one kernel, for `--emit fused`.
public enum FusionReport {
  /// One line a kernel: `3 dense: matmul + add + relu -> f32[rows, 32]`.
  public static func text(_ graph: Graph) -> String {
    var members: [Int: [Node]] = [:]
    for node in graph.nodes { if let kernel = node.kernel { members[kernel, default: []].append(node) } }
    return members.keys.sorted().map { kernel in
      let nodes = members[kernel] ?? []
      let operators = nodes.map { Swift.type(of: $0.op).name }.joined(separator: " + ")
      let scope = nodes.first.map { $0.scope.isEmpty ? "model" : $0.scope } ?? ""
      let type = nodes.last?.results.first.map(\.description) ?? ""
      return "\(kernel) \(scope): \(operators) -> \(type)\n"
    }.joined()
  }
}
