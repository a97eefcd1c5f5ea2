import DLC

let model = Model("co2", input: [52]) {
  Reshape([52, 1])
  LSTM(32)
  Dense(1)
}

model.training = Training(
  loss: .meanSquaredError,
  optimizer: .adam(learningRate: 3e-3),
  metrics: [.meanAbsoluteError],
  epochs: 30, batchSize: 32,
  data: .csv("windows.csv", target: "change"),
  validation: .split(0.2), seed: 1)
