import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The maximum of each channel of sequences [time, channels]: [channels], or [1, channels] with `keepDimensions`. Masked steps are
/// left out of it, and 0 is what nothing but masked steps gives.
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
      func maximum(_ x: Value) throws(ShapeError) -> Value {
        try recorder.builder.reduceMaximum(x, axes: [1], keepDimensions: keepDimensions)
      }
      guard let mask = input.mask else { return try maximum(x[0]) }
      let marks = try recorder.builder.mask(mask, alongside: x[0])
      let lowest = try recorder.builder.scalar(-.infinity, like: x[0])
      let largest = try maximum(recorder.builder.select(marks, x[0], lowest))
      return try recorder.builder.select(maximum(marks), largest, recorder.builder.scalar(0, like: x[0]))
    }
  }
}
