import Diagnostics
import GraphIR
import Operators

/// The same elements under another shape of a row; one extent may be -1.
public struct Reshape: Layer {
  private let identity: LayerIdentity
  private let shape: [Int]

  public init(
    _ shape: [Int], name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Reshape", "reshape", name: name, at: SourceLocation.call(file, line, column))
    self.shape = shape
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      try recorder.builder.reshapeRows(x[0], to: shape, for: "Reshape")
    }
  }
}
