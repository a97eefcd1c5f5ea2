import Diagnostics
import GraphIR
import KernelIR
import Operators

/// γ·(x - mean)/√(variance + ε) + β over all axes but the last: with the batch's mean and variance in training, which also move
/// the averages that inference uses; masked steps are left out of both (Ioffe and Szegedy, Batch Normalization, 2015). Weights `gamma`, `beta`, `moving_mean` and
/// `moving_variance` [channels].
public struct BatchNormalization: Layer {
  private let identity: LayerIdentity
  private let momentum: Double
  private let epsilon: Double
  private let affine: Affine

  public init(
    momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones, betaRegularizer: Regularizer? = nil,
    gammaRegularizer: Regularizer? = nil, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "BatchNormalization", "batch_normalization", name: name, at: SourceLocation.call(file, line, column))
    self.momentum = momentum
    self.epsilon = epsilon
    affine = Affine(
      gamma: scale ? (gammaInitializer, gammaRegularizer) : nil, beta: center ? (betaInitializer, betaRegularizer) : nil
    )
    identity.require((0...1).contains(momentum), "BatchNormalization's momentum must lie in 0...1, got \(momentum)")
    identity.require(epsilon > 0, "BatchNormalization's epsilon must be positive, got \(epsilon)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try Affine.features(of: x[0], for: identity, in: recorder)
      let movingMean = try identity.weight("moving_mean", [shape.last], .zeros, isTrainable: false, in: &recorder)
      let movingVariance = try identity.weight(
        "moving_variance", [shape.last], .ones, isTrainable: false, in: &recorder)
      let axes = Array(0..<shape.rank)
      let mean = try recorder.builder.mean(x[0], axes: axes, counting: input.mask)
      let centeredByBatch = try recorder.builder.subtract(x[0], mean)
      let variance = try recorder.builder.mean(
        recorder.builder.multiply(centeredByBatch, centeredByBatch), axes: axes, counting: input.mask)
      for (name, batch) in [("moving_mean", mean), ("moving_variance", variance)] {
        try identity.update(name, in: &recorder) { (builder, old) throws(ShapeError) in
          try builder.add(
            builder.multiply(old, builder.scalar(momentum, like: old)),
            builder.multiply(builder.stopGradient(batch), builder.scalar(1 - momentum, like: old)))
        }
      }
      let centered = try recorder.builder.subtract(
        x[0], recorder.builder.trainingPhase(mean, inference: movingMean))
      return try affine.apply(
        to: centered, variance: recorder.builder.trainingPhase(variance, inference: movingVariance), epsilon: epsilon,
        of: identity, in: &recorder)
    }.masked(like: input)
  }
}
