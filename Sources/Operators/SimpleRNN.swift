import GraphIR
import KernelIR

/// A recurrent layer over time (Elman 1990): h[t] = φ(z[t] + h[t-1]·R).
///
/// Operands: z [rows, time, units], the projected input with its bias, and R [units, units]. Result: h [rows, time, units].
public struct SimpleRNN: Operator {
  public static let name = "simple_rnn"

  public var activation: CellFunction

  public init(activation: CellFunction = .tanh) { self.activation = activation }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let z = operands[0]
    guard z.element.isFloating, z.shape.rank == 3, !z.shape[1].perRow, !z.shape[2].perRow else {
      throw ShapeError("simple_rnn expects projected inputs [rows, time, units], got \(z)")
    }
    guard operands[1] == TensorType(z.element, [z.shape[2], z.shape[2]]) else {
      throw ShapeError(
        "simple_rnn of projected inputs \(z) expects recurrent weights [units, units], got \(operands[1])")
    }
    return [z]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let flow = try context.builder.append(
      SimpleRNNGradient(activation: activation), [context.results[0], context.operands[1], gradient])
    guard context.isNeeded[1] else { return [flow, nil] }
    return [flow, try context.builder.recurrentGradient(states: context.results[0], gates: flow)]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let (z, kernel) = (context.operands[0].value, try context.constant(1))
    let shape = context.builder.shape(of: z)
    let type = TensorType(context.builder.type(of: z).element, [shape[0], shape[2]])
    let before = try context.builder.matmul(context.state("h", type), kernel)
    let h = try activation.apply(
      to: context.builder.add(before, context.builder.reshape(z, to: type.shape)), in: &context.builder)
    context.keep(h, as: "h")
    let states = try context.builder.reshape(h, to: shape)
    return context.sequences(states)
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.resultTypes[0].shape
      let (time, units) = (shape[1].count, shape[2].count)
      func step(_ t: Index, _ isFirst: Bool) -> [Statement] {
        context.nest([shape[0], shape[2]]) { at in
          let place = [at[0], t, at[1]]
          let sum = isFirst ? context.load(0, place) : context.load(0, place) + context.loadResult(0, place)
          return [context.store(0, place, activation.expression(sum))]
        }
      }
      guard time > 1 else { return step(0, true) }
      let (t, previous) = (Index.variable("t"), Index.variable("before"))
      let product = context.product(
        m: shape[0], n: shape[2], k: shape[2],
        a: .init(context.resultBuffers[0], base: previous * .constant(units), outerStride: Dimension(time * units)),
        b: .init(context.operandBuffers[1], outerStride: shape[2]),
        c: .init(context.resultBuffers[0], base: t * .constant(units), outerStride: Dimension(time * units)))
      return step(0, true) + [
        .loop(
          variable: "before", extent: .constant(time - 1),
          body: [.position("t", previous + 1), product] + step(t, false))
      ]
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var h = operands[0]
    let (rows, time, units) = (h.shape[0], h.shape[1], h.shape[2])
    for row in 0..<rows {
      for t in 0..<time {
        for unit in 0..<units {
          var sum = operands[0][[row, t, unit]]
          for k in 0..<units where t > 0 { sum += h[[row, t - 1, k]] * operands[1][[k, unit]] }
          h[[row, t, unit]] = activation.evaluate(sum)
        }
      }
    }
    return [h]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.shape.rank == 3 else { return nil }
    let instance = Instance(
      SimpleRNN(), [operand, TensorType(operand.element, [operand.shape[2], operand.shape[2]])])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}

extension GraphBuilder {
  public mutating func simpleRNN(_ z: Value, _ kernel: Value, activation: CellFunction) throws(ShapeError) -> Value {
    try append(SimpleRNN(activation: activation), [z, kernel])
  }
}
