import Testing

@testable import ModelLoading

/// Mistakes in attention and positions, by their messages, and the weights that attention has.
@Suite struct AttentionMistakeTests {
  @Test(arguments: [
    (
      "[4]", "MultiHeadAttention(heads: 2, keyDimension: 3)",
      "MultiHeadAttention expects [time, features] but its input has shape [4]",
      "put Reshape([time, features]) before it"
    ),
    (
      ".tokens(length: 4)", "MultiHeadAttention(heads: 2, keyDimension: 3)",
      "MultiHeadAttention expects [time, features] but its input has shape [4]", "put Embedding before it"
    ),
    (
      "[4, 2]", "MultiHeadAttention(heads: 0, keyDimension: 3)",
      "MultiHeadAttention needs heads and dimensions of at least 1, got 0, 3 and 3", ""
    ),
    (
      "[4, 2]", "MultiHeadAttention(heads: 6, keyDimension: 3, keyValueHeads: 4)",
      "MultiHeadAttention's 4 heads of keys and values must divide its 6 heads", ""
    ),
    (
      "[4, 2]", "MultiHeadAttention(heads: 6, keyDimension: 3, rotary: true)",
      "rotary MultiHeadAttention needs an even key dimension and a longest wave of more than 1, got 3 and 10000.0", ""
    ),
    (
      "[4, 2]", "MultiHeadAttention(heads: 2, keyDimension: 3, dropout: 1)",
      "MultiHeadAttention's dropout must be at least 0 and less than 1, got 1.0", ""
    ),
    (
      "[4, 3]", "RotaryEmbedding()",
      "RotaryEmbedding expects [time, features] or [time, heads, size], the last even, but its input has shape [4, 3]",
      ""
    ),
    (
      "[4, 2]", "RotaryEmbedding(maximumWavelength: 1)", "RotaryEmbedding's longest wave must be more than 1, got 1.0",
      ""
    ),
    (
      "[4]", "SinePositionEncoding()", "SinePositionEncoding expects [time, features] but its input has shape [4]", ""
    ),
    (
      ".tokens(length: 4)", "SinePositionEncoding()",
      "SinePositionEncoding expects [time, features] but its input has shape [4]", "put Embedding before it"
    ),
    (
      "[4, 2]", "SinePositionEncoding(maximumWavelength: 0)",
      "SinePositionEncoding's longest wave must be more than 1, got 0.0", ""
    ),
  ])
  func mistake(_ input: String, _ layer: String, _ message: String, _ advice: String) async throws {
    let file = try ModelFile(
      """
      import DLC
      let model = Model("m", input: \(input)) {
        \(layer)
      }

      """)
    let failure = await file.failure()
    #expect(failure.contains("model.swift:3:3: error: \(message)"), "\(failure)")
    #expect(advice.isEmpty || failure.contains(advice), "\(failure)")
  }

  @Test func outputOfAnotherSize() async throws {
    let file = try ModelFile(
      """
      import DLC
      let x = Tensor.input("x", shape: .tokens(length: 3))
      let embedding = Embedding(vocabulary: 9, dimension: 4)
      let model = Model("m", inputs: [x], outputs: ["y": embedding.asOutput(Dense(5)(embedding(x)))])

      """)
    let failure = await file.failure()
    #expect(
      failure.contains("error: Embedding as an output expects [.., 4] but its input has shape [3, 5]"), "\(failure)")
  }

  /// Names and shapes as Keras has them, and one weight for both ends.
  @Test func weights() async throws {
    let model = try await ModelFile(
      """
      import DLC
      let x = Tensor.input("x", shape: .tokens(length: 3))
      let embedding = Embedding(vocabulary: 9, dimension: 4)
      let seen = MultiHeadAttention(heads: 6, keyDimension: 2, keyValueHeads: 3)(embedding(x))
      let asked = MultiHeadAttention(heads: 2, keyDimension: 3, valueDimension: 5)(seen, seen)
      let model = Model("m", inputs: [x], outputs: ["y": softmax(embedding.asOutput(asked))])

      """
    ).load()
    let shapes = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.type.shape.description) })
    #expect(model.parameters.filter { $0.name.hasPrefix("embedding") }.count == 1)
    #expect(shapes["grouped_query_attention/query/kernel"] == "[4, 6, 2]")
    #expect(shapes["grouped_query_attention/key/kernel"] == "[4, 3, 2]")
    #expect(shapes["grouped_query_attention/value/bias"] == "[3, 2]")
    #expect(shapes["grouped_query_attention/attention_output/kernel"] == "[6, 2, 4]")
    #expect(shapes["multi_head_attention/value/kernel"] == "[4, 2, 5]")
    #expect(shapes["multi_head_attention/attention_output/kernel"] == "[2, 5, 4]")
    #expect(model.outputs[0].type.shape == [.rows, 3, 9])
  }
}
