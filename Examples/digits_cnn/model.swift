import DLC

let model = Model("digits_cnn", input: [64]) {
  Reshape([8, 8, 1])
  Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
  BatchNormalization(momentum: 0.9)
  Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
  BatchNormalization(momentum: 0.9)
  MaxPooling2D(2)
  Dropout(0.25)
  Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
  BatchNormalization(momentum: 0.9)
  MaxPooling2D(2)
  Flatten()
  Dropout(0.5)
  Dense(10, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 5e-4),
  metrics: [.accuracy],
  epochs: 60, batchSize: 50,
  data: .csv("digits.csv", target: "label", scale: 1.0 / 16),
  validation: .split(1.0 / 6), seed: 42)
