import GraphIR
import KernelIR

/// Gives each kernel that reads a cheap elementwise value a computation of its own, where the value is made of a single array as large as
/// itself, which is in memory anyway: of a map less its mean, or of what a normalization scales, nothing is then written, nor kept for the
/// gradient (rematerialization: Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016). Comes after `Fuse`, which says what a
/// kernel is.
struct Recompute {
  static let name = "recomputation"

  private let graph: Graph
  private let readers: [[Int]]
  private let roots: Set<Int>
  /// The nodes that can be made where they are read, and are no use in memory, with the node whose memory they are made from in the end.
  private var bases: [Int: Int] = [:]

  private init(_ graph: Graph) {
    self.graph = graph
    readers = graph.readers
    roots = Set(graph.roots.map(\.value.node))
    for index in graph.nodes.indices { bases[index] = base(of: index) }
  }

  static func run(_ graph: Graph) -> Graph {
    Recompute(graph).rewritten
  }

  /// What a node can be made from wherever it is read; nil if it had better stay in memory. One with a single reader is where `Fuse` wants
  /// it.
  private func base(of index: Int) -> Int? {
    let node = graph.nodes[index]
    let shape = node.results[0].shape
    let outside = readers[index].filter { graph.nodes[$0].kernel != node.kernel }
    guard let kernel = node.kernel, node.op.isElementwise, shape.elementCount.perRow, !roots.contains(index),
      graph.isCheap(index), let operand = largeOperand(of: node)
    else { return nil }
    let base = bases[operand] ?? operand
    guard readers[index].allSatisfy({ graph.nodes[$0].readsElementwise && graph.loopShape(of: $0) == shape }) else {
      return nil
    }
    guard let last = outside.compactMap({ graph.nodes[$0].kernel }).max() else { return base }
    guard Set(readers[index]).count > 1 else { return nil }
    let uses = readers[base].filter { $0 != index && bases[$0] == nil }.compactMap { graph.nodes[$0].kernel }
    if let source = graph.nodes[base].op as? Source { return source.kind == .input ? base : nil }
    // Either it is in memory for somebody else till then, or it takes the place of what need not be stored.
    let isStored = uses.contains { $0 >= last && $0 != graph.nodes[base].kernel }
    return isStored || graph.nodes[base].kernel.map { $0 != kernel } ?? false ? base : nil
  }

  /// Elements of a value that is the same for all rows up to which it stays in the first-level cache.
  private static let close = 4096

  /// The node of the only operand that is as large as the result, if the others are much smaller.
  private func largeOperand(of node: Node) -> Int? {
    let whole = node.results[0].shape.elementCount
    let large = Set(
      node.operands.filter {
        let count = graph.type(of: $0).shape.elementCount
        return count.count * 16 > whole.count && (count.perRow || count.count > Self.close)
      })
    guard large.count == 1, let operand = large.first, operand.result == 0,
      graph.type(of: operand) == node.results[0]
    else { return nil }
    return operand.node
  }

  /// The graph in which every kernel has what it makes for itself.
  private var rewritten: Graph {
    var result = Graph(name: graph.name)
    var places: [Int: Int] = [:]
    var copies: [Copy: Int] = [:]
    func placed(_ value: Value) -> Value { Value(node: places[value.node] ?? value.node, result: value.result) }
    func resolved(_ value: Value, in kernel: Int?) -> Value {
      let node = graph.nodes[value.node]
      guard let kernel, bases[value.node] != nil, node.kernel != kernel else { return placed(value) }
      let key = Copy(node: value.node, kernel: kernel)
      if let known = copies[key] { return Value(node: known, result: value.result) }
      var copy = node
      copy.kernel = kernel
      copy.operands = node.operands.map { resolved($0, in: kernel) }
      result.nodes.append(copy)
      copies[key] = result.nodes.count - 1
      return Value(node: result.nodes.count - 1, result: value.result)
    }
    for (index, node) in graph.nodes.enumerated() {
      let isLeftOut = bases[index] != nil && readers[index].allSatisfy { graph.nodes[$0].kernel != node.kernel }
      guard !isLeftOut else { continue }
      var node = node
      node.operands = node.operands.map { resolved($0, in: node.kernel) }
      result.nodes.append(node)
      places[index] = result.nodes.count - 1
    }
    result.roots = graph.roots.map {
      Root($0.role, placed($0.value))
    }
    return result
  }

  /// A node as a kernel makes it for itself.
  private struct Copy: Hashable {
    var node: Int
    var kernel: Int
  }
}

extension Graph {
  /// The shape over which the loops of an elementwise node or a reduction run.
  fileprivate func loopShape(of index: Int) -> Shape {
    nodes[index].isReduction ? type(of: nodes[index].operands[0]).shape : nodes[index].results[0].shape
  }
}
