import GraphIR
import KernelIR

/// A gated recurrent unit over time (Cho et al. 2014) that resets behind the product, as Keras does by default:
///
/// with q = h[t-1]·R + b in thirds, z = σ(x₁ + q₁), r = σ(x₂ + q₂), g = φ(x₃ + r·q₃), and h[t] = z·h[t-1] + (1 - z)·g.
///
/// Operands: x [rows, time, 3·units], the projected input with its bias; R [units, 3·units]; and b [3·units]. Results:
/// h [rows, time, units], the gates z, r, g behind their activations [rows, time, 3·units], and q₃ [rows, time, units].
public struct GRU: Operator {
  public static let name = "gru"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction

  public init(activation: CellFunction = .tanh, recurrentActivation: CellFunction = .sigmoid) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(3, operands)
    let x = operands[0]
    guard x.element.isFloating, x.shape.rank == 3, !x.shape[1].perRow, !x.shape[2].perRow else {
      throw ShapeError("gru expects projected inputs [rows, time, 3*units], got \(x)")
    }
    let (gates, units) = (x.shape[2], Dimension(x.shape[2].count / 3))
    guard gates.count % 3 == 0, operands[1] == TensorType(x.element, [units, gates]) else {
      throw ShapeError("gru of projected inputs \(x) expects recurrent weights [units, 3*units], got \(operands[1])")
    }
    guard operands[2] == TensorType(x.element, [gates]) else {
      throw ShapeError("gru of projected inputs \(x) expects a recurrent bias [3*units], got \(operands[2])")
    }
    let sequence = TensorType(x.element, [x.shape[0], x.shape[1], units])
    return [sequence, x, sequence]
  }

  public var auxiliaryResults: Set<Int> { [1, 2] }

  /// The gradients of x and q come from one walk back through time; those of R and b are a product and a sum of q's.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil, nil] }
    let (kernel, states) = (context.operands[1], context.results[0])
    let flow = try context.builder.append(
      GRUGradient(activation: activation, recurrentActivation: recurrentActivation),
      [states, context.results[1], context.results[2], kernel, gradient])
    let inner = Value(node: flow.node, result: 1)
    var result: [Value?] = [flow, nil, nil]
    if context.isNeeded[1] { result[1] = try context.builder.recurrentGradient(states: states, gates: inner) }
    if context.isNeeded[2] { result[2] = try context.builder.sum(inner, axes: [0, 1]) }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let (x, kernel, bias) = (context.operands[0].value, try context.constant(1), try context.constant(2))
    let (shape, element) = (context.builder.shape(of: x), context.builder.type(of: x).element)
    let (rows, units) = (shape[0], shape[2].count / 3)
    let before = context.state("h", TensorType(element, [rows, Dimension(units)]))
    let inner = try context.builder.add(context.builder.matmul(before, kernel), bias)
    let outer = try context.builder.reshape(x, to: [rows, shape[2]])
    func gate(_ value: Value, _ number: Int) throws(ShapeError) -> Value {
      try context.builder.slice(
        value, starts: [0, number * units], ends: [rows.count, (number + 1) * units], strides: [1, 1])
    }
    func sum(_ number: Int) throws(ShapeError) -> Value {
      try context.builder.add(gate(outer, number), gate(inner, number))
    }
    let update = try recurrentActivation.apply(to: sum(0), in: &context.builder)
    let reset = try recurrentActivation.apply(to: sum(1), in: &context.builder)
    let candidate = try activation.apply(
      to: context.builder.add(gate(outer, 2), context.builder.multiply(reset, gate(inner, 2))), in: &context.builder)
    let h = try context.builder.add(
      candidate, context.builder.multiply(update, context.builder.subtract(before, candidate)))
    context.keep(h, as: "h")
    let states = try context.builder.reshape(h, to: [rows, 1, Dimension(units)])
    return context.sequences(states)
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.resultTypes[0].shape
      let (time, units) = (shape[1].count, shape[2].count)
      func step(_ t: Index, _ previous: Index?) -> [Statement] {
        context.nest([shape[0], shape[2]]) { at in
          let (row, unit) = (at[0], at[1])
          func place(_ gate: Int) -> [Index] { [row, t, unit + .constant(gate * units)] }
          func inner(_ gate: Int) -> Expression {
            let bias = context.load(2, [unit + .constant(gate * units)])
            return previous == nil ? bias : context.loadResult(1, place(gate)) + bias
          }
          func gate(_ number: Int) -> Expression {
            recurrentActivation.expression(context.load(0, place(number)) + inner(number))
          }
          let (update, candidate) = (Expression.local("update"), Expression.local("candidate"))
          let fresh = (1.0 - update) * candidate
          return [
            .constant("update", gate(0)), .constant("reset", gate(1)), .constant("inner", inner(2)),
            .constant(
              "candidate", activation.expression(context.load(0, place(2)) + .local("reset") * .local("inner"))),
            context.store(1, place(0), update), context.store(1, place(1), .local("reset")),
            context.store(1, place(2), candidate), context.store(2, [row, t, unit], .local("inner")),
            context.store(
              0, [row, t, unit], previous.map { update * context.loadResult(0, [row, $0, unit]) + fresh } ?? fresh),
          ]
        }
      }
      guard time > 1 else { return step(0, nil) }
      let (t, previous) = (Index.variable("t"), Index.variable("before"))
      let product = context.product(
        m: shape[0], n: Dimension(3 * units), k: shape[2],
        a: .init(context.resultBuffers[0], base: previous * .constant(units), outerStride: Dimension(time * units)),
        b: .init(context.operandBuffers[1], outerStride: Dimension(3 * units)),
        c: .init(
          context.resultBuffers[1], base: t * .constant(3 * units), outerStride: Dimension(time * 3 * units)))
      return step(0, nil) + [
        .loop(
          variable: "before", extent: .constant(time - 1),
          body: [.position("t", previous + 1), product] + step(t, previous))
      ]
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let shape = context.shape()
    let (rows, time, units) = (shape[0], shape[1], shape[2])
    var (h, gates, inner) = (
      ReferenceTensor(shape: shape, repeating: 0), operands[0], ReferenceTensor(shape: shape, repeating: 0)
    )
    for row in 0..<rows {
      for t in 0..<time {
        for unit in 0..<units {
          let q = (0..<3).map { gate in
            (0..<units).reduce(operands[2][[gate * units + unit]]) { sum, k in
              t > 0 ? sum + h[[row, t - 1, k]] * operands[1][[k, gate * units + unit]] : sum
            }
          }
          let x = (0..<3).map { operands[0][[row, t, $0 * units + unit]] }
          let (z, r) = (recurrentActivation.evaluate(x[0] + q[0]), recurrentActivation.evaluate(x[1] + q[1]))
          let g = activation.evaluate(x[2] + r * q[2])
          for (gate, value) in [z, r, g].enumerated() { gates[[row, t, gate * units + unit]] = value }
          inner[[row, t, unit]] = q[2]
          h[[row, t, unit]] = (t > 0 ? z * h[[row, t - 1, unit]] : 0) + (1 - z) * g
        }
      }
    }
    return [h, gates, inner]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank == 3, !operand.shape[1].perRow, !operand.shape[2].perRow else {
      return nil
    }
    let (units, gates) = (operand.shape[2], Dimension(3 * operand.shape[2].count))
    return Instance(
      GRU(),
      [
        TensorType(operand.element, [operand.shape[0], operand.shape[1], gates]),
        TensorType(operand.element, [units, gates]), TensorType(operand.element, [gates]),
      ])
  }
}

extension GraphBuilder {
  public mutating func gru(
    _ x: Value, _ kernel: Value, bias: Value, activation: CellFunction, recurrentActivation: CellFunction
  ) throws(ShapeError) -> Value {
    try append(GRU(activation: activation, recurrentActivation: recurrentActivation), [x, kernel, bias])
  }
}
