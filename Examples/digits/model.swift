import DLC

let model = Model("digits", input: [64]) {
  Dropout(0.1)
  Dense(256, activation: .relu)
  Dropout(0.4)
  Dense(128, activation: .relu)
  Dropout(0.4)
  Dense(10, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 2e-3),
  metrics: [.accuracy],
  epochs: 40, batchSize: 32,
  data: .csv("digits.csv", target: "label", scale: 1.0 / 16),
  validation: .split(0.05), seed: 42)
