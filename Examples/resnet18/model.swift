import DLC

let side = Hyperparameter.int("side", in: 32...512, default: 224)

/// Two convolutions, and a way past them.
struct Block: Layer {
  var filters: Int
  var strides = 1

  func callAsFunction(_ input: Tensor) -> Tensor {
    var x = normalized(input, kernelSize: 3, strides: strides)
    x = normalized(relu(x), kernelSize: 3)
    let isAlike = strides == 1 && input.shape.last == filters
    return relu(x + (isAlike ? input : normalized(input, kernelSize: 1, strides: strides)))
  }

  func normalized(_ x: Tensor, kernelSize: Int, strides: Int = 1) -> Tensor {
    let convolution = Conv2D(
      filters, kernelSize: kernelSize, strides: strides, padding: .same, useBias: false, kernelInitializer: .heNormal)
    return BatchNormalization()(convolution(x))
  }
}

let model = Model("resnet18", input: [side, side, 3]) {
  Rescaling(1.0 / 255)
  Conv2D(64, kernelSize: 7, strides: 2, padding: .same, useBias: false, kernelInitializer: .heNormal)
  BatchNormalization()
  Activation(.relu)
  MaxPooling2D(3, strides: 2, padding: .same)
  for (filters, strides) in [(64, 1), (128, 2), (256, 2), (512, 2)] {
    Block(filters: filters, strides: strides)
    Block(filters: filters)
  }
  GlobalAveragePooling2D()
  Dense(1000, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .sgd(learningRate: 0.1, momentum: 0.9),
  metrics: [.accuracy, .topKAccuracy(5)],
  epochs: 90, batchSize: 32,
  validation: .split(0.1), seed: 1)
