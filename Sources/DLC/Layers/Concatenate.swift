import Diagnostics
import GraphIR
import Operators

/// Joins several inputs along an axis of a row, by default the last.
public struct Concatenate {
  private let identity: LayerIdentity
  private let axis: Int

  public init(
    axis: Int = -1, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Concatenate", "concatenate", name: name, at: SourceLocation.call(file, line, column))
    self.axis = axis
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    identity.call(inputs) { (recorder, x) throws(ShapeError) in
      guard x.count >= 2 else { throw ShapeError("Concatenate expects at least 2 inputs, got \(x.count)") }
      return try recorder.builder.concatenateRows(x, axis: axis, for: "Concatenate")
    }.masked(likeJoined: inputs, axis: axis)
  }
}
