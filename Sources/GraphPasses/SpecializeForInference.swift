import GraphIR
import Operators

/// Drops what only training does: dropout, also that within operators, stopped gradients, and statistics of the batch.
enum SpecializeForInference {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      if node.op is TrainingPhase { return rewriter.new(node.operands[1]) }
      if var attention = node.op as? Attention, attention.dropout != nil {
        attention.dropout = nil
        try rewriter.copy(index, op: attention)
        return rewriter.new(Value(node: index))
      }
      if var recurrent = node.op as? any RecurrentOperator, let factors = recurrent.layout.factors {
        recurrent.options.hasFactors = false
        try rewriter.copy(index, op: recurrent, without: factors)
        return rewriter.new(Value(node: index))
      }
      return node.op is Dropout || node.op is StopGradient ? rewriter.new(node.operands[0]) : nil
    }
  }
}
