import KernelIR

/// Offsets of the buffers of one function in an arena that its caller provides.
///
/// The arena has two regions: buffers whose size grows with the rows, laid out for one row and multiplied by the
/// maximum number of rows, and buffers of fixed size. Buffers that are never alive at once share memory.
public struct MemoryPlan: Hashable, Sendable {
  /// Every buffer starts on this boundary, in bytes.
  public static let alignment = 64

  public struct Buffer: Hashable, Sendable {
    /// Bytes, a multiple of the alignment; for one row if `perRow`.
    public var byteCount: Int
    public var perRow: Bool
    /// The kernels, by position, between which it is alive.
    public var lifetime: ClosedRange<Int>
    /// Bytes from the start of its region; for one row if `perRow`.
    public var offset = 0

    init(size: Dimension, element: ElementType, lifetime: ClosedRange<Int>) {
      byteCount = (size.count * element.byteCount).roundedUp(to: MemoryPlan.alignment)
      perRow = size.perRow
      self.lifetime = lifetime
    }
  }

  public private(set) var buffers: [Buffer]
  public private(set) var bytesPerRow = 0
  public private(set) var fixedBytes = 0

  /// Places the largest buffers first, each at the lowest offset that is free for its whole life
  /// (greedy by size: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020).
  init(_ buffers: [Buffer], reuse: Bool) {
    self.buffers = buffers
    var placed: [Int] = []
    let bySize = buffers.indices.sorted { (buffers[$0].byteCount, $1) > (buffers[$1].byteCount, $0) }
    for index in bySize {
      let neighbours = placed.map { self.buffers[$0] }.filter {
        $0.perRow == buffers[index].perRow && (!reuse || $0.lifetime.overlaps(buffers[index].lifetime))
      }
      var offset = 0
      for neighbour in neighbours.sorted(by: { $0.offset < $1.offset }) {
        if offset + buffers[index].byteCount <= neighbour.offset { break }
        offset = max(offset, neighbour.offset + neighbour.byteCount)
      }
      self.buffers[index].offset = offset
      placed.append(index)
    }
    bytesPerRow = extent(perRow: true)
    fixedBytes = extent(perRow: false)
  }

  private func extent(perRow: Bool) -> Int {
    buffers.filter { $0.perRow == perRow }.map { $0.offset + $0.byteCount }.max() ?? 0
  }

  public func byteCount(rows: Int) -> Int { fixedBytes + bytesPerRow * rows }

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
