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
    guard geometry.groups == 1 else {
      return .loops { context in
        let image = context.resultTypes[0].shape
        return geometry.meetings(image: image, kernel: context.operandTypes[1].shape, zero: (image, 0), context) {
          image, kernel, place in context.add(0, image, context.load(0, place) * context.load(1, kernel))
        }
      }
    }
    return .contraction { operands in
      let (gradient, kernel) = (operands[0].shape, operands[1].shape)
      let (channels, filters) = (kernel[2].count, kernel[3].count)
      let window = Window(
        vertical: geometry.vertical.gradientWindow(extent: height, kernel: kernel[0].count),
        horizontal: geometry.horizontal.gradientWindow(extent: width, kernel: kernel[1].count),
        channels: filters, tapStride: -channels * filters)
      var map = ContractionMap(
        batch: [], m: Dimension(gradient[0].count * height * width, perRow: gradient[0].perRow), n: kernel[2],
        k: Dimension(window.depth), a: .init(batchStrides: [], outerStride: gradient[3], innerStride: 1),
        b: .init(batchStrides: [], outerStride: 1, innerStride: kernel[3]))
      if !geometry.isPointwise(kernel: kernel) {
        map.window = window
        map.bBase = (window.taps - 1) * channels * filters
      }
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: result.shape, kernel: operands[1].shape) { image, kernel, place in
      result[image] += operands[0][place] * operands[1][kernel]
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
