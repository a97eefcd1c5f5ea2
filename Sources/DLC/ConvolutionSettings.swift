import GraphIR
import KernelIR
import Operators

/// What the convolution layers have in common: their window, and what follows the convolution.
struct ConvolutionSettings {
  let kernel: (height: Int, width: Int)
  let strides: (height: Int, width: Int)
  let dilation: (height: Int, width: Int)
  let padding: Padding
  let activation: ActivationFunction
  let useBias: Bool
  let initializers: (kernel: Initializer, bias: Initializer)
  let regularizers: (kernel: Regularizer?, bias: Regularizer?, activity: Regularizer?)

  /// Reports extents that make no window at the layer.
  init(
    of identity: LayerIdentity, kernelSize: any WindowExtents, strides: any WindowExtents, dilation: any WindowExtents,
    padding: Padding, activation: ActivationFunction, useBias: Bool,
    initializers: (kernel: Initializer, bias: Initializer),
    regularizers: (kernel: Regularizer?, bias: Regularizer?, activity: Regularizer?)
  ) {
    kernel = identity.windowExtents(kernelSize, "kernel size")
    self.strides = identity.windowExtents(strides, "strides")
    self.dilation = identity.windowExtents(dilation, "dilation rate")
    identity.require(!padding.isNegative, "\(identity.type)'s padding must not be negative")
    self.padding = padding
    self.activation = activation
    self.useBias = useBias
    self.initializers = initializers
    self.regularizers = regularizers
  }

  func geometry(height: Int, width: Int, groups: Int = 1) -> ConvolutionGeometry {
    func axis(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, isWidth: Bool) -> ConvolutionGeometry.Axis {
      let (before, after) = padding.amounts(
        extent: extent, kernel: kernel, stride: stride, dilation: dilation, isWidth: isWidth)
      return ConvolutionGeometry.Axis(stride: stride, dilation: dilation, before: before, after: after)
    }
    return ConvolutionGeometry(
      vertical: axis(height, kernel.height, strides.height, dilation.height, isWidth: false),
      horizontal: axis(width, kernel.width, strides.width, dilation.width, isWidth: true), groups: groups)
  }

  /// An image [height, width, channels], or an error that says what came.
  static func image(_ value: Value, for identity: LayerIdentity, in recorder: Recorder) throws(ShapeError)
    -> TensorShape
  {
    let type = recorder.builder.type(of: value)
    let shape = type.shape.rowShape
    guard type.element.isFloating, shape.rank == 3 else {
      throw ShapeError(
        "\(identity.type) expects [height, width, channels] but its input has shape \(shape)",
        advice: shape.rank == 2
          ? "put Reshape([height, width, 1]) before it" : "put Reshape([height, width, channels]) before it")
    }
    return shape
  }

  /// A sequence [time, channels] as images of height 1.
  static func sequence(_ value: Value, for identity: LayerIdentity, in recorder: inout Recorder) throws(ShapeError)
    -> Value
  {
    let type = recorder.builder.type(of: value)
    let shape = type.shape
    guard type.element.isFloating, shape.rank == 3 else {
      throw ShapeError(
        "\(identity.type) expects [time, channels] but its input has shape \(shape.rowShape)",
        advice: "put Reshape([time, channels]) before it")
    }
    return try recorder.builder.reshape(value, to: [shape[0], 1, shape[1], shape[2]])
  }

  /// Images of height 1 as sequences.
  static func sequence(from image: Value, in recorder: inout Recorder) throws(ShapeError) -> Value {
    let shape = recorder.builder.shape(of: image)
    return try recorder.builder.reshape(image, to: [shape[0], shape[2], shape[3]])
  }

  /// The convolution of each channel by itself. Its weight [height, width, channels, multiplier] lies in memory as the
  /// kernel of as many groups as channels does.
  func depthwise(
    _ image: Value, _ shape: TensorShape, multiplier: Int, weight name: String, of identity: LayerIdentity,
    in recorder: inout Recorder
  ) throws(ShapeError) -> Value {
    let weight = try identity.weight(
      name, [kernel.height, kernel.width, shape.last, multiplier], initializers.kernel,
      regularizer: regularizers.kernel, in: &recorder)
    let taps = try recorder.builder.reshape(
      weight, to: [Dimension(kernel.height), Dimension(kernel.width), 1, Dimension(shape.last * multiplier)])
    return try recorder.builder.convolution(
      image, taps, geometry(height: shape[0], width: shape[1], groups: shape.last))
  }

  /// Bias and activation behind a convolution with `filters` results.
  func finish(_ result: Value, filters: Int, of identity: LayerIdentity, in recorder: inout Recorder) throws(ShapeError)
    -> Value
  {
    var result = result
    if useBias {
      let bias = try identity.weight(
        "bias", [filters], initializers.bias, regularizer: regularizers.bias, in: &recorder)
      result = try recorder.builder.add(result, bias)
    }
    return try activation.apply(to: result, in: &recorder.builder)
  }
}
