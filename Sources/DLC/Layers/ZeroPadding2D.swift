import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Puts zeros around images [height, width, channels]: as many on each side, [height, width], or with `explicit` padding.
public struct ZeroPadding2D: Layer {
  private let identity: LayerIdentity
  private let amounts: (height: Int, width: Int)

  public init(
    _ padding: any WindowExtents = 1, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity("ZeroPadding2D", "zero_padding2d", name: name, at: SourceLocation.call(file, line, column))
    amounts = padding.heightAndWidth.map { ($0.0, $0.1) } ?? (-1, -1)
    identity.require(
      amounts.height >= 0 && amounts.width >= 0, "ZeroPadding2D takes one number or [height, width], from 0 on")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      _ = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      let padding = [0, amounts.height, amounts.width, 0]
      return try recorder.builder.pad(x[0], before: padding, after: padding)
    }
  }
}
