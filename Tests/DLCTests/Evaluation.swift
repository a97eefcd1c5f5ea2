import GraphIR
import KernelIR
import Operators

/// Builds a graph on the target and output of a batch and evaluates it with the operators' references.
struct Evaluation {
  var target: ReferenceTensor
  var output: ReferenceTensor
  var isSparse = false

  /// Rows of numbers.
  init(target: [[Double]], output: [[Double]]) {
    self.target = ReferenceTensor(shape: [target.count, target[0].count], values: target.flatMap { $0 })
    self.output = ReferenceTensor(shape: [output.count, output[0].count], values: output.flatMap { $0 })
  }

  /// Class numbers.
  init(classes: [Double], output: [[Double]]) {
    target = ReferenceTensor(shape: [classes.count], values: classes)
    self.output = ReferenceTensor(shape: [output.count, output[0].count], values: output.flatMap { $0 })
    isSparse = true
  }

  func callAsFunction(_ body: (inout GraphBuilder, Value, Value) throws -> Value) throws -> [Double] {
    var builder = GraphBuilder(name: "test")
    let type = TensorType(.f32, [.rows, Dimension(output.shape[1])])
    let y = builder.source(.target, "y", isSparse ? TensorType(.i32, [.rows]) : type)
    let p = builder.source(.input, "p", type)
    let root = try body(&builder, y, p)
    var results: [ReferenceTensor] = []
    for node in builder.graph.nodes {
      if let source = node.op as? Source {
        switch source.kind {
        case .target: results.append(target)
        case .input: results.append(output)
        default: results.append(ReferenceTensor(shape: [], values: [Double(output.shape[0])]))
        }
        continue
      }
      let context = ReferenceContext(
        rows: output.shape[0], seed: 0, step: 0, operandTypes: node.operands.map { builder.type(of: $0) },
        resultTypes: node.results)
      results.append(contentsOf: node.op.reference(node.operands.map { results[$0.node] }, context))
    }
    return results[root.node].values
  }
}
