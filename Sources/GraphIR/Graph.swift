import Diagnostics
import KernelIR

/// One result of one node. Nodes are numbered by their position in the graph.
public struct Value: Hashable, Sendable, Comparable {
  public var node: Int
  public var result: Int

  public init(node: Int, result: Int = 0) {
    self.node = node
    self.result = result
  }

  public static func < (left: Value, right: Value) -> Bool {
    (left.node, left.result) < (right.node, right.result)
  }
}

/// An operator applied to values.
public struct Node: Sendable {
  public var op: any Operator
  public var operands: [Value]
  public var results: [TensorType]
  /// The expression in model.swift that it comes from; gradient nodes keep their forward node's.
  public var location: SourceLocation
  /// The layer it belongs to, such as `block2/dense_1`; names the C made from it.
  public var scope: String
  /// Nodes with the same number become one kernel; nil before fusion.
  public var kernel: Int?

  public init(
    op: any Operator, operands: [Value], results: [TensorType], location: SourceLocation, scope: String,
    kernel: Int? = nil
  ) {
    self.op = op
    self.operands = operands
    self.results = results
    self.location = location
    self.scope = scope
    self.kernel = kernel
  }
}

/// A value that leaves the graph, and what for.
public struct Root: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    /// A named output of the model.
    case output(String)
    /// The scalar that training makes small: mean loss over rows, plus penalties.
    case loss
    /// What a batch adds to a metric's accumulators.
    case metric(String)
    /// The gradient of the loss with respect to a trainable parameter.
    case gradient(String)
    /// The new content of a parameter or an optimizer slot.
    case update(Source.Kind, String)
  }

  public var role: Role
  public var value: Value

  public init(_ role: Role, _ value: Value) {
    self.role = role
    self.value = value
  }
}

/// A computation in single-assignment form: nodes in an order in which operands come first, and the values that leave it.
public struct Graph: Sendable {
  public var name: String
  public var nodes: [Node]
  public var roots: [Root]

  public init(name: String, nodes: [Node] = [], roots: [Root] = []) {
    self.name = name
    self.nodes = nodes
    self.roots = roots
  }

  public func type(of value: Value) -> TensorType { nodes[value.node].results[value.result] }

  public func op(of value: Value) -> any Operator { nodes[value.node].op }

  /// For each node, the nodes that read one of its results, in order; a node that reads twice is listed twice.
  public var readers: [[Int]] {
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { readers[operand.node].append(index) }
    }
    return readers
  }

  /// The value whose memory holds this one: itself, or for a view the value that it looks at.
  public func storage(of value: Value) -> Value {
    var value = value
    while case .view = nodes[value.node].op.lowering { value = nodes[value.node].operands[0] }
    return value
  }

  /// What the graph reads or writes of the memory that its caller keeps, in order, without repetition.
  public var states: [(name: String, type: TensorType)] {
    var states: [(name: String, type: TensorType)] = []
    let read = nodes.compactMap { $0.op as? Source }.filter { $0.kind == .state }.map { ($0.name, $0.type) }
    let written = roots.compactMap { root in
      if case .update(.state, let name) = root.role { (name, type(of: root.value)) } else { nil }
    }
    for (name, type) in read + written where !states.contains(where: { $0.name == name }) {
      states.append((name, type))
    }
    return states
  }

  /// Nodes that get neither a kernel nor memory: arithmetic on constants and numbers of the run, with a single element,
  /// that only pointwise nodes and reductions read. Every kernel that needs one computes it before its loops; but what takes long, as the
  /// powers in Adam's rate, is made once for all.
  public var inlinedScalars: Set<Int> {
    var isScalar = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      if let source = node.op as? Source {
        isScalar[index] = [.rows, .learningRate, .step].contains(source.kind)
      } else if case .pointwise = node.op.lowering, node.op.isElementwise || node.operands.isEmpty {
        isScalar[index] = node.results[0].shape == .scalar && node.operands.allSatisfy { isScalar[$0.node] }
      }
    }
    for root in roots { isScalar[root.value.node] = false }
    for node in nodes {
      switch node.op.lowering {
      case .pointwise, .reduction: continue
      case .source, .view, .contraction, .pooling, .loops:
        for operand in node.operands { isScalar[operand.node] = false }
      }
    }
    var isCostly = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() where isScalar[index] && !(node.op is Source) {
      isCostly[index] = node.operands.contains { isCostly[$0.node] } || !isCheap(index)
    }
    let uses = nodes.indices.lazy.filter { !isCostly[$0] && nodes[$0].operands.contains { isCostly[$0.node] } }
    let isShared = uses.dropFirst().first != nil
    return Set(nodes.indices.filter { isScalar[$0] && !(nodes[$0].op is Source) && !(isShared && isCostly[$0]) })
  }

  /// Whether an element of a pointwise node takes a few operations, and no function such as exp nor a random number.
  package func isCheap(_ index: Int) -> Bool {
    let node = nodes[index]
    guard case .pointwise(let rule) = node.op.lowering else { return false }
    let expression = rule(
      PointwiseContext(
        coordinates: node.results[0].shape.dimensions.indices.map { .variable("i\($0)") },
        operandTypes: node.operands.map { type(of: $0) }, resultType: node.results[0],
        element: { operand, _ in .local("x\(operand)") }))
    let usage = Usage([.constant("", expression)])
    return usage.functions.isSubset(of: [.negate, .absolute, .squareRoot]) && !usage.random
      && !usage.operations.contains(.power)
  }
}
