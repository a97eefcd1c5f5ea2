import GraphIR
import KernelIR

/// Offsets of the buffers of one function in an arena that its caller provides.
///
/// First come buffers of fixed size, then those whose size grows with the rows, laid out for one row and multiplied by the
/// maximum number of rows. Buffers that are never alive at once share memory. What one kernel alone needs, such as strips
/// and panels, or leaves to one that follows soon, lies behind the buffers that are alive while they run.
public struct MemoryPlan: Hashable, Sendable {
  /// Every buffer starts on this boundary, in bytes.
  public static let alignment = 64

  public struct Buffer: Hashable, Sendable {
    /// Bytes, a multiple of the alignment; for one row if `perRow`.
    public var byteCount: Int
    public var perRow: Bool
    /// The kernels, by position, between which it is alive.
    public var lifetime: ClosedRange<Int>
    public var offset = ByteCount()

    init(size: Dimension, element: ElementType, lifetime: ClosedRange<Int>) {
      byteCount = (size.count * element.byteCount).roundedUp(to: MemoryPlan.alignment)
      perRow = size.perRow
      self.lifetime = lifetime
    }
  }

  public private(set) var buffers: [Buffer]
  /// The arena is as large as the largest of these.
  public private(set) var extents: [ByteCount] = []

  /// A plan for calls of at most `rows` rows, and as good as can be for that number.
  ///
  /// Places the largest buffers first, each at the lowest offset that is free for its whole life (greedy by size:
  /// Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020). Where that comes out above the
  /// lower bound, other orders are tried, each the best one with a buffer moved.
  init(_ buffers: [Buffer], reuse: Bool, rows: Int) {
    self.buffers = buffers
    var other = self
    arrange(passing: reuse ? Self.passingKernels : 0, reuse: reuse, rows: rows)
    guard reuse, byteCount(rows: rows) > lowerBound(rows: rows) else { return }
    other.arrange(passing: 1, reuse: reuse, rows: rows)
    if other.byteCount(rows: rows) < byteCount(rows: rows) { self = other }
  }

  /// The best plan found in which buffers of fixed size that are alive for at most `limit` kernels are passing ones.
  private mutating func arrange(passing limit: Int, reuse: Bool, rows: Int) {
    let passing = buffers.indices.filter { !buffers[$0].perRow && buffers[$0].lifetime.count <= limit }
    let lasting = Set(buffers.indices).subtracting(passing)
      .sorted { (buffers[$0].byteCount, $1) > (buffers[$1].byteCount, $0) }
    arrange(lasting, passing, reuse: reuse)
    guard reuse, lasting.count > 1 else { return }
    let goal = lowerBound(rows: rows) / 100 * 101
    var random = RandomSource(seed: 1)
    var (best, order) = (self, lasting)
    for _ in 0..<Self.mostOrders where best.byteCount(rows: rows) > goal {
      var changed = order
      let moved = changed.remove(at: random.integer(in: 0...(order.count - 1)))
      changed.insert(moved, at: random.integer(in: 0...changed.count))
      var plan = self
      plan.arrange(changed, passing, reuse: reuse)
      if plan.byteCount(rows: rows) <= best.byteCount(rows: rows) { (best, order) = (plan, changed) }
    }
    self = best
  }

  private static let mostOrders = 400
  /// A buffer of fixed size that is alive for at most so many kernels is a passing one.
  private static let passingKernels = 3

  /// Places the lasting buffers in this order, then the passing ones behind them.
  private mutating func arrange(_ lasting: [Int], _ passing: [Int], reuse: Bool) {
    var fixed = 0
    for perRow in [false, true] {
      var placed: [(offset: Int, end: Int, lifetime: ClosedRange<Int>)] = []
      for index in lasting where buffers[index].perRow == perRow {
        let buffer = buffers[index]
        var offset = 0
        // Sorted by offset, so that the first gap that is wide enough is the lowest.
        for neighbour in placed where !reuse || neighbour.lifetime.overlaps(buffer.lifetime) {
          if offset + buffer.byteCount <= neighbour.offset { break }
          offset = max(offset, neighbour.end)
        }
        let place = placed.firstIndex { $0.offset > offset } ?? placed.endIndex
        placed.insert((offset, offset + buffer.byteCount, buffer.lifetime), at: place)
        buffers[index].offset = perRow ? ByteCount(fixed: fixed, perRow: offset) : ByteCount(fixed: offset)
      }
      let end = placed.map(\.end).max() ?? 0
      if perRow { extents = [ByteCount(fixed: fixed, perRow: end)] } else { fixed = end }
    }
    var ends: [Int: ByteCount] = [:]
    for index in passing {
      let starts = buffers[index].lifetime.map { time in
        let level =
          lasting.map { buffers[$0] }.filter { $0.perRow && $0.lifetime.contains(time) }
          .map { $0.offset.perRow + $0.byteCount }.max() ?? 0
        return ends[time] ?? ByteCount(fixed: fixed, perRow: level)
      }
      buffers[index].offset = ByteCount(
        fixed: starts.map(\.fixed).max() ?? 0, perRow: starts.map(\.perRow).max() ?? 0)
      for time in buffers[index].lifetime {
        ends[time] = buffers[index].offset + ByteCount(fixed: buffers[index].byteCount)
      }
    }
    extents = (extents + ends.values).largest
  }

  public func byteCount(rows: Int) -> Int { extents.map { $0.value(rows: rows) }.max() ?? 0 }

  /// The largest sum of sizes alive at once: no plan can need less.
  public func lowerBound(rows: Int) -> Int {
    let last = buffers.map(\.lifetime.upperBound).max() ?? 0
    return (0...last).map { time in
      buffers.filter { $0.lifetime.contains(time) }.reduce(0) { $0 + $1.byteCount * ($1.perRow ? rows : 1) }
    }.max() ?? 0
  }
}

extension Int {
  package func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
