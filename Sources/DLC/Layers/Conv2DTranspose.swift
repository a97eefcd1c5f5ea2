import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The opposite way of a convolution: images grow by the strides. The kernel's weight is [height, width, filters, channels].
/// With `same` padding height and width are multiplied by the strides; with `valid` the kernel reaches over the end.
public struct Conv2DTranspose: Layer {
  private let identity: LayerIdentity
  private let settings: ConvolutionSettings
  private let filters: Int

  public init(
    _ filters: Int, kernelSize: any WindowExtents,
    strides: any WindowExtents = 1, padding: Padding = .valid, dilationRate: any WindowExtents = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Conv2DTranspose", "conv2d_transpose", name: name, at: SourceLocation.call(file, line, column))
    settings = ConvolutionSettings(
      of: identity, kernelSize: kernelSize, strides: strides, dilation: dilationRate, padding: padding,
      activation: activation, useBias: useBias, initializers: (kernelInitializer, biasInitializer),
      regularizers: (kernelRegularizer, biasRegularizer, activityRegularizer))
    self.filters = filters
    identity.require(filters > 0, "Conv2DTranspose needs at least 1 filter, got \(filters)")
    identity.require(
      padding == .same || padding == .valid, "Conv2DTranspose takes padding .same or .valid")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: settings.regularizers.activity) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      let kernel = try identity.weight(
        "kernel", [settings.kernel.height, settings.kernel.width, filters, shape.last],
        settings.initializers.kernel, regularizer: settings.regularizers.kernel, in: &recorder)
      let height = resultExtent(shape[0], settings.kernel.height, settings.strides.height, settings.dilation.height)
      let width = resultExtent(shape[1], settings.kernel.width, settings.strides.width, settings.dilation.width)
      let result = try recorder.builder.convolutionInputGradient(
        x[0], kernel, settings.geometry(height: height, width: width), height: height, width: width)
      return try settings.finish(result, filters: filters, of: identity, in: &recorder)
    }
  }

  private func resultExtent(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
    settings.padding == .same ? extent * stride : extent * stride + max((kernel - 1) * dilation + 1 - stride, 0)
  }
}
