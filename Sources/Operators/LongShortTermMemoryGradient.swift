import GraphIR
import KernelIR

/// The gradient of what an lstm adds to its gates [rows, T, 4·U], from that of its hidden states [rows, T, U], its recurrent
/// weights R [U, 4·U], its cells and its gates; backwards through time:
///
///     dh += dz₊₁·Rᵀ    dc = dh·o·(1 - tanh²c) + dc₊₁·f₊₁
///     dz = dc·g·i(1 - i), dc·c₋₁·f(1 - f), dc·i·(1 - g²), dh·tanh(c)·o(1 - o)
///
/// Two further results [rows, U] are where dh and dc are kept from step to step.
public struct LongShortTermMemoryGradient: Operator {
  public static let name = "lstm_gradient"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(4, operands)
    let types = try LongShortTermMemory().infer([operands[3], operands[1]])
    guard operands[0] == types[0], operands[2] == types[1] else {
      throw ShapeError("lstm_gradient expects states \(types[0]), got \(operands[0]) and \(operands[2])")
    }
    let state = TensorType(types[0].element, [types[0].shape[0], types[0].shape[2]])
    return [operands[3], state, state]
  }

  public var auxiliaryResults: Set<Int> { [1, 2] }

  /// Training needs no second derivative.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil, nil, nil] }

  public var lowering: Lowering {
    .loops { context in
      let (states, width) = (context.operandTypes[0].shape, context.operandTypes[3].shape[2])
      let (steps, units) = (states[1].count, states[2].count)
      let clear = context.nest([states[0], states[2]], prefix: "i") { at in
        [context.store(1, at, 0.0), context.store(2, at, 0.0)]
      }
      // t counts steps from the last one; the first has no cell before it.
      func gates(_ time: Index, isFirst: Bool) -> [Statement] {
        context.nest([states[0], states[2]], prefix: "i") { at in
          let place = [at[0], time, at[1]]
          func gate(_ number: Int) -> [Index] { [at[0], time, at[1] + .constant(number * units)] }
          let names = ["gate_i", "gate_f", "gate_g", "gate_o"]
          let loads = names.enumerated().map { Statement.constant($1, context.load(3, gate($0))) }
          let (i, f, g, o) = (
            Expression.local("gate_i"), Expression.local("gate_f"), Expression.local("gate_g"),
            Expression.local("gate_o")
          )
          let (dh, dc, th) = (Expression.local("dh"), Expression.local("dc"), Expression.local("th"))
          let before: Expression = isFirst ? 0.0 : context.load(2, [at[0], time - 1, at[1]])
          return loads + [
            .constant("dh", context.load(0, place) + context.loadResult(1, at)),
            .constant("th", .unary(.tanh, context.load(2, place))),
            .constant("dc", context.loadResult(2, at) + dh * o * (1.0 - th * th)),
            context.store(0, gate(0), dc * g * i * (1.0 - i)),
            context.store(0, gate(1), dc * before * f * (1.0 - f)),
            context.store(0, gate(2), dc * i * (1.0 - g * g)),
            context.store(0, gate(3), dh * th * o * (1.0 - o)),
            context.store(2, at, dc * f),
          ]
        }
      }
      guard steps > 1 else { return clear + gates(0, isFirst: true) }
      // Counted down: time = steps - 1 - t.
      let time = Index.variable("time")
      let product = Contraction(
        m: states[0], n: states[2], k: width, a: context.matrix(result: 0, at: [0, time, 0]),
        b: .init(buffer: context.operandBuffers[1], outerStride: 1, innerStride: Index(width)),
        c: .init(buffer: context.resultBuffers[1], outerStride: Index(states[2]), innerStride: 1), method: .builtin)
      let body =
        [.position("time", .constant(steps - 1) + .variable("t") * .constant(-1))] + gates(time, isFirst: false)
        + [.contraction(product)]
      return clear + [.loop(variable: "t", extent: .constant(steps - 1), body: body)] + gates(0, isFirst: true)
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (weights, cells, gates) = (operands[1], operands[2], operands[3])
    let (rows, steps, units) = (cells.shape[0], cells.shape[1], cells.shape[2])
    var result = ReferenceTensor(shape: gates.shape, repeating: 0)
    var hidden = ReferenceTensor(shape: [rows, units], repeating: 0)
    var carried = hidden
    for row in 0..<rows {
      for time in (0..<steps).reversed() {
        for unit in 0..<units {
          let gate = { (number: Int) in gates[[row, time, number * units + unit]] }
          let tanh = Tanh().evaluate([cells[[row, time, unit]]])
          let dh = operands[0][[row, time, unit]] + hidden[[row, unit]]
          let dc = carried[[row, unit]] + dh * gate(3) * (1 - tanh * tanh)
          let old = time > 0 ? cells[[row, time - 1, unit]] : 0
          result[[row, time, unit]] = dc * gate(2) * gate(0) * (1 - gate(0))
          result[[row, time, units + unit]] = dc * old * gate(1) * (1 - gate(1))
          result[[row, time, 2 * units + unit]] = dc * gate(0) * (1 - gate(2) * gate(2))
          result[[row, time, 3 * units + unit]] = dh * tanh * gate(3) * (1 - gate(3))
          carried[[row, unit]] = dc * gate(1)
        }
        for unit in 0..<units where time > 0 {
          hidden[[row, unit]] = (0..<(4 * units)).reduce(0) { $0 + result[[row, time, $1]] * weights[[unit, $1]] }
        }
      }
    }
    return [result, hidden, carried]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let (gates, weights) = LongShortTermMemory.drawRecurrent(&random, operand: operand),
      let states = try? LongShortTermMemory().infer([gates, weights])
    else { return nil }
    return Instance(LongShortTermMemoryGradient(), [states[0], weights, states[1], gates])
  }
}
