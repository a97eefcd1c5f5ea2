import Foundation

/// The folder that a model's files are written to.
struct OutputFolder {
  let path: String

  /// Makes the folder where there is none.
  init(_ path: String) throws(CompileFailure) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CompileFailure(.model, "cannot make the folder \(path): \(Self.reason(error))")
    }
  }

  func path(of file: String) -> String { path.hasSuffix("/") ? path + file : path + "/" + file }

  /// Writes a file unless it already says the same, so that its date tells when it changed.
  /// Returns true if it was written.
  @discardableResult
  func write(_ contents: String, to file: String) throws(CompileFailure) -> Bool {
    let destination = path(of: file)
    let data = Data(contents.utf8)
    if let existing = FileManager.default.contents(atPath: destination), existing == data { return false }
    do {
      try data.write(to: URL(fileURLWithPath: destination), options: .atomic)
    } catch {
      throw CompileFailure(
        .model, "cannot write \(destination): \(Self.reason(error))",
        notes: ["--output DIR chooses another folder"])
    }
    return true
  }

  /// The system's own words where there are some.
  static func reason(_ error: any Error) -> String {
    if let error = error as? POSIXError { return String(cString: strerror(error.code.rawValue)).lowercased() }
    if let underlying = (error as? CocoaError)?.underlying { return reason(underlying) }
    return "\(error)"
  }
}
