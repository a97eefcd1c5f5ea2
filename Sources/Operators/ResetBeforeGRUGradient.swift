import GraphIR
import KernelIR

/// The walk of `ResetBeforeGRU` back through time.
///
/// Operands: the gates behind their activations [rows, time, 3·units], h before each step [rows, time, units], both turned
/// recurrent weights as `Panels`; mask and factors as the GRU's; then those gradients that are `given` of h of every step and of h
/// in the end. Where it recomputes, x is there in place of the gates, and the GRU's weights behind the turned ones. Results: the gradient of x [rows, time, 3·units]; r·h, what R₃ was multiplied by, of every step
/// [rows, time, units]; the gradient of h at the start [rows, units]; and workspace: what flows to the state before through
/// R₁ and R₂ and past them, and to r·h through R₃; and what making gates again needs.
public struct ResetBeforeGRUGradient: Operator {
  public static let name = "reset_before_gru_gradient"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction
  public var options: RecurrentOptions
  /// For h of every step, and h in the end.
  public var given: [Bool]

  public init(
    activation: CellFunction, recurrentActivation: CellFunction, options: RecurrentOptions, given: [Bool]
  ) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.options = options
    self.given = given
  }

  enum Result {
    static let (input, opened, state, past, flow, inner, sums, innerAgain, scaled) = (0, 1, 2, 3, 4, 5, 6, 7, 8)
  }

  private var forward: ResetBeforeGRU {
    ResetBeforeGRU(activation: activation, recurrentActivation: recurrentActivation, options: options)
  }

  private var walk: RecurrentWalk {
    RecurrentWalk(name: Self.name, forward: forward.layout, saved: 2, given: given)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try walk.states(of: operands, sequences: [1])
    let (state, flow) = walk.memory(states)
    return [operands[0], states, state, state, flow, flow] + (try walk.memoryAgain(forward, operands, states))
  }

  public var auxiliaryResults: Set<Int> { workspaceResults }
  public var placedResults: Set<Int> {
    workspaceResults.union(options.recomputes ? [Result.input, Result.opened] : [Result.input])
  }
  public var workspaceResults: Set<Int> {
    [Result.past, Result.flow, Result.inner, Result.sums, Result.innerAgain, Result.scaled]
  }

  /// The projection that was made again for this alone gives way to its gradient, element by element.
  public var overwrittenOperand: Int? { options.recomputes ? 0 : nil }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, walk, states: context.operandTypes[1].shape)
      func load(_ name: String, _ gate: Int, _ row: Index, _ unit: Index) -> Statement {
        .constant(name, context.load(0, loops.gate(gate, row, unit)))
      }
      let begin = loops.forEachUnit { row, unit in
        [
          context.store(Result.past, [row, unit], walk.given(1).map { context.load($0, [row, unit]) } ?? 0.0),
          context.store(Result.flow, [row, unit], 0.0),
        ]
      }
      func old(_ row: Index, _ unit: Index) -> Expression {
        loops.factored(context.load(1, [row, loops.t, unit]), row, unit)
      }
      func declareReset(_ row: Index, _ unit: Index) -> Statement {
        options.recomputes ? forward.reset(loops, in: Result.sums, row, unit) : load("reset", 1, row, unit)
      }
      let openAgain = loops.forEachUnit { row, unit in
        [
          declareReset(row, unit),
          context.store(Result.opened, [row, loops.t, unit], .local("reset") * old(row, unit)),
        ]
      }
      let close = loops.forEachUnit { row, unit in
        let place = [row, loops.t, unit]
        let arrived = loops.flow(in: Result.flow, row, unit) + context.loadResult(Result.past, [row, unit])
        let (update, candidate, state) = (
          Expression.local("update"), Expression.local("candidate"), Expression.local("state")
        )
        let gate = state * (context.load(1, place) - candidate) * recurrentActivation.derivative(ofValue: update)
        let fresh = state * (1.0 - update) * activation.derivative(ofValue: candidate)
        let gates =
          options.recomputes
          ? [
            forward.update(loops, in: Result.sums, row, unit),
            forward.candidate(loops, in: Result.innerAgain, row, unit),
          ] : [load("update", 0, row, unit), load("candidate", 2, row, unit)]
        return gates + [
          .constant("state", walk.given(0).map { arrived + context.load($0, place) } ?? arrived),
          context.store(Result.input, loops.gate(0, row, unit), loops.kept(gate, 0.0, row)),
          context.store(Result.input, loops.gate(2, row, unit), loops.kept(fresh, 0.0, row)),
          context.store(Result.past, [row, unit], loops.kept(state * update, state, row)),
        ]
      }
      // Where a step does not count, nothing has come through R₃.
      let open = loops.forEachUnit { row, unit in
        let (reset, arrived) = (Expression.local("reset"), Expression.local("arrived"))
        return [
          declareReset(row, unit), .constant("arrived", context.loadResult(Result.inner, [row, unit])),
          .constant("old", old(row, unit)),
          context.store(
            Result.input, loops.gate(1, row, unit),
            arrived * .local("old") * recurrentActivation.derivative(ofValue: reset)),
          context.store(
            Result.past, [row, unit],
            context.loadResult(Result.past, [row, unit]) + loops.factored(arrived * reset, row, unit)),
        ]
          + (context.isNeeded(result: Result.opened) && !options.recomputes
            ? [context.store(Result.opened, [row, loops.t, unit], reset * .local("old"))] : [])
      }
      let inner = loops.productsBack(of: Result.input, first: 2, weights: 1, turned: walk.turned, into: Result.inner)
      let products = loops.productsBack(of: Result.input, turned: walk.turned, into: Result.flow)
      let again =
        !options.recomputes
        ? []
        : loops.productsAgain(of: 1, scaled: Result.scaled, into: Result.sums) + [openAgain]
          + loops.products(
            of: loops.linesOfStep(context.resultBuffers[Result.opened]), weights: 1, into: Result.innerAgain)
      return loops.overRows(
        [
          begin,
          loops.backward(
            again + [close] + inner + [open] + loops.goOn(products, flow: Result.flow, cleared: [Result.past])),
        ] + loops.startState(Result.state, flow: Result.flow, past: Result.past))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var results = context.resultTypes.indices.map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let oldStates = operands[1]
    let (time, units) = (oldStates.shape[1], oldStates.shape[2])
    for row in 0..<oldStates.shape[0] {
      var state = (0..<units).map { unit in walk.given(1, operands, [row, unit]) }
      for t in (0..<time).reversed() {
        for unit in 0..<units { state[unit] += walk.given(0, operands, [row, t, unit]) }
        let gates = walk.gates(operands, states: 1, row, t, again: forward.gates)
        func gate(_ number: Int, _ unit: Int) -> Double { gates[number][unit] }
        func old(_ unit: Int) -> Double { oldStates[[row, t, unit]] }
        func factor(_ unit: Int) -> Double { walk.factor(operands, row, unit) }
        for unit in 0..<units {
          results[Result.opened][[row, t, unit]] = gate(1, unit) * old(unit) * factor(unit)
        }
        if walk.counts(operands, row, t) {
          let fresh = (0..<units).map {
            state[$0] * (1 - gate(0, $0)) * activation.derivative(ofValue: gate(2, $0))
          }
          let update = (0..<units).map {
            state[$0] * (old($0) - gate(2, $0)) * recurrentActivation.derivative(ofValue: gate(0, $0))
          }
          let opened = walk.product(fresh, operands, weights: 1, units: units)
          let reset = (0..<units).map {
            opened[$0] * old($0) * factor($0) * recurrentActivation.derivative(ofValue: gate(1, $0))
          }
          for (number, flow) in [update, reset, fresh].enumerated() {
            for unit in 0..<units { results[Result.input][[row, t, number * units + unit]] = flow[unit] }
          }
          let through = walk.flow(update + reset, operands, row, units: units)
          state = (0..<units).map { through[$0] + opened[$0] * gate(1, $0) * factor($0) + state[$0] * gate(0, $0) }
        }
        if walk.ends(at: t) { state = state.map { _ in 0 } }
      }
      for unit in 0..<units { results[Result.state][[row, unit]] = options.hasStart ? state[unit] : 0 }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = ResetBeforeGRU.draw(&random, operand: operand), let gru = forward.op as? ResetBeforeGRU,
      let results = try? gru.infer(forward.operands)
    else { return nil }
    let op = ResetBeforeGRUGradient(
      activation: .tanh, recurrentActivation: .sigmoid, options: gru.options,
      given: (0..<2).map { _ in random.integer(in: 0...1) == 0 })
    return op.walk.operands(
      saved: [results[1], results[2]], forward: forward.operands, gradients: [results[0], results[3]]
    ).map { Instance(op, $0) }
  }
}
