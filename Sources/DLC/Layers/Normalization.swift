import Diagnostics
import GraphIR
import KernelIR
import Operators

/// (x - mean) / max(√variance, 1e-7) for each feature (last axis) of a model input. Mean and variance are those of
/// the training data, taken before the first epoch.
public struct Normalization: Layer {
  private let identity: LayerIdentity

  public init(name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column) {
    identity = LayerIdentity(
      "Normalization", "normalization", name: name, at: SourceLocation.call(file, line, column))
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      guard let source = recorder.builder.graph.op(of: x[0]) as? Source, source.kind == .input else {
        throw ShapeError(
          "Normalization expects an input of the model, whose statistics come from the training data",
          advice: "put it first, or use BatchNormalization() or LayerNormalization() here")
      }
      let shape = recorder.rowShape(of: x[0])
      guard source.type.element.isFloating, shape.rank >= 1 else {
        throw ShapeError("Normalization expects [.., features], but the input \"\(source.name)\" is \(source.type)")
      }
      let mean = try identity.weight(
        "mean", [shape.last], .zeros, isTrainable: false, statistic: Statistic(.mean, ofInput: source.name),
        in: &recorder)
      let variance = try identity.weight(
        "variance", [shape.last], .ones, isTrainable: false, statistic: Statistic(.variance, ofInput: source.name),
        in: &recorder)
      let centered = try recorder.builder.subtract(x[0], mean)
      let deviation = try recorder.builder.sqrt(variance)
      let limit = try recorder.builder.scalar(1e-7, like: deviation)
      return try recorder.builder.divide(centered, recorder.builder.maximum(deviation, limit))
    }
  }
}
