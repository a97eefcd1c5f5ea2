import GraphIR
import KernelIR
import Operators

/// One spelling for each thing: drops what changes nothing, joins what is one step in two, leaves broadcasting to the
/// operators that do it anyway, folds constants, and removes what no root needs.
enum Canonicalize {
  /// `StopGradient` is dropped too once the graph `isDifferentiated`, or never will be.
  static func run(_ graph: Graph, isDifferentiated: Bool) throws(ShapeError) -> Graph {
    let rewritten = try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      let operands = node.operands.map { rewriter.new($0) }
      if isDifferentiated, node.op is StopGradient { return operands[0] }
      // One that is left is training's: its other operand would be computed for nothing.
      if isDifferentiated, node.op is TrainingPhase {
        return try rewriter.builder.broadcast(operands[0], to: node.results[0].shape)
      }
      let copy = Rewritten(op: node.op, operands: operands, type: node.results[0])
      if let constant = try copy.folded(&rewriter.builder) { return constant }
      if let operand = copy.withoutNeutral(rewriter.builder) { return operand }
      if let shaped = try copy.shaped(&rewriter.builder) { return shaped }
      if let sum = try copy.withoutPooling(&rewriter.builder) { return sum }
      if let shortened = try copy.withoutBroadcasts(&rewriter.builder) { return shortened }
      return try copy.withoutTransposes(&rewriter.builder)
    }
    return try DeadCode.run(rewritten)
  }
}

/// A node over to the new graph, and what may stand in its place.
private struct Rewritten {
  /// Constants of more elements stay computations: they would only make the C longer.
  static let mostFoldedElements = 64

  let op: any Operator
  let operands: [Value]
  let type: TensorType

  /// The reference's result, where all operands are small constants.
  func folded(_ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    let count = type.shape.elementCount
    guard !operands.isEmpty, !(op is Dropout), !(op is Attention), !count.perRow, count.count <= Self.mostFoldedElements
    else { return nil }
    var tensors: [ReferenceTensor] = []
    for operand in operands {
      guard let constant = builder.graph.op(of: operand) as? Constant, !constant.type.shape.perRow else { return nil }
      tensors += constant.reference([], context([], constant.type))
    }
    let operandTypes = operands.map { builder.type(of: $0) }
    let values = op.reference(tensors, context(operandTypes, type))[0].values
    guard values.allSatisfy(\.isFinite), let first = values.first else { return nil }
    let isUniform = values.allSatisfy { $0.bitPattern == first.bitPattern }
    return try builder.constant(isUniform ? [first] : values, type)
  }

  private func context(_ operands: [TensorType], _ result: TensorType) -> ReferenceContext {
    ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: operands, resultTypes: [result])
  }

  /// x + 0, x - 0, x · 1, x / 1 and x¹ are x.
  func withoutNeutral(_ builder: GraphBuilder) -> Value? {
    let neutral: Double
    switch op {
    case is Add, is Subtract: neutral = 0
    case is Multiply, is Divide, is Power: neutral = 1
    default: return nil
    }
    if isUniform(operands[1], neutral, builder), builder.type(of: operands[0]) == type { return operands[0] }
    guard op is Add || op is Multiply else { return nil }
    return isUniform(operands[0], neutral, builder) && builder.type(of: operands[1]) == type ? operands[1] : nil
  }

  /// Whether every element of a value is `number`.
  private func isUniform(_ value: Value, _ number: Double, _ builder: GraphBuilder) -> Bool {
    switch builder.graph.op(of: value) {
    case let constant as Constant: constant.values.allSatisfy { $0 == number }
    case is Broadcast, is Reshape: isUniform(builder.graph.nodes[value.node].operands[0], number, builder)
    default: false
    }
  }

  /// Two changes of shape in a row are one, and one to the same shape is none.
  func shaped(_ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    guard let operand = operands.first else { return nil }
    let isSame = builder.type(of: operand) == type
    let before = builder.graph.nodes[operand.node]
    switch op {
    case is Reshape:
      if isSame { return operand }
      if before.op is Broadcast, let number = try single(before.operands[0], &builder) {
        return try builder.broadcast(number, to: type.shape)
      }
      return before.op is Reshape ? try builder.reshape(before.operands[0], to: type.shape) : nil
    case is Broadcast:
      if isSame { return operand }
      if before.op is Reshape, let number = try single(before.operands[0], &builder) {
        return try builder.broadcast(number, to: type.shape)
      }
      return before.op is Broadcast ? try builder.broadcast(before.operands[0], to: type.shape) : nil
    case let transpose as Transpose:
      if transpose.permutation == Array(transpose.permutation.indices) { return operand }
      guard let first = before.op as? Transpose else { return nil }
      let permutation = transpose.permutation.map { first.permutation[$0] }
      if permutation == Array(permutation.indices) { return before.operands[0] }
      return try builder.transpose(before.operands[0], permutation: permutation)
    case let sum as Sum:
      // A fold over extents of 1 only takes them away.
      let shape = builder.shape(of: operand)
      return sum.axes.allSatisfy { shape[$0] == 1 } ? try builder.reshape(operand, to: type.shape) : nil
    case is Concatenate: return operands.count == 1 ? operand : nil
    case is Slice: return isSame ? operand : nil
    default: return nil
    }
  }

  /// The gradient of a pooled map adds up, over all places, to that of what it was pooled to.
  func withoutPooling(_ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    guard let sum = op as? Sum, sum.axes.contains(1), sum.axes.contains(2) else { return nil }
    let gradient = builder.graph.nodes[operands[0].node]
    guard gradient.op is MaxPoolingGradient || gradient.op is AveragePoolingGradient else { return nil }
    return try builder.append(sum, [gradient.operands[0]])
  }

  /// A value of one element as a scalar.
  private func single(_ value: Value, _ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    builder.shape(of: value).elementCount == 1 ? try builder.reshape(value, to: .scalar) : nil
  }

  /// An elementwise operator repeats a smaller operand itself.
  func withoutBroadcasts(_ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    guard op.isElementwise, operands.count > 1 else { return nil }
    var shortened = operands
    for position in operands.indices {
      guard let smaller = try smaller(operands[position], &builder) else { continue }
      var candidate = shortened
      candidate[position] = smaller
      if try op.infer(candidate.map { builder.type(of: $0) }) == [type] { shortened = candidate }
    }
    return shortened == operands ? nil : try builder.append(op, shortened)
  }

  /// A value of fewer elements or axes that broadcasts to this one.
  private func smaller(_ value: Value, _ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    let node = builder.graph.nodes[value.node]
    switch node.op {
    case is Broadcast: return node.operands[0]
    case is Reshape: return try single(node.operands[0], &builder)
    case let constant as Constant:
      guard constant.type.shape != .scalar, let first = constant.values.first,
        constant.values.allSatisfy({ $0.bitPattern == first.bitPattern })
      else { return nil }
      return try builder.constant(first, element: constant.type.element)
    default: return nil
    }
  }

  /// A product reads an operand with its last two axes exchanged as easily as it is.
  func withoutTransposes(_ builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    guard let product = op as? MatrixMultiply else { return nil }
    var result = product
    var read = operands
    if let inner = exchanged(operands[0], builder) { (result.transposeLeft, read[0]) = (!result.transposeLeft, inner) }
    if let inner = exchanged(operands[1], builder) {
      (result.transposeRight, read[1]) = (!result.transposeRight, inner)
    }
    let types = read.map { builder.type(of: $0) }
    guard read != operands, let inferred = try? result.infer(types), inferred == [type] else { return nil }
    return try builder.append(result, read)
  }

  /// What a transposition of the last two axes, and no others, was made of.
  private func exchanged(_ value: Value, _ builder: GraphBuilder) -> Value? {
    let node = builder.graph.nodes[value.node]
    guard let transpose = node.op as? Transpose, transpose.permutation.count >= 2 else { return nil }
    var order = Array(transpose.permutation.indices)
    order.swapAt(order.count - 1, order.count - 2)
    return transpose.permutation == order ? node.operands[0] : nil
  }
}
