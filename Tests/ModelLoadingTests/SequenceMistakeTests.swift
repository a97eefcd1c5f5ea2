import Testing

@testable import ModelLoading

/// Mistakes in recurrent layers, by their messages.
@Suite struct SequenceMistakeTests {
  @Test(arguments: [
    (
      "[4]", "GRU(8)", "GRU expects [time, features] but its input has shape [4]",
      "put Reshape([time, features]) before it"
    ),
    (
      ".tokens(length: 4)", "LSTM(8)", "LSTM expects [time, features] but its input has shape [4]",
      "put Embedding before it"
    ),
    ("[4, 2]", "SimpleRNN(0)", "SimpleRNN needs at least 1 unit, got 0", ""),
    ("[4, 2]", "GRU(3, dropout: 1)", "GRU's dropout must be at least 0 and less than 1, got 1.0", ""),
    (
      "[4, 2]", "LSTM(3, activation: .gelu)",
      "LSTM's activations must be .tanh, .sigmoid, .relu or .linear", ""
    ),
    (
      "[4, 2]", "LSTM(3, recurrentDropout: -0.5)",
      "LSTM's recurrent dropout must be at least 0 and less than 1, got -0.5", ""
    ),
    ("[4, 2]", "GRU(3, backpropagationSteps: 0)", "GRU's gradient must flow back at least 1 step, got 0", ""),
    ("[4]", "Masking()", "Masking expects [time, features] but its input has shape [4]", ""),
    (
      ".tokens(length: 4)", "Masking()", "Masking expects [time, features] but its input has shape [4]",
      "Embedding(maskZero: true) masks tokens"
    ),
    (
      "[4]", "TimeDistributed(Dense(3))", "TimeDistributed expects a sequence [time, ..] but its input has shape [4]",
      "put Reshape([time, features]) before it"
    ),
    (
      ".tokens(length: 4)", "TimeDistributed(Dense(3))",
      "TimeDistributed expects a sequence [time, ..] but its input has shape [4]", "put Embedding before it"
    ),
    ("[4, 2]", "RepeatVector(3)", "RepeatVector expects [features] but its input has shape [4, 2]", ""),
  ])
  func mistake(_ input: String, _ layer: String, _ message: String, _ advice: String) async throws {
    let file = try ModelFile(
      """
      import DLC
      let model = Model("m", input: \(input)) {
        \(layer)
      }

      """)
    let failure = await file.failure()
    #expect(failure.contains("model.swift:3:3: error: \(message)"), "\(failure)")
    #expect(advice.isEmpty || failure.contains(advice), "\(failure)")
  }

  /// A layer within sees a step alone, and so does its message.
  @Test(arguments: [
    ("[4, 2]", "GRU(3)", "GRU expects [time, features] but its input has shape [2]"),
    (
      "[4, 6, 2]", "Conv2D(3, kernelSize: 2)",
      "Conv2D expects [height, width, channels] but its input has shape [6, 2]"
    ),
    ("[4, 2, 2, 1]", "MaxPooling2D(3)", "a window of 3×3 does not fit into an image of 2×2"),
  ])
  func withinTimeDistributed(_ input: String, _ layer: String, _ message: String) async throws {
    let failure = try await ModelFile(
      """
      import DLC
      let model = Model("m", input: \(input)) {
        TimeDistributed(\(layer))
        Dense(2)
      }

      """
    ).failure()
    #expect(failure.contains("model.swift:3:19: error: \(message)"), "\(failure)")
    #expect(failure.components(separatedBy: "error:").count == 2, "\(failure)")
  }

  @Test func bidirectional() async throws {
    let model = try await ModelFile(
      """
      import DLC
      let model = Model("m", input: [7, 5]) {
        Bidirectional(LSTM(6, returnSequences: true, name: "reader"))
        Bidirectional(GRU(4), merge: .sum)
        RepeatVector(3)
        GRU(2, resetAfter: false)
      }

      """
    ).load()
    #expect(
      model.layers.map(\.name) == ["reader", "backward_reader", "gru", "gru_1", "repeat_vector", "gru_2"])
    #expect(model.outputs[0].type.shape == [.rows, 2])
    #expect(model.parameters.first { $0.name == "gru/kernel" }?.type.shape == [12, 12])
    #expect(model.parameters.first { $0.name == "gru/bias" }?.type.shape == [2, 12])
    #expect(model.parameters.first { $0.name == "gru_2/bias" }?.type.shape == [6])
    #expect(model.parameters.first { $0.name == "reader/bias" }?.initializer == .parts([0, 1, 0, 0]))
  }

  /// States come back after a mistake too, so that it is the only one.
  @Test func statesOfAMistake() async throws {
    let failure = try await ModelFile(
      """
      import DLC
      let x = Tensor.input("x", shape: [7])
      let (y, states) = LSTM(4).returningState(x)
      let model = Model("m", inputs: [x], outputs: ["y": y + states[0] + states[1]])

      """
    ).failure()
    #expect(failure.contains("model.swift:3:19: error: LSTM expects [time, features] but its input has shape [7]"))
    #expect(failure.components(separatedBy: "error:").count == 2, "\(failure)")
  }

  @Test func statefulTakesNoStart() async throws {
    let failure = try await ModelFile(
      """
      import DLC
      let x = Tensor.input("x", shape: [7, 5])
      let h = Tensor.input("h", shape: [4])
      let model = Model("m", inputs: [x, h], outputs: ["y": GRU(4, stateful: true)(x, initialState: [h])])

      """
    ).failure()
    #expect(
      failure.contains("error: a stateful GRU goes on from its own states; it takes no initial state"), "\(failure)")
  }

  @Test(arguments: [
    ("[h, c]", ""), ("[h]", "LSTM starts from h and c, got 1 state"),
    ("[h, x]", "LSTM expects an initial state [4] but it has shape [7, 5]"),
  ])
  func initialState(_ states: String, _ message: String) async throws {
    let file = try ModelFile(
      """
      import DLC
      let x = Tensor.input("x", shape: [7, 5])
      let a = Tensor.input("a", shape: [3])
      let (h, c) = (Dense(4)(a), Dense(4)(a))
      let model = Model("m", inputs: [x, a], outputs: ["y": LSTM(4)(x, initialState: \(states)) + h + c])

      """)
    let failure = await file.failure()
    #expect(message.isEmpty ? failure.isEmpty : failure.contains("model.swift:5:55: error: \(message)"), "\(failure)")
  }
}
