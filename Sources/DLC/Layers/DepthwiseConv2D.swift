import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A convolution of each channel by itself with `depthMultiplier` kernels; the kernels' weight is
/// [height, width, channels, depthMultiplier].
public struct DepthwiseConv2D: Layer {
  private let identity: LayerIdentity
  private let settings: ConvolutionSettings
  private let multiplier: Int

  public init(
    kernelSize: any WindowExtents,
    strides: any WindowExtents = 1, padding: Padding = .valid, dilationRate: any WindowExtents = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true, depthMultiplier: Int = 1,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "DepthwiseConv2D", "depthwise_conv2d", name: name, at: SourceLocation.call(file, line, column))
    settings = ConvolutionSettings(
      of: identity, kernelSize: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      activation: activation, useBias: useBias, initializers: (depthwiseInitializer, biasInitializer),
      regularizers: (depthwiseRegularizer, biasRegularizer, activityRegularizer))
    multiplier = depthMultiplier
    identity.require(
      depthMultiplier > 0, "DepthwiseConv2D needs a depth multiplier of at least 1, got \(depthMultiplier)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: settings.regularizers.activity) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      let result = try settings.depthwise(
        x[0], shape, multiplier: multiplier, weight: "kernel", of: identity, in: &recorder)
      return try settings.finish(result, filters: shape.last * multiplier, of: identity, in: &recorder)
    }
  }
}
