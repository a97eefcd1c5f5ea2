import Diagnostics
import GraphIR
import KernelIR
import Operators

/// γ·(x - mean)/√(variance + ε) + β over the last axis of each row by itself (Ba, Kiros and Hinton, Layer Normalization, 2016).
/// Weights `gamma` and `beta` [features].
public struct LayerNormalization: Layer {
  private let identity: LayerIdentity
  private let epsilon: Double
  private let affine: Affine

  public init(
    epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true, betaInitializer: Initializer = .zeros,
    gammaInitializer: Initializer = .ones, betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
    name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "LayerNormalization", "layer_normalization", name: name, at: SourceLocation.call(file, line, column))
    self.epsilon = epsilon
    affine = Affine(
      gamma: scale ? (gammaInitializer, gammaRegularizer) : nil, beta: center ? (betaInitializer, betaRegularizer) : nil
    )
    identity.require(epsilon > 0, "LayerNormalization's epsilon must be positive, got \(epsilon)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let axes = [try Affine.features(of: x[0], for: identity, in: recorder).rank]
      let mean = try recorder.builder.mean(x[0], axes: axes, keepDimensions: true)
      let centered = try recorder.builder.subtract(x[0], mean)
      let variance = try recorder.builder.meanSquare(centered, axes: axes, keepDimensions: true)
      return try affine.apply(to: centered, variance: variance, epsilon: epsilon, of: identity, in: &recorder)
    }.masked(like: input)
  }
}
