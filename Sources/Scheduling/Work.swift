import KernelIR

/// What a call of a kernel has to do: an amount that every call has, and one for each row.
public struct Work: Hashable, Sendable {
  public struct Amount: Hashable, Sendable {
    public var fixed = 0
    public var perRow = 0

    init() {}

    init(_ dimension: Dimension) {
      if dimension.perRow { perRow = dimension.count } else { fixed = dimension.count }
    }

    public func value(rows: Int) -> Int { fixed + rows * perRow }

    static func + (left: Amount, right: Amount) -> Amount {
      var sum = left
      sum.fixed += right.fixed
      sum.perRow += right.perRow
      return sum
    }

    /// Rows of rows count once.
    static func * (left: Amount, right: Dimension) -> Amount {
      var product = Amount()
      if right.perRow {
        product.perRow = (left.fixed + left.perRow) * right.count
      } else {
        product.fixed = left.fixed * right.count
        product.perRow = left.perRow * right.count
      }
      return product
    }
  }

  /// Floating-point operations: two for each multiply-add of a product, one for each operation or function of a number;
  /// reading and writing are none. Both ways of a condition count.
  public var flops = Amount()
  /// What Winograd's algorithm leaves out of the operations that plain sums have.
  public var saved = Amount()
  /// Bytes of the arrays that it reads and of those that it writes, each once.
  public var bytes = Amount()

  public init() {}

  /// The operations of a kernel's statements, in all turns of the loops around them.
  init(_ body: [Statement]) {
    flops = Self.flops(of: body)
    for case .contraction(let product) in body {
      guard let window = product.patches?.window, window.isWinograd else { continue }
      let fewer = window.taps * window.channels - window.depth
      saved = saved + Amount(Dimension(2 * fewer)) * (window.isTransposed ? product.k : product.m) * product.n
    }
  }

  public static func + (left: Work, right: Work) -> Work {
    var sum = left
    sum.flops = sum.flops + right.flops
    sum.saved = sum.saved + right.saved
    sum.bytes = sum.bytes + right.bytes
    return sum
  }

  private static func flops(of statements: [Statement]) -> Amount {
    statements.reduce(Amount()) { total, statement in
      switch statement {
      case .comment, .position, .array, .packing, .transposition: total
      case .constant(_, let value), .variable(_, let value), .assign(_, let value), .store(_, _, let value):
        total + Amount(Dimension(value.operations))
      case .accumulate(_, _, let value): total + Amount(Dimension(value.operations + 1))
      case .conditional(let condition, let body): total + Amount(Dimension(condition.operations)) + flops(of: body)
      case .loop(_, let extent, let body): total + flops(of: body) * extent.dimension
      case .reduction(_, let extent, let body, let accumulators):
        total
          + (flops(of: body) + Amount(Dimension(accumulators.reduce(0) { $0 + $1.value.operations + 1 })))
          * extent.dimension
      case .contraction(let product):
        total + (Amount(2) * product.k + flops(of: product.epilogue)) * product.lines * product.n
      // Within a block of rows, extents are those of one row.
      case .panelProduct(let product): total + Amount(Dimension(2 * product.columns * product.depth))
      case .rowBlocks(let extent, _, _, _, let body): total + flops(of: body) * extent.dimension
      }
    }
  }
}

extension Schedule {
  /// Of all its kernels.
  public var work: Work { steps.reduce(Work()) { $0 + $1.work } }
}

extension Expression {
  fileprivate var operations: Int {
    switch self {
    case .literal, .load, .local, .index: 0
    case .unary(_, let operand): 1 + operand.operations
    case .binary(_, let left, let right): 1 + left.operations + right.operations
    case .select(let condition, let yes, let no), .choose(let condition, let yes, let no):
      1 + condition.operations + yes.operations + no.operations
    case .uniform: 1
    }
  }
}

extension Condition {
  fileprivate var operations: Int {
    switch self {
    case .compare(_, let left, let right): 1 + left.operations + right.operations
    case .index: 0
    case .and(let left, let right): left.operations + right.operations
    }
  }
}
