import Diagnostics
import GraphIR
import KernelIR
import Operators

/// [features] as each step of a sequence [count, features].
public struct RepeatVector: Layer {
  private let identity: LayerIdentity
  private let count: Int

  public init(_ count: Int, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column) {
    identity = LayerIdentity("RepeatVector", "repeat_vector", name: name, at: SourceLocation.call(file, line, column))
    self.count = count
    identity.require(count > 0, "RepeatVector repeats at least once, got \(count)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = recorder.builder.shape(of: x[0])
      guard shape.rank == 2 else {
        throw ShapeError("RepeatVector expects [features] but its input has shape \(shape.rowShape)")
      }
      return try recorder.builder.broadcast(
        recorder.builder.reshape(x[0], to: [shape[0], 1, shape[1]]), to: [shape[0], Dimension(count), shape[1]])
    }
  }
}
