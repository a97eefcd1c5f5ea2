import Diagnostics
import GraphIR
import KernelIR
import Operators

/// γ·(x - mean)/√(variance + ε) + β over each of `groups` groups of channels of each row (Wu and He, Group Normalization, 2018).
/// Weights `gamma` and `beta` [channels].
public struct GroupNormalization: Layer {
  private let identity: LayerIdentity
  private let groups: Int
  private let epsilon: Double
  private let affine: Affine

  public init(
    groups: Int = 32, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
    betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones, betaRegularizer: Regularizer? = nil,
    gammaRegularizer: Regularizer? = nil, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "GroupNormalization", "group_normalization", name: name, at: SourceLocation.call(file, line, column))
    self.groups = groups
    self.epsilon = epsilon
    affine = Affine(
      gamma: scale ? (gammaInitializer, gammaRegularizer) : nil, beta: center ? (betaInitializer, betaRegularizer) : nil
    )
    identity.require(groups > 0, "GroupNormalization needs at least 1 group, got \(groups)")
    identity.require(epsilon > 0, "GroupNormalization's epsilon must be positive, got \(epsilon)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try Affine.features(of: x[0], for: identity, in: recorder)
      guard shape.last % groups == 0 else {
        throw ShapeError("GroupNormalization in \(groups) groups does not fit \(shape.last) channels")
      }
      let whole = recorder.builder.shape(of: x[0])
      let places = shape.elementCount / shape.last
      let grouped = try recorder.builder.reshape(
        x[0], to: [whole[0], Dimension(places), Dimension(groups), Dimension(shape.last / groups)])
      let mean = try recorder.builder.mean(grouped, axes: [1, 3], keepDimensions: true)
      let centered = try recorder.builder.subtract(grouped, mean)
      let variance = try recorder.builder.meanSquare(centered, axes: [1, 3], keepDimensions: true)
      let root = try recorder.builder.sqrt(
        recorder.builder.add(variance, recorder.builder.scalar(epsilon, like: variance)))
      let normal = try recorder.builder.reshape(recorder.builder.divide(centered, root), to: whole)
      return try affine.scaled(normal, of: identity, in: &recorder)
    }.masked(like: input)
  }
}
