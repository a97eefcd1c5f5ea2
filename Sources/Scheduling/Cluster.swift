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
  /// The blocks in which a convolution of the cluster is made; nil if there is none.
  func blocking(in graph: Graph) -> WindowBlocking? {
    for index in nodes {
      guard case .contraction(let rule) = graph.nodes[index].op.lowering else { continue }
      return rule(graph.nodes[index].operands.map { graph.type(of: $0) }).window.map { WindowBlocking($0) }
    }
    return nil
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
      case .pointwise, .reduction, .contraction, .loops:
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
        if isReadOutside || graph.nodes[node].op.auxiliaryResults.contains(result) {
          cluster.outputs.append(value)
        }
      }
    }
    // Sums of a product need a place of the product's size, even where only a reduction of them is wanted.
    if let product = nodes.first(where: { graph.nodes[$0].isContraction }).map({ Value(node: $0) }),
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
