import GraphIR
import KernelIR

/// The gradient of a convolution's image [rows, height, width, C] from its result's gradient and its kernel
/// [KH, KW, C / groups, F]; by itself, a transposed convolution.
public struct ConvolutionInputGradient: Operator {
  public static let name = "convolution_input_gradient"

  /// The convolution's.
  public var geometry: ConvolutionGeometry
  public var height: Int
  public var width: Int

  public init(_ geometry: ConvolutionGeometry, height: Int, width: Int) {
    self.geometry = geometry
    self.height = height
    self.width = width
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let (gradient, kernel) = (operands[0].shape, operands[1].shape)
    guard gradient.rank == 4, kernel.rank == 4, height > 0, width > 0 else {
      throw ShapeError(
        "\(Self.name) expects gradients [rows, height, width, filters] and a kernel of rank 4, got \(gradient) and \(kernel)"
      )
    }
    let image = TensorType(
      operands[0].element,
      [gradient[0], Dimension(height), Dimension(width), Dimension(kernel[2].count * geometry.groups)])
    let expected = try geometry.resultShape(image: image, kernel: operands[1], of: Self.name)
    guard expected == gradient else {
      throw ShapeError("\(Self.name) expects gradients of shape \(expected), got \(gradient)")
    }
    return [image]
  }

  /// The operation is linear in both operands: its own gradients are the convolution, and the gradient of its kernel.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let (y, kernel) = (context.operands[0], context.operands[1])
    let taps = context.builder.shape(of: kernel)
    return [
      context.isNeeded[0] ? try context.builder.convolution(gradient, kernel, geometry) : nil,
      context.isNeeded[1]
        ? try context.builder.convolutionKernelGradient(
          gradient, y, geometry, height: taps[0].count, width: taps[1].count) : nil,
    ]
  }

  public var lowering: Lowering {
    .contraction { operands in
      let (gradient, kernel) = (operands[0].shape, operands[1].shape)
      let (channels, filters) = (kernel[2].count * geometry.groups, kernel[3].count)
      let tap = kernel[2].count * filters
      let columns = geometry.horizontal.gradientWindows(extent: width, kernel: kernel[1].count)
      var map = ContractionMap(
        batch: [], m: Dimension(gradient[0].count * height * width, perRow: gradient[0].perRow), n: Dimension(channels),
        k: Dimension(kernel[0].count * kernel[1].count * filters / geometry.groups),
        a: .init(batchStrides: [], outerStride: gradient[3], innerStride: 1),
        b: .init(batchStrides: [], outerStride: 1, innerStride: kernel[3]))
      map.patches = geometry.vertical.gradientWindows(extent: height, kernel: kernel[0].count).flatMap { down in
        columns.map { across in
          var window = Window(
            vertical: down.axis, horizontal: across.axis, channels: filters, groups: geometry.groups,
            tapStride: across.step * tap, groupStride: filters / geometry.groups)
          window.tapLineStride = down.step * kernel[1].count * tap
          window.isDepthwise = geometry.isDepthwise(kernel: kernel)
          return .init(window, bBase: window.taps == 0 ? 0 : (down.first * kernel[1].count + across.first) * tap)
        }
      }
      map.isMatrix = geometry.isPointwise(kernel: kernel)
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: result.shape, kernel: operands[1].shape) { image, kernel, place in
      result.values[image] += operands[0].values[place] * operands[1].values[kernel]
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let (geometry, kernel) = Convolution.drawOperands(&random, image: operand),
      let result = try? Convolution(geometry).infer([operand, TensorType(operand.element, kernel)])
    else { return nil }
    return Instance(
      ConvolutionInputGradient(geometry, height: operand.shape[1].count, width: operand.shape[2].count),
      [result[0], TensorType(operand.element, kernel)])
  }
}

extension GraphBuilder {
  public mutating func convolutionInputGradient(
    _ gradient: Value, _ kernel: Value, _ geometry: ConvolutionGeometry, height: Int, width: Int
  ) throws(ShapeError) -> Value {
    try append(ConvolutionInputGradient(geometry, height: height, width: width), [gradient, kernel])
  }
}
