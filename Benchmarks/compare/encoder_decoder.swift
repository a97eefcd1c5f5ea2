import DLC

/// Everything that attention can do in one model: zeros of x are padding.
let x = Tensor.input("x", shape: .tokens(length: 11))
let embedding = Embedding(vocabulary: 13, dimension: 12, maskZero: true)
let tokens = embedding(x)

let reader = MultiHeadAttention(heads: 4, keyDimension: 6, keyValueHeads: 2, rotary: true)
let read = tokens + reader(LayerNormalization()(tokens))

var writing = SinePositionEncoding()(tokens)
writing = writing + MultiHeadAttention(heads: 3, keyDimension: 4, mask: .causal)(LayerNormalization()(writing))
let cross = MultiHeadAttention(heads: 2, keyDimension: 5, valueDimension: 7)
writing = writing + cross(LayerNormalization()(writing), read)

let model = Model(
  "encoder_decoder", inputs: [x], outputs: ["y": softmax(embedding.asOutput(LayerNormalization()(writing)))])
model.training = Training(
  loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.2), epochs: 10, batchSize: 6)
