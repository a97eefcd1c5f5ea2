import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A layer that goes through a sequence step by step: what `Bidirectional` takes.
public protocol RecurrentLayer: Layer {
  /// The same layer with weights of its own, going the other way.
  func goingTheOtherWay() -> Self
  var returnsSequences: Bool { get }
}

/// What recurrent layers have in common: weights of `gates`·units columns, the projection of all steps in one product, and
/// which states they return.
struct Recurrence {
  var identity: LayerIdentity
  let units: Int
  let gates: Int
  /// Rows of the bias: 2 where the recurrent product has one of its own.
  var biases = 1
  let useBias: Bool
  let initializers: (kernel: Initializer, recurrent: Initializer, bias: Initializer)
  let regularizers: (kernel: Regularizer?, recurrent: Regularizer?, bias: Regularizer?, activity: Regularizer?)
  let dropout: Double
  let returnSequences: Bool
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
    identity.require((0..<1).contains(dropout), "\(type)'s dropout must be at least 0 and less than 1, got \(dropout)")
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

  /// `body` makes all states [rows, time, units] from the projected inputs [rows, time, gates·units], the recurrent weights
  /// [units, gates·units], where there is one the bias of the recurrent product, and the states [rows, units] to start from.
  func call(
    _ input: Tensor, start: [Tensor] = [],
    _ body: (inout Recorder, _ projected: Value, _ recurrent: Value, _ bias: Value?, _ start: [Value])
      throws(ShapeError) -> Value
  ) -> Tensor {
    identity.call([input] + start, activityRegularizer: regularizers.activity) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard input.mask == nil else { throw ShapeError("\(identity.type) does not take masked sequences yet") }
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
      var projected = try recorder.builder.matmul(sequence(x[0], &recorder), kernel)
      var recurrentBias: Value?
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
        projected = try recorder.builder.add(projected, parts[0])
        recurrentBias = parts.count > 1 ? parts[1] : nil
      }
      let states = try body(&recorder, projected, recurrent, recurrentBias, Array(x.dropFirst()))
      return returnSequences ? states : try recorder.builder.step(type.shape[1].count - 1, of: states)
    }
  }

  /// The input in the order in which the layer goes through it. As in Keras, dropout takes the same features at each step.
  private func sequence(_ x: Value, _ recorder: inout Recorder) throws(ShapeError) -> Value {
    var x = x
    if dropout > 0 {
      recorder.dropouts += 1
      let shape = recorder.builder.shape(of: x)
      let ones = try recorder.builder.broadcast(recorder.builder.scalar(1, like: x), to: [shape[0], 1, shape[2]])
      x = try recorder.builder.multiply(
        x, recorder.builder.dropout(ones, rate: dropout, purpose: recorder.dropouts))
    }
    return goBackwards ? try recorder.builder.reversed(x, axis: 1) : x
  }
}

extension GraphBuilder {
  /// One step [rows, features] of sequences [rows, time, features].
  mutating func step(_ step: Int, of sequence: Value) throws(ShapeError) -> Value {
    let shape = shape(of: sequence)
    return try reshape(steps(sequence, step..<(step + 1)), to: [shape[0], shape[2]])
  }

  /// The elements of an axis in the opposite order.
  mutating func reversed(_ x: Value, axis: Int) throws(ShapeError) -> Value {
    let extent = shape(of: x)[axis].count
    let order = try constant((0..<extent).reversed().map(Double.init), TensorType(.i32, [Dimension(extent)]))
    return try gather(x, order, axis: axis)
  }
}
