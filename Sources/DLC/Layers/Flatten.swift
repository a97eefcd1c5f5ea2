import Diagnostics
import GraphIR
import Operators

/// All axes of a row as one.
public struct Flatten: Layer {
  private let identity: LayerIdentity

  public init(name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column) {
    identity = LayerIdentity(
      "Flatten", "flatten", name: name, at: SourceLocation.call(file, line, column))
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      try recorder.builder.reshapeRows(x[0], to: [recorder.rowShape(of: x[0]).elementCount], for: "Flatten")
    }
  }
}
