import KernelIR

/// Whether the outermost loops of a kernel may run in parts side by side, and how much work one call is.
///
/// Parts never write the same element, and every element is made by the same operations in the same order however many
/// parts there are: so results have the same bits for any number of threads.
public struct Parallelism {
  /// Elements computed, or eight times as many multiply-adds of a product, from which a call is shared: about ten
  /// microseconds, where waking a thread that has begun to sleep costs as much.
  public static let smallestWork = 60_000

  let isPossible: Bool
  /// In the unit of `smallestWork`.
  let work: Dimension

  init(_ body: [Statement]) {
    let steps = body.filter { $0.isStep }
    work = Self.work(of: steps)
    let products = steps.compactMap { if case .contraction(let product) = $0 { product } else { nil } }
    if !products.isEmpty, products.count == steps.count {
      // Several are windows whose results lie between each other.
      isPossible = products.allSatisfy { $0.method == .builtin }
      return
    }
    // Several loops are parted alike only if all of them are over the rows.
    let areRows = steps.allSatisfy { if case .loop(_, .rows, _) = $0 { true } else { false } }
    isPossible = !steps.isEmpty && (steps.count == 1 || areRows) && steps.allSatisfy(Self.writesItsOwn)
  }

  /// Whether each turn of a loop writes elements of its own.
  private static func writesItsOwn(_ statement: Statement) -> Bool {
    guard case .loop(let variable, _, let body) = statement else { return false }
    return body.allSatisfy { writes($0, apartBy: variable) }
  }

  private static func writes(_ statement: Statement, apartBy variable: String) -> Bool {
    switch statement {
    case .comment, .constant, .position, .variable, .assign: return true
    case .loop(_, _, let body), .conditional(_, let body), .reduction(_, _, let body, _):
      return body.allSatisfy { writes($0, apartBy: variable) }
    case .store(_, let index, _), .accumulate(_, let index, _): return index.hasTerm(variable)
    case .contraction(let product):
      return product.method == .builtin && product.patches == nil && product.c.base.hasTerm(variable)
        && product.epilogue.allSatisfy { writes($0, apartBy: variable) }
    }
  }

  private static func work(of statements: [Statement]) -> Dimension {
    statements.reduce(Dimension(0)) { total, statement in
      let more: Dimension
      switch statement {
      case .comment, .position: more = 0
      case .constant, .variable, .assign, .store, .accumulate: more = 1
      case .conditional(_, let body): more = work(of: body)
      case .loop(_, let extent, let body): more = extent.dimension.multiplied(by: work(of: body))
      case .reduction(_, let extent, let body, let accumulators):
        more = extent.dimension.multiplied(by: work(of: body).plus(Dimension(accumulators.count)))
      case .contraction(let product):
        let sums = product.lines.multiplied(by: product.n)
        let products = sums.multiplied(by: product.k)
        more = Dimension(products.count / 8, perRow: products.perRow).plus(
          sums.multiplied(by: work(of: product.epilogue)))
      }
      return total.plus(more)
    }
  }
}

extension Dimension {
  /// The product where both may be per row, as an estimate: the rows count once.
  fileprivate func multiplied(by other: Dimension) -> Dimension {
    Dimension(count * other.count, perRow: perRow || other.perRow)
  }

  fileprivate func plus(_ other: Dimension) -> Dimension {
    Dimension(count + other.count, perRow: perRow || other.perRow)
  }
}

extension Index {
  /// An extent as a dimension; 1 for what is none.
  var dimension: Dimension {
    switch self {
    case .constant(let count): Dimension(count)
    case .rows: .rows
    case .product(.rows, .constant(let count)): Dimension(count, perRow: true)
    default: 1
    }
  }

  /// Whether the index is a sum of which the variable, or a multiple of it, is one term and in no other.
  fileprivate func hasTerm(_ variable: String) -> Bool {
    switch self {
    case .variable(let name): name == variable
    case .product(.variable(let name), .constant): name == variable
    case .sum(let left, let right):
      (left.hasTerm(variable) && !right.mentions(variable)) || (right.hasTerm(variable) && !left.mentions(variable))
    default: false
    }
  }

  private func mentions(_ variable: String) -> Bool {
    Usage([.position("", self)]).variables.contains(variable)
  }
}

extension Statement {
  /// Work, as against a constant that every part computes for itself.
  fileprivate var isStep: Bool {
    switch self {
    case .comment, .constant, .position: false
    default: true
    }
  }
}
