import GraphIR
import KernelIR

/// The matrix product of the last two axes, [.., m, k] · [.., k, n] → [.., m, n], for each point of the axes before them.
///
/// A right operand of rank 2 serves all leading axes of the left. `transposeLeft` reads the left as [.., k, m],
/// `transposeRight` the right as [.., n, k]. With rank 2, m or k may be the rows.
public struct MatrixMultiply: Operator {
  public static let name = "matmul"

  public var transposeLeft: Bool
  public var transposeRight: Bool

  public init(transposeLeft: Bool = false, transposeRight: Bool = false) {
    self.transposeLeft = transposeLeft
    self.transposeRight = transposeRight
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let (a, b) = (operands[0].shape, operands[1].shape)
    guard operands[0].element.isFloating, operands[0].element == operands[1].element else {
      throw ShapeError("matmul multiplies floating-point matrices, got \(operands[0]) and \(operands[1])")
    }
    guard a.rank >= 2, b.rank >= 2, b.rank == 2 || a.rank == b.rank else {
      throw ShapeError("matmul expects matrices [.., m, k] and [.., k, n] or [k, n], got \(a) and \(b)")
    }
    let map = Self.extents(a, b, transposeLeft, transposeRight)
    guard map.depthLeft == map.depthRight else {
      throw ShapeError(
        "matmul of \(a) and \(b): the inner extents are \(map.depthLeft) and \(map.depthRight), which must be equal")
    }
    guard b.rank == 2 || a.dimensions.dropLast(2) == b.dimensions.dropLast(2) else {
      throw ShapeError("matmul of \(a) and \(b): the axes before the last two must be equal")
    }
    guard !(transposeLeft && a.rank > 2 && b.rank == 2) else {
      throw ShapeError("matmul with a transposed left operand \(a) needs a right operand of the same rank, got \(b)")
    }
    return [TensorType(operands[0].element, Shape(a.dimensions.dropLast(2) + [map.m, map.n]))]
  }

  private static func extents(_ a: Shape, _ b: Shape, _ transposeLeft: Bool, _ transposeRight: Bool)
    -> (m: Dimension, n: Dimension, depthLeft: Dimension, depthRight: Dimension)
  {
    let (a0, a1, b0, b1) = (a[a.rank - 2], a[a.rank - 1], b[b.rank - 2], b[b.rank - 1])
    return (
      transposeLeft ? a1 : a0, transposeRight ? b0 : b1, transposeLeft ? a0 : a1, transposeRight ? b1 : b0
    )
  }

  /// C = A·B: dA = dC·Bᵀ and dB = Aᵀ·dC, where a right operand that served all leading axes sums over them.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let (a, b) = (context.operands[0], context.operands[1])
    var result: [Value?] = [nil, nil]
    if context.isNeeded[0] {
      result[0] =
        transposeLeft
        ? try context.builder.matmul(b, gradient, transposeLeft: transposeRight, transposeRight: true)
        : try context.builder.matmul(gradient, b, transposeRight: !transposeRight)
    }
    if context.isNeeded[1] {
      let shared = context.builder.shape(of: b).rank == 2
      let left = shared ? try context.builder.flattenedToMatrix(a) : a
      let right = shared ? try context.builder.flattenedToMatrix(gradient) : gradient
      result[1] =
        transposeRight
        ? try context.builder.matmul(right, left, transposeLeft: true, transposeRight: transposeLeft)
        : try context.builder.matmul(left, right, transposeLeft: !transposeLeft)
    }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let axis = try context.axis(ofOperand: 0)
    let rank = context.operandTypes[0].shape.rank
    let isBatch = axis < rank - 2
    guard axis != (transposeLeft ? rank - 2 : rank - 1), isBatch || context.operands[1].axis == nil else {
      throw ShapeError("matmul sums over all steps of a sequence, or multiplies every step with every other")
    }
    let isShared = context.operandTypes[1].shape.rank == 2
    let right = isBatch && !isShared ? try context.current(1, axis: axis) : try context.constant(1)
    let result = transposeLeft && !isBatch ? rank - 2 : axis
    return [StepValue(try context.builder.append(self, [context.operands[0].value, right]), .sequence(axis: result))]
  }

  public var lowering: Lowering {
    .contraction { operands in
      let (a, b) = (operands[0].shape, operands[1].shape)
      let extents = Self.extents(a, b, transposeLeft, transposeRight)
      let (aStrides, bStrides) = (a.strides.suffix(2), b.strides.suffix(2))
      let shared = b.rank == 2
      let batch = shared ? [] : Array(a.dimensions.dropLast(2))
      // A right operand that serves all leading axes makes them one long m.
      let lead = shared ? Shape(Array(a.dimensions.dropLast(2))).elementCount : 1
      let m = Dimension(lead.count * extents.m.count, perRow: lead.perRow || extents.m.perRow)
      func access(_ strides: ArraySlice<Dimension>, _ all: [Dimension], _ transposed: Bool) -> ContractionMap.Access {
        let pair = Array(strides)
        return ContractionMap.Access(
          batchStrides: shared ? [] : Array(all.dropLast(2)), outerStride: transposed ? pair[1] : pair[0],
          innerStride: transposed ? pair[0] : pair[1])
      }
      return ContractionMap(
        batch: batch, m: m, n: extents.n, k: extents.depthLeft,
        a: access(aStrides, a.strides, transposeLeft), b: access(bStrides, b.strides, transposeRight))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (a, b) = (operands[0], operands[1])
    let depth = transposeLeft ? a.shape[a.shape.count - 2] : a.shape[a.shape.count - 1]
    return [
      .generate(context.shape()) { at in
        let (lead, i, j) = (Array(at.dropLast(2)), at[at.count - 2], at[at.count - 1])
        return (0..<depth).reduce(0) { sum, k in
          let left = a[lead + (transposeLeft ? [k, i] : [i, k])]
          let right = b[(b.shape.count == 2 ? [] : lead) + (transposeRight ? [j, k] : [k, j])]
          return sum + left * right
        }
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank >= 2 else { return nil }
    let depth = operand.shape[operand.shape.rank - 1]
    let width = Dimension(random.integer(in: 1...9))
    let transpose = random.integer(in: 0...1) == 0
    return Instance(
      MatrixMultiply(transposeRight: transpose),
      [operand, TensorType(operand.element, transpose ? [width, depth] : [depth, width])])
  }
}

extension GraphBuilder {
  public mutating func matmul(_ a: Value, _ b: Value, transposeLeft: Bool = false, transposeRight: Bool = false)
    throws(ShapeError) -> Value
  {
    try append(MatrixMultiply(transposeLeft: transposeLeft, transposeRight: transposeRight), [a, b])
  }

  /// [.., m, n] as [..·m, n].
  mutating func flattenedToMatrix(_ operand: Value) throws(ShapeError) -> Value {
    let shape = self.shape(of: operand)
    return try reshape(operand, to: [Shape(Array(shape.dimensions.dropLast())).elementCount, shape[shape.rank - 1]])
  }
}
