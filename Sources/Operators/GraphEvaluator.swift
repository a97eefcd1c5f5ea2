import GraphIR
import KernelIR

/// Evaluates a graph in Double with the operators' references: the oracle that passes and generated C are held against.
public enum GraphEvaluator {
  /// A source that was given no numbers.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public var source: String

    public var description: String { "no numbers for source \(source)" }
  }

  /// The roots' values, in order.
  ///
  /// `sources` holds the numbers of each source under `kind/name`, such as `parameter/dense/kernel`. The number of rows
  /// is `rows`, and that of the update, `step` + 1, unless they are given too. `step` counts the updates made so far.
  public static func evaluate(
    _ graph: Graph, sources: [String: ReferenceTensor], rows: Int, seed: UInt64 = 0, step: UInt64 = 0
  ) throws(Failure) -> [ReferenceTensor] {
    let results = try values(of: graph, sources: sources, rows: rows, seed: seed, step: step)
    return graph.roots.map { results[$0.value.node][$0.value.result] }
  }

  /// The results of every node, in order. With `rounded` each floating-point number is rounded to f32 as it is made, as
  /// in C that computes with f32.
  public static func values(
    of graph: Graph, sources: [String: ReferenceTensor], rows: Int, seed: UInt64 = 0, step: UInt64 = 0,
    rounded: Bool = false
  ) throws(Failure) -> [[ReferenceTensor]] {
    var results: [[ReferenceTensor]] = []
    for node in graph.nodes {
      if let source = node.op as? Source {
        results.append([try number(source, sources, rows: rows, step: step)])
        continue
      }
      let context = ReferenceContext(
        rows: rows, seed: seed, step: step, operandTypes: node.operands.map { graph.type(of: $0) },
        resultTypes: node.results)
      var made = node.op.reference(node.operands.map { results[$0.node][$0.result] }, context)
      if rounded {
        for index in made.indices where node.results[index].element.isFloating {
          made[index].values = made[index].values.map { Double(Float($0)) }
        }
      }
      results.append(made)
    }
    return results
  }

  private static func number(
    _ source: Source, _ sources: [String: ReferenceTensor], rows: Int, step: UInt64
  ) throws(Failure) -> ReferenceTensor {
    let key = "\(source.kind.rawValue)/\(source.name)"
    if let given = sources[key] { return given }
    switch source.kind {
    case .rows: return ReferenceTensor(shape: [], values: [Double(rows)])
    case .step: return ReferenceTensor(shape: [], values: [Double(step + 1)])
    case .input, .target, .parameter, .slot, .gradient, .state, .position, .learningRate: throw Failure(source: key)
    }
  }
}
