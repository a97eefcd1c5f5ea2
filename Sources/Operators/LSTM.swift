import GraphIR
import KernelIR

/// A long short-term memory over time (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
///
/// i, f, g, o = the quarters of x[t] + h[t-1]·R, where i, f, o pass the recurrent activation σ and g the activation φ,
/// c[t] = f·c[t-1] + i·g, and h[t] = o·φ(c[t]). The quarters are in Keras's order: input, forget, cell, output.
///
/// Operands: those of every `RecurrentOperator`; the states to start from are h and c. Results: h of every step
/// [rows, time, units]; for the gradient the gates behind their activations [rows, time, 4·units], and c and h before each
/// step [rows, time, units]; h and c in the end [rows, units]; and workspace.
public struct LSTM: RecurrentOperator {
  public static let name = "lstm"
  public static let gates = 4
  public static let fixedOperands = 2
  public static let last = [Result.state, Result.cell]

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
    static let (states, gates, oldCells, oldStates, state, cell, sums, scaled) = (0, 1, 2, 3, 4, 5, 6, 7)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try layout.states(of: operands)
    let (state, sums) = layout.memory(states)
    return [states, operands[0], states, states, state, state] + sums + (options.hasFactors ? [state] : [])
  }

  public var auxiliaryResults: Set<Int> {
    [Result.gates, Result.oldCells, Result.oldStates, Result.sums, Result.scaled]
  }
  public var placedResults: Set<Int> { [Result.state, Result.cell, Result.sums, Result.scaled] }
  public var workspaceResults: Set<Int> { [Result.sums, Result.scaled] }

  /// The gradients of x and of the start come from one walk back through time, that of R is a product over all steps.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    let given = [Result.states, Result.state, Result.cell].map { context.resultGradients[$0] }
    guard given.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    let units = context.builder.shape(of: context.results[Result.states])[2].count
    let turned = try context.builder.turned(context.operands[1], units: units, gates: Self.gates)
    let factors = layout.factors.map { context.operands[$0] }
    let saved =
      options.recomputes
      ? [
        try context.builder.again(context.operands[0]), context.results[Result.oldCells],
        context.results[Result.oldStates],
      ]
      : [context.results[Result.gates], context.results[Result.oldCells]]
    let gradient = LSTMGradient(
      activation: activation, recurrentActivation: recurrentActivation, options: options, given: given.map { $0 != nil }
    )
    let flow = try context.builder.append(
      gradient,
      saved + [turned] + (options.recomputes ? [context.operands[1]] : [])
        + [layout.mask.map { context.operands[$0] }, factors].compactMap { $0 } + given.compactMap { $0 })
    var result: [Value?] = context.operands.map { _ in nil }
    result[0] = flow
    if context.isNeeded[1] {
      result[1] = try context.builder.recurrentGradient(
        states: context.results[Result.oldStates], flow: flow, factors: factors)
    }
    if let start = layout.start {
      result[start] = Value(node: flow.node, result: LSTMGradient.Result.state)
      result[start + 1] = Value(node: flow.node, result: LSTMGradient.Result.cell)
    }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.recurrentStep(self) { (builder, cell) throws(ShapeError) in
      func gate(_ number: Int, _ function: CellFunction) throws(ShapeError) -> Value {
        try function.apply(to: builder.add(cell.inputs[number], cell.products[number]), in: &builder)
      }
      let (input, forget) = try (gate(0, recurrentActivation), gate(1, recurrentActivation))
      let (candidate, out) = try (gate(2, activation), gate(3, recurrentActivation))
      let carried = try builder.add(builder.multiply(forget, cell.old[1]), builder.multiply(input, candidate))
      return [try builder.multiply(out, activation.apply(to: carried, in: &builder)), carried]
    }
  }

  private var functions: [CellFunction] { [recurrentActivation, recurrentActivation, activation, recurrentActivation] }

  /// The gates of a step as loops make them, from the product in `sums`.
  func gates(_ loops: RecurrentLoops, in sums: Int, _ row: Index, _ unit: Index) -> [Statement] {
    ["input", "forget", "candidate", "out"].enumerated().map { number, name in
      .constant(name, functions[number].expression(loops.sum(number, in: sums, row, unit)))
    }
  }

  /// The gates of a step, each [units], from the state before it.
  func gates(_ walk: RecurrentReference, _ old: [Double], _ row: Int, _ t: Int) -> [[Double]] {
    functions.enumerated().map { number, function in
      old.indices.map { function.evaluate(walk.sum(old, row, t, number, $0)) }
    }
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, layout, states: context.resultTypes[Result.states].shape)
      let step = loops.forEachUnit { row, unit in
        let state = context.loadResult(Result.state, [row, unit])
        let (input, forget) = (Expression.local("input"), Expression.local("forget"))
        let (candidate, out) = (Expression.local("candidate"), Expression.local("out"))
        let made = out * activation.expression(.local("cell"))
        let place = [row, loops.t, unit]
        return gates(loops, in: Result.sums, row, unit) + [
          .constant("old", context.loadResult(Result.cell, [row, unit])),
          .constant(
            "cell", loops.kept(forget * .local("old") + input * candidate, .local("old"), row)),
          .constant("state", loops.kept(made, state, row)),
        ]
          + [input, forget, candidate, out].enumerated().flatMap {
            loops.storeIfNeeded(Result.gates, loops.gate($0, row, unit), $1)
          }
          + loops.storeIfNeeded(Result.oldCells, place, .local("old"))
          + loops.storeIfNeeded(Result.oldStates, place, state)
          + loops.storeIfNeeded(Result.states, place, .local("state"))
          + [
            context.store(Result.state, [row, unit], .local("state")),
            context.store(Result.cell, [row, unit], .local("cell")),
          ]
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
      var (h, c) = (walk.start(0, row), walk.start(1, row))
      for t in 0..<time {
        let (oldState, oldCell) = (h, c)
        let gates = gates(walk, oldState, row, t)
        for unit in 0..<units {
          let gate = gates.map { $0[unit] }
          for number in 0..<4 { results[Result.gates][[row, t, number * units + unit]] = gate[number] }
          results[Result.oldCells][[row, t, unit]] = oldCell[unit]
          results[Result.oldStates][[row, t, unit]] = oldState[unit]
          if walk.counts(row, t) {
            c[unit] = gate[1] * oldCell[unit] + gate[0] * gate[2]
            h[unit] = gate[3] * activation.evaluate(c[unit])
          }
          results[Result.states][[row, t, unit]] = h[unit]
        }
      }
      for unit in 0..<units {
        results[Result.state][[row, unit]] = h[unit]
        results[Result.cell][[row, unit]] = c[unit]
      }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let op = LSTM(options: .draw(&random))
    return op.layout.operands(units: operand).map { Instance(op, $0) }
  }
}
