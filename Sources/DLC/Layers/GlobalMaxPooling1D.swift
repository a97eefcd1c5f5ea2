import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The maximum of each channel of sequences [time, channels]: [channels], or [1, channels] with `keepDimensions`.
public struct GlobalMaxPooling1D: Layer {
  private let identity: LayerIdentity
  private let keepDimensions: Bool

  public init(
    keepDimensions: Bool = false, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "GlobalMaxPooling1D", "global_max_pooling1d", name: name, at: SourceLocation.call(file, line, column))
    self.keepDimensions = keepDimensions
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3 else {
        throw ShapeError("GlobalMaxPooling1D expects [time, channels] but its input has shape \(type.shape.rowShape)")
      }
      return try recorder.builder.reduceMaximum(x[0], axes: [1], keepDimensions: keepDimensions)
    }
  }
}
