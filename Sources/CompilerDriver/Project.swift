import Foundation

/// A folder to start from.
public enum Project {
  public enum Template: String, CaseIterable, Sendable {
    /// A dense network that learns which quadrant pair a point lies in.
    case mlp
  }

  /// Makes the folder `path` with model.swift, data and a README.
  public static func create(_ path: String, template: Template) throws(CompileFailure) {
    let name = URL(fileURLWithPath: path).lastPathComponent
    guard CompileOptions.isPrefix(name) else {
      throw CompileFailure(
        .usage, "\(name) cannot name a model",
        notes: ["use letters, digits and _, such as \(CompileOptions.prefix(for: name))"])
    }
    if FileManager.default.fileExists(atPath: path) { throw CompileFailure(.model, "\(path) is already there") }
    let folder = try OutputFolder(path)
    for (file, contents) in template.files(name: name) { try folder.write(contents, to: file) }
  }
}

extension Project.Template {
  fileprivate func files(name: String) -> [(String, String)] {
    switch self {
    case .mlp: [("model.swift", Self.mlpModel(name)), ("data.csv", Self.xorData), ("README.md", Self.readme(name))]
    }
  }

  private static func mlpModel(_ name: String) -> String {
    """
    import DLC

    let model = Model("\(name)", input: [2]) {
      Dense(16, activation: .relu)
      Dense(1, activation: .sigmoid)
    }

    model.training = Training(
      loss: .binaryCrossentropy,
      optimizer: .adam(learningRate: 1e-2),
      metrics: [.accuracy],
      epochs: 30, batchSize: 16,
      data: .csv("data.csv", target: "label"),
      validation: .split(0.2), seed: 1)

    """
  }

  /// Points of a square; the label is 1 where both coordinates have the same sign. The sequence of points is the
  /// additive recurrence with the plastic number, which fills the square evenly.
  private static var xorData: String {
    var lines = ["x,y,label"]
    for index in 1...400 {
      let x = (Double(index) * 0.754_877_666).truncatingRemainder(dividingBy: 1) * 2 - 1
      let y = (Double(index) * 0.569_840_291).truncatingRemainder(dividingBy: 1) * 2 - 1
      lines.append("\(rounded(x)),\(rounded(y)),\((x > 0) == (y > 0) ? 1 : 0)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }

  private static func readme(_ name: String) -> String {
    """
    # \(name)

    Learns from two coordinates whether both have the same sign.

    ```
    dlc train model.swift
    build/\(name)/\(name) evaluate --weights \(name).safetensors --data data.csv
    ```

    model.swift declares the network and its training; data.csv is what it learns from. Put your own there.

    """
  }
}
