import GraphIR
import KernelIR
import Operators

@testable import GraphPasses

/// Builds a graph, takes it through its text form and runs a pass on it; the result is verified.
func run(
  _ pass: (Graph) throws -> Graph, on build: (inout GraphBuilder) throws -> Void
) throws -> Graph {
  var builder = GraphBuilder(name: "test")
  try build(&builder)
  let graph = try GraphParser.parse(builder.graph.description, operators: OperatorRegistry.byName)
  try graph.verify()
  let result = try pass(graph)
  try result.verify()
  return result
}

extension GraphBuilder {
  mutating func input(_ name: String, _ shape: Shape, _ element: ElementType = .f32) -> Value {
    source(.input, name, TensorType(element, shape))
  }

  mutating func parameter(_ name: String, _ shape: Shape, _ element: ElementType = .f32) -> Value {
    source(.parameter, name, TensorType(element, shape))
  }

  mutating func output(_ value: Value, _ name: String = "out") { addRoot(.output(name), value) }
}

extension Graph {
  /// The roots as expressions, `relu(add(matmul(x, w), b))`: sources by name, uniform constants by their number.
  var outline: [String] { roots.map { outline(of: $0.value) } }

  private func outline(of value: Value) -> String {
    let node = nodes[value.node]
    if let source = node.op as? Source { return source.name }
    if let constant = node.op as? Constant {
      return constant.values.count == 1 ? "\(constant.values[0])" : "\(constant.values)"
    }
    return "\(Swift.type(of: node.op).name)(\(node.operands.map { outline(of: $0) }.joined(separator: ", ")))"
  }

  /// The operators of each kernel, in running order.
  var kernels: [String] { FusionReport.operators(self) }
}

/// Numbers for every source of a graph but those of the run; class numbers are 0 or 1.
func draw(_ graph: Graph, random: inout RandomSource, rows: Int, from range: ClosedRange<Double> = -1...1)
  -> [String: ReferenceTensor]
{
  var sources: [String: ReferenceTensor] = [:]
  for node in graph.nodes {
    guard let source = node.op as? Source, source.kind != .rows, source.kind != .step else { continue }
    sources["\(source.kind.rawValue)/\(source.name)"] = random.tensor(
      source.type, in: source.type.element.isFloating ? range : 0...1, rows: rows)
  }
  return sources
}
