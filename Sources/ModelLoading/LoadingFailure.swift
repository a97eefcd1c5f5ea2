import Diagnostics

/// Why a model could not be loaded.
public struct LoadingFailure: Error, Hashable, Sendable {
  public var diagnostics: [Diagnostic]
  /// What swiftc said where model.swift does not compile, unchanged; else nil.
  public var compilerOutput: String?

  public init(diagnostics: [Diagnostic], compilerOutput: String? = nil) {
    self.diagnostics = diagnostics
    self.compilerOutput = compilerOutput
  }

  init(_ message: String, at location: SourceLocation = .unknown, notes: [String] = []) {
    self.init(diagnostics: [Diagnostic(.error, message, at: location, notes: notes.map { .note($0) })])
  }
}
