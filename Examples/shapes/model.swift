import DLC

let model = Model("shapes", input: [64, 64, 3]) {
  Conv2D(32, kernelSize: 3, activation: .relu)
  MaxPooling2D(2)
  Flatten()
  Dropout(0.5)
  Dense(128, activation: .relu)
  Dense(10, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 1e-3),
  metrics: [.accuracy],
  epochs: 10, batchSize: 32,
  data: .idx("shapes.idx", targets: "labels.idx", scale: 1.0 / 255),
  validation: .split(0.125), seed: 1)
