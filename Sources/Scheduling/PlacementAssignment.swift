import GraphIR
import KernelIR
import Operators

/// Decides for every value that has memory where it lies, and plans the arena.
struct PlacementAssignment {
  /// A value that has to be copied to a second place at the end.
  struct Copy {
    var value: Value
    var from: Placement
    var to: Placement
  }

  private(set) var placements: [Value: Placement] = [:]
  private(set) var copies: [Copy] = []
  /// Memory that a cluster, by position, needs only while it runs.
  private(set) var scratch: [Int: Placement] = [:]
  private(set) var memory: MemoryPlan

  init(_ clustered: ClusteredGraph, options: ScheduleOptions) {
    let graph = clustered.graph
    let reuse = options.reuse
    memory = MemoryPlan([], reuse: reuse, rows: options.maxRows)
    for (index, node) in graph.nodes.enumerated() {
      if let source = node.op as? Source { placements[Value(node: index)] = Placement(source) }
    }
    var lastUse: [Value: Int] = [:]
    for (time, cluster) in clustered.clusters.enumerated() {
      for value in cluster.inputs { lastUse[value] = time }
    }
    let end = clustered.clusters.count
    for root in graph.roots { lastUse[graph.storage(of: root.value)] = end }

    var produced: [Value: Int] = [:]
    for (time, cluster) in clustered.clusters.enumerated() { for value in cluster.outputs { produced[value] = time } }

    for root in graph.roots {
      let value = graph.storage(of: root.value)
      guard let wanted = Placement(root.role) else { continue }
      if placements[value] == nil, let time = produced[value],
        Self.mayReplace(root, at: time, in: clustered, maxRows: options.maxRows)
      {
        placements[value] = wanted
      } else {
        copies.append(Copy(value: value, from: .rows, to: wanted))
      }
    }

    // Lives of the values that are left; an elementwise kernel may write over an operand that dies in it.
    var buffers: [MemoryPlan.Buffer] = []
    for (time, cluster) in clustered.clusters.enumerated() {
      if let count = cluster.scratchCount(in: graph) {
        scratch[time] = .arena(buffers.count)
        buffers.append(
          MemoryPlan.Buffer(
            size: Dimension(count * options.threads), element: graph.nodes[cluster.nodes[0]].results[0].element,
            lifetime: time...time))
      }
      for value in cluster.outputs where placements[value] == nil {
        let type = graph.type(of: value)
        let last = max(lastUse[value] ?? time, time)
        if reuse,
          let overwritten = Self.overwritable(cluster, by: value, in: graph, maxRows: options.maxRows).first(where: {
            operand in
            if case .arena(let index) = placements[operand] { return buffers[index].lifetime.upperBound == time }
            return false
          }), case .arena(let index) = placements[overwritten]
        {
          buffers[index].lifetime = buffers[index].lifetime.lowerBound...max(last, time + 1)
          placements[value] = .arena(index)
          continue
        }
        placements[value] = .arena(buffers.count)
        buffers.append(
          MemoryPlan.Buffer(size: type.shape.elementCount, element: type.element, lifetime: time...last))
      }
    }
    memory = MemoryPlan(buffers, reuse: reuse, rows: options.maxRows)
    copies = copies.compactMap { copy in
      placements[copy.value].map { Copy(value: copy.value, from: $0, to: copy.to) }
    }
  }

  /// Whether the root's value can be written to its place as soon as it is made: outputs and gradients always,
  /// the update of a weight only if nothing reads the old weight later, or in this kernel at another element.
  private static func mayReplace(_ root: Root, at time: Int, in clustered: ClusteredGraph, maxRows: Int) -> Bool {
    guard case .update(let kind, let name) = root.role else { return true }
    let (graph, clusters) = (clustered.graph, clustered.clusters)
    let old = graph.nodes.indices.first {
      guard let source = graph.nodes[$0].op as? Source else { return false }
      return source.kind == kind && source.name == name
    }
    guard let old else { return true }
    let oldValue = Value(node: old)
    let isReadLater = clusters.indices.contains { $0 > time && clusters[$0].inputs.contains(oldValue) }
    let isRoot = graph.roots.contains { graph.storage(of: $0.value) == oldValue }
    guard !isReadLater, !isRoot else { return false }
    return !clusters[time].inputs.contains(oldValue)
      || overwritable(clusters[time], by: graph.storage(of: root.value), in: graph, maxRows: maxRows)
        .contains(oldValue)
  }

  /// The inputs of a kernel that are read only at the element that is being written, and not after it.
  private static func overwritable(_ cluster: Cluster, by value: Value, in graph: Graph, maxRows: Int) -> [Value] {
    if cluster.nodes.count == 1, value.result == 0 {
      let node = graph.nodes[cluster.nodes[0]]
      if let overwritten = node.op.overwrittenOperand { return [graph.storage(of: node.operands[overwritten])] }
    }
    guard cluster.mayOverwrite(in: graph, maxRows: maxRows) else { return [] }
    let type = graph.type(of: value)
    guard cluster.outputs.allSatisfy({ graph.type(of: $0).shape == type.shape }) else { return [] }
    let factors = cluster.product(in: graph).map { graph.nodes[$0].operands.map { graph.storage(of: $0) } } ?? []
    return cluster.inputs.filter { input in
      guard !factors.contains(input) else { return false }
      // Every view through which the kernel reads the input has the written shape.
      let reads = cluster.nodes.flatMap { graph.nodes[$0].operands }.filter { graph.storage(of: $0) == input }
      return graph.type(of: input).element == type.element
        && reads.allSatisfy { graph.type(of: $0).shape == type.shape }
    }
  }
}
