import DLC

/// Attention to what came before, then two dense layers; each adds to what it is given.
struct Block: Layer {
  var dimension: Int
  var heads: Int

  func callAsFunction(_ input: Tensor) -> Tensor {
    let attention = MultiHeadAttention(heads: heads, keyDimension: dimension / heads, mask: .causal)
    let x = input + Dropout(0.1)(attention(LayerNormalization()(input)))
    let hidden = Dense(4 * dimension, activation: .gelu)(LayerNormalization()(x))
    return x + Dropout(0.1)(Dense(dimension)(hidden))
  }
}

let model = Model("characters_transformer", input: .tokens(length: 64)) {
  Embedding(vocabulary: 80, dimension: 64)
  PositionEmbedding(maximumLength: 64)
  for _ in 0..<4 { Block(dimension: 64, heads: 4) }
  LayerNormalization()
  Dense(80, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 1e-3),
  metrics: [.accuracy, .perplexity],
  epochs: 20, batchSize: 16,
  data: .text("../characters/gpl-3.txt", tokens: .character),
  validation: .split(0.1), seed: 1)
