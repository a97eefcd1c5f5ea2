import GraphIR
import KernelIR

/// The walk of `LSTM` back through time.
///
/// Operands: the gates behind their activations [rows, time, 4·units], c before each step [rows, time, units], the turned recurrent
/// weights as `Panels`; mask and factors as the LSTM's; then those gradients that are `given` of h of every step, and of
/// h and c in the end. Where it recomputes, x is there in place of the gates, h before each step behind c, and the LSTM's weights
/// behind the turned ones. Results: the gradients of x [rows, time, 4·units], and of h and c at the start [rows, units];
/// and workspace: what flows to the state before through R and past it, and what making gates again needs.
public struct LSTMGradient: Operator {
  public static let name = "lstm_gradient"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction
  public var options: RecurrentOptions
  /// For h of every step, h and c in the end.
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
    static let (gates, state, cell, past, flow, sums, scaled) = (0, 1, 2, 3, 4, 5, 6)
  }

  private var forward: LSTM {
    LSTM(activation: activation, recurrentActivation: recurrentActivation, options: options)
  }

  private var walk: RecurrentWalk {
    RecurrentWalk(name: Self.name, forward: forward.layout, saved: options.recomputes ? 3 : 2, given: given)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try walk.states(of: operands, sequences: Array(1..<walk.saved))
    let (state, flow) = walk.memory(states)
    return [operands[0], state, state, state, flow] + (try walk.memoryAgain(forward, operands, states))
  }

  public var auxiliaryResults: Set<Int> { workspaceResults }
  public var placedResults: Set<Int> { workspaceResults.union([Result.gates, Result.cell]) }
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
          context.store(Result.cell, [row, unit], walk.given(2).map { context.load($0, [row, unit]) } ?? 0.0),
          context.store(Result.flow, [row, unit], 0.0),
        ]
      }
      let step = loops.forEachUnit { row, unit in
        func declare(_ name: String, _ gate: Int) -> Statement {
          .constant(name, context.load(0, loops.gate(gate, row, unit)))
        }
        func flow(_ gate: Int, _ name: String, _ function: CellFunction, _ value: Expression) -> Statement {
          let total = value * function.derivative(ofValue: .local(name))
          return context.store(Result.gates, loops.gate(gate, row, unit), loops.kept(total, 0.0, row))
        }
        let place = [row, loops.t, unit]
        let arrived =
          loops.flow(in: Result.flow, row, unit) + context.loadResult(Result.past, [row, unit])
        let (state, cell, old) = (Expression.local("state"), Expression.local("cell"), Expression.local("old"))
        let bent = activation.expression(.local("forget") * old + .local("input") * .local("candidate"))
        let gates =
          options.recomputes
          ? forward.gates(loops, in: Result.sums, row, unit)
          : [declare("input", 0), declare("forget", 1), declare("candidate", 2), declare("out", 3)]
        return gates + [
          .constant("old", context.load(1, place)), .constant("bent", bent),
          .constant("state", walk.given(0).map { arrived + context.load($0, place) } ?? arrived),
          .constant("passed", context.loadResult(Result.cell, [row, unit])),
          .constant("cell", .local("passed") + state * .local("out") * activation.derivative(ofValue: .local("bent"))),
          flow(0, "input", recurrentActivation, cell * .local("candidate")),
          flow(1, "forget", recurrentActivation, cell * old),
          flow(2, "candidate", activation, cell * .local("input")),
          flow(3, "out", recurrentActivation, state * .local("bent")),
          context.store(
            Result.cell, [row, unit], loops.kept(cell * .local("forget"), .local("passed"), row)),
          context.store(Result.past, [row, unit], loops.kept(0.0, state, row)),
        ]
      }
      let products = loops.productsBack(of: Result.gates, turned: walk.turned, into: Result.flow)
      let again = options.recomputes ? loops.productsAgain(of: 2, scaled: Result.scaled, into: Result.sums) : []
      return loops.overRows(
        [
          begin,
          loops.backward(
            again + [step] + loops.goOn(products, flow: Result.flow, cleared: [Result.past, Result.cell])),
        ]
          + loops.startState(Result.state, flow: Result.flow, past: Result.past))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var results = context.resultTypes.indices.map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let cells = operands[1]
    let (time, units) = (cells.shape[1], cells.shape[2])
    for row in 0..<cells.shape[0] {
      var state = (0..<units).map { unit in walk.given(1, operands, [row, unit]) }
      var cell = (0..<units).map { unit in walk.given(2, operands, [row, unit]) }
      for t in (0..<time).reversed() {
        let counts = walk.counts(operands, row, t)
        let gates = walk.gates(operands, states: 2, row, t, again: forward.gates)
        var flows = [Double](repeating: 0, count: 4 * units)
        for unit in 0..<units {
          state[unit] += walk.given(0, operands, [row, t, unit])
          guard counts else { continue }
          let gate = gates.map { $0[unit] }
          let old = cells[[row, t, unit]]
          let bent = activation.evaluate(gate[1] * old + gate[0] * gate[2])
          cell[unit] += state[unit] * gate[3] * activation.derivative(ofValue: bent)
          let arrived = [cell[unit] * gate[2], cell[unit] * old, cell[unit] * gate[0], state[unit] * bent]
          for number in 0..<4 {
            let function = number == 2 ? activation : recurrentActivation
            flows[number * units + unit] = arrived[number] * function.derivative(ofValue: gate[number])
            results[Result.gates][[row, t, number * units + unit]] = flows[number * units + unit]
          }
          cell[unit] *= gate[1]
        }
        if counts { state = walk.flow(flows, operands, row, units: units) }
        if walk.ends(at: t) { (state, cell) = (state.map { _ in 0 }, cell.map { _ in 0 }) }
      }
      for unit in 0..<units {
        results[Result.state][[row, unit]] = options.hasStart ? state[unit] : 0
        results[Result.cell][[row, unit]] = cell[unit]
      }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = LSTM.draw(&random, operand: operand), let lstm = forward.op as? LSTM,
      let results = try? lstm.infer(forward.operands)
    else { return nil }
    let op = LSTMGradient(
      activation: .tanh, recurrentActivation: .sigmoid, options: lstm.options,
      given: (0..<3).map { _ in random.integer(in: 0...1) == 0 })
    return op.walk.operands(
      saved: [results[1], results[2]] + (lstm.options.recomputes ? [results[3]] : []), forward: forward.operands,
      gradients: [results[0], results[4], results[5]]
    ).map { Instance(op, $0) }
  }
}
