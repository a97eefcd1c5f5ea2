import Diagnostics
import Foundation

/// Why data were not packed: what is wrong with each file, and what would mend it.
public struct DataFailure: Error, Hashable, Sendable {
  public var diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  init(_ message: String, notes: [String] = []) {
    self.init([Diagnostic(.error, message, notes: notes.map { .note($0) })])
  }

  /// The system's last error, of a call with this file.
  static func system(_ path: String, _ code: Int32) -> DataFailure {
    DataFailure("\(path): \(String(cString: strerror(code)).lowercased())")
  }
}
