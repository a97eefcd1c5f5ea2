/// How Winograd's F(2 by 2, 3 by 3) makes sums of `height` by `width` taps: 5 or 6 along an axis fall into parts of 3 and 2, or of 3 and
/// 3, and what all parts come to is added up before the last step, Aᵀ·M·A, which they have in common.
///
/// Of a part of 2 taps the fourth element of its axis, G's row 0 0 1, is nothing: it has no product. 5 by 5 taps are 49 products
/// for each channel and 2 by 2 places, where the sums themselves have 100.
public struct WinogradScheme: Hashable, Sendable, Codable {
  public var height: Int
  public var width: Int

  public init(height: Int = 3, width: Int = 3) {
    self.height = height
    self.width = width
  }

  /// Taps along an axis for which there is a scheme, one part or two of them. A part of one tap would win nothing.
  public static let taps = [3, 5, 6]

  public var isValid: Bool { Self.taps.contains(height) && Self.taps.contains(width) }

  /// A part: its place among the others, and how many taps it has.
  public struct Part: Hashable, Sendable {
    public var y: Int
    public var x: Int
    public var height: Int
    public var width: Int

    /// Behind a name of its own beside the other parts' in generated code.
    public var suffix: String { y == 0 && x == 0 ? "" : "_\(y)\(x)" }
  }

  public var parts: [Part] {
    (0..<Self.parts(height)).flatMap { y in
      (0..<Self.parts(width)).map { x in
        Part(y: y, x: x, height: min(3, height - 3 * y), width: min(3, width - 3 * x))
      }
    }
  }

  /// Products for each channel, filter and 2 by 2 places.
  public var slots: Int { Self.slots(height) * Self.slots(width) }

  /// Which of them element `y`, `x` of a part's 4 by 4 has; nil where it is nothing. Those of one element lie beside each other.
  public func slot(_ y: Int, _ x: Int, of part: Part) -> Int? {
    let (down, across) = (Self.parts(of: y, height), Self.parts(of: x, width))
    guard part.y < down, part.x < across else { return nil }
    return first(y, x) + part.y * across + part.x
  }

  /// The slots of element `y`, `x`, one for each part that has it.
  public func slots(_ y: Int, _ x: Int) -> Range<Int> {
    let first = first(y, x)
    return first..<first + Self.parts(of: y, height) * Self.parts(of: x, width)
  }

  private func first(_ y: Int, _ x: Int) -> Int {
    y * Self.parts(height) * Self.slots(width) + Self.parts(of: y, height) * x * Self.parts(width)
  }

  private static func parts(_ taps: Int) -> Int { (taps + 2) / 3 }
  private static func parts(of element: Int, _ taps: Int) -> Int {
    parts(taps) - (element == 3 && taps % 3 != 0 ? 1 : 0)
  }
  private static func slots(_ taps: Int) -> Int { 3 * parts(taps) + parts(of: 3, taps) }
}
