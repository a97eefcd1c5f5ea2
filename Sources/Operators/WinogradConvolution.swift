import GraphIR
import KernelIR

/// A convolution of 3 by 3 taps and strides of 1 by Winograd's F(2 by 2, 3 by 3): results come 2 by 2, Aᵀ·(U ⊙ Bᵀ·d·B)·A of the
/// 4 by 4 patch d that they see, Aᵀ = [1 1 1 0; 0 1 -1 -1] and Bᵀ = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1], summed over the
/// channels before the last step. That is 16 multiplications for each channel and filter where the sums themselves have 36.
///
/// Operands: images [rows, height, width, C], C in whole sixteens, and U [panels, 16, C, `PanelProduct.width`] of a
/// `WinogradKernel` with so many `filters`. Chains of additions are a ninth as long as those of the plain sums: in f32 the result is
/// as exact.
public struct WinogradConvolution: Operator {
  public static let name = "winograd_convolution"

  public var geometry: ConvolutionGeometry
  public var filters: Int

  public init(_ geometry: ConvolutionGeometry, filters: Int) {
    self.geometry = geometry
    self.filters = filters
  }

  /// Channels come in multiples of this, whole vectors of every target.
  public static let channels = 16

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let image = operands[0]
    guard geometry.isPlain, filters > 0 else {
      throw ShapeError("\(Self.name) has strides, dilations and groups of 1, and at least one filter")
    }
    guard image.shape.rank == 4, image.shape[3].count % Self.channels == 0 else {
      throw ShapeError("\(Self.name) expects images whose channels are a multiple of \(Self.channels), got \(image)")
    }
    let kernel = TensorType(image.element, [3, 3, image.shape[3], Dimension(filters)])
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
        vertical: geometry.vertical.window(extent: image[1].count, kernel: 3),
        horizontal: geometry.horizontal.window(extent: image[2].count, kernel: 3), channels: image[3].count)
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
          let patches = (0..<image.shape[3]).map { patch(of: image, row, top, left, $0) }
          for f in 0..<filters {
            let products = (0..<16).map { e in
              patches.indices.reduce(0) {
                $0 + patches[$1][e] * panels[[f / PanelProduct.width, e, $1, f % PanelProduct.width]]
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

  /// Bᵀ·d·B of the patch whose first result is at (top, left), [16].
  func patch(of image: ReferenceTensor, _ row: Int, _ top: Int, _ left: Int, _ channel: Int) -> [Double] {
    func spread(_ d: [Double]) -> [Double] { [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]] }
    let lines = (0..<4).map { y in
      spread(
        (0..<4).map { x in
          let (v, u) = (top + y - geometry.vertical.before, left + x - geometry.horizontal.before)
          let isInside = (0..<image.shape[1]).contains(v) && (0..<image.shape[2]).contains(u)
          return isInside ? image[[row, v, u, channel]] : 0
        })
    }
    let columns = (0..<4).map { x in spread(lines.map { $0[x] }) }
    return (0..<16).map { columns[$0 % 4][$0 / 4] }
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
    var geometry = ConvolutionGeometry.draw(&random, image: shape, kernel: (3, 3), groups: 1)
    (geometry.vertical.stride, geometry.vertical.dilation) = (1, 1)
    (geometry.horizontal.stride, geometry.horizontal.dilation) = (1, 1)
    let filters = random.integer(in: 1...40)
    let kernel = TensorType(operand.element, [3, 3, shape[3], Dimension(filters)])
    guard let panels = try? WinogradKernel().infer([kernel]) else { return nil }
    return Instance(WinogradConvolution(geometry, filters: filters), [operand, panels[0]])
  }
}
