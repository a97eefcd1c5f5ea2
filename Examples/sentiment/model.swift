import DLC

let model = Model("sentiment", input: .tokens(length: 24)) {
  Embedding(vocabulary: 120, dimension: 16)
  LSTM(50, returnSequences: true)
  LSTM(50)
  Dense(1, activation: .sigmoid)
}

model.training = Training(
  loss: .binaryCrossentropy,
  optimizer: .adam(learningRate: 2e-3),
  metrics: [.accuracy],
  epochs: 20, batchSize: 32,
  data: .text("reviews.csv", tokens: .word, text: "review", label: "praises"),
  validation: .split(0.2), seed: 1)
