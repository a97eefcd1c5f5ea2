/// An extent that is known but for the number of rows: `count`, or `count × rows` when `perRow`.
///
/// The leading batch axis of a tensor is `Dimension.rows`; a loop over a flattened [rows, 128] runs `128 × rows` times.
public struct Dimension: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var count: Int
  public var perRow: Bool

  public init(_ count: Int, perRow: Bool = false) {
    self.count = count
    self.perRow = perRow
  }

  public init(integerLiteral value: Int) { self.init(value) }

  public static let rows = Dimension(1, perRow: true)

  /// The product; nil if both are per row, which no tensor may be.
  public func times(_ other: Dimension) -> Dimension? {
    perRow && other.perRow ? nil : Dimension(count * other.count, perRow: perRow || other.perRow)
  }

  /// The extent when there are `rows` rows.
  public func value(rows: Int) -> Int { perRow ? count * rows : count }

  /// `rows`, `128`, `128*rows`.
  public var description: String { perRow ? (count == 1 ? "rows" : "\(count)*rows") : "\(count)" }
}
