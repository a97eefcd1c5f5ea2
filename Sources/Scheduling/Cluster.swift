import GraphIR
import KernelIR

/// The nodes that become one kernel, and the values that enter and leave it.
struct Cluster {
  var nodes: [Int]
  /// Storages read from outside, in order of first use.
  var inputs: [Value] = []
  /// Values that another cluster or a root reads.
  var outputs: [Value] = []
  /// The graph's `inlinedScalars`.
  var inlined: Set<Int> = []
}

extension Cluster {
  /// The product of the cluster.
  func product(in graph: Graph) -> Int? { nodes.first { graph.nodes[$0].isContraction } }

  /// Whether what it reads at the element that it writes may lie where it writes: all of its nodes are elementwise, but for a
  /// product whose sums come in registers.
  func mayOverwrite(in graph: Graph, maxRows: Int) -> Bool {
    nodes.allSatisfy { index in
      let node = graph.nodes[index]
      guard case .contraction(let rule) = node.op.lowering else { return node.op.isElementwise }
      return rule(node.operands.map { graph.type(of: $0) }).staysInRegisters(maxRows: maxRows)
    }
  }

  /// The node that pools the product's sums.
  func pooling(in graph: Graph) -> Int? {
    guard let product = product(in: graph) else { return nil }
    return nodes.first { if case .pooling = graph.nodes[$0].op.lowering { $0 > product } else { false } }
  }

  /// The product and its operand of that position, if the cluster computes that operand as it is copied.
  func computedOperand(_ position: Int, in graph: Graph) -> Value? {
    guard let product = product(in: graph) else { return nil }
    let operand = graph.nodes[product].operands[position]
    return nodes.contains(operand.node) ? operand : nil
  }

  /// The convolution of the cluster as products of patches, each with its blocks; empty where there is none, or where it
  /// is a product of matrices as they lie.
  func patches(in graph: Graph) -> [(patches: ContractionMap.Patches, blocking: WindowBlocking)] {
    guard let product = product(in: graph), case .contraction(let rule) = graph.nodes[product].op.lowering else {
      return []
    }
    let map = rule(graph.nodes[product].operands.map { graph.type(of: $0) })
    var pooling: Pooling?
    if let index = self.pooling(in: graph), case .pooling(let rule, _) = graph.nodes[index].op.lowering {
      pooling = rule(graph.nodes[index].operands.map { graph.type(of: $0) })
    }
    let computed = (0...1).map { computedOperand($0, in: graph) != nil }
    guard !map.isMatrix || pooling != nil || computed.contains(true) else { return [] }
    return map.patches.map {
      (
        $0,
        WindowBlocking(
          $0.window, columns: map.n, pooling: pooling, computesImage: computed[0], computesMap: computed[1])
      )
    }
  }

  /// The elements of memory that a thread needs while the cluster runs; nil if none.
  func scratchCount(in graph: Graph) -> Int? {
    patches(in: graph).map(\.blocking.scratchCount).max().flatMap { $0 == 0 ? nil : $0 }
  }
}

/// A graph as clusters in running order, with views resolved to the value that holds their elements.
struct ClusteredGraph {
  let graph: Graph
  let clusters: [Cluster]

  init(_ graph: Graph) {
    self.graph = graph
    var members: [Int: [Int]] = [:]
    var order: [Int] = []
    let inlined = graph.inlinedScalars
    let unnumbered = (graph.nodes.compactMap(\.kernel).max() ?? -1) + 1
    for (index, node) in graph.nodes.enumerated() where !inlined.contains(index) {
      switch node.op.lowering {
      case .source, .view: continue
      case .pointwise, .reduction, .contraction, .pooling, .loops:
        let kernel = node.kernel ?? unnumbered + index
        if members[kernel] == nil { order.append(kernel) }
        members[kernel, default: []].append(index)
      }
    }
    if graph.nodes.contains(where: { $0.kernel != nil }) { order.sort() }
    let readers = graph.readersOfValues
    clusters = order.map { Self.cluster(members[$0] ?? [], in: graph, inlined: inlined, readers: readers) }
  }

  private static func cluster(
    _ nodes: [Int], in graph: Graph, inlined: Set<Int>, readers: [Value: [Int?]]
  ) -> Cluster {
    let inside = Set(nodes)
    var cluster = Cluster(nodes: nodes, inlined: inlined)
    var pending = nodes.flatMap { graph.nodes[$0].operands }.reversed() as [Value]
    while let operand = pending.popLast() {
      let storage = graph.storage(of: operand)
      if inlined.contains(operand.node) {
        pending += graph.nodes[operand.node].operands
      } else if !inside.contains(operand.node), !cluster.inputs.contains(storage) {
        cluster.inputs.append(storage)
      }
    }
    for node in nodes {
      for result in graph.nodes[node].results.indices {
        let value = Value(node: node, result: result)
        let isReadOutside = readers[value, default: []].contains { $0.map { !inside.contains($0) } ?? true }
        if isReadOutside || graph.nodes[node].op.placedResults.contains(result) {
          cluster.outputs.append(value)
        }
      }
    }
    // Pooling by itself keeps what it has found so far in its result, even where only the winners are wanted.
    if nodes.count == 1, case .pooling = graph.nodes[nodes[0]].op.lowering,
      !cluster.outputs.contains(Value(node: nodes[0]))
    {
      cluster.outputs.insert(Value(node: nodes[0]), at: 0)
    }
    // Sums of a product need a place of the product's size, even where only a reduction of them is wanted.
    if cluster.pooling(in: graph) == nil, let product = cluster.product(in: graph).map({ Value(node: $0) }),
      !cluster.outputs.contains(where: {
        graph.type(of: $0).shape.elementCount == graph.type(of: product).shape.elementCount
      })
    {
      cluster.outputs.insert(product, at: 0)
    }
    return cluster
  }
}

extension Graph {
  /// The nodes that read each value; nil stands for a root.
  fileprivate var readersOfValues: [Value: [Int?]] {
    var readers: [Value: [Int?]] = [:]
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { readers[operand, default: []].append(index) }
    }
    for root in roots { readers[root.value, default: []].append(nil) }
    return readers
  }
}
