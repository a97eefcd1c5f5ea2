import Diagnostics
import GraphIR
import Operators

/// The elementwise sum of several inputs.
public struct Add {
  private let identity: LayerIdentity

  public init(name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column) {
    identity = LayerIdentity(
      "Add", "add", name: name, at: SourceLocation.call(file, line, column))
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    identity.call(inputs) { (recorder, x) throws(ShapeError) in
      guard x.count >= 2, var result = x.first else {
        throw ShapeError("Add expects at least 2 inputs, got \(x.count)")
      }
      for other in x.dropFirst() {
        let (left, right) = (recorder.rowShape(of: result), recorder.rowShape(of: other))
        guard let (a, b) = try recorder.builder.alignedByRow(result, other) else {
          throw ShapeError("Add cannot broadcast shapes \(left) and \(right)")
        }
        result = try recorder.builder.add(a, b)
      }
      return result
    }.masked(likeAnyOf: inputs)
  }
}
