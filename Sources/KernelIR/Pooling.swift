/// A window over the lines and columns of a map [rows, height, width, channels], of which one number for each place and
/// channel stays: the largest, or the mean of those within the map.
public struct Pooling: Hashable, Sendable {
  public enum Fold: String, Hashable, Sendable { case maximum, mean }

  public var fold: Fold
  public var vertical: Window.Axis
  public var horizontal: Window.Axis

  public init(_ fold: Fold, vertical: Window.Axis, horizontal: Window.Axis) {
    self.fold = fold
    self.vertical = vertical
    self.horizontal = horizontal
  }
}
