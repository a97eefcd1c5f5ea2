import Diagnostics
import Glibc
import GraphIR
import KernelIR
import Operators

/// Adds sines and cosines of each position to sequences [time, features] (Vaswani et al. 2017), by keras_hub's formula: feature f of step
/// t gets sin(t / maximumWavelength^(2⌊f/2⌋/features)) where f is even, the cosine of the same where it is odd.
public struct SinePositionEncoding: Layer {
  private let identity: LayerIdentity
  private let maximumWavelength: Double

  public init(
    maximumWavelength: Double = 10_000, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "SinePositionEncoding", "sine_position_encoding", name: name, at: SourceLocation.call(file, line, column))
    self.maximumWavelength = maximumWavelength
    identity.require(
      maximumWavelength > 1, "SinePositionEncoding's longest wave must be more than 1, got \(maximumWavelength)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3 else {
        throw ShapeError(
          "SinePositionEncoding expects [time, features] but its input has shape \(type.shape.rowShape)",
          advice: type.element.isFloating ? nil : "put Embedding before it")
      }
      return try recorder.builder.add(
        x[0], recorder.builder.sinePositions(type.shape[1], type.shape[2], like: x[0], maximumWavelength))
    }.masked(like: input)
  }
}

extension GraphBuilder {
  /// [time, features], made in pairs [time, features/2, 2] of which an odd number of features leaves the last out.
  fileprivate mutating func sinePositions(
    _ time: Dimension, _ features: Dimension, like x: Value, _ maximumWavelength: Double
  ) throws(ShapeError) -> Value {
    let pairs = Dimension((features.count + 1) / 2)
    let type = TensorType(type(of: x).element, [time, pairs, 2])
    let exponent = try scalar(-2 / Double(features.count) * Glibc.log(maximumWavelength), like: x)
    let angles = try multiply(iota(type, axis: 0), exp(multiply(iota(type, axis: 1), exponent)))
    let isOdd = try iota(type, axis: 2)
    let encoding = try reshape(select(isOdd, cos(angles), sin(angles)), to: [time, Dimension(2 * pairs.count)])
    return features.count % 2 == 0
      ? encoding
      : try slice(encoding, starts: [0, 0], ends: [time.count, features.count], strides: [1, 1])
  }
}
