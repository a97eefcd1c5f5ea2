import Diagnostics
import GraphIR
import KernelIR
import Operators

/// γ·x/√(mean of x² + ε) over the last axis (Zhang and Sennrich, Root Mean Square Layer Normalization, 2019). Weight `scale`
/// [features].
public struct RMSNormalization: Layer {
  private let identity: LayerIdentity
  private let epsilon: Double

  public init(
    epsilon: Double = 1e-6, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "RMSNormalization", "rms_normalization", name: name, at: SourceLocation.call(file, line, column))
    self.epsilon = epsilon
    identity.require(epsilon > 0, "RMSNormalization's epsilon must be positive, got \(epsilon)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try Affine.features(of: x[0], for: identity, in: recorder)
      let square = try recorder.builder.meanSquare(x[0], axes: [shape.rank], keepDimensions: true)
      let scale = try identity.weight("scale", [shape.last], .ones, in: &recorder)
      let root = try recorder.builder.sqrt(recorder.builder.add(square, recorder.builder.scalar(epsilon, like: square)))
      return try recorder.builder.multiply(recorder.builder.divide(x[0], root), scale)
    }.masked(like: input)
  }
}
