import GraphIR
import KernelIR

/// What the loops of attention and of its gradient are made of. A tile of scores lies with keys down and queries across,
/// [keys, queries], so that maxima and sums over the keys are made for a vector of queries at once.
struct AttentionTiles {
  let op: Attention
  let geometry: AttentionGeometry
  private let context: LoopContext

  /// Where rows and heads stand in the loops.
  let row = Index.variable("row")
  let head = Index.variable("head")
  private let i = Index.variable("i")
  private let j = Index.variable("j")

  /// Queries, keys, values and a mask are the first operands of both.
  init?(_ op: Attention, _ context: LoopContext) {
    guard let geometry = try? AttentionGeometry(context.operandTypes, block: op.block, for: Attention.name) else {
      return nil
    }
    (self.op, self.geometry, self.context) = (op, geometry, context)
    let maskType = context.operandTypes.count > 3 ? context.operandTypes[3] : nil
    hasMask = maskType?.shape.rank == 2
  }

  private let hasMask: Bool
  private var element: ElementType { context.operandTypes[0].element }
  /// The head of keys that serves `head`.
  var keyHead: Index { geometry.group == 1 ? head : .variable("key_head") }

  // MARK: Loops

  /// One loop over all rows and heads, so that one row can be shared among threads too.
  func forEachHead(_ body: [Statement]) -> [Statement] {
    let keyHead = geometry.group == 1 ? [] : [Statement.position("key_head", head / geometry.group)]
    return forEach("head", of: geometry.heads, keyHead + body)
  }

  /// The same over the heads of keys; `forEachOfGroup` runs for each head of queries that one of them serves.
  func forEachKeyHead(_ body: [Statement], forEachOfGroup: [Statement]) -> [Statement] {
    guard geometry.group > 1 else { return forEach("head", of: geometry.heads, body + forEachOfGroup) }
    let member = keyHead * .constant(geometry.group) + .variable("member")
    return forEach(
      "key_head", of: geometry.keyHeads,
      body + [
        .loop(
          variable: "member", extent: .constant(geometry.group), body: [.position("head", member)] + forEachOfGroup)
      ])
  }

  private func forEach(_ name: String, of count: Int, _ body: [Statement]) -> [Statement] {
    let unit = Index.variable("unit")
    let extent = geometry.rows.times(Dimension(count)) ?? geometry.rows
    return [
      .loop(
        variable: "unit", extent: Index(extent),
        body: [.position("row", unit / count), .position(name, unit % count)] + body)
    ]
  }

  /// Skips a tile all of whose keys come after all of its queries.
  func unlessAbove(_ query: Index, _ key: Index, _ body: [Statement]) -> [Statement] {
    guard op.isCausal, key != 0 else { return body }
    return [.conditional(.index(.lessOrEqual, key, query + .constant(geometry.queries.size - 1)), body)]
  }

  // MARK: Arrays

  /// Arrays of a tile's size, arrays of a number for each query, and what BLAS needs to put its sums into.
  func arrays(_ tiles: [String], queries: [String]) -> [Statement] {
    let (bq, bk) = (geometry.queries.size, geometry.keys.size)
    let sums = max(bq, bk) * max(geometry.size, geometry.valueSize)
    return tiles.map { .array($0, count: bk * bq) } + queries.map { .array($0, count: bq) }
      + (usesBLAS ? [.array("sums", count: sums)] : [])
  }

  func load(_ array: String, _ index: Index) -> Expression { .load(buffer: array, index: index, element: element) }

  private var place: Index { j * .constant(geometry.queries.size) + i }

  func array(_ name: String, _ j: Index, _ i: Index) -> Expression { load(name, place) }

  func store(_ array: String, _ value: Expression) -> Statement { .store(buffer: array, index: place, value: value) }

  /// Where a weight stands in [rows, heads, time, keys].
  func weightIndex(_ query: Index, _ key: Index) -> Index {
    let (time, keys) = (geometry.queries.extent, geometry.keys.extent)
    let line = (row * .constant(geometry.heads) + head) * .constant(time) + query + i
    return line * .constant(keys) + key + j
  }

  // MARK: Matrices

  private func matrix(_ buffer: String, _ step: Index, _ steps: Int, _ head: Index, _ heads: Int, _ size: Int)
    -> LoopContext.Matrix
  {
    LoopContext.Matrix(
      buffer, base: row * .constant(steps * heads * size) + step * .constant(heads * size) + head * .constant(size),
      outerStride: Dimension(heads * size))
  }

  /// Lines of an operand or result of the queries' steps, from step `query` on.
  func queries(_ buffer: String, _ query: Index, _ size: Int) -> LoopContext.Matrix {
    matrix(buffer, query, geometry.queries.extent, head, geometry.heads, size)
  }

  func keys(_ buffer: String, _ key: Index, _ size: Int) -> LoopContext.Matrix {
    matrix(buffer, key, geometry.keys.extent, keyHead, geometry.keyHeads, size)
  }

  func value(_ key: Index) -> LoopContext.Matrix { keys(context.operandBuffers[2], key, geometry.valueSize) }
  func result(_ query: Index) -> LoopContext.Matrix { queries(context.resultBuffers[0], query, geometry.valueSize) }

  /// A tile as [queries, keys].
  func transposed(_ array: String) -> LoopContext.Matrix {
    LoopContext.Matrix(array, outerStride: 1, innerStride: Dimension(geometry.queries.size))
  }

  func plain(_ array: String) -> LoopContext.Matrix {
    LoopContext.Matrix(array, outerStride: Dimension(geometry.queries.size))
  }

  // MARK: Products

  private var usesBLAS: Bool {
    let (bq, bk) = (Dimension(geometry.queries.size), Dimension(geometry.keys.size))
    return context.productMethod(m: bq, n: Dimension(geometry.valueSize), k: bk, a: plain("scores"), b: value(0))
      == .blas
  }

  /// A product of a tile, no deeper than one: its sums stay in registers until `epilogue` takes them, but for those of BLAS,
  /// which need a place.
  func product(
    _ row: (name: String, extent: Int), _ column: (name: String, extent: Int), _ depth: Int, a: LoopContext.Matrix,
    b: LoopContext.Matrix, c: LoopContext.Matrix, _ epilogue: [Statement]
  ) -> Statement {
    context.product(
      m: Dimension(row.extent), n: Dimension(column.extent), k: Dimension(depth), a: a, b: b,
      c: usesBLAS ? LoopContext.Matrix("sums", outerStride: Dimension(column.extent)) : c, row: row.name,
      column: column.name, epilogue: epilogue)
  }

  /// k·qᵀ of a tile, or the like: keys' lines of one operand times queries' lines of another.
  func scores(
    _ query: Index, _ key: Index, keys: String? = nil, queries: String? = nil, size: Int? = nil, into array: String,
    _ epilogue: [Statement]
  ) -> Statement {
    let size = size ?? geometry.size
    let across = self.queries(queries ?? context.operandBuffers[0], query, size)
    return context.product(
      m: Dimension(geometry.keys.size), n: Dimension(geometry.queries.size), k: Dimension(size),
      a: self.keys(keys ?? context.operandBuffers[1], key, size), b: across.transposed, c: plain(array), row: "j",
      column: "i", epilogue: epilogue)
  }

  // MARK: Masks

  /// Gives what is not to be seen the value `fill`: keys of the tile before, keys that the mask hides, keys after their query, and
  /// queries of the tile before.
  func hide(
    _ array: String, _ fill: Double, _ query: Index, _ key: Index, isRepeatedKey: Condition?,
    isRepeatedQuery: Condition? = nil
  ) -> [Statement] {
    let (bq, bk) = (geometry.queries.size, geometry.keys.size)
    let clear = store(array, .literal(fill))
    func line(_ count: Int) -> Statement { .loop(variable: "i", extent: .constant(count), body: [clear]) }
    func lines(_ count: Int, _ body: Statement) -> Statement {
      .loop(variable: "j", extent: .constant(count), body: [body])
    }
    var statements: [Statement] = []
    if let isRepeatedKey { statements.append(.conditional(isRepeatedKey, [lines(geometry.keys.overlap, line(bq))])) }
    if let isRepeatedQuery {
      statements.append(.conditional(isRepeatedQuery, [lines(bk, line(geometry.queries.overlap))]))
    }
    if hasMask {
      let isHidden = Condition.compare(.lessOrEqual, context.load(3, [row, key + j]), 0.0)
      statements.append(lines(bk, .conditional(isHidden, [line(bq)])))
    }
    if op.isCausal, bk > 1 || geometry.keys.count > 1 {
      let isSeen = Condition.index(.lessOrEqual, key + j, query + i)
      let triangle = lines(
        bk,
        .loop(
          variable: "i", extent: .constant(bq),
          body: [store(array, .select(isSeen, load(array, place), .literal(fill)))]))
      statements.append(.conditional(.index(.greater, key + .constant(bk - 1), query), [triangle]))
    }
    return statements
  }
}
