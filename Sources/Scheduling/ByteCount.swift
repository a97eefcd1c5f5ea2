/// Bytes that grow with the rows: `fixed` + `perRow` · rows.
public struct ByteCount: Hashable, Sendable {
  public var fixed: Int
  public var perRow: Int

  public init(fixed: Int = 0, perRow: Int = 0) {
    self.fixed = fixed
    self.perRow = perRow
  }

  public func value(rows: Int) -> Int { fixed + perRow * rows }

  /// `640 + 128 * rows`.
  public func text(rows: String) -> String {
    if perRow == 0 { return "\(fixed)" }
    return fixed == 0 ? "\(perRow) * \(rows)" : "\(fixed) + \(perRow) * \(rows)"
  }

  public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
    ByteCount(fixed: left.fixed + right.fixed, perRow: left.perRow + right.perRow)
  }
}

extension [ByteCount] {
  /// Those that are the largest for some number of rows, from that of the fewest rows on.
  public var largest: [ByteCount] {
    var chain: [ByteCount] = []
    for next in Set(self).sorted(by: { ($0.perRow, $1.fixed) < ($1.perRow, $0.fixed) }) {
      if let last = chain.last, last.perRow == next.perRow { continue }
      // A count that is the largest nowhere: what comes before it is passed by what comes behind sooner than by it.
      while let last = chain.last {
        let isBelow = last.fixed <= next.fixed
        let isPassed =
          chain.count > 1
          && {
            let before = chain[chain.count - 2]
            return (before.fixed - next.fixed) * (last.perRow - before.perRow)
              <= (before.fixed - last.fixed) * (next.perRow - before.perRow)
          }()
        guard isBelow || isPassed else { break }
        chain.removeLast()
      }
      chain.append(next)
    }
    // There is at least one row.
    while chain.count > 1, chain[0].value(rows: 1) <= chain[1].value(rows: 1) { chain.removeFirst() }
    return chain
  }
}
