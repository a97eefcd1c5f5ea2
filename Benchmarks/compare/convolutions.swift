import DLC

let model = Model("convolutions", input: [13, 17, 4]) {
  Conv2D(8, kernelSize: [3, 5], strides: [2, 1], padding: .same, activation: .tanh)
  Conv2D(12, kernelSize: [2, 3], strides: [1, 3], groups: 4)
  Conv2DTranspose(7, kernelSize: [3, 4], strides: [3, 2], activation: .relu6)
  Conv2D(6, kernelSize: 3, strides: [2, 1], dilationRate: [2, 3], useBias: false)
  DepthwiseConv2D(kernelSize: [5, 3], strides: [1, 2], padding: .same, activation: .tanh, depthMultiplier: 2)
  Conv2D(8, kernelSize: [1, 2], strides: [2, 1], padding: .explicit(top: 0, bottom: 2, left: 1, right: 1), groups: 2)
  AveragePooling2D([3, 2], strides: [2, 1], padding: .same)
  MaxPooling2D([1, 3], strides: 2, padding: .same)
  Flatten()
  Dense(4, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.1), epochs: 10, batchSize: 9)
