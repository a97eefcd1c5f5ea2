import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A depthwise convolution, then one of 1×1 with `filters` kernels: weights `depthwise_kernel`
/// [height, width, channels, depthMultiplier] and `pointwise_kernel` [1, 1, channels · depthMultiplier, filters].
public struct SeparableConv2D: Layer {
  private let identity: LayerIdentity
  private let settings: ConvolutionSettings
  private let filters: Int
  private let multiplier: Int
  private let pointwise: (initializer: Initializer, regularizer: Regularizer?)

  public init(
    _ filters: Int, kernelSize: any WindowExtents,
    strides: any WindowExtents = 1, padding: Padding = .valid, dilationRate: any WindowExtents = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true, depthMultiplier: Int = 1,
    depthwiseInitializer: Initializer = .glorotUniform, pointwiseInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "SeparableConv2D", "separable_conv2d", name: name, at: SourceLocation.call(file, line, column))
    settings = ConvolutionSettings(
      of: identity, kernelSize: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      activation: activation, useBias: useBias, initializers: (depthwiseInitializer, biasInitializer),
      regularizers: (depthwiseRegularizer, biasRegularizer, activityRegularizer))
    self.filters = filters
    multiplier = depthMultiplier
    pointwise = (pointwiseInitializer, pointwiseRegularizer)
    identity.require(filters > 0, "SeparableConv2D needs at least 1 filter, got \(filters)")
    identity.require(
      depthMultiplier > 0, "SeparableConv2D needs a depth multiplier of at least 1, got \(depthMultiplier)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: settings.regularizers.activity) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      let inner = try settings.depthwise(
        x[0], shape, multiplier: multiplier, weight: "depthwise_kernel", of: identity, in: &recorder)
      let kernel = try identity.weight(
        "pointwise_kernel", [1, 1, shape.last * multiplier, filters], pointwise.initializer,
        regularizer: pointwise.regularizer, in: &recorder)
      let result = try recorder.builder.convolution(inner, kernel, ConvolutionGeometry())
      return try settings.finish(result, filters: filters, of: identity, in: &recorder)
    }
  }
}
