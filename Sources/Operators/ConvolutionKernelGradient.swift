import GraphIR
import KernelIR

/// The gradient of a convolution's kernel [height, width, C / groups, F] from its image and its result's gradient.
public struct ConvolutionKernelGradient: Operator {
  public static let name = "convolution_kernel_gradient"

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
    let (image, gradient) = (operands[0].shape, operands[1].shape)
    guard image.rank == 4, gradient.rank == 4, height > 0, width > 0, geometry.groups > 0 else {
      throw ShapeError(
        "\(Self.name) expects images and gradients of shape [rows, height, width, channels], got \(image) and \(gradient)"
      )
    }
    let kernel = TensorType(
      operands[0].element,
      [Dimension(height), Dimension(width), Dimension(image[3].count / geometry.groups), gradient[3]])
    let expected = try geometry.resultShape(image: operands[0], kernel: kernel, of: Self.name)
    guard expected == gradient, operands[0].element == operands[1].element else {
      throw ShapeError("\(Self.name) expects gradients of shape \(expected), got \(operands[1])")
    }
    return [kernel]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let (x, y) = (context.operands[0], context.operands[1])
    let image = context.builder.shape(of: x)
    return [
      context.isNeeded[0]
        ? try context.builder.convolutionInputGradient(
          y, gradient, geometry, height: image[1].count, width: image[2].count) : nil,
      context.isNeeded[1] ? try context.builder.convolution(x, gradient, geometry) : nil,
    ]
  }

  public var lowering: Lowering {
    .contraction { operands in
      let (image, gradient) = (operands[0].shape, operands[1].shape)
      var window = Window(
        vertical: geometry.vertical.window(extent: image[1].count, kernel: height),
        horizontal: geometry.horizontal.window(extent: image[2].count, kernel: width),
        channels: image[3].count, groups: geometry.groups, isTransposed: true)
      let kernel: Shape = [
        Dimension(height), Dimension(width), Dimension(image[3].count / geometry.groups), gradient[3],
      ]
      window.isDepthwise = geometry.isDepthwise(kernel: kernel)
      let places = Dimension(gradient[0].count * gradient[1].count * gradient[2].count, perRow: gradient[0].perRow)
      var map = ContractionMap(
        batch: [], m: Dimension(window.depth), n: gradient[3], k: places,
        a: .init(batchStrides: [], outerStride: 1, innerStride: image[3]),
        b: .init(batchStrides: [], outerStride: gradient[3], innerStride: 1))
      map.patches = [.init(window)]
      map.isMatrix = geometry.isPointwise(kernel: kernel)
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: operands[0].shape, kernel: result.shape) { image, kernel, place in
      result.values[kernel] += operands[0].values[image] * operands[1].values[place]
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let (geometry, kernel) = Convolution.drawOperands(&random, image: operand),
      let result = try? Convolution(geometry).infer([operand, TensorType(operand.element, kernel)])
    else { return nil }
    return Instance(
      ConvolutionKernelGradient(geometry, height: kernel[0].count, width: kernel[1].count), [operand, result[0]])
  }
}

extension GraphBuilder {
  public mutating func convolutionKernelGradient(
    _ image: Value, _ gradient: Value, _ geometry: ConvolutionGeometry, height: Int, width: Int
  ) throws(ShapeError) -> Value {
    try append(ConvolutionKernelGradient(geometry, height: height, width: width), [image, gradient])
  }
}
