import GraphIR
import KernelIR

/// A long short-term memory over time (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
///
/// i, f, g, o = the quarters of z[t] + h[t-1]·R, where i, f, o pass the recurrent activation σ and g the activation φ,
/// c[t] = f·c[t-1] + i·g, and h[t] = o·φ(c[t]). The quarters are in Keras's order: input, forget, cell, output.
///
/// Operands: z [rows, time, 4·units], the projected input with its bias; R [units, 4·units]; and, for a given start,
/// h[-1]·R [rows, 4·units] and c[-1] [rows, units]. Results: h [rows, time, units], the gates behind their activations
/// [rows, time, 4·units], and c [rows, time, units].
public struct LSTM: Operator {
  public static let name = "lstm"

  public var activation: CellFunction
  public var recurrentActivation: CellFunction

  public init(activation: CellFunction = .tanh, recurrentActivation: CellFunction = .sigmoid) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 2 || operands.count == 4 else {
      throw ShapeError("lstm takes 2 operands, or 4 with a given start, got \(operands.count)")
    }
    let (z, kernel) = (operands[0], operands[1])
    guard z.element.isFloating, z.shape.rank == 3, !z.shape[1].perRow, !z.shape[2].perRow else {
      throw ShapeError("lstm expects projected inputs [rows, time, 4*units], got \(z)")
    }
    let (rows, gates) = (z.shape[0], z.shape[2])
    let units = Dimension(gates.count / 4)
    guard gates.count % 4 == 0, kernel == TensorType(z.element, [units, gates]) else {
      throw ShapeError("lstm of projected inputs \(z) expects recurrent weights [units, 4*units], got \(kernel)")
    }
    if operands.count == 4 {
      guard operands[2] == TensorType(z.element, [rows, gates]), operands[3] == TensorType(z.element, [rows, units])
      else {
        throw ShapeError(
          "lstm of projected inputs \(z) expects a start [\(rows), \(gates)] and [\(rows), \(units)], got "
            + "\(operands[2]) and \(operands[3])")
      }
    }
    let sequence = TensorType(z.element, [rows, z.shape[1], units])
    return [sequence, z, sequence]
  }

  public var auxiliaryResults: Set<Int> { [1, 2] }

  /// The gradient of z comes from one walk back through time; those of R and of the start are products and slices of it.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    let given = context.resultGradients
    guard given.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    let shape = context.builder.shape(of: context.operands[0])
    let gates = shape[2]
    let gradient = LSTMGradient(
      activation: activation, recurrentActivation: recurrentActivation, given: given.map { $0 != nil },
      hasStart: context.operands.count == 4)
    let start = context.operands.count == 4 ? [context.operands[3]] : []
    let flow = try context.builder.append(
      gradient, [context.results[1], context.results[2], context.operands[1]] + given.compactMap { $0 } + start)
    var result: [Value?] = [flow, nil]
    if context.isNeeded[1] {
      result[1] = try context.builder.recurrentGradient(states: context.results[0], gates: flow)
    }
    if context.operands.count == 4 {
      let first = try context.builder.steps(flow, 0..<1)
      result.append(try context.builder.reshape(first, to: [shape[0], gates]))
      result.append(Value(node: flow.node, result: 2))
    }
    return result
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    let (z, kernel) = (context.operands[0].value, try context.constant(1))
    let shape = context.builder.shape(of: z)
    let type = TensorType(context.builder.type(of: z).element, [shape[0], Dimension(shape[2].count / 4)])
    guard context.operands.count == 2 else {
      // A layer that keeps its states from call to call does so from step to step.
      guard context.operands[2].time == .kept, context.operands[3].time == .kept else {
        throw ShapeError("lstm starts from states that it is given")
      }
      let node = try context.builder.append(self, context.operands.map(\.value))
      return context.sequences(node)
    }
    let before = try context.builder.matmul(context.state("h", type), kernel)
    let node = try context.builder.append(self, [z, kernel, before, context.state("c", type)])
    context.keep(try context.builder.reshape(node, to: type.shape), as: "h")
    context.keep(try context.builder.reshape(Value(node: node.node, result: 2), to: type.shape), as: "c")
    return context.sequences(node)
  }

  public var lowering: Lowering {
    .loops { context in
      let shape = context.resultTypes[0].shape
      let (rows, time, units) = (shape[0], shape[1].count, shape[2].count)
      let hasStart = context.operandTypes.count == 4
      func step(
        _ t: Index, _ carried: ((_ row: Index, _ gate: Index) -> Expression)?, _ before: ((Index, Index) -> Expression)?
      )
        -> [Statement]
      {
        context.nest([rows, Dimension(units)]) { at in
          let (row, unit) = (at[0], at[1])
          func gate(_ number: Int, _ function: CellFunction) -> Expression {
            let place = unit + .constant(number * units)
            let projected = context.load(0, [row, t, place])
            return function.expression(carried.map { projected + $0(row, place) } ?? projected)
          }
          let (i, f, g, o) = (
            Expression.local("input"), Expression.local("forget"), Expression.local("candidate"),
            Expression.local("out")
          )
          let forget: [Statement] = [.constant("forget", gate(1, recurrentActivation))]
          let cell = before.map { f * $0(row, unit) + i * g } ?? i * g
          return [.constant("input", gate(0, recurrentActivation))] + forget + [
            .constant("candidate", gate(2, activation)), .constant("out", gate(3, recurrentActivation)),
            .constant("cell", cell),
            context.store(1, [row, t, unit], i), context.store(1, [row, t, unit + .constant(units)], f),
            context.store(1, [row, t, unit + .constant(2 * units)], g),
            context.store(1, [row, t, unit + .constant(3 * units)], o),
            context.store(2, [row, t, unit], .local("cell")),
            context.store(0, [row, t, unit], o * activation.expression(.local("cell"))),
          ]
        }
      }
      let first = step(
        0, hasStart ? { context.load(2, [$0, $1]) } : nil, hasStart ? { context.load(3, [$0, $1]) } : nil)
      guard time > 1 else { return first }
      let (t, previous) = (Index.variable("t"), Index.variable("before"))
      let product = context.product(
        m: rows, n: Dimension(4 * units), k: Dimension(units),
        a: .init(context.resultBuffers[0], base: previous * .constant(units), outerStride: Dimension(time * units)),
        b: .init(context.operandBuffers[1], outerStride: Dimension(4 * units)),
        c: .init(
          context.resultBuffers[1], base: t * .constant(4 * units), outerStride: Dimension(time * 4 * units)))
      let later = step(
        t, { context.loadResult(1, [$0, t, $1]) }, { context.loadResult(2, [$0, previous, $1]) })
      return first + [
        .loop(
          variable: "before", extent: .constant(time - 1),
          body: [.position("t", previous + 1), product] + later)
      ]
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let shape = context.shape()
    let (rows, time, units) = (shape[0], shape[1], shape[2])
    var (h, gates, c) = (
      ReferenceTensor(shape: shape, repeating: 0), operands[0], ReferenceTensor(shape: shape, repeating: 0)
    )
    for row in 0..<rows {
      for t in 0..<time {
        for gate in 0..<(4 * units) {
          var sum = operands[0][[row, t, gate]]
          if t > 0 {
            for unit in 0..<units { sum += h[[row, t - 1, unit]] * operands[1][[unit, gate]] }
          } else if operands.count == 4 {
            sum += operands[2][[row, gate]]
          }
          gates[[row, t, gate]] = (gate / units == 2 ? activation : recurrentActivation).evaluate(sum)
        }
        for unit in 0..<units {
          let before = t > 0 ? c[[row, t - 1, unit]] : operands.count == 4 ? operands[3][[row, unit]] : 0
          let (i, f) = (gates[[row, t, unit]], gates[[row, t, units + unit]])
          let (g, o) = (gates[[row, t, 2 * units + unit]], gates[[row, t, 3 * units + unit]])
          c[[row, t, unit]] = f * before + i * g
          h[[row, t, unit]] = o * activation.evaluate(c[[row, t, unit]])
        }
      }
    }
    return [h, gates, c]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank == 3, !operand.shape[1].perRow, !operand.shape[2].perRow else {
      return nil
    }
    let units = Dimension(operand.shape[2].count)
    let gates = Dimension(4 * units.count)
    let z = TensorType(operand.element, [operand.shape[0], operand.shape[1], gates])
    let kernel = TensorType(operand.element, [units, gates])
    let start = [
      TensorType(operand.element, [operand.shape[0], gates]), TensorType(operand.element, [operand.shape[0], units]),
    ]
    return Instance(LSTM(), [z, kernel] + (random.integer(in: 0...1) == 0 ? start : []))
  }
}

extension GraphBuilder {
  public mutating func lstm(
    _ z: Value, _ kernel: Value, start: [Value] = [], activation: CellFunction, recurrentActivation: CellFunction
  ) throws(ShapeError) -> Value {
    try append(LSTM(activation: activation, recurrentActivation: recurrentActivation), [z, kernel] + start)
  }

  /// Some steps of a sequence [rows, time, features].
  public mutating func steps(_ x: Value, _ range: Range<Int>) throws(ShapeError) -> Value {
    let shape = self.shape(of: x)
    return try slice(
      x, starts: [0, range.lowerBound, 0], ends: [shape[0].count, range.upperBound, shape[2].count],
      strides: [1, 1, 1])
  }

  /// Σ over rows and steps of h[t-1]ᵀ·gradient of z[t]: the gradient of recurrent weights in one product.
  mutating func recurrentGradient(states: Value, gates: Value) throws(ShapeError) -> Value {
    let (shape, width) = (self.shape(of: states), self.shape(of: gates)[2])
    let time = shape[1].count
    guard time > 1 else { return try broadcast(scalar(0, like: states), to: [shape[2], width]) }
    let before = try flattenedToMatrix(steps(states, 0..<(time - 1)))
    return try matmul(before, flattenedToMatrix(steps(gates, 1..<time)), transposeLeft: true)
  }
}
