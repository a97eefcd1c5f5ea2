import Foundation

/// A folder to start from.
public enum Project {
  public enum Template: String, CaseIterable, Sendable {
    /// A dense network, a convolutional one, a recurrent one and one of attention, each with a small task that it can learn.
    case mlp, cnn, lstm, transformer
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
