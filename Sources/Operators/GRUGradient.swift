import GraphIR
import KernelIR

/// The walk of `GRU` back through time.
///
/// Operands: h [rows, time, units], the gates behind their activations [rows, time, 3·units], q₃ [rows, time, units],
/// R [units, 3·units] and the gradient of h. Results: the gradients of x and of q [rows, time, 3·units], and two [rows, units]
/// that only the loops need: what flows to h of the step before through R, and past it.
public struct GRUGradient: Operator {
  public static let name = "gru_gradient"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction

  public init(activation: CellFunction, recurrentActivation: CellFunction) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(5, operands)
    let gates = operands[1]
    guard let width = gates.shape.dimensions.last else {
      throw ShapeError("gru_gradient expects gates [rows, time, 3*units], got \(gates)")
    }
    let states = try GRU().infer([gates, operands[3], TensorType(gates.element, [width])])[0]
    for operand in [operands[0], operands[2], operands[4]] where operand != states {
      throw ShapeError("gru_gradient of gates \(gates) expects states \(states), got \(operand)")
    }
    let state = TensorType(states.element, [states.shape[0], states.shape[2]])
    return [gates, gates, state, state]
  }

  /// The first too: where only R and b are wanted nobody reads it, but the walk writes it.
  public var auxiliaryResults: Set<Int> { [0, 1, 2, 3] }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[0].shape
      let (time, units) = (shape[1].count, shape[2].count)
      func step(_ t: Index, isFirst: Bool) -> [Statement] {
        context.nest([shape[0], shape[2]]) { at in
          let (row, unit) = (at[0], at[1])
          func place(_ gate: Int) -> [Index] { [row, t, unit + .constant(gate * units)] }
          let (update, reset) = (Expression.local("update"), Expression.local("reset"))
          let (candidate, state) = (Expression.local("candidate"), Expression.local("state"))
          let (fresh, gate) = (Expression.local("fresh"), Expression.local("gate"))
          let old: Expression = isFirst ? 0.0 : context.load(0, [row, t - 1, unit])
          return [
            .constant("update", context.load(1, place(0))), .constant("reset", context.load(1, place(1))),
            .constant("candidate", context.load(1, place(2))),
            .constant(
              "state", context.load(4, [row, t, unit]) + context.loadResult(2, at) + context.loadResult(3, at)),
            .constant("fresh", state * (1.0 - update) * activation.derivative(ofValue: candidate)),
            .constant("gate", state * (old - candidate) * recurrentActivation.derivative(ofValue: update)),
            .constant(
              "opened",
              fresh * context.load(2, [row, t, unit]) * recurrentActivation.derivative(ofValue: reset)),
            context.store(0, place(0), gate), context.store(0, place(1), .local("opened")),
            context.store(0, place(2), fresh),
            context.store(1, place(0), gate), context.store(1, place(1), .local("opened")),
            context.store(1, place(2), fresh * reset),
            context.store(3, at, state * update),
          ]
        }
      }
      let clear = context.nest([shape[0], shape[2]], prefix: "z") {
        [context.store(2, $0, 0.0), context.store(3, $0, 0.0)]
      }
      guard time > 1 else { return clear + step(0, isFirst: true) }
      let t = Index.variable("t")
      let product = context.product(
        m: shape[0], n: shape[2], k: Dimension(3 * units),
        a: .init(
          context.resultBuffers[1], base: t * .constant(3 * units), outerStride: Dimension(time * 3 * units)),
        b: .init(context.operandBuffers[3], outerStride: 1, innerStride: Dimension(3 * units)),
        c: .init(context.resultBuffers[2], outerStride: shape[2]))
      return clear + [
        .loop(
          variable: "back", extent: .constant(time - 1),
          body: [.position("t", .constant(time - 1) + .variable("back") * -1)] + step(t, isFirst: false) + [product])
      ] + step(0, isFirst: true)
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (h, gates, inner, kernel) = (operands[0], operands[1], operands[2], operands[3])
    let (rows, time, units) = (h.shape[0], h.shape[1], h.shape[2])
    var (x, q) = (gates, gates)
    var (through, past) = (
      ReferenceTensor(shape: [rows, units], repeating: 0), ReferenceTensor(shape: [rows, units], repeating: 0)
    )
    for row in 0..<rows {
      for t in (0..<time).reversed() {
        for unit in 0..<units {
          let gate = (0..<3).map { gates[[row, t, $0 * units + unit]] }
          let state = operands[4][[row, t, unit]] + through[[row, unit]] + past[[row, unit]]
          let old = t > 0 ? h[[row, t - 1, unit]] : 0
          let fresh = state * (1 - gate[0]) * activation.derivative(ofValue: gate[2])
          let update = state * (old - gate[2]) * recurrentActivation.derivative(ofValue: gate[0])
          let reset = fresh * inner[[row, t, unit]] * recurrentActivation.derivative(ofValue: gate[1])
          for (number, flow) in [update, reset, fresh].enumerated() {
            x[[row, t, number * units + unit]] = flow
            q[[row, t, number * units + unit]] = number == 2 ? flow * gate[1] : flow
          }
          past[[row, unit]] = state * gate[0]
        }
        for unit in 0..<units where t > 0 {
          through[[row, unit]] = (0..<(3 * units)).reduce(0) { $0 + q[[row, t, $1]] * kernel[[unit, $1]] }
        }
      }
    }
    return [x, q, through, past]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = GRU.draw(&random, operand: operand), let results = try? forward.op.infer(forward.operands)
    else { return nil }
    return Instance(
      GRUGradient(activation: .tanh, recurrentActivation: .sigmoid),
      [results[0], results[1], results[2], forward.operands[1], results[0]])
  }
}
