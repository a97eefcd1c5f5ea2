import DLC

let model = Model("characters", input: .tokens(length: 64)) {
  Embedding(vocabulary: 80, dimension: 32)
  LSTM(128, returnSequences: true)
  Dense(80, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 5e-3),
  metrics: [.accuracy, .perplexity],
  epochs: 25, batchSize: 16,
  data: .text("gpl-3.txt", tokens: .character),
  validation: .split(0.1), seed: 1)
