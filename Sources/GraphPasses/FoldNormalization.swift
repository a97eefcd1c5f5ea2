import GraphIR
import KernelIR
import Operators

/// Joins everything that is added to and multiplied with the columns of a product to one scale and one shift, as for batch
/// normalization at inference: (x·w + b - mean)·γ/√(variance + ε) + β is x·w·scale + shift, an epilogue of one multiply-add.
///
/// The kernel itself stays as it is. Weights are the caller's and may change between calls, so a scaled kernel would have
/// to be made in each call: a pass over all weights, where scale and shift are made of a few numbers a channel.
enum FoldNormalization {
  static let name = "batch-normalization"

  /// product · scale + shift, where each is [columns] or a scalar.
  private struct Form {
    var product: Value
    var scale: Value?
    var shift: Value?
  }

  static func run(_ graph: Graph) throws(ShapeError) -> Graph {
    var forms: [Value: Form] = [:]
    return try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      if case .contraction = node.op.lowering {
        try rewriter.copy(index)
        let copied = rewriter.new(Value(node: index))
        forms[copied] = Form(product: copied)
        return copied
      }
      guard node.op is Add || node.op is Subtract || node.op is Multiply else { return nil }
      let operands = node.operands.map { rewriter.new($0) }
      // A sum and a product may have the product of matrices on either side.
      let isSwapped = !(node.op is Subtract) && forms[operands[0]] == nil
      let (map, channels) = isSwapped ? (operands[1], operands[0]) : (operands[0], operands[1])
      guard let form = forms[map], isOfColumns(channels, of: node.results[0], rewriter.builder),
        rewriter.builder.type(of: map) == node.results[0]
      else { return nil }
      let joined = try join(node.op, form, channels, &rewriter.builder)
      // The first step is as short as it was.
      guard form.scale != nil || form.shift != nil else {
        try rewriter.copy(index)
        forms[rewriter.new(Value(node: index))] = joined
        return rewriter.new(Value(node: index))
      }
      var result = joined.product
      if let scale = joined.scale { result = try rewriter.builder.multiply(result, scale) }
      if let shift = joined.shift { result = try rewriter.builder.add(result, shift) }
      forms[result] = joined
      return result
    }
  }

  private static func isOfColumns(_ value: Value, of type: TensorType, _ builder: GraphBuilder) -> Bool {
    let shape = builder.shape(of: value)
    return type.shape.rank > 1 && shape.rank <= 1
      && shape.dimensions.allSatisfy { $0 == type.shape[type.shape.rank - 1] }
  }

  private static func join(_ op: any Operator, _ form: Form, _ channels: Value, _ builder: inout GraphBuilder)
    throws(ShapeError) -> Form
  {
    var form = form
    switch op {
    case is Multiply:
      form.scale = if let scale = form.scale { try builder.multiply(scale, channels) } else { channels }
      if let shift = form.shift { form.shift = try builder.multiply(shift, channels) }
    case is Subtract:
      form.shift =
        if let shift = form.shift { try builder.subtract(shift, channels) } else { try builder.negate(channels) }
    default: form.shift = if let shift = form.shift { try builder.add(shift, channels) } else { channels }
    }
    return form
  }
}
