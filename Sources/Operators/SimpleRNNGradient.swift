import GraphIR
import KernelIR

/// The walk of `SimpleRNN` back through time.
///
/// Operands: h of every step [rows, time, units], the turned recurrent weights as `Panels`; mask and factors as the SimpleRNN's;
/// then those gradients that are `given` of h of every step and of h in the end. Results: the gradients of x [rows, time, units]
/// and of h at the start [rows, units]; and workspace: what flows to the state before through R and past it.
public struct SimpleRNNGradient: Operator {
  public static let name = "simple_rnn_gradient"

  public var activation: CellFunction
  public var options: RecurrentOptions
  /// For h of every step, and h in the end.
  public var given: [Bool]

  public init(activation: CellFunction, options: RecurrentOptions, given: [Bool]) {
    self.activation = activation
    self.options = options
    self.given = given
  }

  enum Result {
    static let (input, state, past, flow) = (0, 1, 2, 3)
  }

  private var walk: RecurrentWalk {
    RecurrentWalk(
      name: Self.name, forward: SimpleRNN(activation: activation, options: options).layout, saved: 1, given: given)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    let states = try walk.states(of: operands, sequences: [])
    let (state, flow) = walk.memory(states)
    return [states, state, state, flow]
  }

  public var auxiliaryResults: Set<Int> { [Result.past, Result.flow] }
  public var placedResults: Set<Int> { [Result.input, Result.past, Result.flow] }
  public var workspaceResults: Set<Int> { [Result.past, Result.flow] }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      let loops = RecurrentLoops(context, walk, states: context.operandTypes[0].shape)
      let begin = loops.forEachUnit { row, unit in
        [
          context.store(Result.past, [row, unit], walk.given(1).map { context.load($0, [row, unit]) } ?? 0.0),
          context.store(Result.flow, [row, unit], 0.0),
        ]
      }
      let step = loops.forEachUnit { row, unit in
        let place = [row, loops.t, unit]
        let arrived =
          loops.flow(in: Result.flow, row, unit) + context.loadResult(Result.past, [row, unit])
        let made = Expression.local("state") * activation.derivative(ofValue: context.load(0, place))
        return [
          .constant("state", walk.given(0).map { arrived + context.load($0, place) } ?? arrived),
          context.store(Result.input, place, loops.kept(made, 0.0, row)),
          context.store(Result.past, [row, unit], loops.kept(0.0, .local("state"), row)),
        ]
      }
      let products = loops.productsBack(of: Result.input, turned: walk.turned, into: Result.flow)
      return loops.overRows(
        [begin, loops.backward([step] + loops.goOn(products, flow: Result.flow, cleared: [Result.past]))]
          + loops.startState(Result.state, flow: Result.flow, past: Result.past))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var results = context.resultTypes.indices.map { ReferenceTensor(shape: context.shape(ofResult: $0), repeating: 0) }
    let h = operands[0]
    let (time, units) = (h.shape[1], h.shape[2])
    for row in 0..<h.shape[0] {
      var state = (0..<units).map { unit in walk.given(1, operands, [row, unit]) }
      for t in (0..<time).reversed() {
        for unit in 0..<units { state[unit] += walk.given(0, operands, [row, t, unit]) }
        if walk.counts(operands, row, t) {
          let flows = (0..<units).map { state[$0] * activation.derivative(ofValue: h[[row, t, $0]]) }
          for unit in 0..<units { results[Result.input][[row, t, unit]] = flows[unit] }
          state = walk.flow(flows, operands, row, units: units)
        }
        if walk.ends(at: t) { state = state.map { _ in 0 } }
      }
      for unit in 0..<units { results[Result.state][[row, unit]] = options.hasStart ? state[unit] : 0 }
    }
    return results
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = SimpleRNN.draw(&random, operand: operand), let simple = forward.op as? SimpleRNN,
      let results = try? simple.infer(forward.operands)
    else { return nil }
    let op = SimpleRNNGradient(
      activation: .tanh, options: simple.options, given: (0..<2).map { _ in random.integer(in: 0...1) == 0 })
    return op.walk.operands(saved: [results[0]], forward: forward.operands, gradients: [results[0], results[2]])
      .map { Instance(op, $0) }
  }
}
