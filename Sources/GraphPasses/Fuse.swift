import GraphIR
import KernelIR

/// Gathers nodes into kernels: a product with what follows it, chains of pointwise nodes, and the reductions that read them.
///
/// A node joins the kernel of an operand if their elements correspond and no path leaves the kernel and comes back.
enum Fuse {
  static let names = ["contraction-epilogue", "elementwise", "reduction"]

  static func run(_ graph: Graph, enabled: Bool, disabled: Set<String>) -> Graph {
    var fuser = Fuser(graph: graph, disabled: enabled ? disabled : Set(names))
    return fuser.run()
  }
}

private struct Fuser {
  private struct Group {
    var nodes: [Int]
    /// The shape over which its loops run.
    var shape: Shape
    var hasProduct = false
    /// Nothing may follow in it.
    var isClosed = false
  }

  var graph: Graph
  let disabled: Set<String>
  private var groups: [Group] = []
  private var groupOf: [Int: Int] = [:]

  init(graph: Graph, disabled: Set<String>) {
    self.graph = graph
    self.disabled = disabled
  }

  mutating func run() -> Graph {
    let inlined = graph.inlinedScalars
    for index in graph.nodes.indices where !inlined.contains(index) {
      let node = graph.nodes[index]
      switch node.op.lowering {
      case .source, .view: continue
      case .contraction: open(index, node.results[0].shape, hasProduct: true)
      case .loops: open(index, node.results[0].shape, isClosed: true)
      case .pointwise: joinPointwise(index)
      case .reduction(_, let axes): joinReduction(index, axes)
      }
    }
    number()
    return graph
  }

  private mutating func open(_ index: Int, _ shape: Shape, hasProduct: Bool = false, isClosed: Bool = false) {
    groupOf[index] = groups.count
    groups.append(Group(nodes: [index], shape: shape, hasProduct: hasProduct, isClosed: isClosed))
  }

  private mutating func joinPointwise(_ index: Int) {
    let node = graph.nodes[index]
    let shape = node.results[0].shape
    for operand in node.operands.reversed() {
      guard let group = groupOf[operand.node], !groups[group].isClosed, groups[group].shape == shape,
        graph.type(of: operand).shape == shape, isReadElementwise(node, operand),
        !disabled.contains(groups[group].hasProduct ? "contraction-epilogue" : "elementwise"),
        !isReduction(operand.node), mayJoin(index, group)
      else { continue }
      add(index, to: group)
      return
    }
    open(index, shape)
  }

  private mutating func joinReduction(_ index: Int, _ axes: [Int]) {
    let operand = graph.nodes[index].operands[0]
    let shape = graph.type(of: operand).shape
    if let group = groupOf[operand.node], !groups[group].isClosed, groups[group].shape == shape,
      !isReduction(operand.node), !disabled.contains("reduction"),
      // The epilogue of a product sees its elements tile by tile: only sums down the columns can be kept.
      !groups[group].hasProduct || axes == Array(0..<(shape.rank - 1)), mayJoin(index, group)
    {
      add(index, to: group)
    } else {
      open(index, shape)
    }
  }

  private mutating func add(_ index: Int, to group: Int) {
    groups[group].nodes.append(index)
    groupOf[index] = group
  }

  private func isReduction(_ index: Int) -> Bool {
    if case .reduction = graph.nodes[index].op.lowering { true } else { false }
  }

  /// Whether a node reads the operand only at the element that it computes.
  private func isReadElementwise(_ node: Node, _ operand: Value) -> Bool {
    node.op.isElementwise
  }

  /// Convexity: no operand of the node from outside the group may depend on the group.
  private func mayJoin(_ index: Int, _ group: Int) -> Bool {
    let inside = Set(groups[group].nodes)
    let first = groups[group].nodes.min() ?? 0
    // Walk back from the operands that are outside; everything before the group's first node is harmless.
    var pending = graph.nodes[index].operands.map(\.node).filter { !inside.contains($0) && $0 > first }
    var seen: Set<Int> = []
    while let node = pending.popLast() {
      guard seen.insert(node).inserted else { continue }
      // Its whole kernel runs as one: what any member reads counts.
      let members = groupOf[node].map { groups[$0].nodes } ?? [node]
      for member in members {
        seen.insert(member)
        for operand in graph.nodes[member].operands.map(\.node) {
          if inside.contains(operand) { return false }
          if operand > first {
            pending.append(operand)
          } else if let other = groupOf[operand], other != group {
            pending += groups[other].nodes.filter { $0 > first && !seen.contains($0) }
          }
        }
      }
    }
    return true
  }

  /// Numbers the kernels in an order in which each finds its operands made.
  private mutating func number() {
    var remaining = groups.map { group in
      let inside = Set(group.nodes)
      return Set(
        group.nodes.flatMap { dependencies(of: $0) }.filter { !inside.contains($0) }.compactMap { groupOf[$0] })
    }
    var done: Set<Int> = []
    var next = 0
    while done.count < groups.count {
      guard let ready = groups.indices.first(where: { !done.contains($0) && remaining[$0].isSubset(of: done) }) else {
        return  // A cycle; the verifier of the clusters reports the missing numbers.
      }
      done.insert(ready)
      remaining[ready] = []
      for node in groups[ready].nodes { graph.nodes[node].kernel = next }
      next += 1
    }
  }

  /// The nodes whose results a node reads, views looked through.
  private func dependencies(of index: Int) -> [Int] {
    graph.nodes[index].operands.map { operand in
      var node = operand.node
      while case .view = graph.nodes[node].op.lowering { node = graph.nodes[node].operands[0].node }
      return node
    }
  }
}
