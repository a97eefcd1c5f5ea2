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
    /// Its loops are its own: nothing joins it, but for a convolution that pools its sums itself.
    var isClosed = false
    /// The product, where it is a convolution.
    var convolution: (node: Int, window: Window, isMatrix: Bool)?
    var isPooling = false
    /// Nodes that are made before the loops over `shape`: operands that are computed as they are copied, and what is
    /// pooled. What they read has to be there when the kernel begins.
    var early: Set<Int> = []
    /// The axes of its reductions.
    var reducedAxes: [[Int]] = []
  }

  private(set) var graph: Graph
  /// The cluster of each node; nil for a source, a view and a scalar that every kernel computes for itself.
  private(set) var home: [Int?]
  /// A cluster that went into another one is empty.
  private var clusters: [Cluster] = []
  private let inlined: Set<Int>
  private let readers: [[Int]]
  private let rootNodes: Set<Int>

  init(_ graph: Graph) {
    self.graph = graph
    readers = graph.readers
    rootNodes = Set(graph.roots.map(\.value.node))
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
    case .pooling: (cluster.isPooling, cluster.isClosed) = (true, true)
    case .contraction(let rule):
      cluster.hasProduct = true
      let map = rule(node.operands.map { graph.type(of: $0) })
      cluster.convolution = map.patches.first.map { (index, $0.window, map.isMatrix) }
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

  /// Whether an elementwise node is made of one value alone, and is wanted only together with something else that is made of
  /// that value too, by others: as the mask of a relu is, which is made of the activations, once the gradient has come
  /// back. Beside the activations it would have to wait in memory, like them. What meets another number that is made beside the value
  /// is not such a node: as parts of a gelu's slope do, which wait as one number.
  func isWantedLate(_ index: Int) -> Bool {
    guard let source = onlyOperand(of: index) else { return false }
    var node = index
    while readers[node].count == 1, !rootNodes.contains(node) {
      let reader = readers[node][0]
      guard graph.nodes[reader].op.isElementwise else { return false }
      let others = graph.nodes[reader].operands.map(\.node).filter { $0 != node && !isSmall($0) && $0 != source }
      if let other = others.first {
        return !isMade(other, beside: source) && depends(other, on: source, but: node)
      }
      node = reader
    }
    return false
  }

  /// The node of the one operand of an elementwise node that is as large as its result; nil if there are several.
  private func onlyOperand(of index: Int) -> Int? {
    guard graph.nodes[index].op.isElementwise else { return nil }
    let operands = Set(graph.nodes[index].operands.map(\.node).filter { !isSmall($0) })
    return operands.count == 1 ? operands.first : nil
  }

  private func isSmall(_ node: Int) -> Bool { inlined.contains(node) || graph.nodes[node].results[0].shape.rank == 0 }

  /// Whether an elementwise node is made of nothing later than another node.
  private func isMade(_ node: Int, beside source: Int) -> Bool {
    var (isSeen, pending) = ([] as Set<Int>, [node])
    while let next = pending.popLast() {
      if next <= source || isSmall(next) || !isSeen.insert(next).inserted { continue }
      guard graph.nodes[next].op.isElementwise else { return false }
      pending += graph.nodes[next].operands.map { graph.storage(of: $0).node }
    }
    return true
  }

  private func depends(_ node: Int, on source: Int, but excluded: Int) -> Bool {
    var (isSeen, pending) = ([excluded] as Set, [node])
    while let next = pending.popLast() {
      if next == source { return true }
      guard next > source, isSeen.insert(next).inserted else { continue }
      pending += graph.nodes[next].operands.map(\.node)
    }
    return false
  }

  // MARK: Rules

  /// The names of the fusions that uniting two clusters would be.
  func fusions(_ one: Int, _ other: Int) -> Set<String> {
    let pair = [clusters[one], clusters[other]]
    let hasProduct = pair.contains(where: \.hasProduct)
    var names: Set<String> = hasProduct ? ["contraction-epilogue"] : []
    if !hasProduct, pair.allSatisfy(\.hasPointwise) { names.insert("elementwise") }
    if pair.contains(where: { !$0.reducedAxes.isEmpty }) { names.insert("reduction") }
    if pair.contains(where: \.isPooling) { names.insert("pooling") }
    return mayCompute(one, other) ? ["contraction-prologue"] : names
  }

  /// Two clusters may be one if their loops are the same, they hold one product at most, whatever one reads of the
  /// other is the element that it is at, and no path leaves them and comes back.
  func mayUnite(_ one: Int, _ other: Int) -> Bool {
    if mayPool(one, other) || mayCompute(one, other) { return isConvex(one, other) }
    let (a, b) = (clusters[one], clusters[other])
    guard !a.isClosed, !b.isClosed, a.shape == b.shape, !(a.hasProduct && b.hasProduct) else { return false }
    if a.hasProduct || b.hasProduct {
      // An epilogue sees the sums tile by tile: only sums down the columns can be kept beside them.
      let leading = Array(0..<(a.shape.rank - 1))
      let reductions = a.reducedAxes + b.reducedAxes
      guard reductions.allSatisfy({ $0 == leading }) else { return false }
      guard reductions.isEmpty || !(a.isPooling || b.isPooling) else { return false }
    }
    return readsElementwise(a.nodes, of: other) && readsElementwise(b.nodes, of: one) && isConvex(one, other)
  }

  /// A convolution may pool its sums while a block of them is in cache, if nothing else wants one of them.
  private func mayPool(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (clusters[one], clusters[other])
    guard b.isPooling, b.nodes.count == 1, let convolution = a.convolution, !convolution.window.isTransposed,
      convolution.window.isWhole, !a.isPooling, a.reducedAxes.isEmpty
    else { return false }
    return isReadOnly(by: b.nodes[0], one) && home[graph.nodes[b.nodes[0]].operands[0].node] == one
  }

  /// A convolution may compute an operand as it copies it, if it is the only reader. Of one that copies nothing that is
  /// only worth its while where the operand need not be as large in memory as it is.
  private func mayCompute(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (clusters[one], clusters[other])
    guard b.nodes.count == 1, let convolution = b.convolution, !convolution.window.isDepthwise, !a.hasProduct,
      !a.isClosed, a.reducedAxes.isEmpty
    else { return false }
    let operands = graph.nodes[convolution.node].operands
    let positions = operands.indices.filter { home[operands[$0].node] == one }
    guard let position = positions.first, positions.count == 1,
      position == 0 || convolution.window.isTransposed,
      graph.type(of: operands[position]).shape == a.shape,
      !convolution.isMatrix || a.nodes.contains(where: { !graph.nodes[$0].op.isElementwise })
    else { return false }
    return isReadOnly(by: convolution.node, one)
  }

  /// Unites reductions with the clusters that read their results, where the kernel can go through one line after the other, which then
  /// stays in cache: five kernels of a layer normalization become one.
  mutating func joinLines(_ made: [Int]) {
    var isDone = false
    while !isDone {
      isDone = true
      for index in made {
        for operand in graph.nodes[index].operands {
          guard let one = home[operand.node], let other = home[index], one != other, mayJoinLines(one, other) else {
            continue
          }
          unite(one, other)
          isDone = false
        }
      }
    }
  }

  private func mayJoinLines(_ one: Int, _ other: Int) -> Bool {
    let pair = [clusters[one], clusters[other]]
    guard pair.allSatisfy({ !$0.hasProduct && !$0.isClosed && $0.early.isEmpty }),
      let shape = graph.lineShape(of: pair.flatMap(\.nodes))
    else { return false }
    // What is folded is computed again where it is wanted once more.
    var isSeen: Set<Int> = []
    var folded = pair.flatMap(\.nodes).filter { graph.nodes[$0].isReduction }
    while let index = folded.popLast() {
      for operand in graph.nodes[index].operands
      where [one, other].contains(home[operand.node]) && graph.type(of: operand).shape == shape {
        guard isSeen.insert(operand.node).inserted else { continue }
        guard graph.isCheap(operand.node) else { return false }
        folded.append(operand.node)
      }
    }
    return isConvex(one, other)
  }

  /// Whether everything that a cluster makes is read by itself and by node `reader` alone.
  private func isReadOnly(by reader: Int, _ cluster: Int) -> Bool {
    clusters[cluster].nodes.allSatisfy { node in
      !rootNodes.contains(node) && readers[node].allSatisfy { $0 == reader || home[$0] == cluster }
    }
  }

  /// Whether everything that `nodes` read of a cluster is the element at which its loops are.
  private func readsElementwise(_ nodes: [Int], of cluster: Int) -> Bool {
    nodes.allSatisfy { index in
      let node = graph.nodes[index]
      let isEarly = home[index].map { clusters[$0].early.contains(index) } ?? false
      return node.operands.allSatisfy { operand in
        guard home[graph.storage(of: operand).node] == cluster else { return true }
        return !isEarly && home[operand.node] == cluster && node.readsElementwise
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
    let isBlock = mayPool(one, other) || mayCompute(one, other)
    let early = clusters[one].early.union(clusters[other].early).union(isBlock ? clusters[one].nodes : [])
    if isBlock { clusters[one].shape = clusters[other].shape }
    for node in clusters[other].nodes { home[node] = one }
    clusters[one].nodes = (clusters[one].nodes + clusters[other].nodes).sorted()
    clusters[one].reads = Set(clusters[one].reads + clusters[other].reads).sorted()
    clusters[one].hasProduct = clusters[one].hasProduct || clusters[other].hasProduct
    clusters[one].hasPointwise = clusters[one].hasPointwise || clusters[other].hasPointwise
    clusters[one].convolution = clusters[one].convolution ?? clusters[other].convolution
    clusters[one].isPooling = clusters[one].isPooling || clusters[other].isPooling
    clusters[one].early = early
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
