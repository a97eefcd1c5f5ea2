import GraphIR

/// A pass that broke an invariant, or a rule that could not be applied: a fault of the compiler, not of the model.
public struct PassFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public var pass: String
  public var message: String

  public init(pass: String, message: String) {
    self.pass = pass
    self.message = message
  }

  public var description: String { "pass \(pass): \(message)" }
}
