import GraphIR
import KernelIR

/// y[row, v, u, f] = Σ x[row, v·stride + ky·dilation - before, …, c] · kernel[ky, kx, c, f], with zeros outside of the image:
/// images [rows, H, W, C], kernel [KH, KW, C / groups, F]. As in Keras, the kernel is not flipped.
public struct Convolution: Operator {
  public static let name = "convolution"

  public var geometry: ConvolutionGeometry

  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let shape = try geometry.resultShape(image: operands[0], kernel: operands[1], of: Self.name)
    return [TensorType(operands[0].element, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let (x, kernel) = (context.operands[0], context.operands[1])
    let (image, taps) = (context.builder.shape(of: x), context.builder.shape(of: kernel))
    return [
      context.isNeeded[0]
        ? try context.builder.convolutionInputGradient(
          gradient, kernel, geometry, height: image[1].count, width: image[2].count) : nil,
      context.isNeeded[1]
        ? try context.builder.convolutionKernelGradient(
          x, gradient, geometry, height: taps[0].count, width: taps[1].count) : nil,
    ]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    if let results = try context.rowwise(self) { return results }
    let (axis, kernel) = (try context.axis(ofOperand: 0), try context.constant(1))
    guard (1...2).contains(axis) else { throw ShapeError("convolution goes along other axes than time") }
    var step = geometry
    var along = axis == 1 ? geometry.vertical : geometry.horizontal
    let reach = (context.operandTypes[1].shape[axis - 1].count - 1) * along.dilation
    guard along.stride == 1, along.before == reach, along.after == 0 else {
      throw ShapeError("convolution sees steps that are still to come: padding .causal with strides 1 does not")
    }
    along.before = 0
    if axis == 1 { step.vertical = along } else { step.horizontal = along }
    var window = context.operands[0].value
    if reach > 0 {
      var type = context.builder.type(of: window)
      type.shape[axis] = Dimension(reach)
      window = try context.builder.concatenate([context.state("inputs", type), window], axis: axis)
      let extents = context.builder.shape(of: window).dimensions.map(\.count)
      var starts = extents.map { _ in 0 }
      starts[axis] = 1
      context.keep(
        try context.builder.slice(window, starts: starts, ends: extents, strides: extents.map { _ in 1 }), as: "inputs")
    }
    return [StepValue(try context.builder.convolution(window, kernel, step), .sequence(axis: axis))]
  }

  public var lowering: Lowering {
    .contraction { operands in
      let (image, kernel) = (operands[0].shape, operands[1].shape)
      var window = Window(
        vertical: geometry.vertical.window(extent: image[1].count, kernel: kernel[0].count),
        horizontal: geometry.horizontal.window(extent: image[2].count, kernel: kernel[1].count),
        channels: image[3].count, groups: geometry.groups, tapStride: kernel[2].count * kernel[3].count,
        groupStride: kernel[3].count / geometry.groups)
      window.isDepthwise = geometry.isDepthwise(kernel: kernel)
      let places = window.vertical.outputs * window.horizontal.outputs
      var map = ContractionMap(
        batch: [], m: Dimension(image[0].count * places, perRow: image[0].perRow), n: kernel[3],
        k: Dimension(window.depth), a: .init(batchStrides: [], outerStride: image[3], innerStride: 1),
        b: .init(batchStrides: [], outerStride: kernel[3], innerStride: 1))
      map.patches = [.init(window)]
      map.isMatrix = geometry.isPointwise(kernel: kernel)
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    geometry.forEachMeeting(image: operands[0].shape, kernel: operands[1].shape) { image, kernel, place in
      result.values[place] += operands[0].values[image] * operands[1].values[kernel]
    }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let (geometry, kernel) = drawOperands(&random, image: operand) else { return nil }
    return Instance(Convolution(geometry), [operand, TensorType(operand.element, kernel)])
  }

  /// A geometry and the shape of a kernel for an image [rows, height, width, channels]; nil for anything else.
  static func drawOperands(_ random: inout RandomSource, image: TensorType) -> (ConvolutionGeometry, Shape)? {
    let shape = image.shape
    guard image.element.isFloating, shape.rank == 4, shape.dimensions.dropFirst().allSatisfy({ !$0.perRow }) else {
      return nil
    }
    let (height, width) = (random.integer(in: 1...3), random.integer(in: 1...3))
    let channels = shape[3].count
    let divisors = (1...channels).filter { channels.isMultiple(of: $0) }
    let groups = random.integer(in: 0...2) == 0 ? divisors[random.integer(in: 0...(divisors.count - 1))] : 1
    let filters = groups * random.integer(in: 1...4)
    return (
      ConvolutionGeometry.draw(&random, image: shape, kernel: (height, width), groups: groups),
      [Dimension(height), Dimension(width), Dimension(channels / groups), Dimension(filters)]
    )
  }
}

extension GraphBuilder {
  public mutating func convolution(_ image: Value, _ kernel: Value, _ geometry: ConvolutionGeometry) throws(ShapeError)
    -> Value
  {
    try append(Convolution(geometry), [image, kernel])
  }
}
