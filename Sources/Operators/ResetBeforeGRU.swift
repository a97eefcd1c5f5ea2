import GraphIR
import KernelIR

/// A gated recurrent unit over time that resets before the product, as it was first described (Cho et al. 2014):
///
/// z = σ(x₁ + h[t-1]·R₁), r = σ(x₂ + h[t-1]·R₂), g = φ(x₃ + (r·h[t-1])·R₃), and h[t] = z·h[t-1] + (1 - z)·g.
///
/// Operands: those of every `RecurrentOperator`, whose weights are R₁ and R₂ [units, 2·units], and R₃ [units, units]. Results: h of
/// every step [rows, time, units]; for the gradient the gates z, r, g behind their activations [rows, time, 3·units], and h before
/// each step [rows, time, units]; h in the end [rows, units]; and workspace. Factors are of h in all three products.
public struct ResetBeforeGRU: RecurrentOperator {
  public static let name = "reset_before_gru"
  public static let gates = 3
  public static let weights = [2, 1]
  public static let fixedOperands = 3
  public static let last = [Result.state]

  public var activation: CellFunction
  public var recurrentActivation: CellFunction
  public var options: RecurrentOptions

  public init(
    activation: CellFunction = .tanh, recurrentActivation: CellFunction = .sigmoid,
    options: RecurrentOptions = RecurrentOptions()
  ) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.options = options
  }

  /// Numbers of the results: `opened` is r·h, `inner` what R₃ makes of it. `scaled` is there only with factors.
  enum Result {
    static let (states, gates, oldStates, state, sums, inner, opened, scaled) = (0, 1, 2, 3, 4, 5, 6, 7)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try layout.states(of: operands)
    let (state, sums) = layout.memory(states)
    return [states, operands[0], states, state] + sums + [state] + (options.hasFactors ? [state] : [])
  }

  public var auxiliaryResults: Set<Int> { workspaceResults.union([Result.gates, Result.oldStates]) }
  public var placedResults: Set<Int> { workspaceResults.union([Result.state]) }
  public var workspaceResults: Set<Int> { [Result.sums, Result.inner, Result.opened, Result.scaled] }

  /// The gradients of x and the start come from one walk back through time, those of the weights are products over all steps.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    let given = [Result.states, Result.state].map { context.resultGradients[$0] }
    guard given.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    let (results, operands) = (context.results, context.operands)
    let shape = context.builder.shape(of: results[Result.states])
    let units = shape[2].count
    var turned: [Value] = []
    for (number, gates) in Self.weights.enumerated() {
      turned.append(try context.builder.turned(operands[1 + number], units: units, gates: gates))
    }
    let factors = layout.factors.map { operands[$0] }
    let gates = try options.recomputes ? context.builder.again(operands[0]) : results[Result.gates]
    let gradient = ResetBeforeGRUGradient(
      activation: activation, recurrentActivation: recurrentActivation, options: options, given: given.map { $0 != nil }
    )
    let flow = try context.builder.append(
      gradient,
      [gates, results[Result.oldStates]] + turned + (options.recomputes ? operands[1..<Self.fixedOperands] : [])
        + [layout.mask.map { operands[$0] }, factors].compactMap { $0 } + given.compactMap { $0 })
    func part(_ gates: Range<Int>, _ builder: inout GraphBuilder) throws(ShapeError) -> Value {
      try builder.slice(
        flow, starts: [0, 0, gates.lowerBound * units],
        ends: [shape[0].count, shape[1].count, gates.upperBound * units],
        strides: [1, 1, 1])
    }
    var result: [Value?] = operands.map { _ in nil }
    result[0] = flow
    if context.isNeeded[1] {
      result[1] = try context.builder.recurrentGradient(
        states: results[Result.oldStates], flow: part(0..<2, &context.builder), factors: factors)
    }
    if context.isNeeded[2] {
      result[2] = try context.builder.recurrentGradient(
        states: Value(node: flow.node, result: ResetBeforeGRUGradient.Result.opened),
        flow: part(2..<3, &context.builder), factors: nil)
    }
    if let start = layout.start {
      result[start] = Value(node: flow.node, result: ResetBeforeGRUGradient.Result.state)
    }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.recurrentStep(self) { (builder, cell) throws(ShapeError) in
      let update = try recurrentActivation.apply(to: builder.add(cell.inputs[0], cell.products[0]), in: &builder)
      let reset = try recurrentActivation.apply(to: builder.add(cell.inputs[1], cell.products[1]), in: &builder)
      let inner = try builder.matmul(builder.multiply(reset, cell.factored), cell.weights[1])
      let candidate = try activation.apply(to: builder.add(cell.inputs[2], inner), in: &builder)
      let change = try builder.multiply(update, builder.subtract(cell.old[0], candidate))
      return [try builder.add(candidate, change)]
    }
  }

  // What loops make of the projected input, operand 0, and products in `sums`.

  func update(_ loops: RecurrentLoops, in sums: Int, _ row: Index, _ unit: Index) -> Statement {
    .constant("update", recurrentActivation.expression(loops.sum(0, in: sums, row, unit)))
  }

  func reset(_ loops: RecurrentLoops, in sums: Int, _ row: Index, _ unit: Index) -> Statement {
    .constant("reset", recurrentActivation.expression(loops.sum(1, in: sums, row, unit)))
  }

  /// R₃ has but this gate.
  func candidate(_ loops: RecurrentLoops, in sums: Int, _ row: Index, _ unit: Index) -> Statement {
    .constant("candidate", activation.expression(loops.sum(2, product: 0, in: sums, row, unit)))
  }

  /// z, r and g of a step, each [units], from the state before it.
  func gates(_ walk: RecurrentReference, _ old: [Double], _ row: Int, _ t: Int) -> [[Double]] {
    func gate(_ number: Int) -> [Double] {
      old.indices.map { recurrentActivation.evaluate(walk.sum(old, row, t, number, $0)) }
    }
    let reset = gate(1)
    let opened = zip(reset, old).map(*)
    let candidate = old.indices.map {
      activation.evaluate(walk.projected(row, t, 2, $0) + walk.product(opened, row, 0, $0, weights: 1))
    }
    return [gate(0), reset, candidate]
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, layout, states: context.resultTypes[Result.states].shape)
      let open = loops.forEachUnit { row, unit in
        let old = loops.factored(context.loadResult(Result.state, [row, unit]), row, unit)
        return [
          reset(loops, in: Result.sums, row, unit),
          context.store(Result.opened, [row, unit], .local("reset") * old),
        ] + loops.storeIfNeeded(Result.gates, loops.gate(1, row, unit), .local("reset"))
      }
      let step = loops.forEachUnit { row, unit in
        let (update, candidate, old) = (
          Expression.local("update"), Expression.local("candidate"), Expression.local("old")
        )
        let place = [row, loops.t, unit]
        return [
          self.update(loops, in: Result.sums, row, unit), self.candidate(loops, in: Result.inner, row, unit),
          .constant("old", context.loadResult(Result.state, [row, unit])),
          .constant("state", loops.kept(update * old + (1.0 - update) * candidate, old, row)),
        ]
          + loops.storeIfNeeded(Result.gates, loops.gate(0, row, unit), update)
          + loops.storeIfNeeded(Result.gates, loops.gate(2, row, unit), candidate)
          + loops.storeIfNeeded(Result.oldStates, place, old)
          + loops.storeIfNeeded(Result.states, place, .local("state"))
          + [context.store(Result.state, [row, unit], .local("state"))]
      }
      let products = loops.products(of: Result.state, scaled: Result.scaled, into: Result.sums)
      let inner = loops.products(of: loops.lines(Result.opened, loops.units), weights: 1, into: Result.inner)
      return loops.overRows([loops.begin, loops.forward(products + [open] + inner + [step])])
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var results = context.resultTypes.indices.map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let (time, units) = (results[Result.states].shape[1], results[Result.states].shape[2])
    let walk = RecurrentReference(operands, layout, units: units)
    for row in 0..<results[Result.states].shape[0] {
      var h = walk.start(0, row)
      for t in 0..<time {
        let old = h
        let gates = gates(walk, old, row, t)
        for unit in 0..<units {
          let gate = gates.map { $0[unit] }
          for number in 0..<3 { results[Result.gates][[row, t, number * units + unit]] = gate[number] }
          results[Result.oldStates][[row, t, unit]] = old[unit]
          if walk.counts(row, t) { h[unit] = gate[0] * old[unit] + (1 - gate[0]) * gate[2] }
          results[Result.states][[row, t, unit]] = h[unit]
        }
      }
      for unit in 0..<units { results[Result.state][[row, unit]] = h[unit] }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let op = ResetBeforeGRU(options: .draw(&random))
    return op.layout.operands(units: operand).map { Instance(op, $0) }
  }
}
