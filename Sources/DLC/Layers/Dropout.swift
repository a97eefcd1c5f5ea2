import Diagnostics
import GraphIR
import Operators

/// Sets a fraction of its input's elements to zero during training and scales the others up; does nothing else.
public struct Dropout: Layer {
  private let identity: LayerIdentity
  private let rate: Double

  public init(
    _ rate: Double, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Dropout", "dropout", name: name, at: SourceLocation.call(file, line, column))
    self.rate = rate
    identity.require(
      rate >= 0 && rate < 1, "the rate of Dropout must be at least 0 and less than 1, got \(rate)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      if rate == 0 { return x[0] }
      recorder.dropouts += 1
      return try recorder.builder.dropout(x[0], rate: rate, purpose: recorder.dropouts)
    }.masked(like: input)
  }
}
