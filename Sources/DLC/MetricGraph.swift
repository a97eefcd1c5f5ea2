import GraphIR
import KernelIR
import Operators

extension GraphBuilder {
  /// What a batch adds to the accumulators of a metric: a vector of `metric.count` elements.
  mutating func contribution(of metric: Metric, loss: Loss, target: Value, output: Value, mask: Value? = nil)
    throws(ShapeError) -> Value
  {
    let isSparse = type(of: target).element == .i32
    switch metric.kind {
    case .accuracy:
      if isSparse { return try sparseAccuracy(target, output, mask) }
      let isBinary = shape(of: output).rowShape.last == 1
      return isBinary
        ? try binaryAccuracy(target, output, threshold: loss.isFromLogits ? 0 : 0.5, mask)
        : try categoricalAccuracy(target, output, mask)
    case .sparseCategoricalAccuracy:
      guard isSparse else {
        throw ShapeError(
          "sparse_categorical_accuracy needs targets that are class numbers",
          advice: "use .categoricalAccuracy, or the loss .sparseCategoricalCrossentropy")
      }
      return try sparseAccuracy(target, output, mask)
    case .topK(let k): return try topK(k, target, output, isSparse: isSparse, mask)
    case .perplexity:
      guard loss.isOverClasses else {
        throw ShapeError(
          "perplexity is of a cross-entropy over classes, which \(loss.name) is not",
          advice: "use the loss .sparseCategoricalCrossentropy")
      }
      return try totalOfRowMeans(self.loss(loss.kind, target: target, output: output), counting: mask)
    default: break
    }
    guard !isSparse else {
      throw ShapeError(
        "\(metric.name) compares numbers, but the targets of \(loss.name) are class numbers", advice: "use .accuracy")
    }
    switch metric.kind {
    case .binaryAccuracy(let threshold): return try binaryAccuracy(target, output, threshold: threshold, mask)
    case .categoricalAccuracy: return try categoricalAccuracy(target, output, mask)
    case .meanSquaredError, .rootMeanSquaredError:
      return try totalOfRowMeans(squaredError(target, output), counting: mask)
    case .meanAbsoluteError: return try totalOfRowMeans(abs(subtract(output, target)), counting: mask)
    case .precision(let threshold):
      let positive = try compare(.greater, output, scalar(threshold, like: output))
      let truePositives = try multiply(positive, target)
      return try concatenate([total(truePositives), total(subtract(positive, truePositives))], axis: 0)
    case .recall(let threshold):
      let positive = try compare(.greater, output, scalar(threshold, like: output))
      let truePositives = try multiply(positive, target)
      return try concatenate([total(truePositives), total(subtract(target, truePositives))], axis: 0)
    default: return try confusions(target, output)
    }
  }

  private mutating func sparseAccuracy(_ target: Value, _ output: Value, _ mask: Value?) throws(ShapeError) -> Value {
    let found = try argmax(output)
    return try totalOfRowMeans(compare(.equal, found, cast(target, to: .f32)), counting: mask)
  }

  private mutating func categoricalAccuracy(_ target: Value, _ output: Value, _ mask: Value?) throws(ShapeError)
    -> Value
  {
    guard shape(of: output).rank > 1 else {
      throw ShapeError("categorical accuracy needs an output [classes], but the output has shape []")
    }
    return try totalOfRowMeans(compare(.equal, argmax(output), argmax(target)), counting: mask)
  }

  private mutating func binaryAccuracy(_ target: Value, _ output: Value, threshold: Double, _ mask: Value?)
    throws(ShapeError) -> Value
  {
    let positive = try compare(.greater, output, scalar(threshold, like: output))
    return try totalOfRowMeans(compare(.equal, positive, target), counting: mask)
  }

  /// The right class is found if fewer than `k` classes are more probable.
  private mutating func topK(_ k: Int, _ target: Value, _ output: Value, isSparse: Bool, _ mask: Value?)
    throws(ShapeError) -> Value
  {
    let outputShape = shape(of: output)
    guard outputShape.rank > 1, (1...outputShape.rowShape.last).contains(k) else {
      throw ShapeError(
        "top-\(k) accuracy needs at least \(k) classes, but the output has shape \(outputShape.rowShape)")
    }
    let last = outputShape.rank - 1
    let classes = outputShape[last].count
    let marks: Value
    if isSparse {
      marks = try oneHot(target, classes: classes, element: .f32)
    } else {
      let numbers = try constant((0..<classes).map { Double($0) }, TensorType(.f32, [Dimension(classes)]))
      let chosen = try reshape(argmax(target), to: Shape(outputShape.dimensions.dropLast() + [1]))
      marks = try compare(.equal, chosen, numbers)
    }
    let own = try sum(multiply(output, marks), axes: [last], keepDimensions: true)
    let better = try sum(compare(.greater, output, own), axes: [last])
    return try totalOfRowMeans(compare(.less, better, scalar(Double(k), like: better)), counting: mask)
  }

  /// True positives, true negatives, false positives and false negatives at each of Keras's thresholds, [4 · 200].
  private mutating func confusions(_ target: Value, _ output: Value) throws(ShapeError) -> Value {
    let count = Metric.thresholdCount
    let inner = (1..<(count - 1)).map { Double($0) / Double(count - 1) }
    let thresholds = try constant([-1e-7] + inner + [1 + 1e-7], TensorType(.f32, [Dimension(count)]))
    let column = Shape(shape(of: output).dimensions + [1])
    let (p, y) = (try reshape(output, to: column), try reshape(target, to: column))
    let positive = try compare(.greater, p, thresholds)
    let axes = Array(0..<column.rank - 1)
    let truePositives = try sum(multiply(positive, y), axes: axes)
    let positives = try sum(positive, axes: axes)
    let wanted = try sum(broadcast(y, to: shape(of: positive)), axes: axes)
    let one = try scalar(1, like: positive)
    let all = try sum(broadcast(one, to: shape(of: positive)), axes: axes)
    let falsePositives = try subtract(positives, truePositives)
    let falseNegatives = try subtract(wanted, truePositives)
    let trueNegatives = try subtract(subtract(all, positives), falseNegatives)
    return try concatenate([truePositives, trueNegatives, falsePositives, falseNegatives], axis: 0)
  }
}
