import GraphIR
import KernelIR

extension Schedule {
  /// So many rows go through all kernels before the next ones do, where the activations of `maxRows` would leave the caches; nil
  /// where all rows of a call go together.
  ///
  /// Each group reads the weights once more, which is to be a small part of its work.
  public func rowGroup(maxRows: Int) -> Int? {
    let activations = memory.extents.map(\.perRow).max() ?? 0
    guard activations > 0, hasIndependentRows else { return nil }
    let work = self.work.flops.perRow
    let fitting = (Self.groupBytes / activations).powerOfTwo(atMost: maxRows)
    let worthwhile = work == 0 ? maxRows : (Self.flopsPerWeightByte * multipliedBytes / work + 1)
    let group = max(fitting, worthwhile, Self.fewest)
    return group < maxRows ? group : nil
  }

  /// Activations of a group: half of what a last-level cache of today holds.
  private static let groupBytes = 16 << 20
  /// Parts of the work in a kernel need a few rows to be of the same size.
  private static let fewest = 4
  /// What is done in 128 times as long as reading one byte of weights takes: 4 operations in each, at 400 GFLOP/s and 100 GB/s.
  private static let flopsPerWeightByte = 128 * 4

  /// Whether a row's results depend on nothing but that row, and nothing is kept from call to call.
  private var hasIndependentRows: Bool {
    graph.states.isEmpty
      && graph.nodes.allSatisfy { node in
        if let source = node.op as? Source { return source.kind != .rows }
        return node.results.allSatisfy(\.shape.perRow) || !node.operands.contains { graph.type(of: $0).shape.perRow }
      }
  }

  /// Bytes of the matrices that products read and no row has: weights.
  private var multipliedBytes: Int {
    steps.reduce(0) { total, step in
      step.kernel.body.reduce(total) { total, statement in
        guard case .contraction(let product) = statement,
          let b = step.kernel.arguments.first(where: { $0.name == product.b.buffer }), !b.count.perRow
        else { return total }
        return total + b.count.count * b.element.byteCount
      }
    }
  }
}

extension Int {
  /// The largest power of two up to it and up to `limit`; 0 below 1.
  fileprivate func powerOfTwo(atMost limit: Int) -> Int {
    let most = Swift.min(self, limit)
    return most < 1 ? 0 : 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
  }
}
