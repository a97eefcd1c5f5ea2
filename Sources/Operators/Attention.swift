import Glibc
import GraphIR
import KernelIR

/// softmax(scale·q·kᵀ)·v for each head (Vaswani et al. 2017), tile by tile with a running maximum and sum, so that the scores are never
/// stored as a whole (Milakov and Gimelshein 2018; Dao et al., FlashAttention, 2022).
///
/// Operands: queries [rows, time, heads, size]; keys [rows, keys, keyHeads, size] and values [rows, keys, keyHeads, valueSize],
/// each head of which serves heads / keyHeads neighbouring heads of queries; and, if there is one, a mask [rows, keys], positive
/// for the keys that are seen. If `isCausal`, step t sees keys up to t alone. A query that sees nothing gets 0. Results:
/// [rows, time, heads, valueSize], and log Σ exp of each query's scores [rows, heads, time], the largest number where nothing is seen.
public struct Attention: Operator {
  public static let name = "attention"

  public var scale: Double
  public var isCausal: Bool
  /// Of the weights [rows, heads, time, keys].
  public var dropout: Dropout?
  /// The most queries and keys of a tile.
  public var block: Int

  public init(scale: Double, isCausal: Bool = false, dropout: Dropout? = nil, block: Int = 64) {
    self.scale = scale
    self.isCausal = isCausal
    self.dropout = dropout
    self.block = block
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 3 || operands.count == 4 else {
      throw ShapeError("attention takes 3 operands, or 4 with a mask, got \(operands.count)")
    }
    let geometry = try AttentionGeometry(operands, block: block, for: Self.name)
    if operands.count == 4 { try geometry.checkMask(operands[3], operands[0].element, for: Self.name) }
    return geometry.results(operands[0].element)
  }

  public var auxiliaryResults: Set<Int> { [1] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return context.operands.map { _ in nil } }
    let flow = try context.builder.append(
      AttentionGradient(forward: self), context.operands + context.results + [gradient])
    return (0..<3).map { Value(node: flow.node, result: $0) } + context.operands.dropFirst(3).map { _ in nil }
  }

  /// Keys and values of the steps so far are states; those that are no sequences are the same at every step.
  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    if let results = try context.rowwise(self) { return results }
    guard try context.axis(ofOperand: 0) == 1 else { throw ShapeError("attention goes over all steps of its sequence") }
    var current = self
    current.dropout = nil
    var operands = [context.operands[0].value]
    if context.operands[1].axis == nil {
      for index in 1..<context.operands.count { operands.append(try context.constant(index)) }
      guard !isCausal else { throw ShapeError("attention to what is no sequence cannot be causal step by step") }
    } else {
      guard isCausal else { throw ShapeError("attention that is not causal sees steps that are still to come") }
      current.isCausal = false
      for (index, name) in zip(1..., ["keys", "values", "mask"].prefix(context.operands.count - 1)) {
        operands.append(try context.history(ofOperand: index, as: name))
      }
      // A mask's history is 0 for the steps to come; without one, those up to this step are seen.
      if operands.count == 3 {
        let (rows, keys) = (context.operandTypes[1].shape[0], context.operandTypes[1].shape[1])
        let element = context.operandTypes[1].element
        let places = try context.builder.iota(TensorType(element, [keys]), axis: 0)
        let now = try context.builder.cast(context.position(), to: element)
        let isSeen = try context.builder.compare(.lessOrEqual, places, now)
        operands.append(try context.builder.broadcast(isSeen, to: [rows, keys]))
      }
    }
    return [StepValue(try context.builder.append(current, operands), .sequence(axis: 1))]
  }

  /// The running maximum begins with minus this, below every score, and a query that sees nothing has this for its sum, which
  /// makes every weight 0: finite, so that nothing becomes ∞ - ∞.
  private static let largest = Double(Float.greatestFiniteMagnitude)

  public var lowering: Lowering {
    .loops { context in
      guard let tiles = AttentionTiles(self, context) else { return [] }
      let g = tiles.geometry
      let (i, j) = (Index.variable("i"), Index.variable("j"))
      let (bq, bk) = (g.queries.size, g.keys.size)
      let scores = tiles.array("scores", j, i)
      func row(_ name: String) -> Expression { tiles.load(name, i) }
      func store(_ name: String, _ value: Expression) -> Statement { .store(buffer: name, index: i, value: value) }
      func forEachQuery(_ body: [Statement]) -> Statement { .loop(variable: "i", extent: .constant(bq), body: body) }
      func forEachScore(_ body: [Statement]) -> Statement {
        .loop(variable: "j", extent: .constant(bk), body: [forEachQuery(body)])
      }
      func result(_ query: Index) -> [Index] { [tiles.row, query + i, tiles.head, .variable("d")] }
      func forEachOutput(_ body: [Statement]) -> Statement {
        .loop(variable: "d", extent: .constant(g.valueSize), body: body)
      }

      func tile(_ query: Index, _ key: Index, _ isRepeated: Condition?) -> [Statement] {
        let weight = Expression.local("weight")
        let kept = dropout.map { weight * $0.factor(tiles.weightIndex(query, key)) } ?? weight
        return [
          tiles.scores(query, key, into: "scores", [tiles.store("scores", .local("sum") * .literal(scale))])
        ] + tiles.hide("scores", -.infinity, query, key, isRepeatedKey: isRepeated) + [
          forEachQuery([store("change", row("largest"))]),
          forEachScore([store("largest", .binary(.maximum, row("largest"), scores))]),
          forEachQuery([
            store("change", .unary(.expFalling, row("change") - row("largest"))),
            store("total", row("total") * row("change")),
          ]),
          forEachScore([
            .constant("weight", .unary(.expFalling, scores - row("largest"))), store("total", row("total") + weight),
            tiles.store("scores", kept),
          ]),
          tiles.product(
            ("i", bq), ("d", g.valueSize), bk, a: tiles.transposed("scores"), b: tiles.value(key),
            c: tiles.result(query),
            [context.store(0, result(query), context.loadResult(0, result(query)) * row("change") + .local("sum"))]),
        ]
      }

      let isEmpty = Condition.compare(.equal, row("total"), 0.0)
      return tiles.forEachHead(
        tiles.arrays(["scores"], queries: ["largest", "total", "change"])
          + g.queries.loop("query") { query, _ in
            [
              forEachQuery([
                store("largest", .literal(-Self.largest)), store("total", 0.0),
                forEachOutput([context.store(0, result(query), 0.0)]),
              ])
            ]
              + g.keys.loop("key") { key, isRepeated in
                tiles.unlessAbove(query, key, tile(query, key, isRepeated))
              } + [
                forEachQuery([
                  .constant("inverse", .select(isEmpty, 0.0, 1.0 / row("total"))),
                  forEachOutput([
                    context.store(0, result(query), context.loadResult(0, result(query)) * .local("inverse"))
                  ]),
                  context.store(
                    1, [tiles.row, tiles.head, query + i],
                    .select(isEmpty, .literal(Self.largest), row("largest") + .unary(.log, row("total")))),
                ])
              ]
          })
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = ReferenceTensor(shape: context.shape(ofResult: 0), repeating: 0)
    var sums = ReferenceTensor(shape: context.shape(ofResult: 1), repeating: Self.largest)
    forEachQuery(operands, context) { row, head, time, keyHead, scores in
      let largest = scores.map(\.score).max() ?? -.infinity
      let total = scores.reduce(0) { $0 + exp($1.score - largest) }
      if !scores.isEmpty { sums[[row, head, time]] = largest + log(total) }
      for (key, score, factor) in scores {
        for d in 0..<result.shape[3] {
          result[[row, time, head, d]] += exp(score - largest) / total * factor * operands[2][[row, key, keyHead, d]]
        }
      }
    }
    return [result, sums]
  }

  /// Goes through the queries, each with the keys that it sees, their scores and what dropout multiplies their weights by.
  func forEachQuery(
    _ operands: [ReferenceTensor], _ context: ReferenceContext,
    _ body: (
      _ row: Int, _ head: Int, _ time: Int, _ keyHead: Int, _ scores: [(key: Int, score: Double, factor: Double)]
    ) -> Void
  ) {
    let (query, key) = (operands[0], operands[1])
    let (time, heads, size) = (query.shape[1], query.shape[2], query.shape[3])
    let (keys, group) = (key.shape[1], heads / key.shape[2])
    for row in 0..<query.shape[0] {
      for head in 0..<heads {
        for t in 0..<time {
          let seen = (0..<keys).filter { (!isCausal || $0 <= t) && (operands.count < 4 || operands[3][[row, $0]] > 0) }
          let scores = seen.map { s in
            let dot = (0..<size).reduce(0) { $0 + query[[row, t, head, $1]] * key[[row, s, head / group, $1]] }
            let element = ((row * heads + head) * time + t) * keys + s
            return (s, scale * dot, dropout.map { $0.factor(element, context) } ?? 1)
          }
          body(row, head, t, head / group, scores)
        }
      }
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank == 4,
      !operand.shape.dimensions.dropFirst().contains(where: \.perRow)
    else { return nil }
    let shape = operand.shape
    let keyHeads = (1...shape[2].count).filter { shape[2].count % $0 == 0 }
    let keys = Dimension(random.integer(in: 1...7))
    let heads = Dimension(random.element(of: keyHeads))
    let value = Dimension(random.integer(in: 1...5))
    let op = Attention(
      scale: random.real(in: 0.2...1), isCausal: random.integer(in: 0...1) == 0, block: random.integer(in: 2...8))
    let mask = random.integer(in: 0...1) == 0 ? [] : [TensorType(operand.element, [shape[0], keys])]
    return Instance(
      op,
      [
        operand, TensorType(operand.element, [shape[0], keys, heads, shape[3]]),
        TensorType(operand.element, [shape[0], keys, heads, value]),
      ] + mask)
  }
}

extension GraphBuilder {
  /// [rows, time, heads, valueSize] from queries [rows, time, heads, size], keys [rows, keys, keyHeads, size], values
  /// [rows, keys, keyHeads, valueSize] and a mask [rows, keys] that is positive for the keys to see.
  public mutating func attention(
    _ query: Value, _ key: Value, _ value: Value, mask: Value? = nil, scale: Double, isCausal: Bool = false,
    dropout: Dropout? = nil
  ) throws(ShapeError) -> Value {
    try append(
      Attention(scale: scale, isCausal: isCausal, dropout: dropout), [query, key, value] + (mask.map { [$0] } ?? []))
  }
}
