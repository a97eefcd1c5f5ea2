import DLC

let model = Model("cnn", input: [13, 11, 3]) {
  Conv2D(6, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
  Conv2D(10, kernelSize: [2, 3], padding: .same, dilationRate: 2, useBias: false)
  BatchNormalization()
  Activation(.tanh)
  DepthwiseConv2D(kernelSize: 3, padding: .same)
  AveragePooling2D(2, strides: 1, padding: .same)
  Conv2DTranspose(8, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
  Conv2D(8, kernelSize: 3, groups: 2, activation: .elu)
  MaxPooling2D(3, strides: 2, padding: .same)
  LayerNormalization()
  Conv2D(7, kernelSize: 1)
  GlobalAveragePooling2D()
  Dense(4, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.1), epochs: 10, batchSize: 12)
