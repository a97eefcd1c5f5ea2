import Testing

/// Each mistake in a model by its message. Independent ones are reported by one run.
@Suite struct ModelMistakeTests {
  private func failure(_ body: String) async throws -> String {
    try await ModelFile("import DLC\n" + body + "\n").failure()
  }

  @Test func shapes() async throws {
    let text = try await failure(
      """
      struct Residual: Layer {
        func callAsFunction(_ input: Tensor) -> Tensor {
          return Dense(15)(input) + input
        }
      }
      let image = Tensor.input("image", shape: [14, 14, 32])
      let extra = Tensor.input("extra", shape: [16])
      let a = Dense(128)(exp(image))
      let b = relu(Residual()(extra))
      let c = reshape(extra, to: [3, 3])
      let d = Normalization()(exp(extra))
      let e = extra.shape[4]
      let f = Concatenate()([extra, image])
      let g = matmul(extra, extra)
      let h = sum(extra, axis: 1)
      let i = Dense(4)(Tensor.input("words", shape: .tokens(length: 7)))
      let j = Add()([extra])
      let k = Reshape([5])(extra)
      let l = gather(extra, [16])
      let m = slice(extra, from: 4, to: 20)
      let model = Model("m", inputs: [image, extra], outputs: ["a": a, "b": b])
      """)
    #expect(
      text == """
        model.swift:9:9: error: Dense expects [features] but its input has shape [14, 14, 32]
        model.swift:9:20: note: the input comes from this exp
        note: put Flatten() or GlobalAveragePooling2D() between them
        model.swift:4:29: error: + cannot broadcast shapes [15] and [16]
        model.swift:4:12: note: an operand comes from this Dense
        model.swift:8:13: note: an operand is made here
        model.swift:11:9: error: reshape to [3, 3] does not fit its input of shape [16], which has 16 elements
        model.swift:8:13: note: the input is made here
        model.swift:12:9: error: Normalization expects an input of the model, whose statistics come from the training data
        model.swift:12:25: note: the input comes from this exp
        note: put it first, or use BatchNormalization() or LayerNormalization() here
        model.swift:13:9: error: axis 4 of a tensor of shape [16], whose axes are numbered from 0
        model.swift:14:9: error: Concatenate along axis -1 needs inputs that are equal on all other axes, got [16], [14, 14, 32]
        model.swift:8:13: note: an operand is made here
        model.swift:7:13: note: an operand is made here
        model.swift:15:9: error: matmul expects two matrices [.., m, k] and [.., k, n] for each row, got [16] and [16]
        model.swift:8:13: note: an operand is made here
        model.swift:16:9: error: sum has axis 1, but its input has shape [16]
        model.swift:8:13: note: the input is made here
        model.swift:17:9: error: Dense expects numbers, but its input holds tokens
        model.swift:17:18: note: the input is made here
        note: put Embedding before it
        model.swift:18:9: error: Add expects at least 2 inputs, got 1
        model.swift:8:13: note: the input is made here
        model.swift:19:9: error: Reshape to [5] does not fit its input of shape [16], which has 16 elements
        model.swift:8:13: note: the input is made here
        model.swift:20:9: error: gather of [16] from axis 0, whose positions are 0 to 15
        model.swift:8:13: note: the input is made here
        model.swift:21:9: error: slice from 4 to 20 by 1 of axis 0 of shape [16]
        model.swift:8:13: note: the input is made here

        """)
  }

  @Test func arguments() async throws {
    let text = try await failure(
      """
      let a = Dense(0)
      let b = Dropout(1.5)
      let c = Dense(1, name: "kernel/1")
      let d = Dense(1, name: "twice")
      let e = Dense(1, name: "twice")
      let f = Tensor.input("size", shape: [0])
      let g = Tensor.input("size", shape: [1])
      let h = Tensor.input("size", shape: [1])
      let i = Hyperparameter.int("units", in: 4...8, default: 9)
      let j = Hyperparameter.choice("units", of: ["a", "b"], default: "c")
      let k = Training(loss: .mse, optimizer: .sgd(learningRate: -1), metrics: [.mae, .mae], epochs: 0, batchSize: 0, validation: .split(2))
      let l = Model("3m", input: [1]) {}
      """)
    #expect(
      text == """
        model.swift:2:9: error: Dense needs at least 1 unit, got 0
        model.swift:3:9: error: the rate of Dropout must be at least 0 and less than 1, got 1.5
        model.swift:4:9: error: the layer name "kernel/1" must be a letter followed by letters, digits and underscores
        model.swift:6:9: error: two layers have the name "twice"
        model.swift:7:9: error: input "size" has shape [0]; every extent must be at least 1
        model.swift:9:9: error: a second input has the name "size"
        model.swift:8:9: note: the first is here
        model.swift:10:9: error: "units" is 9, outside 4...8
        model.swift:11:9: error: "units" is "c", which is not one of a, b
        model.swift:11:9: error: two hyper-parameters have the name "units"
        model.swift:10:9: note: the first is here
        model.swift:12:9: error: epochs must be at least 1, got 0
        model.swift:12:9: error: batchSize must be at least 1, got 0
        model.swift:12:9: error: the validation split must be at least 0 and less than 1, got 2.0
        model.swift:12:9: error: the learning rate must be a positive number, got -1.0
        model.swift:12:9: error: the metric mae is listed twice
        model.swift:13:9: error: the model "3m" has no layers
        model.swift:13:9: error: the model name "3m" must be a letter followed by letters, digits and underscores

        """)
  }

  @Test func wiring() async throws {
    let text = try await failure(
      """
      let a = Tensor.input("a", shape: [2])
      let b = Tensor.input("b", shape: [2])
      let c = Tensor.input("c", shape: [2])
      let model = Model("m", inputs: [a, c], outputs: ["sum": a + b])
      """)
    #expect(
      text == """
        model.swift:5:13: error: no output of "m" uses its input "c"
        model.swift:4:9: note: the input is made here
        model.swift:5:13: error: "m" uses the input "b", which is not among its inputs
        model.swift:3:9: note: the input is made here

        """)
  }

  @Test func sharedLayerOfAnotherShape() async throws {
    let text = try await failure(
      """
      let a = Tensor.input("a", shape: [2])
      let b = Tensor.input("b", shape: [3])
      let dense = Dense(4)
      let model = Model("m", inputs: [a, b], outputs: ["sum": dense(a) + dense(b)])
      """)
    #expect(
      text == """
        model.swift:4:13: error: Dense shares its weights between its calls; its kernel has shape [2, 4], but this call needs [3, 4]
        model.swift:3:9: note: the input is made here
        note: create another Dense for an input of another shape

        """)
  }

  @Test func lossesAndMetrics() async throws {
    let text = try await failure(
      """
      let model = Model("m", input: [2]) { Dense(3, activation: .softmax) }
      model.training = Training(loss: .sparseCategoricalCrossentropy, metrics: [.precision])
      model.training = Training(loss: .sparseCategoricalCrossentropy, metrics: [.topKAccuracy(4)])
      model.training = Training(losses: ["dance": .mse])
      model.training = Training(loss: .custom("bad") { yTrue, yPred in reshape(yTrue - yPred, to: [2]) })
      """)
    #expect(
      text.contains(
        "model.swift:3:18: error: precision compares numbers, but the targets of sparse_categorical_crossentropy are class numbers\n"
      ))
    #expect(
      text.contains("model.swift:4:18: error: top-4 accuracy needs at least 4 classes, but the output has shape [3]\n"))
    #expect(
      text.contains("model.swift:5:18: error: a loss is given for \"dance\", but the model's outputs are dense\n"))
    #expect(
      text.contains(
        "model.swift:6:66: error: reshape to [2] does not fit its input of shape [3], which has 3 elements\n"))
  }
}
