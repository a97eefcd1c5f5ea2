import KernelIR

extension Graph {
  /// Elements of a line at least, a vector, and at most, so that it stays in the first-level cache while it is gone through again.
  private static let lineLengths = 16...4096

  /// The shape over which a kernel of these nodes runs line by line, as a normalization does: it folds lines, along the last axis, and
  /// reads what came of that for the elements of the same line. Nil if they are not such a kernel.
  ///
  /// Every node is of that shape or has one element for each line, and reads the others at its own element or line.
  public func lineShape(of kernel: [Int]) -> Shape? {
    guard let fold = kernel.first(where: { nodes[$0].isReduction }) else { return nil }
    let shape = type(of: nodes[fold].operands[0]).shape
    guard shape.rank > 1, shape[0].perRow, Self.lineLengths.contains(shape[shape.rank - 1].count) else { return nil }
    let line = shape.line
    let members = Set(kernel)
    var readsFolds = false
    for node in kernel.map({ nodes[$0] }) {
      if case .reduction(_, let axes) = node.op.lowering {
        guard axes == [shape.rank - 1], type(of: node.operands[0]).shape == shape else { return nil }
      }
      guard node.readsElementwise, node.results.count == 1, let result = node.results.first?.shape,
        result == line || result == shape && !node.isReduction
      else { return nil }
      for operand in node.operands where members.contains(storage(of: operand).node) {
        let read = type(of: operand).shape
        guard members.contains(operand.node), node.isReduction || read == result || read == line else { return nil }
        readsFolds = readsFolds || nodes[operand.node].isReduction
      }
    }
    return readsFolds ? shape : nil
  }
}

extension Shape {
  /// One element for each line along the last axis.
  public var line: Shape { Shape(dimensions.dropLast() + [1]) }
}
