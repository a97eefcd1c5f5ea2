import Diagnostics
import GraphIR
import Operators

/// activation(input · kernel + bias), for inputs [features] or [time, features].
public struct Dense: Layer {
  private let identity: LayerIdentity
  private let units: Int
  private let activation: ActivationFunction
  private let useBias: Bool
  private let initializers: (kernel: Initializer, bias: Initializer)
  private let regularizers: (kernel: Regularizer?, bias: Regularizer?, activity: Regularizer?)

  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Dense", "dense", name: name, at: SourceLocation.call(file, line, column))
    self.units = units
    self.activation = activation
    self.useBias = useBias
    initializers = (kernelInitializer, biasInitializer)
    regularizers = (kernelRegularizer, biasRegularizer, activityRegularizer)
    identity.require(units > 0, "Dense needs at least 1 unit, got \(units)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: regularizers.activity) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      let shape = type.shape.rowShape
      guard type.element.isFloating else {
        throw ShapeError("Dense expects numbers, but its input holds tokens", advice: "put Embedding before it")
      }
      guard (1...2).contains(shape.rank) else {
        throw ShapeError(
          "Dense expects [features] but its input has shape \(shape)",
          advice: shape.rank == 3 ? "put Flatten() or GlobalAveragePooling2D() between them" : "put Flatten() before it"
        )
      }
      let kernel = try identity.weight(
        "kernel", [shape.last, units], initializers.kernel, regularizer: regularizers.kernel, in: &recorder)
      var result = try recorder.builder.matmul(x[0], kernel)
      if useBias {
        let bias = try identity.weight(
          "bias", [units], initializers.bias, regularizer: regularizers.bias, in: &recorder)
        result = try recorder.builder.add(result, bias)
      }
      return try activation.apply(to: result, in: &recorder.builder)
    }.masked(like: input)
  }
}
