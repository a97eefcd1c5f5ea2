import Diagnostics
import GraphIR
import KernelIR
import Operators

/// activation(convolution of images [height, width, channels] with `filters` kernels + bias); the kernel's weight is
/// [height, width, channels / groups, filters].
public struct Conv2D: Layer {
  private let identity: LayerIdentity
  private let settings: ConvolutionSettings
  private let filters: Int
  private let groups: Int

  public init(
    _ filters: Int, kernelSize: any WindowExtents,
    strides: any WindowExtents = 1, padding: Padding = .valid, dilationRate: any WindowExtents = 1, groups: Int = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("Conv2D", "conv2d", name: name, at: SourceLocation.call(file, line, column))
    settings = ConvolutionSettings(
      of: identity, kernelSize: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      activation: activation, useBias: useBias, initializers: (kernelInitializer, biasInitializer),
      regularizers: (kernelRegularizer, biasRegularizer, activityRegularizer))
    self.filters = filters
    self.groups = groups
    identity.require(filters > 0, "Conv2D needs at least 1 filter, got \(filters)")
    identity.require(groups > 0, "Conv2D needs at least 1 group, got \(groups)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: settings.regularizers.activity) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      guard shape.last % groups == 0, filters % groups == 0 else {
        throw ShapeError("Conv2D in \(groups) groups does not fit \(shape.last) channels and \(filters) filters")
      }
      let kernel = try identity.weight(
        "kernel", [settings.kernel.height, settings.kernel.width, shape.last / groups, filters],
        settings.initializers.kernel, regularizer: settings.regularizers.kernel, in: &recorder)
      let geometry = settings.geometry(height: shape[0], width: shape[1], groups: groups)
      let result = try recorder.builder.convolution(x[0], kernel, geometry)
      return try settings.finish(result, filters: filters, of: identity, in: &recorder)
    }
  }
}
