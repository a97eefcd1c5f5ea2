import GraphIR
import KernelIR
import Operators

/// One operator as a graph, with numbers for its operands and what the reference makes of them.
struct OperatorTrial {
  static let seed: UInt64 = 7
  static let step: UInt64 = 11

  let instance: Instance
  let graph: Graph
  let sources: [String: ReferenceTensor]
  let expected: [ReferenceTensor]
  private let element: ElementType

  init(_ drawn: Instance, element: ElementType, rows: Int, seed: UInt64) throws {
    instance = element == .f64 ? inDoublePrecision(drawn) : drawn
    self.element = element
    var random = RandomSource(seed: seed)
    var builder = GraphBuilder(name: type(of: instance.op).name)
    var operands: [Value] = []
    var sources: [String: ReferenceTensor] = [:]
    for (index, type) in instance.operands.enumerated() {
      operands.append(builder.source(.input, "x\(index)", type))
      sources["input/x\(index)"] = drawOperand(index, of: instance, random: &random, rows: rows)
    }
    let node = try builder.append(instance.op, operands).node
    for result in builder.graph.nodes[node].results.indices {
      builder.addRoot(.output("y\(result)"), Value(node: node, result: result))
    }
    graph = builder.graph
    self.sources = sources
    expected = try GraphEvaluator.evaluate(graph, sources: sources, rows: rows, seed: Self.seed, step: Self.step)
  }

  /// Each result that is further from the reference than 1.3e-6 √n (n bounds the length of a sum: the largest operand)
  /// and 1e-5 in f32, or than 1e-10 in f64.
  func differences(from results: [ReferenceTensor]) -> [String] {
    let length = Double(sources.values.map(\.values.count).max() ?? 1)
    let (relative, absolute) = element == .f64 ? (1e-10, 1e-10) : (1.3e-6 * length.squareRoot(), 1e-5)
    return zip(results, expected).enumerated().flatMap { index, pair in
      instance.op.workspaceResults.contains(index)
        ? []
        : zip(pair.0.values, pair.1.values).enumerated().compactMap { position, values in
          let (actual, wanted) = values
          if actual == wanted || (actual.isNaN && wanted.isNaN) { return nil }
          if (actual - wanted).magnitude <= absolute + relative * wanted.magnitude { return nil }
          return "\(instance.op) of \(instance.operands), result \(index), element \(position): \(actual), "
            + "but the reference is \(wanted)"
        }
    }
  }
}
