import GraphIR
import KernelIR

/// The walk of `GRU` back through time.
///
/// Operands: the gates behind their activations [rows, time, 3·units], h before each step and q₃ [rows, time, units], the turned
/// recurrent weights as `Panels`; mask and factors as the GRU's; then those gradients that are `given` of h of every step and of h
/// in the end. Where it recomputes, x is there in place of the gates, no q₃, and the GRU's weights and bias behind the turned
/// weights. Results: the gradients of x and of q [rows, time, 3·units], and of h at the start [rows, units]; and workspace: what
/// flows to the state before through R and past it, and what making gates again needs.
public struct GRUGradient: Operator {
  public static let name = "gru_gradient"

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
    static let (input, product, state, past, flow, sums, scaled) = (0, 1, 2, 3, 4, 5, 6)
  }

  private var forward: GRU {
    GRU(activation: activation, recurrentActivation: recurrentActivation, options: options)
  }

  private var walk: RecurrentWalk {
    RecurrentWalk(name: Self.name, forward: forward.layout, saved: options.recomputes ? 2 : 3, given: given)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try walk.states(of: operands, sequences: Array(1..<walk.saved))
    let (state, flow) = walk.memory(states)
    return [operands[0], operands[0], state, state, flow] + (try walk.memoryAgain(forward, operands, states))
  }

  public var auxiliaryResults: Set<Int> { workspaceResults }
  public var placedResults: Set<Int> { workspaceResults.union([Result.product]) }
  public var workspaceResults: Set<Int> { [Result.past, Result.flow, Result.sums, Result.scaled] }

  /// The projection that was made again for this alone gives way to its gradient, element by element.
  public var overwrittenOperand: Int? { options.recomputes ? 0 : nil }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, walk, states: context.operandTypes[1].shape)
      let begin = loops.forEachUnit { row, unit in
        [
          context.store(Result.past, [row, unit], walk.given(1).map { context.load($0, [row, unit]) } ?? 0.0),
          context.store(Result.flow, [row, unit], 0.0),
        ]
      }
      let step = loops.forEachUnit { row, unit in
        func declare(_ name: String, _ gate: Int) -> Statement {
          .constant(name, context.load(0, loops.gate(gate, row, unit)))
        }
        func kept(_ new: Expression) -> Expression { loops.kept(new, 0.0, row) }
        let place = [row, loops.t, unit]
        let arrived =
          loops.flow(in: Result.flow, row, unit) + context.loadResult(Result.past, [row, unit])
        let (update, reset) = (Expression.local("update"), Expression.local("reset"))
        let (candidate, state) = (Expression.local("candidate"), Expression.local("state"))
        let (gate, opened, fresh) = (Expression.local("gate"), Expression.local("opened"), Expression.local("fresh"))
        let toInput = !context.isNeeded(result: Result.input) ? [] : [gate, opened, fresh]
        let gates =
          options.recomputes
          ? forward.gates(loops, in: Result.sums, bias: walk.again + 1, row, unit)
          : [
            declare("update", 0), declare("reset", 1), declare("candidate", 2),
            .constant("inner", context.load(2, place)),
          ]
        return gates + [
          .constant("state", walk.given(0).map { arrived + context.load($0, place) } ?? arrived),
          .constant("fresh", kept(state * (1.0 - update) * activation.derivative(ofValue: candidate))),
          .constant(
            "gate",
            kept(state * (context.load(1, place) - candidate) * recurrentActivation.derivative(ofValue: update))),
          .constant("opened", fresh * .local("inner") * recurrentActivation.derivative(ofValue: reset)),
        ]
          + toInput.enumerated().map { context.store(Result.input, loops.gate($0, row, unit), $1) }
          + [gate, opened, fresh * reset].enumerated().map {
            context.store(Result.product, loops.gate($0, row, unit), $1)
          }
          + [
            context.store(Result.past, [row, unit], loops.kept(state * update, state, row))
          ]
      }
      let products = loops.productsBack(of: Result.product, turned: walk.turned, into: Result.flow)
      let again = options.recomputes ? loops.productsAgain(of: 1, scaled: Result.scaled, into: Result.sums) : []
      return loops.overRows(
        [begin, loops.backward(again + [step] + loops.goOn(products, flow: Result.flow, cleared: [Result.past]))]
          + loops.startState(Result.state, flow: Result.flow, past: Result.past))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var results = context.resultTypes.indices.map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let oldStates = operands[1]
    let (time, units) = (oldStates.shape[1], oldStates.shape[2])
    for row in 0..<oldStates.shape[0] {
      var state = (0..<units).map { unit in walk.given(1, operands, [row, unit]) }
      for t in (0..<time).reversed() {
        let counts = walk.counts(operands, row, t)
        let gates = walk.gates(operands, states: 1, row, t, again: forward.gates)
        var (flows, past) = ([Double](repeating: 0, count: 3 * units), [Double](repeating: 0, count: units))
        for unit in 0..<units {
          let at = [row, t, unit]
          state[unit] += walk.given(0, operands, at)
          guard counts else { continue }
          let gate = gates.map { $0[unit] }
          let inner = options.recomputes ? gate[3] : operands[2][at]
          let fresh = state[unit] * (1 - gate[0]) * activation.derivative(ofValue: gate[2])
          let update = state[unit] * (oldStates[at] - gate[2]) * recurrentActivation.derivative(ofValue: gate[0])
          let reset = fresh * inner * recurrentActivation.derivative(ofValue: gate[1])
          for (number, flow) in [update, reset, fresh].enumerated() {
            let product = number == 2 ? flow * gate[1] : flow
            results[Result.input][[row, t, number * units + unit]] = flow
            results[Result.product][[row, t, number * units + unit]] = product
            flows[number * units + unit] = product
          }
          past[unit] = state[unit] * gate[0]
        }
        if counts { state = zip(walk.flow(flows, operands, row, units: units), past).map(+) }
        if walk.ends(at: t) { state = state.map { _ in 0 } }
      }
      for unit in 0..<units { results[Result.state][[row, unit]] = options.hasStart ? state[unit] : 0 }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = GRU.draw(&random, operand: operand), let gru = forward.op as? GRU,
      let results = try? gru.infer(forward.operands)
    else { return nil }
    let op = GRUGradient(
      activation: .tanh, recurrentActivation: .sigmoid, options: gru.options,
      given: (0..<2).map { _ in random.integer(in: 0...1) == 0 })
    return op.walk.operands(
      saved: Array(results[1..<(gru.options.recomputes ? 3 : 4)]), forward: forward.operands,
      gradients: [results[0], results[4]]
    ).map { Instance(op, $0) }
  }
}
