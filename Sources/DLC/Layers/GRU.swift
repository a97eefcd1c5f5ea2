import Diagnostics
import GraphIR
import Operators

/// A gated recurrent unit over sequences [time, features]: [units] of the last step, or [time, units] with `returnSequences`.
/// Weights `kernel` [features, 3·units], `recurrent_kernel` [units, 3·units] and `bias` [2, 3·units], gates in Keras's order
/// z, r, h; the reset gate comes behind the recurrent product, as by Keras's default.
public struct GRU: RecurrentLayer {
  private var recurrence: Recurrence
  private let functions: (activation: CellFunction, recurrent: CellFunction)

  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, dropout: Double = 0,
    returnSequences: Bool = false, goBackwards: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("GRU", "gru", name: name, at: SourceLocation.call(file, line, column)), units: units,
      gates: 3, biases: 2, useBias: useBias,
      initializers: (kernelInitializer, recurrentInitializer, biasInitializer),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer), dropout: dropout,
      returnSequences: returnSequences, goBackwards: goBackwards)
    recurrence.check()
    functions = (recurrence.function(activation), recurrence.function(recurrentActivation))
  }

  public var returnsSequences: Bool { recurrence.returnSequences }

  public func goingTheOtherWay() -> GRU {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    recurrence.call(input) { (recorder, projected, recurrent, bias, _) throws(ShapeError) in
      let width = recorder.builder.shape(of: projected)[2]
      let zeros = try recorder.builder.broadcast(recorder.builder.scalar(0, like: projected), to: [width])
      return try recorder.builder.gru(
        projected, recurrent, bias: bias ?? zeros, activation: functions.activation,
        recurrentActivation: functions.recurrent)
    }
  }
}
