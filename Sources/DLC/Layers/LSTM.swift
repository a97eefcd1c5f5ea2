import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A long short-term memory over sequences [time, features]: [units] of the last step, or [time, units] with
/// `returnSequences`. Weights `kernel` [features, 4·units], `recurrent_kernel` [units, 4·units] and `bias` [4·units], gates in
/// Keras's order i, f, c, o.
public struct LSTM: Layer {
  private let identity: LayerIdentity
  private let units: Int
  private let useBias: Bool
  private let initializers: (kernel: Initializer, recurrent: Initializer, bias: Initializer)
  private let regularizers: (kernel: Regularizer?, recurrent: Regularizer?, bias: Regularizer?, activity: Regularizer?)
  private let dropout: Double
  private let returnSequences: Bool
  private let goBackwards: Bool

  public init(
    _ units: Int, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, dropout: Double = 0,
    returnSequences: Bool = false, goBackwards: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("LSTM", "lstm", name: name, at: SourceLocation.call(file, line, column))
    self.units = units
    self.useBias = useBias
    initializers = (kernelInitializer, recurrentInitializer, unitForgetBias ? .unitForgetBias : biasInitializer)
    regularizers = (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer)
    self.dropout = dropout
    self.returnSequences = returnSequences
    self.goBackwards = goBackwards
    identity.require(units > 0, "LSTM needs at least 1 unit, got \(units)")
    identity.require((0..<1).contains(dropout), "LSTM's dropout must be at least 0 and less than 1, got \(dropout)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input], activityRegularizer: regularizers.activity) { (recorder, x) throws(ShapeError) in
      let type = recorder.builder.type(of: x[0])
      guard type.element.isFloating, type.shape.rank == 3 else {
        throw ShapeError(
          "LSTM expects [time, features] but its input has shape \(type.shape.rowShape)",
          advice: type.element.isFloating ? "put Reshape([time, features]) before it" : "put Embedding before it")
      }
      let (steps, features) = (type.shape[1].count, type.shape[2].count)
      let kernel = try identity.weight(
        "kernel", [features, 4 * units], initializers.kernel, regularizer: regularizers.kernel, in: &recorder)
      let recurrent = try identity.weight(
        "recurrent_kernel", [units, 4 * units], initializers.recurrent, regularizer: regularizers.recurrent,
        in: &recorder)
      var sequence = x[0]
      if goBackwards { sequence = try recorder.builder.reversed(sequence, axis: 1) }
      if dropout > 0 {
        recorder.dropouts += 1
        sequence = try recorder.builder.dropout(sequence, rate: dropout, purpose: recorder.dropouts)
      }
      var gates = try recorder.builder.matmul(sequence, kernel)
      if useBias {
        let bias = try identity.weight(
          "bias", [4 * units], initializers.bias, regularizer: regularizers.bias, in: &recorder)
        gates = try recorder.builder.add(gates, bias)
      }
      let hidden = try recorder.builder.lstm(gates, recurrent)
      return returnSequences ? hidden : try recorder.builder.step(steps - 1, of: hidden)
    }
  }
}

extension GraphBuilder {
  /// One step [rows, features] of sequences [rows, time, features].
  mutating func step(_ step: Int, of sequence: Value) throws(ShapeError) -> Value {
    let shape = shape(of: sequence)
    let slice = try slice(
      sequence, starts: [0, step, 0], ends: [shape[0].count, step + 1, shape[2].count], strides: [1, 1, 1])
    return try reshape(slice, to: [shape[0], shape[2]])
  }

  /// The elements of an axis in the opposite order.
  mutating func reversed(_ x: Value, axis: Int) throws(ShapeError) -> Value {
    let extent = shape(of: x)[axis].count
    let order = try constant((0..<extent).reversed().map(Double.init), TensorType(.i32, [Dimension(extent)]))
    return try gather(x, order, axis: axis)
  }
}
