import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Turns the vectors of a sequence by their positions (Su et al., RoFormer, 2021), as keras_hub's RotaryEmbedding does: number d of the
/// first half with number d of the second, as in GPT-NeoX, by position / maximumWavelength^(2d/size). Takes [time, features], or
/// [time, heads, size] of which each head is turned alike. `MultiHeadAttention(rotary: true)` does so with queries and keys.
public struct RotaryEmbedding: Layer {
  private let identity: LayerIdentity
  private let maximumWavelength: Double

  public init(
    maximumWavelength: Double = 10_000, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity(
      "RotaryEmbedding", "rotary_embedding", name: name, at: SourceLocation.call(file, line, column))
    self.maximumWavelength = maximumWavelength
    identity.require(
      maximumWavelength > 1, "RotaryEmbedding's longest wave must be more than 1, got \(maximumWavelength)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      let shape = type.shape
      guard type.element.isFloating, shape.rank == 3 || shape.rank == 4, shape[shape.rank - 1].count % 2 == 0 else {
        throw ShapeError(
          "RotaryEmbedding expects [time, features] or [time, heads, size], the last even, but its input has shape \(shape.rowShape)"
        )
      }
      return try recorder.builder.rotary(x[0], base: maximumWavelength)
    }.masked(like: input)
  }
}
