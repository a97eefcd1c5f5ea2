import DLC

struct TransformerBlock: Layer {
  var dimension: Int
  var heads: Int
  func callAsFunction(_ input: Tensor) -> Tensor {
    let attention = MultiHeadAttention(heads: heads, keyDimension: dimension / heads, mask: .causal)
    let x = input + attention(LayerNormalization()(input))
    let hidden = Dense(4 * dimension, activation: .gelu)(LayerNormalization()(x))
    return x + Dense(dimension)(hidden)
  }
}

let model = Model("transformer", input: .tokens(length: 11)) {
  Embedding(vocabulary: 13, dimension: 12)
  PositionEmbedding(maximumLength: 16)
  for _ in 0..<2 { TransformerBlock(dimension: 12, heads: 3) }
  LayerNormalization()
  Dense(13, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.2), epochs: 10, batchSize: 6)
