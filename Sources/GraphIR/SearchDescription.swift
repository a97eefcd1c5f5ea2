import Diagnostics

/// How `dlc tune` looks for the best hyper-parameters, as declared.
public struct SearchDescription: Hashable, Sendable, Codable {
  public enum Strategy: Hashable, Sendable, Codable {
    case random(trials: Int)
    /// Every combination; of a floating-point range this many numbers.
    case grid(points: Int)
  }

  public var strategy: Strategy
  /// A name in the log of training: `val_loss`, `val_accuracy`.
  public var quantity: String
  public var isMaximized: Bool
  public var location: SourceLocation

  public init(strategy: Strategy, quantity: String, isMaximized: Bool, location: SourceLocation) {
    self.strategy = strategy
    self.quantity = quantity
    self.isMaximized = isMaximized
    self.location = location
  }
}
