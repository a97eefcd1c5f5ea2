import GraphIR
import Operators

/// Replaces compositions that lose digits or overflow by single operators that don't: cross-entropy of a softmax or a
/// sigmoid is computed from the logits, and the logarithm of a softmax directly.
enum Stabilize {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      guard let first = node.operands.first else { return nil }
      let producer = graph.nodes[behindReshapes(first, in: graph)]
      guard let operand = producer.operands.first else { return nil }
      func logits() throws(ShapeError) -> Value {
        try rewriter.builder.reshape(rewriter.new(operand), to: graph.type(of: first).shape)
      }
      switch (node.op, producer.op) {
      case (is CrossEntropy, is Softmax):
        return try rewriter.builder.softmaxCrossEntropy(logits(), rewriter.new(node.operands[1]))
      case (is BinaryCrossEntropy, is Sigmoid):
        return try rewriter.builder.sigmoidCrossEntropy(logits(), rewriter.new(node.operands[1]))
      case (is Logarithm, is Softmax): return try rewriter.builder.logSoftmax(logits())
      default: return nil
      }
    }
  }

  /// The node that makes a value, seen through changes of shape that keep the last axis, which a softmax goes along: those behind
  /// `TimeDistributed(Dense(10, activation: .softmax))`.
  private static func behindReshapes(_ value: Value, in graph: Graph) -> Int {
    let node = graph.nodes[value.node]
    guard node.op is Reshape, let before = node.operands.first,
      graph.type(of: before).shape.dimensions.last == graph.type(of: value).shape.dimensions.last
    else { return value.node }
    return behindReshapes(before, in: graph)
  }
}
