import DLC

let model = Model("lenet5", input: [28, 28, 1]) {
  Rescaling(1.0 / 255)
  Conv2D(6, kernelSize: 5, padding: .same, activation: .tanh)
  AveragePooling2D(2)
  Conv2D(16, kernelSize: 5, activation: .tanh)
  AveragePooling2D(2)
  Flatten()
  Dense(120, activation: .tanh)
  Dense(84, activation: .tanh)
  Dense(10, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 1e-3),
  metrics: [.accuracy],
  epochs: 10, batchSize: 64,
  validation: .split(0.1), seed: 1)
