/// One message to the user: what is wrong, where, and what would mend it.
public struct Diagnostic: Hashable, Sendable, Codable, Error {
  public enum Severity: String, Sendable, Codable { case error, warning, note }

  public var severity: Severity
  public var message: String
  public var location: SourceLocation
  /// Further places and the mend, printed after the message.
  public var notes: [Diagnostic]

  public init(
    _ severity: Severity = .error, _ message: String, at location: SourceLocation = .unknown, notes: [Diagnostic] = []
  ) {
    self.severity = severity
    self.message = message
    self.location = location
    self.notes = notes
  }

  public static func note(_ message: String, at location: SourceLocation = .unknown) -> Diagnostic {
    Diagnostic(.note, message, at: location)
  }
}
