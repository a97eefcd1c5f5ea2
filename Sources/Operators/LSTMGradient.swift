import GraphIR
import KernelIR

/// The walk of `LSTM` back through time.
///
/// Operands: the gates behind their activations [rows, time, 4·units], c [rows, time, units], R [units, 4·units]; then
/// those gradients that are `given` of h, of the gates and of c; then c[-1] where the LSTM had a start. Results: the gradient of
/// z [rows, time, 4·units]; what flows to h of the step before, which only the loops need; and that of c[-1].
public struct LSTMGradient: Operator {
  public static let name = "lstm_gradient"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction
  /// For h, the gates and c.
  public var given: [Bool]
  public var hasStart: Bool

  public init(activation: CellFunction, recurrentActivation: CellFunction, given: [Bool], hasStart: Bool) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.given = given
    self.hasStart = hasStart
  }

  /// The operand that holds a given gradient.
  private func operand(_ result: Int) -> Int? {
    given[result] ? 3 + given[..<result].filter { $0 }.count : nil
  }

  private var startOperand: Int? { hasStart ? 3 + given.filter { $0 }.count : nil }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard given.count == 3 else {
      throw ShapeError("lstm_gradient says of 3 results which have gradients, got \(given)")
    }
    try expect(3 + given.filter { $0 }.count + (hasStart ? 1 : 0), operands)
    let (gates, cells) = (operands[0], operands[1])
    var forward = [gates, operands[2]]
    if let start = startOperand {
      guard gates.shape.rank == 3 else {
        throw ShapeError("lstm_gradient expects gates [rows, time, 4*units], got \(gates)")
      }
      forward += [TensorType(gates.element, [gates.shape[0], gates.shape[2]]), operands[start]]
    }
    let results = try LSTM(activation: activation, recurrentActivation: recurrentActivation).infer(forward)
    for (result, type) in results.enumerated() {
      guard let index = operand(result), operands[index] != type else { continue }
      throw ShapeError("lstm_gradient expects \(type) as operand \(index + 1), got \(operands[index])")
    }
    guard cells == results[2] else { throw ShapeError("lstm_gradient expects cell states \(results[2]), got \(cells)") }
    let state = TensorType(gates.element, [gates.shape[0], cells.shape[2]])
    return [gates, state, state]
  }

  public var auxiliaryResults: Set<Int> { [1, 2] }

  /// Second derivatives are not made.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    context.operands.map { _ in nil }
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.operandTypes[1].shape
      let (rows, time, units) = (shape[0], shape[1].count, shape[2].count)
      func step(_ t: Index, _ before: ((_ row: Index, _ unit: Index) -> Expression)?) -> [Statement] {
        context.nest([rows, Dimension(units)]) { at in
          let (row, unit) = (at[0], at[1])
          func place(_ gate: Int) -> [Index] { [row, t, unit + .constant(gate * units)] }
          func declare(_ name: String, _ gate: Int) -> Statement { .constant(name, context.load(0, place(gate))) }
          func flow(_ gate: Int, _ name: String, _ function: CellFunction, _ value: Expression) -> Statement {
            let total = operand(1).map { value + context.load($0, place(gate)) } ?? value
            return context.store(0, place(gate), total * function.derivative(ofValue: .local(name)))
          }
          let carried = context.loadResult(1, [row, unit])
          let arrived = operand(0).map { carried + context.load($0, [row, t, unit]) } ?? carried
          let output = Expression.local("out")
          let bent = Expression.local("bent")
          let through =
            context.loadResult(2, [row, unit])
            + .local("state") * output * activation.derivative(ofValue: bent)
          let cell = operand(2).map { through + context.load($0, [row, t, unit]) } ?? through
          let memory = before.map { $0(row, unit) } ?? 0.0
          return [
            declare("input", 0), declare("forget", 1), declare("candidate", 2), declare("out", 3),
            .constant("bent", activation.expression(context.load(1, [row, t, unit]))),
            .constant("state", arrived), .constant("cell", cell),
            flow(0, "input", recurrentActivation, .local("cell") * .local("candidate")),
            flow(1, "forget", recurrentActivation, .local("cell") * memory),
            flow(2, "candidate", activation, .local("cell") * .local("input")),
            flow(3, "out", recurrentActivation, .local("state") * bent),
            context.store(2, [row, unit], .local("cell") * .local("forget")),
          ]
        }
      }
      let clear = context.nest([rows, Dimension(units)], prefix: "z") {
        [context.store(1, $0, 0.0), context.store(2, $0, 0.0)]
      }
      let first = step(0, startOperand.map { start in { context.load(start, [$0, $1]) } })
      guard time > 1 else { return clear + first }
      let t = Index.variable("t")
      let product = context.product(
        m: rows, n: Dimension(units), k: Dimension(4 * units),
        a: .init(
          context.resultBuffers[0], base: t * .constant(4 * units), outerStride: Dimension(time * 4 * units)),
        b: .init(context.operandBuffers[2], outerStride: 1, innerStride: Dimension(4 * units)),
        c: .init(context.resultBuffers[1], outerStride: Dimension(units)))
      return clear + [
        .loop(
          variable: "back", extent: .constant(time - 1),
          body: [.position("t", .constant(time - 1) + .variable("back") * -1)]
            + step(t) { context.load(1, [$0, t - 1, $1]) } + [product])
      ] + first
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let (gates, cells, kernel) = (operands[0], operands[1], operands[2])
    let (rows, time, units) = (cells.shape[0], cells.shape[1], cells.shape[2])
    var z = ReferenceTensor(shape: gates.shape, repeating: 0)
    var (h, c) = (
      ReferenceTensor(shape: [rows, units], repeating: 0), ReferenceTensor(shape: [rows, units], repeating: 0)
    )
    for row in 0..<rows {
      for t in (0..<time).reversed() {
        for unit in 0..<units {
          func arrived(_ result: Int, _ at: [Int]) -> Double { operand(result).map { operands[$0][at] } ?? 0 }
          let gate = (0..<4).map { gates[[row, t, $0 * units + unit]] }
          let bent = activation.evaluate(cells[[row, t, unit]])
          let state = h[[row, unit]] + arrived(0, [row, t, unit])
          let cell =
            c[[row, unit]] + arrived(2, [row, t, unit]) + state * gate[3] * activation.derivative(ofValue: bent)
          let memory = t > 0 ? cells[[row, t - 1, unit]] : startOperand.map { operands[$0][[row, unit]] } ?? 0
          for (number, flow) in [cell * gate[2], cell * memory, cell * gate[0], state * bent].enumerated() {
            let function = number == 2 ? activation : recurrentActivation
            z[[row, t, number * units + unit]] =
              (flow + arrived(1, [row, t, number * units + unit])) * function.derivative(ofValue: gate[number])
          }
          c[[row, unit]] = cell * gate[1]
        }
        guard t > 0 else { continue }
        for unit in 0..<units {
          h[[row, unit]] = (0..<(4 * units)).reduce(0) { $0 + z[[row, t, $1]] * kernel[[unit, $1]] }
        }
      }
    }
    return [z, h, c]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard let forward = LSTM.draw(&random, operand: operand), let results = try? forward.op.infer(forward.operands)
    else { return nil }
    let given = (0..<3).map { _ in random.integer(in: 0...1) == 0 }
    let hasStart = forward.operands.count == 4
    let op = LSTMGradient(activation: .tanh, recurrentActivation: .sigmoid, given: given, hasStart: hasStart)
    return Instance(
      op,
      [results[1], results[2], forward.operands[1]] + zip(results, given).filter(\.1).map(\.0)
        + (hasStart ? [forward.operands[3]] : []))
  }
}
