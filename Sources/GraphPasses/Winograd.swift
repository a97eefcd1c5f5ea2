import GraphIR
import KernelIR
import Operators

/// Lets convolutions of 3 or 5 taps along each axis, and their gradients, be made by Winograd's algorithm where that is quicker:
/// with channels and filters enough for the products to outweigh the transformations, and places enough to outweigh
/// that of the kernel, which each call does anew where the weights are not prepared.
enum Winograd {
  static let name = "winograd"

  /// Fewest channels and filters.
  private static let depth = 32
  /// Fewest places of an image where a call may be of one row, and where it is of many.
  private static let places = (alone: 64, ofMany: 16)

  static func run(_ graph: Graph, hasManyRows: Bool) throws(ShapeError) -> Graph {
    try GraphRewriter.rewriting(graph) { (rewriter, index) throws(ShapeError) in
      let node = graph.nodes[index]
      if let gradient = node.op as? ConvolutionKernelGradient {
        return try sums(gradient, of: node, in: graph, &rewriter)
      }
      guard let convolution = convolution(node, in: graph) else { return nil }
      let (image, result) = (graph.type(of: node.operands[0]).shape, node.results[0].shape)
      guard result[1].count * result[2].count >= (hasManyRows ? places.ofMany : places.alone),
        isQuicker(image: image, filters: result[3].count)
      else { return nil }
      let kernel = try rewriter.builder.append(
        WinogradKernel(isTurned: convolution.isTurned), [rewriter.new(node.operands[1])])
      return try rewriter.builder.append(
        WinogradConvolution(convolution.geometry, filters: result[3].count, scheme: convolution.scheme),
        [rewriter.new(node.operands[0]), kernel])
    }
  }

  private static func isQuicker(image: Shape, filters: Int) -> Bool {
    image[3].count >= depth && image[3].count % WinogradConvolution.channels == 0 && filters >= depth
  }

  /// The gradient of a kernel by way of that of its `WinogradKernel`; nil where it stays as it is.
  private static func sums(
    _ op: ConvolutionKernelGradient, of node: Node, in graph: Graph, _ rewriter: inout GraphRewriter
  ) throws(ShapeError) -> Value? {
    let (image, gradient) = (graph.type(of: node.operands[0]).shape, graph.type(of: node.operands[1]).shape)
    guard let scheme = scheme(height: op.height, width: op.width), op.geometry.isPlain,
      gradient[1].count * gradient[2].count >= places.ofMany, isQuicker(image: image, filters: gradient[3].count)
    else { return nil }
    let sums = try rewriter.builder.append(
      WinogradKernelSums(op.geometry, scheme: scheme), node.operands.map { rewriter.new($0) })
    return try rewriter.builder.append(WinogradTaps(filters: gradient[3].count, scheme: scheme), [sums])
  }

  /// Of so many taps; nil where plain sums are as quick.
  private static func scheme(height: Int, width: Int) -> WinogradScheme? {
    [3, 5].contains(height) && [3, 5].contains(width) ? WinogradScheme(height: height, width: width) : nil
  }

  /// The node as a convolution of such taps and strides of 1; nil if it is none. The gradient of an image is one, with
  /// the taps turned.
  private static func convolution(_ node: Node, in graph: Graph)
    -> (geometry: ConvolutionGeometry, scheme: WinogradScheme, isTurned: Bool)?
  {
    var geometry: ConvolutionGeometry
    switch node.op {
    case let op as Convolution: geometry = op.geometry
    case let op as ConvolutionInputGradient: geometry = op.geometry
    default: return nil
    }
    let kernel = graph.type(of: node.operands[1]).shape
    guard let scheme = scheme(height: kernel[0].count, width: kernel[1].count), geometry.isPlain else { return nil }
    guard node.op is ConvolutionInputGradient else { return (geometry, scheme, false) }
    for (axis, taps) in [(\ConvolutionGeometry.vertical, scheme.height), (\.horizontal, scheme.width)] {
      let (before, after) = (geometry[keyPath: axis].before, geometry[keyPath: axis].after)
      guard before < taps, after < taps else { return nil }
      (geometry[keyPath: axis].before, geometry[keyPath: axis].after) = (taps - 1 - before, taps - 1 - after)
    }
    return (geometry, scheme, true)
  }
}
