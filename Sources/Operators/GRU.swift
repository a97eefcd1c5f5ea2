import GraphIR
import KernelIR

/// A gated recurrent unit over time (Cho et al. 2014) that resets behind the product, as Keras does by default:
///
/// with q = h[t-1]·R + b in thirds, z = σ(x₁ + q₁), r = σ(x₂ + q₂), g = φ(x₃ + r·q₃), and h[t] = z·h[t-1] + (1 - z)·g.
///
/// Operands: those of every `RecurrentOperator`, with b [3·units] behind the weights. Results: h of every step
/// [rows, time, units]; for the gradient the gates z, r, g behind their activations [rows, time, 3·units], h before each
/// step and q₃ [rows, time, units]; h in the end [rows, units]; and workspace.
public struct GRU: RecurrentOperator {
  public static let name = "gru"
  public static let gates = 3
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

  /// Numbers of the results. `scaled` is there only with factors.
  enum Result {
    static let (states, gates, oldStates, inner, state, sums, scaled) = (0, 1, 2, 3, 4, 5, 6)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try layout.states(of: operands) { (x, units) throws(ShapeError) in
      let bias = TensorType(x.element, [Dimension(3 * units)])
      guard operands[2] == bias else {
        throw ShapeError("gru of projected inputs \(x) expects a recurrent bias \(bias), got \(operands[2])")
      }
    }
    let (state, sums) = layout.memory(states)
    return [states, operands[0], states, states, state] + sums + (options.hasFactors ? [state] : [])
  }

  public var auxiliaryResults: Set<Int> {
    [Result.gates, Result.inner, Result.oldStates, Result.sums, Result.scaled]
  }
  public var placedResults: Set<Int> { [Result.state, Result.sums, Result.scaled] }
  public var workspaceResults: Set<Int> { [Result.sums, Result.scaled] }

  /// The gradients of x, q and the start come from one walk back through time; those of R and b are a product and a sum of q's.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    let given = [Result.states, Result.state].map { context.resultGradients[$0] }
    guard given.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    let (results, operands) = (context.results, context.operands)
    let units = context.builder.shape(of: results[Result.states])[2].count
    let turned = try context.builder.turned(operands[1], units: units, gates: Self.gates)
    let factors = layout.factors.map { operands[$0] }
    let saved =
      options.recomputes
      ? [try context.builder.again(operands[0]), results[Result.oldStates]]
      : [results[Result.gates], results[Result.oldStates], results[Result.inner]]
    let gradient = GRUGradient(
      activation: activation, recurrentActivation: recurrentActivation, options: options, given: given.map { $0 != nil }
    )
    let flow = try context.builder.append(
      gradient,
      saved + [turned] + (options.recomputes ? operands[1..<Self.fixedOperands] : [])
        + [layout.mask.map { operands[$0] }, factors].compactMap { $0 } + given.compactMap { $0 })
    let inner = Value(node: flow.node, result: GRUGradient.Result.product)
    var result: [Value?] = operands.map { _ in nil }
    result[0] = flow
    if context.isNeeded[1] {
      result[1] = try context.builder.recurrentGradient(
        states: results[Result.oldStates], flow: inner, factors: factors)
    }
    if context.isNeeded[2] { result[2] = try context.builder.sum(inner, axes: [0, 1]) }
    if let start = layout.start { result[start] = Value(node: flow.node, result: GRUGradient.Result.state) }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.recurrentStep(self) { (builder, cell) throws(ShapeError) in
      let units = builder.shape(of: cell.old[0])[1].count
      var inner: [Value] = []
      for gate in 0..<3 {
        let bias = try builder.slice(
          cell.others[0], starts: [gate * units], ends: [(gate + 1) * units], strides: [1])
        inner.append(try builder.add(cell.products[gate], bias))
      }
      let update = try recurrentActivation.apply(to: builder.add(cell.inputs[0], inner[0]), in: &builder)
      let reset = try recurrentActivation.apply(to: builder.add(cell.inputs[1], inner[1]), in: &builder)
      let candidate = try activation.apply(
        to: builder.add(cell.inputs[2], builder.multiply(reset, inner[2])), in: &builder)
      let change = try builder.multiply(update, builder.subtract(cell.old[0], candidate))
      return [try builder.add(candidate, change)]
    }
  }

  /// The gates of a step, and q₃ as `inner`, as loops make them: from the projected input, operand 0, the product in `sums` and the
  /// operand `bias`.
  func gates(_ loops: RecurrentLoops, in sums: Int, bias: Int, _ row: Index, _ unit: Index) -> [Statement] {
    let context = loops.context
    func projected(_ number: Int) -> Expression { context.load(0, loops.gate(number, row, unit)) }
    func product(_ number: Int) -> Expression {
      loops.product(number, in: sums, row, unit) + context.load(bias, [unit + .constant(number * loops.units)])
    }
    return [
      .constant("update", recurrentActivation.expression(projected(0) + product(0))),
      .constant("reset", recurrentActivation.expression(projected(1) + product(1))),
      .constant("inner", product(2)),
      .constant("candidate", activation.expression(projected(2) + .local("reset") * .local("inner"))),
    ]
  }

  /// z, r, g and q₃ of a step, each [units], from the state before it.
  func gates(_ walk: RecurrentReference, _ old: [Double], _ row: Int, _ t: Int) -> [[Double]] {
    var made = Array(repeating: old, count: 4)
    for unit in old.indices {
      let q = (0..<3).map { walk.product(old, row, $0, unit) + walk.operands[2][[$0 * old.count + unit]] }
      let x = (0..<3).map { walk.projected(row, t, $0, unit) }
      let (z, r) = (recurrentActivation.evaluate(x[0] + q[0]), recurrentActivation.evaluate(x[1] + q[1]))
      for (gate, value) in [z, r, activation.evaluate(x[2] + r * q[2]), q[2]].enumerated() { made[gate][unit] = value }
    }
    return made
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, layout, states: context.resultTypes[Result.states].shape)
      let step = loops.forEachUnit { row, unit in
        let (update, reset) = (Expression.local("update"), Expression.local("reset"))
        let (inner, candidate, old) = (
          Expression.local("inner"), Expression.local("candidate"), Expression.local("old")
        )
        let place = [row, loops.t, unit]
        return gates(loops, in: Result.sums, bias: 2, row, unit) + [
          .constant("old", context.loadResult(Result.state, [row, unit])),
          .constant(
            "state", loops.kept(update * old + (1.0 - update) * candidate, old, row)),
        ]
          + [update, reset, candidate].enumerated().flatMap {
            loops.storeIfNeeded(Result.gates, loops.gate($0, row, unit), $1)
          }
          + loops.storeIfNeeded(Result.inner, place, inner) + loops.storeIfNeeded(Result.oldStates, place, old)
          + loops.storeIfNeeded(Result.states, place, .local("state"))
          + [context.store(Result.state, [row, unit], .local("state"))]
      }
      let products = loops.products(of: Result.state, scaled: Result.scaled, into: Result.sums)
      return loops.overRows([loops.begin, loops.forward(products + [step])])
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
          results[Result.inner][[row, t, unit]] = gate[3]
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
    let op = GRU(options: .draw(&random))
    guard let units = operand.shape.dimensions.last?.count else { return nil }
    return op.layout.operands(units: operand, others: [TensorType(operand.element, [Dimension(3 * units)])])
      .map { Instance(op, $0) }
  }
}
