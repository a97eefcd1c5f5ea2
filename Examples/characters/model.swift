import DLC

let model = Model("characters", input: .tokens(length: 64)) {
  Embedding(vocabulary: 128, dimension: 32)
  LSTM(128, returnSequences: true)
  Dense(128, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 5e-3),
  metrics: [.accuracy],
  epochs: 25, batchSize: 16,
  data: .npz("characters.npz"),
  validation: .split(0.1), seed: 1)
