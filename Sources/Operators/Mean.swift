import GraphIR
import KernelIR

extension GraphBuilder {
  /// The mean over `axes`: a sum divided by the extents, of which the rows are known when the code runs.
  public mutating func mean(_ x: Value, axes: [Int], keepDimensions: Bool = false) throws(ShapeError) -> Value {
    let shape = self.shape(of: x)
    for axis in axes where !shape.dimensions.indices.contains(axis) {
      throw ShapeError("mean has axis \(axis), but its operand has shape \(shape)")
    }
    let count = Shape(axes.map { shape[$0] }).elementCount
    let total = try sum(x, axes: axes, keepDimensions: keepDimensions)
    guard count.perRow else { return try multiply(total, scalar(1 / Double(max(count.count, 1)), like: x)) }
    let rows = source(.rows, "rows", TensorType(type(of: x).element, .scalar))
    return try divide(total, multiply(rows, scalar(Double(count.count), like: x)))
  }
}
