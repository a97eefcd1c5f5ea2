import GraphIR
import KernelIR

/// The gradient of a `WinogradKernel` from the images and the gradient of the result of its `WinogradConvolution`: for each of
/// the 16 elements Vᵀ·Y over all patches, V = Bᵀ·d·B of the 4 by 4 patches of the images, of all parts that have the element, and
/// Y = A·y·Aᵀ of the 2 by 2 results that they have made.
///
/// Operands: images [rows, height, width, C], C in whole sixteens, and gradients [rows, height, width, F]. The result is
/// [panels, slots, C, `PanelProduct.width`], whose columns behind the last filter have no meaning.
public struct WinogradKernelSums: Operator {
  public static let name = "winograd_kernel_sums"

  /// The convolution's.
  public var geometry: ConvolutionGeometry
  public var scheme: WinogradScheme

  public init(_ geometry: ConvolutionGeometry, scheme: WinogradScheme = WinogradScheme()) {
    self.geometry = geometry
    self.scheme = scheme
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let (image, gradient) = (operands[0], operands[1])
    guard image.shape.rank == 4, gradient.shape.rank == 4 else {
      throw ShapeError("\(Self.name) expects images and gradients of rank 4, got \(image) and \(gradient)")
    }
    let kernel = TensorType(
      image.element, scheme.kernel(channels: image.shape[3], filters: gradient.shape[3].count))
    let panels = try WinogradKernel().infer([kernel])
    let result = try WinogradConvolution(geometry, filters: gradient.shape[3].count, scheme: scheme).infer(
      [image] + panels)
    guard result[0] == gradient else {
      throw ShapeError("\(Self.name) of images \(image) expects gradients \(result[0]), got \(gradient)")
    }
    return panels
  }

  /// It takes the place of a convolution's gradient; second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil] }

  public var lowering: Lowering {
    .contraction { operands in
      let (image, gradient) = (operands[0].shape, operands[1].shape)
      var window = Window(
        vertical: geometry.vertical.window(extent: image[1].count, kernel: scheme.height),
        horizontal: geometry.horizontal.window(extent: image[2].count, kernel: scheme.width), channels: image[3].count,
        isTransposed: true)
      window.isWinograd = true
      let places = Dimension(gradient[0].count * gradient[1].count * gradient[2].count, perRow: gradient[0].perRow)
      var map = ContractionMap(
        batch: [], m: Dimension(window.depth), n: gradient[3], k: places,
        a: .init(batchStrides: [], outerStride: 1, innerStride: image[3]),
        b: .init(batchStrides: [], outerStride: gradient[3], innerStride: 1))
      map.patches = [.init(window)]
      map.isMatrix = false
      return map
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(), repeating: 0)
    let (image, gradient) = (operands[0], operands[1])
    let convolution = WinogradConvolution(geometry, filters: gradient.shape[3], scheme: scheme)
    for row in 0..<image.shape[0] {
      for top in stride(from: 0, to: gradient.shape[1], by: 2) {
        for left in stride(from: 0, to: gradient.shape[2], by: 2) {
          let channels = (0..<image.shape[3]).map { convolution.patches(of: image, row, top, left, $0) }
          for f in 0..<gradient.shape[3] {
            let y = Self.spread(gradient, row, top, left, f)
            for (c, patches) in channels.enumerated() {
              for e in 0..<16 {
                for slot in scheme.slots(e / 4, e % 4) {
                  result[[f / PanelProduct.width, slot, c, f % PanelProduct.width]] += patches[slot] * y[e]
                }
              }
            }
          }
        }
      }
    }
    return [result]
  }

  /// A·y·Aᵀ of the results from (top, left) on, [16].
  private static func spread(_ gradient: ReferenceTensor, _ row: Int, _ top: Int, _ left: Int, _ filter: Int)
    -> [Double]
  {
    func spread(_ y: [Double]) -> [Double] { [y[0], y[0] + y[1], y[0] - y[1], -y[1]] }
    let lines = (0..<2).map { y in
      spread(
        (0..<2).map { x in
          top + y < gradient.shape[1] && left + x < gradient.shape[2] ? gradient[[row, top + y, left + x, filter]] : 0
        })
    }
    let columns = (0..<4).map { x in spread(lines.map { $0[x] }) }
    return (0..<16).map { columns[$0 % 4][$0 / 4] }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let drawn = WinogradConvolution.draw(&random, operand: operand),
      let convolution = drawn.op as? WinogradConvolution, let results = try? convolution.infer(drawn.operands)
    else { return nil }
    return Instance(WinogradKernelSums(convolution.geometry, scheme: convolution.scheme), [operand] + results)
  }
}
