import GraphIR
import KernelIR
import Operators
import Testing

/// Recurrent layers and attention: every choice of activation, errors, and steps that see no further than they may.
@Suite struct SequenceTests {
  private static let options = [
    RecurrentOptions(), RecurrentOptions(hasStart: true), RecurrentOptions(hasMask: true, hasFactors: true),
    RecurrentOptions(hasStart: true, hasMask: true, hasFactors: true), RecurrentOptions(recomputes: true),
    RecurrentOptions(hasStart: true, hasMask: true, hasFactors: true, recomputes: true),
  ]

  /// The operator on x [rows, time, gates·units] of f64, with all that its options ask for.
  private static func instance(_ op: any RecurrentOperator, time: Int, units: Int) throws -> Instance {
    func type(_ axes: [Int]) -> TensorType { TensorType(.f64, Shape([.rows] + axes.map { Dimension($0) })) }
    let (gates, states) = (Swift.type(of: op).gates, Swift.type(of: op).last.count)
    let options = op.options
    return Instance(
      op,
      [type([time, gates * units])] + (try panels(op, units: units))
        + (op is GRU ? [TensorType(.f64, [Dimension(gates * units)])] : [])
        + (options.hasStart ? Array(repeating: type([units]), count: states) : [])
        + (options.hasMask ? [type([time])] : []) + (options.hasFactors ? [type([units])] : []))
  }

  /// The types of the operator's recurrent weights, packed.
  private static func panels(_ op: any RecurrentOperator, units: Int, isTransposed: Bool = false) throws
    -> [TensorType]
  {
    try Swift.type(of: op).weights.map { gates in
      try Panels(isTransposed: isTransposed).infer([
        TensorType(.f64, [Dimension(units), Dimension(gates * units)])
      ])[0]
    }
  }

  private static func packed(_ weight: ReferenceTensor) -> ReferenceTensor {
    let type = TensorType(.f64, Shape(weight.shape.map { Dimension($0) }))
    let context = ReferenceContext(
      rows: 1, seed: 0, step: 0, operandTypes: [type], resultTypes: (try? Panels().infer([type])) ?? [])
    return Panels().reference([weight], context)[0]
  }

  @Test(arguments: CellFunction.allCases, options)
  func everyCell(_ function: CellFunction, options: RecurrentOptions) throws {
    var random = RandomSource(seed: 21)
    let other: CellFunction = function == .tanh ? .sigmoid : .tanh
    let ops: [any RecurrentOperator] = [
      LSTM(activation: function, recurrentActivation: other, options: options),
      GRU(activation: function, recurrentActivation: other, options: options),
      ResetBeforeGRU(activation: function, recurrentActivation: other, options: options),
      SimpleRNN(activation: function, options: options),
    ]
    for op in ops {
      for (time, units) in [(3, 2), (1, 1)] {
        let instance = try Self.instance(op, time: time, units: units)
        try checkGradient(of: instance, random: &random, rows: 2)
        try checkLowering(of: instance, random: &random, rows: 2)
      }
    }
  }

  /// The walks back by themselves, which end after every second step, with every choice of gradients that are given.
  @Test(arguments: options, [[true, true, true], [true, false, false], [false, true, false], [false, false, true]])
  func walksEnd(options: RecurrentOptions, given: [Bool]) throws {
    var random = RandomSource(seed: 22)
    var options = options
    options.truncation = 2
    func check(_ forward: any RecurrentOperator, _ gradient: any Operator, saved: [Int], ends: [Int]) throws {
      let instance = try Self.instance(forward, time: 5, units: 3)
      let results = try forward.infer(instance.operands)
      let turned = try Self.panels(forward, units: 3, isTransposed: true)
      let optional = instance.operands.suffix([options.hasMask, options.hasFactors].filter { $0 }.count)
      let again =
        options.recomputes && !(forward is SimpleRNN)
        ? instance.operands[1..<Swift.type(of: forward).fixedOperands] : []
      let gradients = zip([0] + ends, given).filter(\.1).map { results[$0.0] }
      try checkLowering(
        of: Instance(gradient, saved.map { results[$0] } + turned + again + optional + gradients), random: &random,
        rows: 2)
    }
    let lstm = LSTM(options: options)
    try check(
      lstm, LSTMGradient(activation: .tanh, recurrentActivation: .sigmoid, options: options, given: given),
      saved: options.recomputes ? [1, 2, 3] : [1, 2], ends: [4, 5])
    let two = Array(given[..<2])
    try check(
      GRU(options: options),
      GRUGradient(activation: .tanh, recurrentActivation: .sigmoid, options: options, given: two),
      saved: options.recomputes ? [1, 2] : [1, 2, 3], ends: [4])
    try check(
      ResetBeforeGRU(options: options),
      ResetBeforeGRUGradient(activation: .tanh, recurrentActivation: .sigmoid, options: options, given: two),
      saved: [1, 2], ends: [3])
    try check(
      SimpleRNN(options: options), SimpleRNNGradient(activation: .tanh, options: options, given: two), saved: [0],
      ends: [2])
  }

  @Test func errors() throws {
    func message(_ op: any Operator, _ operands: [TensorType]) -> String {
      do {
        _ = try op.infer(operands)
        return ""
      } catch { return error.message }
    }
    let x = TensorType(.f64, [.rows, 3, 24])
    let panels = TensorType(.f64, [1, 6, 32])
    let state = TensorType(.f64, [.rows, 6])
    #expect(message(LSTM(), [x]) == "lstm with these options takes 2 operands, got 1")
    #expect(
      message(LSTM(), [state, panels]) == "lstm expects projected inputs [rows, time, 4*units], got f64[rows, 6]")
    #expect(
      message(GRU(), [x, x, x])
        == "gru of projected inputs f64[rows, 3, 24] expects panels of recurrent weights f64[8, 24], got f64[rows, 3, 24]"
    )
    #expect(
      message(GRU(), [x, TensorType(.f64, [1, 8, 32]), state])
        == "gru of projected inputs f64[rows, 3, 24] expects a recurrent bias f64[24], got f64[rows, 6]")
    #expect(
      message(ResetBeforeGRU(), [x, TensorType(.f64, [1, 8, 32]), state])
        == "reset_before_gru of projected inputs f64[rows, 3, 24] expects panels of recurrent weights f64[8, 8], got f64[rows, 6]"
    )
    #expect(
      message(LSTM(options: RecurrentOptions(hasStart: true)), [x, panels, state, x])
        == "lstm of projected inputs f64[rows, 3, 24] expects a start f64[rows, 6], got f64[rows, 3, 24]")
    #expect(
      message(LSTM(options: RecurrentOptions(hasMask: true)), [x, panels, state])
        == "lstm of projected inputs f64[rows, 3, 24] expects a mask f64[rows, 3], got f64[rows, 6]")
    #expect(
      message(LSTM(options: RecurrentOptions(hasFactors: true)), [x, panels, x])
        == "lstm of projected inputs f64[rows, 3, 24] expects factors f64[rows, 6], got f64[rows, 3, 24]")
    #expect(
      message(LSTM(options: RecurrentOptions(truncation: -1)), [x, panels]) == "lstm cannot be truncated to -1 steps")
    let gradient = SimpleRNNGradient(activation: .tanh, options: RecurrentOptions(), given: [true])
    #expect(
      message(gradient, [x, x, x]) == "simple_rnn_gradient says of 2 results which have gradients, got [true]")
    let walk = LSTMGradient(
      activation: .tanh, recurrentActivation: .sigmoid, options: RecurrentOptions(), given: [true, false, false])
    var remaking = walk
    remaking.options.recomputes = true
    let states = TensorType(.f64, [.rows, 3, 6])
    #expect(
      message(remaking, [x, states, states, TensorType(.f64, [1, 24, 32]), TensorType(.f64, [1, 8, 32]), states])
        == "lstm of projected inputs f64[rows, 3, 24] expects panels of recurrent weights f64[6, 24], got f64[1, 8, 32]"
    )
    #expect(message(walk, [x]) == "lstm_gradient takes 4 operands, got 1")
    #expect(
      message(walk, [x, TensorType(.f64, [.rows, 3, 6]), TensorType(.f64, [1, 24, 32]), x])
        == "lstm_gradient expects f64[rows, 3, 6] as operand 4, got f64[rows, 3, 24]")
    #expect(message(Panels(), [x]) == "panels expects a weight [rows, columns], got f64[rows, 3, 24]")
    #expect(
      message(Unpanels(Panels(), rows: 3, columns: 40), [panels])
        == "unpanels to f64[3, 40] expects what panels makes of it, got f64[1, 6, 32]")
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
      ResetBeforeGRU(), 6,
      [0.190375242285, -0.239794560271, 0.105769820737, -0.503236167932, -0.098053856398, 0.045273326353]
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
    let weight = numbers([2, width]) { Double(($0 * 5) % 7 - 3) / 3 }
    func packed(_ columns: Range<Int>) -> ReferenceTensor {
      Self.packed(.generate([2, columns.count]) { weight[[$0[0], columns.lowerBound + $0[1]]] })
    }
    var operands =
      [numbers([1, 3, width]) { Double(($0 * 7) % 11 - 5) / 4 }]
      + (op is ResetBeforeGRU ? [packed(0..<4), packed(4..<6)] : [packed(0..<width)])
    if op is GRU { operands.append(numbers([width]) { Double(($0 * 3) % 5 - 2) / 5 }) }
    let shapes = operands.map { Shape($0.shape.map { Dimension($0) }) }
    let types = ([[.rows, 3, Dimension(width)]] + shapes.dropFirst()).map { TensorType(.f64, $0) }
    let context = ReferenceContext(rows: 1, seed: 0, step: 0, operandTypes: types, resultTypes: try op.infer(types))
    let result = op.reference(operands, context)[0].values
    #expect(result.count == expected.count)
    for (value, wanted) in zip(result, expected) { #expect((value - wanted).magnitude < 1e-9) }
  }
}
