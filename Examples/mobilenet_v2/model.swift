import DLC

let side = Hyperparameter.int("side", in: 32...512, default: 224)

/// A convolution without bias, normalized; relu6 unless told otherwise.
struct Convolution: Layer {
  var filters: Int
  var kernelSize = 1
  var strides = 1
  var activation = ActivationFunction.relu6

  func callAsFunction(_ input: Tensor) -> Tensor {
    let x = Conv2D(filters, kernelSize: kernelSize, strides: strides, padding: .same, useBias: false)(input)
    return Activation(activation)(BatchNormalization()(x))
  }
}

/// Wide between, narrow at both ends, where it is added up and no activation loses anything.
struct InvertedResidual: Layer {
  var filters: Int
  var expansion: Int
  var strides: Int

  func callAsFunction(_ input: Tensor) -> Tensor {
    var x = expansion == 1 ? input : Convolution(filters: expansion * input.shape.last)(input)
    x = DepthwiseConv2D(kernelSize: 3, strides: strides, padding: .same, useBias: false)(x)
    x = relu6(BatchNormalization()(x))
    x = Convolution(filters: filters, activation: .linear)(x)
    return strides == 1 && input.shape.last == filters ? x + input : x
  }
}

/// As the paper's table 2 has them.
let stages: [(expansion: Int, filters: Int, blocks: Int, strides: Int)] = [
  (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
]

let model = Model("mobilenet_v2", input: [side, side, 3]) {
  Rescaling(1.0 / 255)
  Convolution(filters: 32, kernelSize: 3, strides: 2)
  for stage in stages {
    for block in 0..<stage.blocks {
      InvertedResidual(
        filters: stage.filters, expansion: stage.expansion, strides: block == 0 ? stage.strides : 1)
    }
  }
  Convolution(filters: 1280)
  GlobalAveragePooling2D()
  Dropout(0.2)
  Dense(1000, activation: .softmax)
}

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .sgd(learningRate: 0.05, momentum: 0.9),
  metrics: [.accuracy, .topKAccuracy(5)],
  epochs: 90, batchSize: 32,
  validation: .split(0.1), seed: 1)
