import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A vector for each token: tokens [time] to [time, dimension]. Weight `embeddings` [vocabulary, dimension]. With `maskZero` the
/// token 0 is padding: its steps are masked for the layers behind.
public struct Embedding: Layer {
  private let identity: LayerIdentity
  private let vocabulary: Int
  private let dimension: Int
  private let initializer: Initializer
  private let regularizer: Regularizer?
  private let maskZero: Bool

  public init(
    vocabulary: Int, dimension: Int, embeddingsInitializer: Initializer = .randomUniform(),
    embeddingsRegularizer: Regularizer? = nil, maskZero: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("Embedding", "embedding", name: name, at: SourceLocation.call(file, line, column))
    self.vocabulary = vocabulary
    self.dimension = dimension
    initializer = embeddingsInitializer
    regularizer = embeddingsRegularizer
    self.maskZero = maskZero
    identity.require(
      vocabulary > 0 && dimension > 0,
      "Embedding needs a vocabulary and a dimension of at least 1, got \(vocabulary) and \(dimension)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    var mask: Value?
    return identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element == .i32 else {
        throw ShapeError(
          "Embedding expects tokens but its input has numbers of shape \(type.shape.rowShape)",
          advice: "declare the input as .tokens(length:)")
      }
      try recorder.limitTokens(in: x[0], to: vocabulary)
      if maskZero {
        guard type.shape.rank == 2 else {
          throw ShapeError(
            "Embedding(maskZero: true) expects tokens [time] but its input has shape \(type.shape.rowShape)")
        }
        let tokens = try recorder.builder.asNumbers(x[0])
        mask = try recorder.builder.compare(.notEqual, tokens, recorder.builder.scalar(0, like: tokens))
      }
      return try recorder.builder.gather(embeddings(in: &recorder), x[0], axis: 0)
    }.masked(by: mask)
  }

  /// Logits of the tokens from vectors [.., dimension]: each vector times every token's, [.., vocabulary]. The weight serves both ends
  /// (Press and Wolf, Using the Output Embedding to Improve Language Models, 2017); the gradients of all uses are added.
  public func asOutput(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank > 1, type.shape[type.shape.rank - 1] == Dimension(dimension) else {
        throw ShapeError(
          "Embedding as an output expects [.., \(dimension)] but its input has shape \(type.shape.rowShape)",
          advice: "put Dense(\(dimension)) before it")
      }
      return try recorder.builder.matmul(x[0], embeddings(in: &recorder), transposeRight: true)
    }.masked(like: input)
  }

  private func embeddings(in recorder: inout Recorder) throws(ShapeError) -> Value {
    try identity.weight(
      "embeddings", [vocabulary, dimension], initializer, regularizer: regularizer, in: &recorder)
  }
}
