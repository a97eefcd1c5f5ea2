import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A layer that goes through a sequence [time, features] step by step: what `Bidirectional` takes.
///
/// What these layers share, by Keras's names: `dropout` of the input's features, the same at each step; `recurrentDropout` of the
/// state on its way into the recurrent product, the same at each step and for all gates; `returnSequences`, the states of all
/// steps instead of the last; `goBackwards`, from the last step to the first; `stateful`, which begins each call with the states
/// that the call before has left, row by row. A masked step leaves the states as they are. And beyond Keras
/// `backpropagationSteps`: of so many steps at a time, each part keeps its gradient to itself (truncated backpropagation); and for
/// gates `recomputesGates`: the way back makes them again instead of finding them in memory, for a second product of the input.
public protocol RecurrentLayer: Layer {
  /// The same layer with weights of its own, going the other way.
  func goingTheOtherWay() -> Self
  var returnsSequences: Bool { get }
  /// The layer's output, and its states [units] after the last step: h, and for an LSTM c. It starts from `initialState`, as
  /// many states, or from zeros.
  func returningState(_ input: Tensor, initialState: [Tensor]) -> (output: Tensor, states: [Tensor])
}

extension RecurrentLayer {
  public func callAsFunction(_ input: Tensor) -> Tensor { returningState(input, initialState: []).output }

  /// Starts from `initialState` instead of zeros: h, and for an LSTM c, each [units].
  public func callAsFunction(_ input: Tensor, initialState: [Tensor]) -> Tensor {
    returningState(input, initialState: initialState).output
  }

  public func returningState(_ input: Tensor) -> (output: Tensor, states: [Tensor]) {
    returningState(input, initialState: [])
  }
}

/// What recurrent layers have in common: weights of `gates`·units columns, the projection of all steps in one product, where
/// the states begin, and which of them come back.
struct Recurrence {
  var identity: LayerIdentity
  let units: Int
  let gates: Int
  /// Rows of the bias: 2 where the recurrent product has one of its own.
  var biases = 1
  /// Names of the states that go from step to step.
  var states = ["h"]
  let useBias: Bool
  let initializers: (kernel: Initializer, recurrent: Initializer, bias: Initializer)
  let regularizers: (kernel: Regularizer?, recurrent: Regularizer?, bias: Regularizer?, activity: Regularizer?)
  let options: RecurrentLayerOptions
  var goBackwards: Bool

  /// The same settings with weights of their own, going the other way.
  var turned: Recurrence {
    var other = self
    other.identity = identity.twin
    other.goBackwards.toggle()
    return other
  }

  func check() {
    let type = identity.type
    identity.require(units > 0, "\(type) needs at least 1 unit, got \(units)")
    for (name, rate) in [("dropout", options.dropout), ("recurrent dropout", options.recurrentDropout)] {
      identity.require((0..<1).contains(rate), "\(type)'s \(name) must be at least 0 and less than 1, got \(rate)")
    }
    if let steps = options.backpropagationSteps {
      identity.require(steps > 0, "\(type)'s gradient must flow back at least 1 step, got \(steps)")
    }
  }

  /// The function of a cell, whose derivative must follow from its value.
  func function(_ activation: ActivationFunction) -> CellFunction {
    switch activation {
    case .linear: return .linear
    case .tanh: return .tanh
    case .sigmoid: return .sigmoid
    case .relu: return .relu
    default:
      identity.require(false, "\(identity.type)'s activations must be .tanh, .sigmoid, .relu or .linear")
      return .linear
    }
  }

  /// What a recurrent operator takes.
  struct Operands {
    /// The projected inputs [rows, time, gates·units] in the order in which the layer goes through them.
    var projected: Value
    /// The recurrent weights [units, gates·units], and the bias of their product where it has one.
    var recurrent: Value
    var bias: Value?
    /// The states [rows, units] to start from, if not from zeros.
    var start: [Value]
    /// [rows, time] in the same order as the inputs.
    var mask: Value?
    /// What recurrent dropout multiplies h by, [rows, units].
    var factors: Value?
    var truncation: Int
    var recomputes: Bool

    /// All states [rows, time, units] that an operator makes of these and of `others`, and the last ones [rows, units].
    func states(
      _ op: some RecurrentOperator, others: [Value] = [], _ recorder: inout Recorder
    ) throws(ShapeError) -> (states: Value, last: [Value]) {
      var op = op
      (op.options.truncation, op.options.recomputes) = (truncation, recomputes)
      return try recorder.builder.recurrent(
        op, projected, recurrent, others: others, start: start, mask: mask, factors: factors)
    }
  }

  /// `body` makes all states [rows, time, units], and the last ones [rows, units].
  func call(
    _ input: Tensor, start: [Tensor] = [],
    _ body: (inout Recorder, Operands) throws(ShapeError) -> (states: Value, last: [Value])
  ) -> (output: Tensor, states: [Tensor]) {
    var (last, mask): ([Value], Value?) = ([], nil)
    let output = identity.call([input] + start, activityRegularizer: regularizers.activity) {
      (recorder, x) throws(ShapeError) in
      let operands = try operands(x[0], start: Array(x.dropFirst()), mask: input.mask, &recorder)
      let made = try body(&recorder, operands)
      if options.stateful {
        for (state, value) in zip(operands.start, made.last) { recorder.keep(value, in: state) }
      }
      (last, mask) = (made.last, operands.mask)
      return options.returnSequences ? made.states : made.last[0]
    }
    // After a mistake too there are as many states as should be.
    let ends = output.value == nil ? states.map { _ in .poisoned } : identity.results(last)
    return (output.masked(by: options.returnSequences ? mask : nil), ends)
  }

  private func operands(_ input: Value, start: [Value], mask: Value?, _ recorder: inout Recorder) throws(ShapeError)
    -> Operands
  {
    let type = recorder.builder.type(of: input)
    guard type.element.isFloating, type.shape.rank == 3 else {
      throw ShapeError(
        "\(identity.type) expects [time, features] but its input has shape \(type.shape.rowShape)",
        advice: type.element.isFloating ? "put Reshape([time, features]) before it" : "put Embedding before it")
    }
    let width = gates * units
    let kernel = try identity.weight(
      "kernel", [type.shape[2].count, width], initializers.kernel, regularizer: regularizers.kernel, in: &recorder)
    let recurrent = try identity.weight(
      "recurrent_kernel", [units, width], initializers.recurrent, regularizer: regularizers.recurrent, in: &recorder)
    var operands = Operands(
      projected: try recorder.builder.matmul(sequence(input, &recorder), kernel), recurrent: recurrent, start: [],
      truncation: options.backpropagationSteps ?? 0, recomputes: options.recomputesGates)
    if useBias {
      let bias = try identity.weight(
        "bias", biases == 1 ? [width] : [biases, width], initializers.bias, regularizer: regularizers.bias,
        in: &recorder)
      let parts =
        try biases == 1
        ? [bias]
        : (0..<biases).map { (row) throws(ShapeError) in
          try recorder.builder.reshape(
            recorder.builder.slice(bias, starts: [row, 0], ends: [row + 1, width], strides: [1, 1]),
            to: [Dimension(width)])
        }
      operands.projected = try recorder.builder.add(operands.projected, parts[0])
      operands.bias = parts.count > 1 ? parts[1] : nil
    }
    let state = TensorType(type.element, [type.shape[0], Dimension(units)])
    operands.start = try self.start(start, state, &recorder)
    if let mask { operands.mask = goBackwards ? try recorder.builder.reversed(mask, axis: 1) : mask }
    if options.recurrentDropout > 0 {
      operands.factors = try recorder.keptFactors(options.recurrentDropout, state)
    }
    return operands
  }

  /// The states to start from: given ones or, if the layer is stateful, what the call before has left.
  private func start(_ given: [Value], _ state: TensorType, _ recorder: inout Recorder) throws(ShapeError) -> [Value] {
    guard !given.isEmpty else {
      return options.stateful ? states.map { identity.state($0, state, in: &recorder) } : []
    }
    guard !options.stateful else {
      throw ShapeError("a stateful \(identity.type) goes on from its own states; it takes no initial state")
    }
    for value in given {
      let type = recorder.builder.type(of: value)
      guard type.element.isFloating, type.shape == state.shape else {
        throw ShapeError(
          "\(identity.type) expects an initial state [\(units)] but it has shape \(type.shape.rowShape)",
          advice: "put Dense(\(units)) before it")
      }
    }
    guard given.count == states.count else {
      throw ShapeError(
        "\(identity.type) starts from \(states.joined(separator: " and ")), got \(given.count) "
          + (given.count == 1 ? "state" : "states"))
    }
    return given
  }

  /// The input in the order in which the layer goes through it. As in Keras, dropout takes the same features at each step.
  private func sequence(_ x: Value, _ recorder: inout Recorder) throws(ShapeError) -> Value {
    var x = x
    if options.dropout > 0 {
      let type = recorder.builder.type(of: x)
      x = try recorder.builder.multiply(
        x, recorder.keptFactors(options.dropout, TensorType(type.element, [type.shape[0], 1, type.shape[2]])))
    }
    return goBackwards ? try recorder.builder.reversed(x, axis: 1) : x
  }
}

/// What recurrent layers can do beside their cell.
struct RecurrentLayerOptions {
  var dropout: Double
  var recurrentDropout: Double
  var returnSequences: Bool
  var stateful: Bool
  var backpropagationSteps: Int?
  var recomputesGates = false
}

extension Recorder {
  /// Ones of which dropout takes some and makes the others larger.
  fileprivate mutating func keptFactors(_ rate: Double, _ type: TensorType) throws(ShapeError) -> Value {
    dropouts += 1
    let one = try builder.constant([1], TensorType(type.element, [1]))
    return try builder.dropout(builder.broadcast(one, to: type.shape), rate: rate, purpose: dropouts)
  }
}

extension GraphBuilder {
  /// The elements of an axis in the opposite order.
  mutating func reversed(_ x: Value, axis: Int) throws(ShapeError) -> Value {
    let extent = shape(of: x)[axis].count
    let order = try constant((0..<extent).reversed().map(Double.init), TensorType(.i32, [Dimension(extent)]))
    return try gather(x, order, axis: axis)
  }
}
