import DLC

let model = Model("vgg_cifar", input: [32, 32, 3]) {
  Rescaling(1.0 / 255)
  for (filters, rate) in [(64, 0.2), (128, 0.3), (256, 0.4)] {
    for _ in 0..<2 {
      Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu, kernelInitializer: .heNormal)
    }
    MaxPooling2D(2)
    Dropout(rate)
  }
  Flatten()
  Dense(256, activation: .relu)
  Dropout(0.5)
  Dense(10, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 1e-3),
  metrics: [.accuracy],
  epochs: 40, batchSize: 64,
  validation: .split(0.1), seed: 1)
