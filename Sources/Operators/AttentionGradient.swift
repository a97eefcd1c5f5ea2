import Glibc
import GraphIR
import KernelIR

/// The gradient of `Attention`, which makes the weights of a tile again from the scores and the logarithm of their sums.
///
/// With P the weights, O the result and G its gradient: dV = Pᵀ·G, dP = G·Vᵀ, dS = P·(dP - Σ G·O), dQ = scale·dS·K and
/// dK = scale·dSᵀ·Q. Operands: those of the attention, its two results, and G. Results: dQ, dK and dV.
public struct AttentionGradient: Operator {
  public static let name = "attention_gradient"

  public var forward: Attention

  public init(forward: Attention) { self.forward = forward }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 6 || operands.count == 7 else {
      throw ShapeError("attention_gradient takes 6 operands, or 7 with a mask, got \(operands.count)")
    }
    let geometry = try AttentionGeometry(operands, block: forward.block, for: Self.name)
    if operands.count == 7 { try geometry.checkMask(operands[3], operands[0].element, for: Self.name) }
    let results = geometry.results(operands[0].element)
    for (operand, wanted) in zip(operands.suffix(3), results + [results[0]]) where operand != wanted {
      throw ShapeError("attention_gradient expects \(wanted), got \(operand)")
    }
    return Array(operands.prefix(3))
  }

  /// All of them: the loops write each, whoever reads it.
  public var auxiliaryResults: Set<Int> { [0, 1, 2] }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      guard let tiles = AttentionTiles(forward, context) else { return [] }
      let g = tiles.geometry
      let (i, j, d) = (Index.variable("i"), Index.variable("j"), Index.variable("d"))
      let (bq, bk) = (g.queries.size, g.keys.size)
      let last = context.operandTypes.count - 1
      let (output, sums, given) = (last - 2, last - 1, last)
      let scale = Expression.literal(forward.scale)
      func clear(_ result: Int, _ steps: Int, _ head: Index, _ size: Int) -> Statement {
        .loop(
          variable: "i", extent: .constant(steps),
          body: [
            .loop(variable: "d", extent: .constant(size), body: [context.store(result, [tiles.row, i, head, d], 0.0)])
          ])
      }

      func tile(_ query: Index, _ key: Index, _ repeated: (query: Condition?, key: Condition?)) -> [Statement] {
        let weight = tiles.array("weights", j, i)
        let queries = { (operand: Int, size: Int) in tiles.queries(context.operandBuffers[operand], query, size) }
        let keys = { (buffer: String, size: Int) in tiles.keys(buffer, key, size) }
        let flow = { (sum: Expression) in tiles.store("flows", weight * (sum - tiles.load("delta", i)) * scale) }
        let flows =
          forward.dropout.map { dropout in
            [
              .constant("factor", dropout.factor(tiles.weightIndex(query, key))),
              flow(.local("factor") * .local("sum")),
              tiles.store("weights", weight * .local("factor")),
            ]
          } ?? [flow(.local("sum"))]
        let lse = context.load(sums, [tiles.row, tiles.head, query + i])
        return [
          tiles.scores(
            query, key, into: "weights",
            [tiles.store("weights", .unary(.expFalling, .local("sum") * scale - lse))])
        ]
          + tiles.hide(
            "weights", 0, query, key, isRepeatedKey: repeated.key, isRepeatedQuery: repeated.query) + [
            tiles.scores(
              query, key, keys: context.operandBuffers[2], queries: context.operandBuffers[given], size: g.valueSize,
              into: "flows", flows),
            tiles.product(
              ("j", bk), ("d", g.valueSize), bq, a: tiles.plain("weights"), b: queries(given, g.valueSize),
              c: keys(context.resultBuffers[2], g.valueSize),
              [context.add(2, [tiles.row, key + j, tiles.keyHead, d], .local("sum"))]),
            tiles.product(
              ("j", bk), ("d", g.size), bq, a: tiles.plain("flows"), b: queries(0, g.size),
              c: keys(context.resultBuffers[1], g.size),
              [context.add(1, [tiles.row, key + j, tiles.keyHead, d], .local("sum"))]),
            tiles.product(
              ("i", bq), ("d", g.size), bk, a: tiles.transposed("flows"), b: keys(context.operandBuffers[1], g.size),
              c: tiles.queries(context.resultBuffers[0], query, g.size),
              [context.add(0, [tiles.row, query + i, tiles.head, d], .local("sum"))]),
          ]
      }

      func place(_ query: Index) -> [Index] { [tiles.row, query + i, tiles.head, d] }
      let head: [Statement] =
        [clear(0, g.queries.extent, tiles.head, g.size)]
        + g.queries.loop("query") { query, isRepeatedQuery in
          [
            .loop(
              variable: "i", extent: .constant(bq),
              body: [
                .reduction(
                  variable: "d", extent: .constant(g.valueSize), body: [],
                  accumulators: [
                    Accumulator(
                      name: "total", fold: .sum,
                      value: context.load(given, place(query)) * context.load(output, place(query)))
                  ]),
                .store(buffer: "delta", index: i, value: .local("total")),
              ])
          ]
            + g.keys.loop("key") { key, isRepeatedKey in
              tiles.unlessAbove(query, key, tile(query, key, (isRepeatedQuery, isRepeatedKey)))
            }
        }
      return tiles.forEachKeyHead(
        tiles.arrays(["weights", "flows"], queries: ["delta"]) + [
          clear(1, g.keys.extent, tiles.keyHead, g.size), clear(2, g.keys.extent, tiles.keyHead, g.valueSize),
        ], forEachOfGroup: head)
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (query, key, value) = (operands[0], operands[1], operands[2])
    let (output, sums, given) = (
      operands[operands.count - 3], operands[operands.count - 2], operands[operands.count - 1]
    )
    var results = (0..<3).map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let forwardOperands = Array(operands.dropLast(3))
    forward.forEachQuery(forwardOperands, context) { row, head, t, keyHead, scores in
      let (size, valueSize) = (query.shape[3], value.shape[3])
      let delta = (0..<valueSize).reduce(0) { $0 + given[[row, t, head, $1]] * output[[row, t, head, $1]] }
      for (s, score, factor) in scores {
        let weight = exp(score - sums[[row, head, t]])
        let flow = (0..<valueSize).reduce(0) { $0 + given[[row, t, head, $1]] * value[[row, s, keyHead, $1]] }
        let scaled = weight * (factor * flow - delta) * forward.scale
        for d in 0..<valueSize { results[2][[row, s, keyHead, d]] += weight * factor * given[[row, t, head, d]] }
        for d in 0..<size {
          results[0][[row, t, head, d]] += scaled * key[[row, s, keyHead, d]]
          results[1][[row, s, keyHead, d]] += scaled * query[[row, t, head, d]]
        }
      }
    }
    return results
  }

  /// Sums as large as such scores have, so that the weights are.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> {
    type.shape.rank == 3 ? 2...4 : -1...1
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = Attention.draw(&random, operand: operand), let op = forward.op as? Attention,
      let results = try? op.infer(forward.operands)
    else { return nil }
    return Instance(AttentionGradient(forward: op), forward.operands + results + [results[0]])
  }
}
