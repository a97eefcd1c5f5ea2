import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Masks the steps of sequences [time, features] whose features all have the value `maskValue`, and sets them to 0.
public struct Masking: Layer {
  private let identity: LayerIdentity
  private let maskValue: Double

  public init(
    maskValue: Double = 0, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("Masking", "masking", name: name, at: SourceLocation.call(file, line, column))
    self.maskValue = maskValue
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    var mask: Value?
    return identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3 else {
        throw ShapeError(
          "Masking expects [time, features] but its input has shape \(type.shape.rowShape)",
          advice: type.element.isFloating ? nil : "Embedding(maskZero: true) masks tokens")
      }
      let differs = try recorder.builder.compare(.notEqual, x[0], recorder.builder.scalar(maskValue, like: x[0]))
      let marks = try recorder.builder.reduceMaximum(differs, axes: [2])
      mask = marks
      return try recorder.builder.multiply(x[0], recorder.builder.mask(marks, alongside: x[0]))
    }.masked(by: mask)
  }
}
