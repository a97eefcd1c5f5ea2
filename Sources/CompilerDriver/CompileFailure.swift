import Diagnostics

/// Why a command did not do what it was asked for.
public struct CompileFailure: Error, Hashable, Sendable {
  /// Whose fault it is, as an exit status.
  public enum Status: Int32, Sendable {
    /// The model's, the data's or the machine's.
    case model = 1
    case usage = 64
    /// The compiler's own.
    case fault = 70
  }

  public var status: Status
  public var diagnostics: [Diagnostic]

  /// What swiftc said about model.swift, as it said it.
  public var compilerOutput: String?

  public init(_ status: Status, _ diagnostics: [Diagnostic], compilerOutput: String? = nil) {
    self.status = status
    self.diagnostics = diagnostics
    self.compilerOutput = compilerOutput
  }

  public init(_ status: Status, _ message: String, at location: SourceLocation = .unknown, notes: [String] = []) {
    self.init(status, [Diagnostic(.error, message, at: location, notes: notes.map { .note($0) })])
  }
}
