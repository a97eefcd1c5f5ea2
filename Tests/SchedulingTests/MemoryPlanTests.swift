import GraphIR
import KernelIR
import Testing

@testable import Scheduling

@Suite struct MemoryPlanTests {
  private func buffer(_ count: Int, perRow: Bool = true, _ lifetime: ClosedRange<Int>) -> MemoryPlan.Buffer {
    MemoryPlan.Buffer(size: Dimension(count, perRow: perRow), element: .f64, lifetime: lifetime)
  }

  /// Where a buffer lies for a number of rows.
  private func place(_ buffer: MemoryPlan.Buffer, rows: Int) -> Range<Int> {
    let start = buffer.offset.value(rows: rows)
    return start..<(start + buffer.byteCount * (buffer.perRow ? rows : 1))
  }

  /// Of buffers alive at once none share memory, and all lie within the arena, for any number of rows up to that planned for.
  private func check(_ plan: MemoryPlan) {
    for rows in [1, 2, 7, 64] {
      for (number, one) in plan.buffers.enumerated() {
        #expect(place(one, rows: rows).upperBound <= plan.byteCount(rows: rows))
        #expect(one.offset.value(rows: rows).isMultiple(of: MemoryPlan.alignment))
        for other in plan.buffers[..<number] where other.lifetime.overlaps(one.lifetime) {
          #expect(!place(one, rows: rows).overlaps(place(other, rows: rows)))
        }
      }
      #expect(plan.byteCount(rows: rows) >= plan.lowerBound(rows: rows))
    }
  }

  @Test(arguments: 0..<40) func buffersAliveAtOnceAreApart(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let buffers = (0..<random.integer(in: 1...30)).map { _ in
      let start = random.integer(in: 0...12)
      return buffer(
        random.integer(in: 0...400), perRow: random.integer(in: 0...2) > 0,
        start...(start + random.integer(in: 0...1) * random.integer(in: 0...9)))
    }
    check(MemoryPlan(buffers, reuse: true, rows: 64))
    check(MemoryPlan(buffers, reuse: false, rows: 64))
  }

  /// What a kernel needs while it runs lies behind what is alive then, not behind everything: for few rows that counts.
  @Test func passingMemoryLiesWhereNothingIsAlive() {
    let plan = MemoryPlan(
      [buffer(800, 0...1), buffer(800, 1...2), buffer(80, 2...3), buffer(1600, perRow: false, 3...3)], reuse: true,
      rows: 1)
    check(plan)
    for rows in [1, 100] { #expect(plan.byteCount(rows: rows) <= plan.lowerBound(rows: rows) * 21 / 20) }
    #expect(plan.extents.count == 2)
  }

  /// By size alone this takes a tenth more than is alive at once.
  @Test func otherOrdersAreTried() {
    let plan = MemoryPlan(
      [
        buffer(2352, 1...2), buffer(2352, 1...24), buffer(2352, 24...25), buffer(392, 0...25), buffer(592, 2...23),
        buffer(592, 22...24),
      ], reuse: true, rows: 256)
    check(plan)
    #expect(plan.byteCount(rows: 256) * 100 <= plan.lowerBound(rows: 256) * 101)
  }

  @Test func largestOfCounts() {
    func count(_ fixed: Int, _ perRow: Int) -> ByteCount { ByteCount(fixed: fixed, perRow: perRow) }
    #expect([count(5, 1), count(4, 1), count(0, 3)].largest == [count(5, 1), count(0, 3)])
    // The one between is passed by the last before it passes the first.
    #expect([count(10, 0), count(3, 2), count(0, 5)].largest == [count(10, 0), count(0, 5)])
    // Of one row on the second is never less.
    #expect([count(2, 1), count(1, 2)].largest == [count(1, 2)])
    #expect([ByteCount].init().largest == [])
    var random = RandomSource(seed: 3)
    for _ in 0..<50 {
      let all = (0..<8).map { _ in count(random.integer(in: 0...50), random.integer(in: 0...9)) }
      for rows in 1...60 {
        #expect(all.largest.map { $0.value(rows: rows) }.max() == all.map { $0.value(rows: rows) }.max())
      }
    }
  }
}
