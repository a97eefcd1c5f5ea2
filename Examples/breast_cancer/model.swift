import DLC

let model = Model("breast_cancer", input: [30]) {
  Normalization()
  Dense(32, activation: .relu)
  Dense(1, activation: .sigmoid)
}

model.training = Training(
  loss: .binaryCrossentropy,
  optimizer: .adam(learningRate: 1e-3),
  metrics: [.accuracy],
  epochs: 30, batchSize: 32,
  data: .csv("breast_cancer.csv", target: "benign"),
  validation: .split(0.2), seed: 7)
