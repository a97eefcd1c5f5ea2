import Diagnostics
import GraphIR
import KernelIR
import Operators

// Axes count as in `Tensor.shape`: the batch axis is not among them, -1 is the last.

/// The sum over an axis, or over all of them.
public func sum(
  _ x: Tensor, axis: Int? = nil, keepDimensions: Bool = false,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  reduce("sum", x, axis, file, line, column) { (builder, x, axes) throws(ShapeError) in
    try builder.sum(x, axes: axes, keepDimensions: keepDimensions)
  }
}

/// The mean over an axis, or over all of them.
public func mean(
  _ x: Tensor, axis: Int? = nil, keepDimensions: Bool = false,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  reduce("mean", x, axis, file, line, column) { (builder, x, axes) throws(ShapeError) in
    axes.isEmpty ? x : try builder.mean(x, axes: axes, keepDimensions: keepDimensions)
  }
}

/// The largest element along an axis, or of all.
public func max(
  _ x: Tensor, axis: Int? = nil, keepDimensions: Bool = false,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  reduce("max", x, axis, file, line, column) { (builder, x, axes) throws(ShapeError) in
    axes.isEmpty ? x : try builder.reduceMaximum(x, axes: axes, keepDimensions: keepDimensions)
  }
}

/// The smallest element along an axis, or of all.
public func min(
  _ x: Tensor, axis: Int? = nil, keepDimensions: Bool = false,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  reduce("min", x, axis, file, line, column) { (builder, x, axes) throws(ShapeError) in
    axes.isEmpty ? x : try builder.reduceMinimum(x, axes: axes, keepDimensions: keepDimensions)
  }
}

private func reduce(
  _ name: String, _ x: Tensor, _ axis: Int?, _ file: String, _ line: Int, _ column: Int,
  _ body: (inout GraphBuilder, Value, [Int]) throws(ShapeError) -> Value
) -> Tensor {
  Recorder.apply(name, to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    try builder.requireNumbers(x, for: name)
    let axes: [Int]
    if let axis {
      axes = [try builder.axis(axis, of: x[0], for: name)]
    } else {
      axes = Array(1..<max(builder.shape(of: x[0]).rank, 1))
    }
    return try body(&builder, x[0], axes)
  }
}

/// The matrix product of the last two axes, for each row; axes before them must be equal.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("matmul", to: [a, b], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    try builder.requireNumbers(x, for: "matmul")
    let (left, right) = (builder.shape(of: x[0]), builder.shape(of: x[1]))
    guard left.rank >= 3, left.rank == right.rank else {
      throw ShapeError(
        "matmul expects two matrices [.., m, k] and [.., k, n] for each row, got \(left.rowShape) and "
          + "\(right.rowShape)")
    }
    return try builder.matmul(x[0], x[1], transposeLeft: transposeLeft, transposeRight: transposeRight)
  }
}

/// The axes in another order; reversed unless `permutation` says which axis comes where.
public func transpose(
  _ x: Tensor, _ permutation: [Int]? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("transpose", to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    let rank = builder.shape(of: x[0]).rank - 1
    let order = permutation ?? Array((0..<max(rank, 0)).reversed())
    guard order.sorted() == Array(0..<max(rank, 0)) else {
      throw ShapeError(
        "transpose of shape \(builder.shape(of: x[0]).rowShape) needs each of its axes once, got \(order)")
    }
    return try builder.transpose(x[0], permutation: [0] + order.map { $0 + 1 })
  }
}

/// The elements `from ..< to` of an axis, every `step`-th of them; negative positions count from the end.
public func slice(
  _ x: Tensor, axis: Int = 0, from start: Int = 0, to end: Int? = nil, step: Int = 1,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("slice", to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    let shape = builder.shape(of: x[0])
    let position = try builder.axis(axis, of: x[0], for: "slice")
    let extent = shape[position].count
    let first = start < 0 ? start + extent : start
    let last = end.map { $0 < 0 ? $0 + extent : $0 } ?? extent
    guard step > 0, (0..<extent).contains(first), first < last, last <= extent else {
      throw ShapeError("slice from \(start) to \(end ?? extent) by \(step) of axis \(axis) of shape \(shape.rowShape)")
    }
    var (starts, ends) = ([Int](repeating: 0, count: shape.rank), shape.dimensions.map(\.count))
    var strides = [Int](repeating: 1, count: shape.rank)
    (starts[position], ends[position], strides[position]) = (first, last, step)
    return try builder.slice(x[0], starts: starts, ends: ends, strides: strides)
  }
}

/// The tensor's elements in the same order under another shape.
public func reshape(
  _ x: Tensor, to shape: [Int], file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("reshape", to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in try builder.reshapeRows(x[0], to: shape, for: "reshape")
  }
}

/// Joins tensors along an axis; all other axes must be equal.
public func concatenate(
  _ tensors: [Tensor], axis: Int = -1, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("concatenate", to: tensors, at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in try builder.concatenateRows(x, axis: axis, for: "concatenate")
  }.masked(likeJoined: tensors, axis: axis)
}

extension GraphBuilder {
  /// An axis of a row as an axis of the graph's tensor, which has the rows first.
  func axis(_ axis: Int, of value: Value, for name: String) throws(ShapeError) -> Int {
    let shape = shape(of: value).rowShape
    let position = axis < 0 ? axis + shape.rank : axis
    guard (0..<shape.rank).contains(position) else {
      throw ShapeError("\(name) has axis \(axis), but its input has shape \(shape)")
    }
    return position + 1
  }

  /// One extent may be -1: what is left over.
  mutating func reshapeRows(_ value: Value, to extents: [Int], for name: String) throws(ShapeError) -> Value {
    let from = shape(of: value).rowShape
    var extents = extents
    let known = extents.filter { $0 != -1 }.reduce(1, *)
    if extents.filter({ $0 == -1 }).count == 1, let free = extents.firstIndex(of: -1), known > 0,
      from.elementCount % known == 0
    {
      extents[free] = from.elementCount / known
    }
    guard extents.allSatisfy({ $0 > 0 }), extents.reduce(1, *) == from.elementCount else {
      throw ShapeError(
        "\(name) to \(extents) does not fit its input of shape \(from), which has \(from.elementCount) elements")
    }
    return try reshape(value, to: Shape([shape(of: value)[0]] + extents.map { Dimension($0) }))
  }

  mutating func concatenateRows(_ values: [Value], axis: Int, for name: String) throws(ShapeError) -> Value {
    guard let first = values.first else { throw ShapeError("\(name) needs at least one input") }
    let position = try self.axis(axis, of: first, for: name)
    var expected = shape(of: first)
    for value in values.dropFirst() {
      var other = shape(of: value)
      let fits = other.rank == expected.rank
      if fits { (expected[position], other[position]) = (1, 1) }
      guard fits, expected == other else {
        let shapes = values.map { shape(of: $0).rowShape.description }.joined(separator: ", ")
        throw ShapeError("\(name) along axis \(axis) needs inputs that are equal on all other axes, got \(shapes)")
      }
    }
    return values.count == 1 ? first : try concatenate(values, axis: position)
  }
}
