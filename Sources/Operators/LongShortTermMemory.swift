import GraphIR
import KernelIR

/// A long short-term memory over time (Hochreiter and Schmidhuber, 1997), from what the inputs give to the gates,
/// x·W + b of all steps [rows, T, 4·U], and the recurrent weights R [U, 4·U]; gates i, f, c, o as in Keras:
///
///     i, f, o = σ(z + h₋₁·R)    g = tanh(z + h₋₁·R)    c = f·c₋₁ + i·g    h = o·tanh(c)
///
/// Results: the hidden states [rows, T, U], the cells [rows, T, U], and the gates [rows, T, 4·U], which its gradient reads.
/// One product a step serves all rows; its epilogue adds z.
public struct LongShortTermMemory: Operator {
  public static let name = "lstm"

  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(2, operands)
    let (z, weights) = (operands[0].shape, operands[1].shape)
    guard operands[0].element.isFloating, operands[0].element == operands[1].element, z.rank == 3, weights.rank == 2,
      !z[1].perRow, !z[2].perRow, !weights.perRow, weights[1].count == 4 * weights[0].count, z[2] == weights[1]
    else {
      throw ShapeError(
        "lstm expects inputs [rows, time, 4·units] and recurrent weights [units, 4·units], got \(operands[0]) and \(operands[1])"
      )
    }
    let states = TensorType(operands[0].element, [z[0], z[1], weights[0]])
    return [states, states, operands[0]]
  }

  public var auxiliaryResults: Set<Int> { [1, 2] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    let (weights, hidden) = (context.operands[1], context.results[0])
    let gates = try context.builder.append(
      LongShortTermMemoryGradient(), [gradient, weights, context.results[1], context.results[2]])
    let shape = context.builder.shape(of: hidden)
    guard context.isNeeded[1] else { return [gates, nil] }
    return [gates, try context.builder.recurrentGradient(hidden: hidden, gates: gates, steps: shape[1].count)]
  }

  public var lowering: Lowering {
    .loops { context in
      let (z, weights) = (context.operandTypes[0].shape, context.operandTypes[1].shape)
      let units = weights[0].count
      func gates(_ row: Index, _ time: Index, isFirst: Bool) -> [Statement] {
        context.nest([weights[0]], prefix: "z") { unit in
          let at = [row, time, unit[0]]
          func gate(_ number: Int) -> Expression {
            context.loadResult(2, [row, time, unit[0] + .constant(number * units)])
          }
          func keep(_ number: Int, _ name: String) -> Statement {
            context.store(2, [row, time, unit[0] + .constant(number * units)], .local(name))
          }
          let old = isFirst ? nil : context.loadResult(1, [row, time - 1, unit[0]])
          let new = Expression.local("gate_i") * .local("gate_g")
          return [
            .constant("gate_i", .unary(.sigmoid, gate(0))), .constant("gate_f", .unary(.sigmoid, gate(1))),
            .constant("gate_g", .unary(.tanh, gate(2))), .constant("gate_o", .unary(.sigmoid, gate(3))),
            .constant("cell", old.map { .local("gate_f") * $0 + new } ?? new),
            keep(0, "gate_i"), keep(1, "gate_f"), keep(2, "gate_g"), keep(3, "gate_o"),
            context.store(1, at, .local("cell")),
            context.store(0, at, .local("gate_o") * .unary(.tanh, .local("cell"))),
          ]
        }
      }
      let first =
        context.nest([z[0], z[2]], prefix: "i") { at in
          [context.store(2, [at[0], 0, at[1]], context.load(0, [at[0], 0, at[1]]))]
        } + context.nest([z[0]], prefix: "i") { gates($0[0], 0, isFirst: true) }
      guard z[1].count > 1 else { return first }
      let time = Index.variable("t") + 1
      let (i, j) = (Index.variable("i"), Index.variable("j"))
      let product = Contraction(
        m: z[0], n: z[2], k: weights[0],
        a: context.matrix(result: 0, at: [0, .variable("t"), 0]),
        b: .init(buffer: context.operandBuffers[1], outerStride: Index(z[2]), innerStride: 1),
        c: context.matrix(result: 2, at: [0, time, 0]), method: .builtin,
        epilogue: [context.store(2, [i, time, j], context.load(0, [i, time, j]) + .local("sum"))])
      let step = [.contraction(product)] + context.nest([z[0]], prefix: "i") { gates($0[0], time, isFirst: false) }
      return first + [.loop(variable: "t", extent: .constant(z[1].count - 1), body: step)]
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var hidden = ReferenceTensor(shape: context.shape(), repeating: 0)
    var cells = hidden
    var gates = operands[0]
    let units = operands[1].shape[0]
    for row in 0..<hidden.shape[0] {
      for time in 0..<hidden.shape[1] {
        for gate in 0..<(4 * units) where time > 0 {
          gates[[row, time, gate]] += (0..<units).reduce(0) {
            $0 + hidden[[row, time - 1, $1]] * operands[1][[$1, gate]]
          }
        }
        for unit in 0..<units {
          for (number, function) in [UnaryFunction.sigmoid, .sigmoid, .tanh, .sigmoid].enumerated() {
            let at = [row, time, number * units + unit]
            gates[at] = function == .tanh ? Tanh().evaluate([gates[at]]) : Sigmoid().evaluate([gates[at]])
          }
          let gate = { (number: Int) in gates[[row, time, number * units + unit]] }
          let old = time > 0 ? cells[[row, time - 1, unit]] : 0
          cells[[row, time, unit]] = gate(1) * old + gate(0) * gate(2)
          hidden[[row, time, unit]] = gate(3) * Tanh().evaluate([cells[[row, time, unit]]])
        }
      }
    }
    return [hidden, cells, gates]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    drawRecurrent(&random, operand: operand).map { Instance(LongShortTermMemory(), [$0, $1]) }
  }

  /// Types of inputs and recurrent weights for as many rows and steps as `operand` has.
  static func drawRecurrent(_ random: inout RandomSource, operand: TensorType) -> (TensorType, TensorType)? {
    let shape = operand.shape
    guard operand.element.isFloating, shape.rank == 3, !shape[1].perRow, !shape[2].perRow else { return nil }
    let units = random.integer(in: 1...3)
    return (
      TensorType(operand.element, [shape[0], shape[1], Dimension(4 * units)]),
      TensorType(operand.element, [Dimension(units), Dimension(4 * units)])
    )
  }
}

extension LoopContext {
  /// Rows × last axis of a result [rows, time, n] at the step where `coordinates` begin, as a matrix.
  func matrix(result: Int, at coordinates: [Index]) -> Contraction.Matrix {
    let strides = resultTypes[result].shape.strides
    return Contraction.Matrix(
      buffer: resultBuffers[result], base: .flat(coordinates, strides: strides), outerStride: Index(strides[0]),
      innerStride: 1)
  }
}

extension GraphBuilder {
  public mutating func lstm(_ inputs: Value, _ weights: Value) throws(ShapeError) -> Value {
    try append(LongShortTermMemory(), [inputs, weights])
  }

  /// The gradient of recurrent weights: Σₜ hₜ₋₁ᵀ · dzₜ as one product over all rows and steps but the first.
  mutating func recurrentGradient(hidden: Value, gates: Value, steps: Int) throws(ShapeError) -> Value {
    let (states, width) = (shape(of: hidden), shape(of: gates)[2])
    guard steps > 1 else {
      return try broadcast(constant(0, element: type(of: hidden).element), to: [states[2], width])
    }
    let before = try slice(
      hidden, starts: [0, 0, 0], ends: [states[0].count, steps - 1, states[2].count], strides: [1, 1, 1])
    let after = try slice(gates, starts: [0, 1, 0], ends: [states[0].count, steps, width.count], strides: [1, 1, 1])
    let left = try flattenedToMatrix(before)
    return try matmul(left, flattenedToMatrix(after), transposeLeft: true)
  }
}
