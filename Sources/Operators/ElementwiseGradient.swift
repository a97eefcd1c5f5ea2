import GraphIR

extension GradientContext {
  /// The gradients of an elementwise operator's operands: what `rule` gives for each one that is needed, in the
  /// result's shape, summed over the axes along which the operand was repeated. `rule` gets the operand's position,
  /// the operands, the result, the result's gradient and the builder.
  mutating func elementwise(
    _ rule: (Int, [Value], Value, Value, inout GraphBuilder) throws(ShapeError) -> Value?
  ) throws(ShapeError) -> [Value?] {
    var gradients = [Value?](repeating: nil, count: operands.count)
    guard let gradient = resultGradients[0] else { return gradients }
    for operand in operands.indices where isNeeded[operand] {
      guard let full = try rule(operand, operands, results[0], gradient, &builder) else { continue }
      gradients[operand] = try builder.sum(full, to: builder.shape(of: operands[operand]))
    }
    return gradients
  }
}
