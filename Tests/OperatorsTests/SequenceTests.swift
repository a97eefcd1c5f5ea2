import GraphIR
import KernelIR
import Operators
import Testing

/// Recurrent layers and attention: every choice of activation, errors, and steps that see no further than they may.
@Suite struct SequenceTests {
  private static let z = TensorType(.f64, [.rows, 3, 8])
  private static let kernel = TensorType(.f64, [2, 8])
  private static let start = [TensorType(.f64, [.rows, 8]), TensorType(.f64, [.rows, 2])]

  @Test(arguments: CellFunction.allCases, [false, true])
  func lstm(_ function: CellFunction, hasStart: Bool) throws {
    var random = RandomSource(seed: 21)
    let op = LSTM(activation: function, recurrentActivation: function == .tanh ? .sigmoid : .tanh)
    let instance = Instance(op, [Self.z, Self.kernel] + (hasStart ? Self.start : []))
    try checkGradient(of: instance, random: &random, rows: 2)
    try checkLowering(of: instance, random: &random, rows: 2)
  }

  @Test func lstmErrors() {
    func message(_ op: any Operator, _ operands: [TensorType]) -> String {
      do {
        _ = try op.infer(operands)
        return ""
      } catch { return error.message }
    }
    #expect(message(LSTM(), [Self.z]) == "lstm takes 2 operands, or 4 with a given start, got 1")
    #expect(
      message(LSTM(), [TensorType(.f32, [.rows, 8]), Self.kernel])
        == "lstm expects projected inputs [rows, time, 4*units], got f32[rows, 8]")
    #expect(
      message(LSTM(), [Self.z, TensorType(.f64, [3, 8])])
        == "lstm of projected inputs f64[rows, 3, 8] expects recurrent weights [units, 4*units], got f64[3, 8]")
    #expect(
      message(LSTM(), [Self.z, Self.kernel, Self.start[1], Self.start[1]])
        == "lstm of projected inputs f64[rows, 3, 8] expects a start [rows, 8] and [rows, 2], got f64[rows, 2] and "
        + "f64[rows, 2]")
    let gradient = LSTMGradient(
      activation: .tanh, recurrentActivation: .sigmoid, given: [true, false, false], hasStart: false)
    let states = TensorType(.f64, [.rows, 3, 2])
    #expect(
      message(gradient, [Self.z, states, Self.kernel, Self.z])
        == "lstm_gradient expects f64[rows, 3, 2] as operand 4, got f64[rows, 3, 8]")
  }

  @Test(arguments: CellFunction.allCases)
  func gruAndSimpleRNN(_ function: CellFunction) throws {
    var random = RandomSource(seed: 23)
    let gates = TensorType(.f64, [.rows, 3, 6])
    let gru = Instance(
      GRU(activation: function, recurrentActivation: function == .tanh ? .sigmoid : .tanh),
      [gates, TensorType(.f64, [2, 6]), TensorType(.f64, [6])])
    let simple = Instance(
      SimpleRNN(activation: function), [TensorType(.f64, [.rows, 3, 2]), TensorType(.f64, [2, 2])])
    for instance in [gru, simple] {
      try checkGradient(of: instance, random: &random, rows: 2)
      try checkLowering(of: instance, random: &random, rows: 2)
    }
  }

  @Test func errorsOfGRUAndSimpleRNN() {
    let gates = TensorType(.f32, [.rows, 3, 6])
    #expect(throws: ShapeError("gru takes 3 operands, got 1")) { try GRU().infer([gates]) }
    #expect(
      throws: ShapeError(
        "gru of projected inputs f32[rows, 3, 6] expects recurrent weights [units, 3*units], got f32[rows, 3, 6]")
    ) { try GRU().infer([gates, gates, gates]) }
    #expect(
      throws: ShapeError("gru of projected inputs f32[rows, 3, 6] expects a recurrent bias [3*units], got f32[2, 6]")
    ) { try GRU().infer([gates, TensorType(.f32, [2, 6]), TensorType(.f32, [2, 6])]) }
    #expect(
      throws: ShapeError(
        "simple_rnn of projected inputs f32[rows, 3, 6] expects recurrent weights [units, units], got f32[2, 6]")
    ) { try SimpleRNN().infer([gates, TensorType(.f32, [2, 6])]) }
  }

  /// Numbers worked out with NumPy from the definitions, for one row of three steps and two units.
  @Test(arguments: [
    (
      LSTM() as any Operator, 8,
      [0.039834940239, -0.187983500037, 0.105091929501, -0.174600970830, 0.060974321679, -0.108895407527]
    ),
    (
      GRU(), 6, [0.205460073972, -0.263873856894, 0.061633822829, -0.501105546883, -0.167823930653, -0.102630588888]
    ),
    (
      SimpleRNN(), 2,
      [-0.848283639958, 0.462117157260, 0.334852510054, 0.359576534885, -0.084649450276, -0.644879537006]
    ),
  ])
  func agreesWithNumPy(_ op: any Operator, _ width: Int, _ expected: [Double]) throws {
    func numbers(_ shape: [Int], _ number: (Int) -> Double) -> ReferenceTensor {
      ReferenceTensor(shape: shape, values: (0..<shape.reduce(1, *)).map(number))
    }
    var operands = [
      numbers([1, 3, width]) { Double(($0 * 7) % 11 - 5) / 4 }, numbers([2, width]) { Double(($0 * 5) % 7 - 3) / 3 },
    ]
    if op is GRU { operands.append(numbers([width]) { Double(($0 * 3) % 5 - 2) / 5 }) }
    let types = operands.map { TensorType(.f64, Shape($0.shape.map { Dimension($0) })) }
    let context = ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: types, resultTypes: try op.infer(types))
    let result = op.reference(operands, context)[0].values
    #expect(result.count == expected.count)
    for (value, wanted) in zip(result, expected) { #expect((value - wanted).magnitude < 1e-9) }
  }

  /// Two halves of a sequence, the second started where the first ended, are the whole.
  @Test func startContinuesSequence() throws {
    var random = RandomSource(seed: 24)
    let (z, kernel) = (
      ReferenceTensor.generate([1, 3, 8]) { _ in random.real(in: -1...1) },
      ReferenceTensor.generate([2, 8]) { _ in random.real(in: -1...1) }
    )
    func run(_ operands: [ReferenceTensor]) throws -> [ReferenceTensor] {
      let types = operands.map { TensorType(.f64, Shape($0.shape.map { Dimension($0) })) }
      return LSTM().reference(
        operands,
        ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: types, resultTypes: try LSTM().infer(types)))
    }
    let whole = try run([z, kernel])
    let (h, c) = (Array(whole[0].values[2..<4]), Array(whole[2].values[2..<4]))
    let carried = ReferenceTensor.generate([1, 8]) { at in (0..<2).reduce(0) { $0 + h[$1] * kernel[[$1, at[1]]] } }
    let rest = try run([
      ReferenceTensor(shape: [1, 1, 8], values: Array(z.values[16...])), kernel, carried,
      ReferenceTensor(shape: [1, 2], values: c),
    ])
    for (value, wanted) in zip(rest[0].values, whole[0].values[4...]) { #expect((value - wanted).magnitude < 1e-12) }
  }
}
