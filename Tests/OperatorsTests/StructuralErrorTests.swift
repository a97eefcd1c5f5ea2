import GraphIR
import KernelIR
import Operators
import Testing

/// Shape errors say what was expected and what came.
@Suite struct StructuralErrorTests {
  private static let matrix = TensorType(.f32, [.rows, 4])
  private static let cube = TensorType(.f32, [.rows, 4, 3])
  private static let labels = TensorType(.i32, [.rows])

  private static let mistakes: [(op: any Operator, operands: [TensorType], message: String)] = [
    (Softmax(), [labels], "softmax expects floating-point numbers with at least one axis, got i32[rows]"),
    (Softmax(), [], "softmax takes 1 operand, got 0"),
    (
      LogSoftmax(), [TensorType(.f32, .scalar)],
      "log_softmax expects floating-point numbers with at least one axis, got f32[]"
    ),
    (ArgumentMaximum(), [labels], "argmax expects floating-point numbers with at least one axis, got i32[rows]"),
    (
      CrossEntropy(), [matrix, TensorType(.f32, [.rows])],
      "cross_entropy of outputs f32[rows, 4] expects class numbers i32[rows] or probabilities f32[rows, 4] as its "
        + "target, got f32[rows]"
    ),
    (
      SoftmaxCrossEntropy(), [matrix, TensorType(.i32, [.rows, 1])],
      "softmax_cross_entropy of outputs f32[rows, 4] expects class numbers i32[rows] or probabilities f32[rows, 4] as "
        + "its target, got i32[rows, 1]"
    ),
    (SoftmaxCrossEntropy(), [labels, labels], "softmax_cross_entropy expects outputs [.., classes], got i32[rows]"),
    (
      Transpose(permutation: [0, 0]), [matrix],
      "transpose of shape [rows, 4] expects an order of its 2 axes, got [0, 0]"
    ),
    (Transpose(permutation: [1, 0]), [matrix, matrix], "transpose takes 1 operand, got 2"),
    (
      Slice(starts: [0], ends: [1, 4], strides: [1, 1]), [matrix],
      "slice of shape [rows, 4] expects 2 starts, ends and strides, got [0], [1, 4] and [1, 1]"
    ),
    (
      Slice(starts: [0, 2], ends: [1, 5], strides: [1, 1]), [matrix],
      "slice 2..<5 does not lie within axis 1 of shape [rows, 4]"
    ),
    (Slice(starts: [0, 0], ends: [1, 4], strides: [1, 0]), [matrix], "slice has stride 0 along axis 1"),
    (
      Slice(starts: [1, 0], ends: [1, 4], strides: [1, 1]), [matrix],
      "the axis of rows of shape [rows, 4] cannot be sliced"
    ),
    (
      Unslice(starts: [0, 2], strides: [1, 1], shape: [.rows, 5]), [matrix],
      "unslice: shape [rows, 4] from [0, 2] on by [1, 1] does not lie within [rows, 5]"
    ),
    (
      Unslice(starts: [1, 0], strides: [1, 1], shape: [8, 4]), [matrix],
      "unslice: shape [rows, 4] from [1, 0] on by [1, 1] does not lie within [8, 4]"
    ),
    (Concatenate(axis: 1), [], "concatenate along axis 1 does not fit shape none"),
    (Concatenate(axis: 0), [matrix, matrix], "concatenate along axis 0 does not fit shape [rows, 4]"),
    (Concatenate(axis: 1), [matrix, cube], "concatenate: operand 2 has shape [rows, 4, 3], the first [rows, 4]"),
    (
      Concatenate(axis: 1), [cube, TensorType(.f32, [.rows, 4, 2])],
      "concatenate along axis 1: operand 2 is f32[rows, 4, 2], which must agree with f32[rows, 4, 3] on the other axes"
    ),
    (
      Concatenate(axis: 0), [TensorType(.f32, [3, 4]), matrix],
      "concatenate: operand 2 has shape [rows, 4], the first [3, 4]"
    ),
    (Gather(axis: 1), [matrix, matrix], "gather expects indices of type i32, got f32[rows, 4]"),
    (Gather(axis: 0), [matrix, labels], "gather along axis 0 does not fit data of shape [rows, 4]"),
    (Gather(axis: -1), [matrix, labels], "gather along axis -1 does not fit data of shape [rows, 4]"),
    (
      ScatterAdd(axis: 0, count: 3), [matrix, TensorType(.i32, [4])],
      "scatter_add along axis 0 of f32[rows, 4] expects matching i32 indices, got i32[4]"
    ),
    (ReduceMaximum(axes: [2]), [matrix], "reduce_maximum has axis 2, but its operand has shape [rows, 4]"),
    (ReduceMinimum(axes: [1, 1]), [matrix], "reduce_minimum has an axis twice: [1, 1]"),
    (
      Sum(axes: [0]), [labels], "sum computes with floating-point numbers, but its operand is i32"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func errorSaysWhatCame(mistake: Int) {
    let (op, operands, message) = Self.mistakes[mistake]
    do {
      let types = try op.infer(operands)
      Issue.record("\(op) of \(operands) gave \(types)")
    } catch { #expect(error.message == message) }
  }

  @Test func builderFunctionsCheckTheirAxes() throws {
    var builder = GraphBuilder(name: "mistakes")
    let x = builder.source(.input, "x", Self.matrix)
    #expect(throws: ShapeError("mean has axis 2, but its operand has shape [rows, 4]")) {
      try builder.mean(x, axes: [2])
    }
    #expect(throws: ShapeError("pad of shape [rows, 4] expects 2 counts before and after, got [1] and [0, 0]")) {
      try builder.pad(x, before: [1], after: [0, 0])
    }
    #expect(throws: ShapeError("pad: the axis of rows of shape [rows, 4] cannot be padded")) {
      try builder.pad(x, before: [1, 0], after: [0, 0])
    }
    let labels = builder.source(.target, "y", Self.labels)
    let table = builder.source(.input, "table", TensorType(.f32, [3, .rows]))
    #expect(throws: ShapeError("gather gives shape [rows, rows], but only one axis may be rows")) {
      try builder.gather(table, labels, axis: 0)
    }
  }
}
