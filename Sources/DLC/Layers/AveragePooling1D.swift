import Diagnostics
import GraphIR
import Operators

/// The mean of the elements under a window that moves over sequences [time, channels]. Strides are the window's size where not given;
/// padding doesn't count.
public struct AveragePooling1D: Layer {
  private let identity: LayerIdentity
  private let settings: PoolingSettings

  public init(
    _ poolSize: Int = 2, strides: Int? = nil, padding: Padding = .valid, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "AveragePooling1D", "average_pooling1d", name: name, at: SourceLocation.call(file, line, column))
    settings = PoolingSettings(of: identity, size: [1, poolSize], strides: strides.map { [1, $0] }, padding: padding)
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    settings.poolSequence(input, identity) { (builder, x, geometry) throws(ShapeError) in
      try builder.averagePooling(x, geometry)
    }
  }
}
