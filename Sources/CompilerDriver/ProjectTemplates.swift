/// The models and data that `dlc new` starts from. Data are made by a recurrence, alike on every machine.
extension Project.Template {
  func files(name: String) -> [(String, String)] {
    [("model.swift", model(name)), ("data.csv", data), ("README.md", readme(name))]
  }

  private func model(_ name: String) -> String {
    let (input, layers, loss) =
      switch self {
      case .mlp: ("[2]", ["Dense(16, activation: .relu)", "Dense(1, activation: .sigmoid)"], "binaryCrossentropy")
      case .cnn:
        (
          "[64]",
          [
            "Reshape([8, 8, 1])", "Conv2D(8, kernelSize: 3, padding: .same, activation: .relu)", "MaxPooling2D(2)",
            "Conv2D(16, kernelSize: 3, activation: .relu)", "GlobalMaxPooling2D()", "Dense(2, activation: .softmax)",
          ], "sparseCategoricalCrossentropy"
        )
      case .lstm:
        ("[24]", ["Reshape([24, 1])", "LSTM(16)", "Dense(1, activation: .sigmoid)"], "binaryCrossentropy")
      case .transformer:
        (
          ".tokens(length: 10)",
          [
            "Embedding(vocabulary: 12, dimension: 16)", "PositionEmbedding(maximumLength: 10)",
            "Block(dimension: 16, heads: 2)",
            "GlobalAveragePooling1D()", "Dense(2, activation: .softmax)",
          ], "sparseCategoricalCrossentropy"
        )
      }
    return """
      import DLC
      \(self == .transformer ? Self.block : "")
      let model = Model("\(name)", input: \(input)) {
      \(layers.map { "  " + $0 }.joined(separator: "\n"))
      }

      model.training = Training(
        loss: .\(loss),
        optimizer: .adam(learningRate: 1e-2),
        metrics: [.accuracy],
        epochs: 30, batchSize: 16,
        data: .csv("data.csv", target: "label"),
        validation: .split(0.2), seed: 1)

      """
  }

  private static let block = """

    struct Block: Layer {
      var dimension: Int
      var heads: Int
      func callAsFunction(_ input: Tensor) -> Tensor {
        let attention = MultiHeadAttention(heads: heads, keyDimension: dimension / heads)
        let x = input + attention(LayerNormalization()(input))
        return x + Dense(dimension)(Dense(4 * dimension, activation: .gelu)(LayerNormalization()(x)))
      }
    }

    """

  // MARK: Data

  /// 400 rows, the label last.
  private var data: String {
    var numbers = Recurrence()
    let columns =
      switch self {
      case .mlp: ["x", "y"]
      case .cnn: (0..<64).map { "pixel\($0)" }
      case .lstm: (0..<24).map { "t\($0)" }
      case .transformer: (0..<10).map { "token\($0)" }
      }
    let rows = (0..<400).map { _ in
      let (values, label) = row(&numbers)
      return (values + [label]).joined(separator: ",")
    }
    return ([(columns + ["label"]).joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }

  private func row(_ numbers: inout Recurrence) -> ([String], String) {
    switch self {
    case .mlp:
      let (x, y) = (numbers.next() * 2 - 1, numbers.next() * 2 - 1)
      return (["\(x.rounded4)", "\(y.rounded4)"], (x > 0) == (y > 0) ? "1" : "0")
    case .cnn:
      // A bar of four pixels, upright or lying, on weak noise.
      let isUpright = numbers.next() < 0.5
      var pixels = (0..<64).map { _ in numbers.next() * 0.3 }
      let (along, across) = (Int(numbers.next() * 5), Int(numbers.next() * 8))
      for step in 0..<4 { pixels[isUpright ? (along + step) * 8 + across : across * 8 + along + step] = 1 }
      return (pixels.map { "\($0.rounded4)" }, isUpright ? "1" : "0")
    case .lstm:
      // A wave of two possible lengths, begun anywhere.
      let isQuick = numbers.next() < 0.5
      let start = numbers.next()
      let wave = (0..<24).map { step in
        let turn = (start + Double(step) / (isQuick ? 6 : 9)).truncatingRemainder(dividingBy: 1)
        return (turn < 0.5 ? 4 * turn - 1 : 3 - 4 * turn) + numbers.next() * 0.2
      }
      return (wave.map { "\($0.rounded4)" }, isQuick ? "1" : "0")
    case .transformer:
      // Does token 0 come anywhere after token 1? Both are always there.
      var tokens = (0..<10).map { _ in 2 + Int(numbers.next() * 10) }
      let first = Int(numbers.next() * 9)
      let second = first + 1 + Int(numbers.next() * Double(9 - first))
      let isAfter = numbers.next() < 0.5
      (tokens[first], tokens[second]) = isAfter ? (1, 0) : (0, 1)
      return (tokens.map { "\($0)" }, isAfter ? "1" : "0")
    }
  }

  private var purpose: String {
    switch self {
    case .mlp: "Learns from two coordinates whether both have the same sign."
    case .cnn: "Learns whether the bar in a picture of 8x8 pixels stands upright."
    case .lstm: "Learns which of two lengths the waves of a series of 24 numbers have."
    case .transformer: "Learns whether token 0 comes after token 1 in a sequence of 10."
    }
  }

  private func readme(_ name: String) -> String {
    """
    # \(name)

    \(purpose)

    ```
    dlc train model.swift
    build/\(name)/\(name) evaluate --weights \(name).safetensors --data data.csv
    ```

    model.swift declares the network and its training; data.csv is what it learns from. Put your own there.

    """
  }
}

/// Numbers of [0, 1): the high bits of a linear congruential generator modulo 2^64 (Knuth's MMIX).
private struct Recurrence {
  private var state: UInt64 = 1

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(UInt64(1) << 53)
  }
}

extension Double {
  fileprivate var rounded4: Double { (self * 10_000).rounded() / 10_000 }
}
