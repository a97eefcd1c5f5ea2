import DLC

let side = Hyperparameter.int("side", in: 67...512, default: 227)

let model = Model("alexnet", input: [side, side, 3]) {
  Rescaling(1.0 / 255)
  Conv2D(96, kernelSize: 11, strides: 4, activation: .relu)
  MaxPooling2D(3, strides: 2)
  Conv2D(256, kernelSize: 5, padding: .same, groups: 2, activation: .relu)
  MaxPooling2D(3, strides: 2)
  Conv2D(384, kernelSize: 3, padding: .same, activation: .relu)
  Conv2D(384, kernelSize: 3, padding: .same, groups: 2, activation: .relu)
  Conv2D(256, kernelSize: 3, padding: .same, groups: 2, activation: .relu)
  MaxPooling2D(3, strides: 2)
  Flatten()
  for _ in 0..<2 {
    Dense(4096, activation: .relu)
    Dropout(0.5)
  }
  Dense(1000, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .sgd(learningRate: 0.01, momentum: 0.9),
  metrics: [.accuracy, .topKAccuracy(5)],
  epochs: 90, batchSize: 128,
  validation: .split(0.1), seed: 1)
