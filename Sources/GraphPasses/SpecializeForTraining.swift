import GraphIR
import Operators

/// Takes the batch's side of every choice between training and inference, once gradients are made.
enum SpecializeForTraining {
  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      return node.op is TrainingPhase ? rewriter.new(node.operands[0]) : nil
    }
  }
}
