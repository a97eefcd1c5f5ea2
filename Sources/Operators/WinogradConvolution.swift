import GraphIR
import KernelIR

/// A convolution with strides of 1 by Winograd's F(2 by 2, 3 by 3): results come 2 by 2, Aᵀ·(U ⊙ Bᵀ·d·B)·A of the
/// 4 by 4 patch d that they see, Aᵀ = [1 1 1 0; 0 1 -1 -1] and Bᵀ = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1], summed over the
/// channels, and over the parts of more than 3 by 3 taps (`WinogradScheme`), before the last step. Of 3 by 3 taps that is 16
/// multiplications for each channel and filter where the sums themselves have 36.
///
/// Operands: images [rows, height, width, C], C in whole sixteens, and U [panels, slots, C, `PanelProduct.width`] of a
/// `WinogradKernel` with so many `filters`. Chains of additions are a ninth as long as those of the plain sums: in f32 the result is
/// as exact.
public struct WinogradConvolution: Operator {
  public static let name = "winograd_convolution"

  public var geometry: ConvolutionGeometry
  public var filters: Int
  public var scheme: WinogradScheme

  public init(_ geometry: ConvolutionGeometry, filters: Int, scheme: WinogradScheme = WinogradScheme()) {
    self.geometry = geometry
    self.filters = filters
    self.scheme = scheme
  }

  /// Channels come in multiples of this, whole vectors of every target.
  public static let channels = 16

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let image = operands[0]
    guard geometry.isPlain, filters > 0, scheme.isValid else {
      throw ShapeError(
        "\(Self.name) has strides, dilations and groups of 1, at least one filter, and 3, 5 or 6 taps along an axis")
    }
    guard image.shape.rank == 4, image.shape[3].count % Self.channels == 0 else {
      throw ShapeError("\(Self.name) expects images whose channels are a multiple of \(Self.channels), got \(image)")
    }
    let kernel = TensorType(image.element, scheme.kernel(channels: image.shape[3], filters: filters))
    let shape = try geometry.resultShape(image: image, kernel: kernel, of: Self.name)
    let expected = try WinogradKernel().infer([kernel])
    guard operands[1] == expected[0] else {
      throw ShapeError("\(Self.name) of images \(image) expects a kernel \(expected[0]), got \(operands[1])")
    }
    return [TensorType(image.element, shape)]
  }

  /// It takes a convolution's place once the gradients are there.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil] }

  public var lowering: Lowering {
    .contraction { operands in
      let image = operands[0].shape
      var window = Window(
        vertical: geometry.vertical.window(extent: image[1].count, kernel: scheme.height),
        horizontal: geometry.horizontal.window(extent: image[2].count, kernel: scheme.width), channels: image[3].count)
      window.isWinograd = true
      let places = window.vertical.outputs * window.horizontal.outputs
      var map = ContractionMap(
        batch: [], m: Dimension(image[0].count * places, perRow: image[0].perRow), n: Dimension(filters),
        k: Dimension(window.depth), a: .init(batchStrides: [], outerStride: image[3], innerStride: 1),
        b: .init(batchStrides: [], outerStride: Dimension(PanelProduct.width), innerStride: 1))
      map.patches = [.init(window)]
      map.isMatrix = false
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    let (image, panels) = (operands[0], operands[1])
    let (height, width) = (result.shape[1], result.shape[2])
    for row in 0..<result.shape[0] {
      for top in stride(from: 0, to: height, by: 2) {
        for left in stride(from: 0, to: width, by: 2) {
          let channels = (0..<image.shape[3]).map { patches(of: image, row, top, left, $0) }
          for f in 0..<filters {
            let products = (0..<16).map { e in
              channels.indices.reduce(0) { sum, c in
                scheme.slots(e / 4, e % 4).reduce(sum) { sum, slot in
                  sum + channels[c][slot] * panels[[f / PanelProduct.width, slot, c, f % PanelProduct.width]]
                }
              }
            }
            for (y, line) in Self.joined(products).enumerated() where top + y < height {
              for (x, value) in line.enumerated() where left + x < width {
                result[[row, top + y, left + x, f]] = value
              }
            }
          }
        }
      }
    }
    return [result]
  }

  /// Bᵀ·d·B of the patches, one for each part, whose first result is at (top, left), [slots].
  func patches(of image: ReferenceTensor, _ row: Int, _ top: Int, _ left: Int, _ channel: Int) -> [Double] {
    func spread(_ d: [Double]) -> [Double] { [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]] }
    var result = [Double](repeating: 0, count: scheme.slots)
    for part in scheme.parts {
      let lines = (0..<4).map { y in
        spread(
          (0..<4).map { x in
            let v = top + 3 * part.y + y - geometry.vertical.before
            let u = left + 3 * part.x + x - geometry.horizontal.before
            let isInside = (0..<image.shape[1]).contains(v) && (0..<image.shape[2]).contains(u)
            return isInside ? image[[row, v, u, channel]] : 0
          })
      }
      let columns = (0..<4).map { x in spread(lines.map { $0[x] }) }
      for e in 0..<16 {
        if let slot = scheme.slot(e / 4, e % 4, of: part) { result[slot] = columns[e % 4][e / 4] }
      }
    }
    return result
  }

  /// Aᵀ·m·A, 2 by 2, of the products [16].
  private static func joined(_ m: [Double]) -> [[Double]] {
    func join(_ x: [Double]) -> [Double] { [x[0] + x[1] + x[2], x[1] - x[2] - x[3]] }
    let lines = (0..<4).map { y in join((0..<4).map { m[4 * y + $0] }) }
    let columns = (0..<2).map { x in join(lines.map { $0[x] }) }
    return (0..<2).map { y in columns.map { $0[y] } }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let shape = operand.shape
    guard operand.element.isFloating, shape.rank == 4, shape[3].count % channels == 0,
      shape.dimensions.dropFirst().allSatisfy({ !$0.perRow })
    else { return nil }
    let scheme = WinogradScheme(height: random.integer(in: 1...2) * 2 + 1, width: random.integer(in: 1...2) * 2 + 1)
    var geometry = ConvolutionGeometry.draw(&random, image: shape, kernel: (scheme.height, scheme.width), groups: 1)
    (geometry.vertical.stride, geometry.vertical.dilation) = (1, 1)
    (geometry.horizontal.stride, geometry.horizontal.dilation) = (1, 1)
    let filters = random.integer(in: 1...40)
    let kernel = TensorType(operand.element, scheme.kernel(channels: shape[3], filters: filters))
    guard let panels = try? WinogradKernel().infer([kernel]) else { return nil }
    return Instance(WinogradConvolution(geometry, filters: filters, scheme: scheme), [operand, panels[0]])
  }
}

extension WinogradScheme {
  /// The shape of a kernel of these taps.
  func kernel(channels: Dimension, filters: Int) -> Shape {
    [Dimension(height), Dimension(width), channels, Dimension(filters)]
  }
}
