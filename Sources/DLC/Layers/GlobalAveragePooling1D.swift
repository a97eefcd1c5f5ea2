import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The mean of each channel of sequences [time, channels]: [channels], or [1, channels] with `keepDimensions`. Masked steps are
/// left out of it.
public struct GlobalAveragePooling1D: Layer {
  private let identity: LayerIdentity
  private let keepDimensions: Bool

  public init(
    keepDimensions: Bool = false, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "GlobalAveragePooling1D", "global_average_pooling1d", name: name, at: SourceLocation.call(file, line, column))
    self.keepDimensions = keepDimensions
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3 else {
        throw ShapeError(
          "GlobalAveragePooling1D expects [time, channels] but its input has shape \(type.shape.rowShape)")
      }
      return try recorder.builder.mean(x[0], axes: [1], counting: input.mask, keepDimensions: keepDimensions)
    }
  }
}
