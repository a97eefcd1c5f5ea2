import DLC

let side = Hyperparameter.int("side", in: 16...512, default: 128)
let width = Hyperparameter.int("width", in: 4...64, default: 64)

struct TwoConvolutions: Layer {
  var filters: Int

  func callAsFunction(_ input: Tensor) -> Tensor {
    var x = input
    for _ in 0..<2 {
      x = Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu, kernelInitializer: .heNormal)(x)
    }
    return x
  }
}

let image = Tensor.input("image", shape: [side, side, 1])

// Down: what each depth saw before pooling is kept for the way up.
var x = Rescaling(1.0 / 255)(image)
var seen: [Tensor] = []
for depth in 0..<4 {
  x = TwoConvolutions(filters: width << depth)(x)
  seen.append(x)
  x = MaxPooling2D(2)(x)
}
x = TwoConvolutions(filters: width << 4)(x)
x = Dropout(0.5)(x)

// Up: twice the size and half the channels, beside what was seen at this depth.
for depth in (0..<4).reversed() {
  x = Conv2DTranspose(width << depth, kernelSize: 2, strides: 2, padding: .same)(x)
  x = TwoConvolutions(filters: width << depth)(Concatenate()([seen[depth], x]))
}

let model = Model("unet", inputs: [image], outputs: ["mask": Conv2D(2, kernelSize: 1, activation: .softmax)(x)])

model.training = Training(
  loss: .sparseCategoricalCrossentropy,
  optimizer: .adam(learningRate: 1e-4),
  metrics: [.accuracy],
  epochs: 50, batchSize: 8,
  validation: .split(0.1), seed: 1)
