import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Cuts as many elements off each side of images [height, width, channels]: one number or [height, width].
public struct Cropping2D: Layer {
  private let identity: LayerIdentity
  private let amounts: (height: Int, width: Int)

  public init(
    _ cropping: any WindowExtents = 0, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity("Cropping2D", "cropping2d", name: name, at: SourceLocation.call(file, line, column))
    amounts = cropping.heightAndWidth.map { ($0.0, $0.1) } ?? (-1, -1)
    identity.require(
      amounts.height >= 0 && amounts.width >= 0, "Cropping2D takes one number or [height, width], from 0 on")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      guard shape[0] > 2 * amounts.height, shape[1] > 2 * amounts.width else {
        throw ShapeError(
          "Cropping2D of \(amounts.height) and \(amounts.width) leaves nothing of an image of shape \(shape)")
      }
      return try recorder.builder.cropped(x[0], height: amounts.height, width: amounts.width)
    }
  }
}
