import DLC

let model = Model("diabetes", input: [10]) {
  Normalization()
  Dense(16, activation: .relu, kernelRegularizer: .l2(1e-2))
  Dense(1)
}

model.training = Training(
  loss: .meanSquaredError,
  optimizer: .adam(learningRate: 1e-2),
  metrics: [.meanAbsoluteError],
  epochs: 60, batchSize: 32,
  data: .csv("diabetes.csv", target: "progression"),
  validation: .split(0.2), seed: 1)
