import GraphIR
import Operators

/// Replaces compositions that lose digits or overflow by single operators that don't: cross-entropy of a softmax or a
/// sigmoid is computed from the logits, and the logarithm of a softmax directly.
enum Stabilize {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      guard let first = node.operands.first else { return nil }
      let producer = graph.nodes[first.node]
      guard let logits = producer.operands.first.map({ rewriter.new($0) }) else { return nil }
      switch (node.op, producer.op) {
      case (is CrossEntropy, is Softmax):
        return try rewriter.builder.softmaxCrossEntropy(logits, rewriter.new(node.operands[1]))
      case (is BinaryCrossEntropy, is Sigmoid):
        return try rewriter.builder.sigmoidCrossEntropy(logits, rewriter.new(node.operands[1]))
      case (is Logarithm, is Softmax): return try rewriter.builder.logSoftmax(logits)
      default: return nil
      }
    }
  }
}
