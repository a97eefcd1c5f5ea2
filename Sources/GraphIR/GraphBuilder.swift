import Diagnostics
import KernelIR

/// Appends nodes to a graph, inferring their types. Operators extend it with a function of their own name.
public struct GraphBuilder: Sendable {
  public private(set) var graph: Graph
  /// Given to the nodes that are appended next.
  public var location: SourceLocation = .unknown
  public var scope = ""

  public init(name: String) { graph = Graph(name: name) }

  public init(_ graph: Graph) { self.graph = graph }

  public func type(of value: Value) -> TensorType { graph.type(of: value) }

  public func shape(of value: Value) -> Shape { graph.type(of: value).shape }

  /// Appends a node and returns its first result.
  @discardableResult
  public mutating func append(_ op: any Operator, _ operands: [Value]) throws(ShapeError) -> Value {
    let results = try op.infer(operands.map { graph.type(of: $0) })
    for result in results where result.shape.dimensions.filter(\.perRow).count > 1 {
      throw ShapeError("\(Swift.type(of: op).name) gives shape \(result.shape), but only one axis may be rows")
    }
    graph.nodes.append(Node(op: op, operands: operands, results: results, location: location, scope: scope))
    return Value(node: graph.nodes.count - 1)
  }

  /// A value from outside. The same source asked for again gives the same value.
  public mutating func source(_ kind: Source.Kind, _ name: String, _ type: TensorType) -> Value {
    let source = Source(kind, name, type)
    if let index = graph.nodes.firstIndex(where: { ($0.op as? Source) == source }) { return Value(node: index) }
    graph.nodes.append(Node(op: source, operands: [], results: [type], location: location, scope: scope))
    return Value(node: graph.nodes.count - 1)
  }

  public mutating func addRoot(_ role: Root.Role, _ value: Value) {
    graph.roots.append(Root(role, value))
  }

  /// Appends a node of another graph with its operands mapped by `operands`, keeping location and scope.
  /// Types are inferred anew, so that a changed operand's type flows on.
  public mutating func copy(_ node: Node, operands: [Value]) throws(ShapeError) -> Int {
    let saved = (location, scope)
    (location, scope) = (node.location, node.scope)
    defer { (location, scope) = saved }
    return try append(node.op, operands).node
  }
}
