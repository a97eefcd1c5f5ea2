import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Adds a learned vector for each position to sequences [time, features]. Weight `embeddings` [maximumLength, features].
public struct PositionEmbedding: Layer {
  private let identity: LayerIdentity
  private let maximumLength: Int
  private let initializer: Initializer

  public init(
    maximumLength: Int, initializer: Initializer = .glorotUniform, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "PositionEmbedding", "position_embedding", name: name, at: SourceLocation.call(file, line, column))
    self.maximumLength = maximumLength
    self.initializer = initializer
    identity.require(maximumLength > 0, "PositionEmbedding needs a length of at least 1, got \(maximumLength)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3, type.shape[1].count <= maximumLength else {
        throw ShapeError(
          "PositionEmbedding expects [time, features] of at most \(maximumLength) steps but its input has shape \(type.shape.rowShape)",
          advice: type.element.isFloating ? nil : "put Embedding before it")
      }
      let (steps, features) = (type.shape[1].count, type.shape[2].count)
      var positions = try identity.weight("embeddings", [maximumLength, features], initializer, in: &recorder)
      if steps < maximumLength {
        positions = try recorder.builder.slice(positions, starts: [0, 0], ends: [steps, features], strides: [1, 1])
      }
      return try recorder.builder.add(x[0], positions)
    }.masked(like: input)
  }
}
