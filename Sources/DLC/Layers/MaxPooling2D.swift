import Diagnostics
import GraphIR
import Operators

/// The largest element under a window that moves over images [height, width, channels]. Strides are the window's size where not given;
/// padding doesn't count.
public struct MaxPooling2D: Layer {
  private let identity: LayerIdentity
  private let settings: PoolingSettings

  public init(
    _ poolSize: any WindowExtents = 2, strides: (any WindowExtents)? = nil, padding: Padding = .valid,
    name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("MaxPooling2D", "max_pooling2d", name: name, at: SourceLocation.call(file, line, column))
    settings = PoolingSettings(of: identity, size: poolSize, strides: strides, padding: padding)
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    settings.pool(input, identity) { (builder, x, geometry) throws(ShapeError) in try builder.maxPooling(x, geometry) }
  }
}
