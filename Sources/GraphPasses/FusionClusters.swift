import GraphIR
import KernelIR

/// The clusters of a graph while it is fused: which nodes each has, and which of them may become one.
struct FusionClusters {
  private struct Cluster {
    var nodes: [Int]
    /// The nodes, sources and its own among them, whose memory its nodes read.
    var reads: [Int]
    /// The shape over which its loops run: the operand's for a reduction.
    var shape: Shape
    var hasProduct = false
    var hasPointwise = false
    /// Its loops are its own: nothing joins it.
    var isClosed = false
    /// The axes of its reductions.
    var reducedAxes: [[Int]] = []
  }

  private(set) var graph: Graph
  /// The cluster of each node; nil for a source, a view and a scalar that every kernel computes for itself.
  private(set) var home: [Int?]
  /// A cluster that went into another one is empty.
  private var clusters: [Cluster] = []
  private let inlined: Set<Int>

  init(_ graph: Graph) {
    self.graph = graph
    home = Array(repeating: nil, count: graph.nodes.count)
    inlined = graph.inlinedScalars
  }

  /// Makes a cluster of one node; false for a node that needs none.
  mutating func open(_ index: Int) -> Bool {
    let node = graph.nodes[index]
    guard !inlined.contains(index) else { return false }
    var cluster = Cluster(
      nodes: [index], reads: node.operands.map { graph.storage(of: $0).node }, shape: node.results[0].shape)
    switch node.op.lowering {
    case .source, .view: return false
    case .loops: cluster.isClosed = true
    case .contraction: cluster.hasProduct = true
    case .pointwise: cluster.hasPointwise = true
    case .reduction(_, let axes):
      cluster.shape = graph.type(of: node.operands[0]).shape
      cluster.reducedAxes = [axes]
    }
    home[index] = clusters.count
    clusters.append(cluster)
    return true
  }

  /// Whether the cluster of a node has a product.
  func hasProduct(_ index: Int) -> Bool { home[index].map { clusters[$0].hasProduct } ?? false }

  // MARK: Rules

  /// The names of the fusions that uniting two clusters would be.
  func fusions(_ one: Int, _ other: Int) -> Set<String> {
    let pair = [clusters[one], clusters[other]]
    let hasProduct = pair.contains(where: \.hasProduct)
    var names: Set<String> = hasProduct ? ["contraction-epilogue"] : []
    if !hasProduct, pair.allSatisfy(\.hasPointwise) { names.insert("elementwise") }
    if pair.contains(where: { !$0.reducedAxes.isEmpty }) { names.insert("reduction") }
    return names
  }

  /// Two clusters may be one if their loops are the same, they hold one product at most, whatever one reads of the
  /// other is the element that it is at, and no path leaves them and comes back.
  func mayUnite(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (clusters[one], clusters[other])
    guard !a.isClosed, !b.isClosed, a.shape == b.shape, !(a.hasProduct && b.hasProduct) else { return false }
    if a.hasProduct || b.hasProduct {
      // An epilogue sees the sums tile by tile: only sums down the columns can be kept beside them.
      let leading = Array(0..<(a.shape.rank - 1))
      guard (a.reducedAxes + b.reducedAxes).allSatisfy({ $0 == leading }) else { return false }
    }
    return readsElementwise(a.nodes, of: other) && readsElementwise(b.nodes, of: one) && isConvex(one, other)
  }

  /// Whether everything that `nodes` read of a cluster is the element at which its loops are.
  private func readsElementwise(_ nodes: [Int], of cluster: Int) -> Bool {
    nodes.allSatisfy { index in
      let node = graph.nodes[index]
      return node.operands.allSatisfy { operand in
        guard home[graph.storage(of: operand).node] == cluster else { return true }
        return home[operand.node] == cluster && node.readsElementwise
          && !graph.nodes[operand.node].isReduction && graph.type(of: operand).shape == clusters[cluster].shape
      }
    }
  }

  /// No third cluster lies between the two: none that one of them reads depends on either.
  private func isConvex(_ one: Int, _ other: Int) -> Bool {
    var isSeen = [Bool](repeating: false, count: clusters.count)
    (isSeen[one], isSeen[other]) = (true, true)
    var pending = [one, other]
    while let cluster = pending.popLast() {
      let isBetween = cluster != one && cluster != other
      for read in clusters[cluster].reads {
        guard let producer = home[read] else { continue }
        if isBetween, producer == one || producer == other { return false }
        guard !isSeen[producer] else { continue }
        isSeen[producer] = true
        pending.append(producer)
      }
    }
    return true
  }

  /// The other clusters that a cluster reads, some of them several times.
  private func producers(of cluster: Int) -> [Int] {
    clusters[cluster].reads.compactMap { home[$0] }.filter { $0 != cluster }
  }

  mutating func unite(_ one: Int, _ other: Int) {
    for node in clusters[other].nodes { home[node] = one }
    clusters[one].nodes = (clusters[one].nodes + clusters[other].nodes).sorted()
    clusters[one].reads = Set(clusters[one].reads + clusters[other].reads).sorted()
    clusters[one].hasProduct = clusters[one].hasProduct || clusters[other].hasProduct
    clusters[one].hasPointwise = clusters[one].hasPointwise || clusters[other].hasPointwise
    clusters[one].reducedAxes += clusters[other].reducedAxes
    (clusters[other].nodes, clusters[other].reads) = ([], [])
  }

  // MARK: Order

  /// The graph with its kernels numbered in an order in which each finds its operands made. Of those that could run
  /// next, the one that is complete first in the graph's own order does.
  func numbered() -> Graph {
    var graph = graph
    var readers = [[Int]](repeating: [], count: clusters.count)
    var missing = [Int](repeating: 0, count: clusters.count)
    for cluster in clusters.indices {
      for producer in Set(producers(of: cluster)) {
        readers[producer].append(cluster)
        missing[cluster] += 1
      }
    }
    let last = clusters.map { $0.nodes.last ?? 0 }
    var ready = clusters.indices.filter { !clusters[$0].nodes.isEmpty && missing[$0] == 0 }
    var number = 0
    while let next = ready.min(by: { last[$0] < last[$1] }) {
      ready.removeAll { $0 == next }
      for node in clusters[next].nodes { graph.nodes[node].kernel = number }
      number += 1
      for reader in readers[next] {
        missing[reader] -= 1
        if missing[reader] == 0 { ready.append(reader) }
      }
    }
    return graph
  }
}
