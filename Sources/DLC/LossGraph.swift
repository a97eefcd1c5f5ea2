import Diagnostics
import GraphIR
import KernelIR
import Operators

extension GraphBuilder {
  /// The loss of each element or row, before the mean.
  mutating func loss(_ kind: Loss.Kind, target: Value, output: Value) throws(ShapeError) -> Value {
    switch kind {
    case .meanSquaredError: return try squaredError(target, output)
    case .meanAbsoluteError: return try abs(subtract(output, target))
    case .huber(let delta):
      let error = try abs(subtract(output, target))
      let limit = try scalar(delta, like: error)
      let half = try scalar(0.5, like: error)
      let quadratic = try multiply(half, multiply(error, error))
      let linear = try subtract(multiply(limit, error), scalar(0.5 * delta * delta, like: error))
      return try select(compare(.lessOrEqual, error, limit), quadratic, linear)
    case .binaryCrossentropy(let logits):
      return logits ? try sigmoidCrossEntropy(output, target) : try binaryCrossEntropy(output, target)
    case .categoricalCrossentropy(let logits), .sparseCategoricalCrossentropy(let logits):
      guard shape(of: output).rank > 1 else {
        throw ShapeError(
          "a cross-entropy over classes needs an output [classes], but the output has shape []")
      }
      return logits ? try softmaxCrossEntropy(output, target) : try crossEntropy(output, target)
    case .kullbackLeiblerDivergence:
      let (t, p) = (try probabilityClipped(target), try probabilityClipped(output))
      let terms = try multiply(t, log(divide(t, p)))
      return try sum(terms, axes: [shape(of: terms).rank - 1])
    case .custom: return output
    }
  }

  mutating func squaredError(_ target: Value, _ output: Value) throws(ShapeError) -> Value {
    let error = try subtract(output, target)
    return try multiply(error, error)
  }

  /// Clipped to [1e-7, 1], as Keras's Kullback-Leibler divergence does.
  private mutating func probabilityClipped(_ value: Value) throws(ShapeError) -> Value {
    let (low, high) = (try scalar(1e-7, like: value), try scalar(1, like: value))
    return try minimum(maximum(value, low), high)
  }

  /// The mean over all axes, rows included, without masked steps.
  mutating func mean(ofAll value: Value, counting mask: Value? = nil) throws(ShapeError) -> Value {
    try mean(value, axes: Array(0..<shape(of: value).rank), counting: mask)
  }

  /// The sum over all axes, as a vector of one element.
  mutating func total(_ value: Value) throws(ShapeError) -> Value {
    try reshape(sum(value, axes: Array(0..<shape(of: value).rank), keepDimensions: false), to: [1])
  }

  /// The sum over rows of each row's mean, as a vector of one element; of masked values the sum over steps of each step's mean,
  /// and behind it the number of steps.
  mutating func totalOfRowMeans(_ value: Value, counting mask: Value? = nil) throws(ShapeError) -> Value {
    let axes = Array((mask == nil ? 1 : 2)..<max(shape(of: value).rank, 1))
    let means = try axes.isEmpty ? value : mean(value, axes: axes)
    guard let mask else { return try total(means) }
    return try concatenate([total(select(mask, means, scalar(0, like: means))), total(mask)], axis: 0)
  }
}
