import Diagnostics
import GraphIR
import KernelIR
import Operators

/// activation(convolution of sequences [time, channels] with `filters` kernels + bias); the kernel's weight is
/// [time, channels / groups, filters].
public struct Conv1D: Layer {
  private let identity: LayerIdentity
  private let settings: ConvolutionSettings
  private let filters: Int
  private let groups: Int

  public init(
    _ filters: Int, kernelSize: Int,
    strides: Int = 1, padding: Padding = .valid, dilationRate: Int = 1, groups: Int = 1,
    activation: ActivationFunction = .linear, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("Conv1D", "conv1d", name: name, at: SourceLocation.call(file, line, column))
    settings = ConvolutionSettings(
      of: identity, kernelSize: [1, kernelSize], strides: [1, strides], dilation: [1, dilationRate], padding: padding,
      activation: activation, useBias: useBias, initializers: (kernelInitializer, biasInitializer),
      regularizers: (kernelRegularizer, biasRegularizer, activityRegularizer))
    self.filters = filters
    self.groups = groups
    identity.require(filters > 0, "Conv1D needs at least 1 filter, got \(filters)")
    identity.require(groups > 0, "Conv1D needs at least 1 group, got \(groups)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: settings.regularizers.activity) { (recorder, x) throws(ShapeError) in
      let image = try ConvolutionSettings.sequence(x[0], for: identity, in: &recorder)
      let shape = recorder.rowShape(of: image)
      guard shape.last % groups == 0, filters % groups == 0 else {
        throw ShapeError("Conv1D in \(groups) groups does not fit \(shape.last) channels and \(filters) filters")
      }
      let weight = try identity.weight(
        "kernel", [settings.kernel.width, shape.last / groups, filters],
        settings.initializers.kernel, regularizer: settings.regularizers.kernel, in: &recorder)
      let kernel = try recorder.builder.reshape(
        weight, to: [1, Dimension(settings.kernel.width), Dimension(shape.last / groups), Dimension(filters)])
      let geometry = settings.geometry(height: 1, width: shape[1], groups: groups)
      let result = try recorder.builder.convolution(image, kernel, geometry)
      let finished = try settings.finish(result, filters: filters, of: identity, in: &recorder)
      return try ConvolutionSettings.sequence(from: finished, in: &recorder)
    }
  }
}
