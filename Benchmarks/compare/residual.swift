import DLC

struct Block: Layer {
  var filters: Int
  var strides: Int
  func callAsFunction(_ input: Tensor) -> Tensor {
    var x = Conv2D(filters, kernelSize: 3, strides: strides, padding: .same, useBias: false)(input)
    x = relu(BatchNormalization()(x))
    x = BatchNormalization()(Conv2D(filters, kernelSize: 3, padding: .same, useBias: false)(x))
    if strides == 1 && input.shape.last == filters { return relu(x + input) }
    let shortcut = Conv2D(filters, kernelSize: 1, strides: strides, useBias: false)(input)
    return relu(x + BatchNormalization()(shortcut))
  }
}

let model = Model("residual", input: [32, 32, 3]) {
  Conv2D(16, kernelSize: 7, strides: 2, padding: .same, useBias: false)
  BatchNormalization()
  Activation(.relu)
  MaxPooling2D(3, strides: 2, padding: .same)
  Block(filters: 16, strides: 1)
  Block(filters: 32, strides: 2)
  GlobalAveragePooling2D()
  Dense(10, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.05, momentum: 0.9), epochs: 10, batchSize: 8)
