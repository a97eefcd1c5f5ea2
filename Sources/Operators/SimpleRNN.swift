import GraphIR
import KernelIR

/// A recurrent layer over time (Elman 1990): h[t] = φ(x[t] + h[t-1]·R).
///
/// Operands: those of every `RecurrentOperator`. Results: h of every step [rows, time, units]; for the gradient h before each step
/// [rows, time, units]; h in the end [rows, units]; and workspace.
public struct SimpleRNN: RecurrentOperator {
  public static let name = "simple_rnn"
  public static let gates = 1
  public static let fixedOperands = 2
  public static let last = [Result.state]

  public var activation: CellFunction
  public var options: RecurrentOptions

  public init(activation: CellFunction = .tanh, options: RecurrentOptions = RecurrentOptions()) {
    self.activation = activation
    self.options = options
  }

  /// Numbers of the results. `scaled` is there only with factors.
  enum Result {
    static let (states, oldStates, state, sums, scaled) = (0, 1, 2, 3, 4)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try layout.states(of: operands)
    let (state, sums) = layout.memory(states)
    return [states, states, state] + sums + (options.hasFactors ? [state] : [])
  }

  public var auxiliaryResults: Set<Int> { [Result.oldStates, Result.sums, Result.scaled] }
  public var placedResults: Set<Int> { [Result.state, Result.sums, Result.scaled] }
  public var workspaceResults: Set<Int> { [Result.sums, Result.scaled] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    let given = [Result.states, Result.state].map { context.resultGradients[$0] }
    guard given.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    let units = context.builder.shape(of: context.results[Result.states])[2].count
    let turned = try context.builder.turned(context.operands[1], units: units, gates: Self.gates)
    let factors = layout.factors.map { context.operands[$0] }
    let flow = try context.builder.append(
      SimpleRNNGradient(activation: activation, options: options, given: given.map { $0 != nil }),
      [context.results[Result.states], turned]
        + [layout.mask.map { context.operands[$0] }, factors].compactMap { $0 } + given.compactMap { $0 })
    var result: [Value?] = context.operands.map { _ in nil }
    result[0] = flow
    if context.isNeeded[1] {
      result[1] = try context.builder.recurrentGradient(
        states: context.results[Result.oldStates], flow: flow, factors: factors)
    }
    if let start = layout.start { result[start] = Value(node: flow.node, result: SimpleRNNGradient.Result.state) }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.recurrentStep(self) { (builder, cell) throws(ShapeError) in
      [try activation.apply(to: builder.add(cell.inputs[0], cell.products[0]), in: &builder)]
    }
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, layout, states: context.resultTypes[Result.states].shape)
      let step = loops.forEachUnit { row, unit in
        let sum = context.load(0, loops.gate(0, row, unit)) + loops.product(0, in: Result.sums, row, unit)
        let place = [row, loops.t, unit]
        let old = context.loadResult(Result.state, [row, unit])
        return [.constant("state", loops.kept(activation.expression(sum), old, row))]
          + loops.storeIfNeeded(Result.oldStates, place, old)
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
        for unit in 0..<units {
          if walk.counts(row, t) {
            h[unit] = activation.evaluate(operands[0][[row, t, unit]] + walk.product(old, row, 0, unit))
          }
          results[Result.oldStates][[row, t, unit]] = old[unit]
          results[Result.states][[row, t, unit]] = h[unit]
        }
      }
      for unit in 0..<units { results[Result.state][[row, unit]] = h[unit] }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let op = SimpleRNN(options: .draw(&random))
    return op.layout.operands(units: operand).map { Instance(op, $0) }
  }
}
