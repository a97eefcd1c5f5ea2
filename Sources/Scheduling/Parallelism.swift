import KernelIR

/// Whether the outermost loops of a kernel may run in parts side by side, and how much work one call is.
///
/// Parts never write the same element, and every element is made by the same operations in the same order however many
/// parts there are: so results have the same bits for any number of threads.
public struct Parallelism {
  /// Elements computed, or eight times as many multiply-adds of a product, from which a call is shared with threads that wait for
  /// it: about two microseconds, several times what handing it over costs.
  public static let smallestWork = 12_000
  /// From which one that has begun to sleep is woken: about ten microseconds, which is what that costs.
  public static let smallestWakingWork = 60_000

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
    if steps.count == 1, case .rowBlocks = steps[0] {
      isPossible = true
      return
    }
    // Several loops are parted alike only if all of them are over the rows.
    let areRows = steps.allSatisfy { if case .loop(_, .rows, _) = $0 { true } else { false } }
    isPossible = !steps.isEmpty && (steps.count == 1 || areRows) && steps.allSatisfy(Self.writesItsOwn)
  }

  /// The body with its outermost loop, over the rows, and the only one in it as one (OpenMP's collapse), where a single row is work
  /// enough to share: then calls of few rows run in parts as well. Unchanged where the turns of both would write the same elements.
  static func collapsed(_ body: [Statement]) -> [Statement] {
    let steps = body.indices.filter { body[$0].isStep }
    guard steps.count == 1, case .loop(let outer, .rows, let lines) = body[steps[0]], lines.count == 1,
      case .loop(let inner, .constant(let count), let turn) = lines[0], turn.contains(where: \.isLoop),
      work(of: lines).count >= smallestWork
    else { return body }
    let both = outer + inner
    var collapsed = body
    collapsed[steps[0]] = .loop(
      variable: both, extent: .rows * .constant(count),
      body: [
        .position(outer, .variable(both) / count), .position(inner, .variable(both) % count),
      ] + turn)
    return Parallelism(collapsed).isPossible ? collapsed : body
  }

  /// Whether each turn of a loop writes elements of its own.
  private static func writesItsOwn(_ statement: Statement) -> Bool {
    guard case .loop(let variable, _, let body) = statement else { return false }
    return LoopBody(variable: variable).writesItsOwn(body)
  }

  /// What is known of names while the body of a parted loop is gone through.
  private struct LoopBody {
    let variable: String
    private var positions: [String: Index] = [:]
    /// The arrays of the body's own.
    private var arrays: Set<String> = []

    init(variable: String) { self.variable = variable }

    func writesItsOwn(_ body: [Statement]) -> Bool {
      var known = self
      return body.allSatisfy { known.writesItsOwn($0) }
    }

    private mutating func writesItsOwn(_ statement: Statement) -> Bool {
      switch statement {
      case .comment, .constant, .variable, .assign: return true
      case .array(let name, _):
        arrays.insert(name)
        return true
      case .position(let name, let index):
        positions[name] = index.replacing(positions)
        return true
      case .loop(_, _, let body), .conditional(_, let body), .reduction(_, _, let body, _):
        return writesItsOwn(body)
      case .store(let buffer, let index, _), .accumulate(let buffer, let index, _): return isApart(buffer, index)
      case .contraction(let product):
        return product.method == .builtin && product.patches == nil && isApart(product.c.buffer, product.c.base)
          && writesItsOwn(product.epilogue)
      case .transposition(let matrix): return isApart(matrix.to.buffer, matrix.to.base)
      case .packing, .panelProduct, .rowBlocks: return false
      }
    }

    private func isApart(_ buffer: String, _ index: Index) -> Bool {
      arrays.contains(buffer) || index.replacing(positions).isApart(by: variable)
    }
  }

  private static func work(of statements: [Statement]) -> Dimension {
    statements.reduce(Dimension(0)) { total, statement in
      let more: Dimension
      switch statement {
      case .comment, .position, .array, .packing: more = 0
      case .constant, .variable, .assign, .store, .accumulate: more = 1
      case .conditional(_, let body): more = work(of: body)
      case .loop(_, let extent, let body): more = extent.dimension.multiplied(by: work(of: body))
      case .reduction(_, let extent, let body, let accumulators):
        more = extent.dimension.multiplied(by: work(of: body).plus(Dimension(accumulators.count)))
      case .contraction(let product):
        let sums = product.lines.multiplied(by: product.n)
        let products = sums.multiplied(by: product.k)
        // Of few rows, reading B is the work.
        more = Dimension(products.count / (product.m == .rows ? 5 : 8), perRow: products.perRow).plus(
          sums.multiplied(by: work(of: product.epilogue)))
      // Within a block of rows, extents are those of one row.
      case .panelProduct(let product): more = Dimension(product.columns * product.depth / 8)
      case .transposition(let matrix): more = Dimension(matrix.rows * matrix.columns)
      case .rowBlocks(let extent, _, _, _, let body): more = extent.dimension.multiplied(by: work(of: body))
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

  /// Whether each value of the variable gives indices of its own: it is a term of the sum, or its quotient and remainder by
  /// the same number both are, as of a row and a head that one loop counts.
  fileprivate func isApart(by variable: String) -> Bool {
    hasTerm(.variable(variable))
      || divisors(of: variable).contains {
        hasTerm(.quotient(.variable(variable), $0)) && hasTerm(.remainder(.variable(variable), $0))
      }
  }

  /// Whether the index is a sum of which the term, or a multiple of it, is one and in no other.
  private func hasTerm(_ term: Index) -> Bool {
    switch self {
    case term: true
    case .product(let factor, .constant): factor.hasTerm(term)
    case .sum(let left, let right):
      (left.hasTerm(term) && !right.contains(term)) || (right.hasTerm(term) && !left.contains(term))
    default: false
    }
  }

  private func contains(_ term: Index) -> Bool {
    if self == term { return true }
    return switch self {
    case .constant, .variable, .rows: false
    case .sum(let left, let right), .product(let left, let right): left.contains(term) || right.contains(term)
    case .quotient(let left, _), .remainder(let left, _): left.contains(term)
    case .value(let expression):
      !Usage([.constant("", expression)]).variables.isDisjoint(with: Usage([.position("", term)]).variables)
    }
  }

  private func divisors(of variable: String) -> Set<Int> {
    switch self {
    case .constant, .variable, .rows, .value: []
    case .sum(let left, let right), .product(let left, let right):
      left.divisors(of: variable).union(right.divisors(of: variable))
    case .quotient(.variable(variable), let divisor): [divisor]
    case .quotient(let left, _), .remainder(let left, _): left.divisors(of: variable)
    }
  }
}

extension Statement {
  fileprivate var isLoop: Bool {
    switch self {
    case .loop, .reduction: true
    default: false
    }
  }

  /// Work, as against a constant that every part computes for itself.
  fileprivate var isStep: Bool {
    switch self {
    case .comment, .constant, .position, .array: false
    default: true
    }
  }
}
