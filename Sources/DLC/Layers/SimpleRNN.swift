import Diagnostics
import GraphIR
import Operators

/// activation(x·kernel + h·recurrent_kernel + bias) over sequences [time, features]: [units] of the last step, or
/// [time, units] with `returnSequences`.
public struct SimpleRNN: RecurrentLayer {
  private var recurrence: Recurrence
  private let function: CellFunction

  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, dropout: Double = 0,
    returnSequences: Bool = false, goBackwards: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("SimpleRNN", "simple_rnn", name: name, at: SourceLocation.call(file, line, column)),
      units: units,
      gates: 1, useBias: useBias,
      initializers: (kernelInitializer, recurrentInitializer, biasInitializer),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer), dropout: dropout,
      returnSequences: returnSequences, goBackwards: goBackwards)
    recurrence.check()
    function = recurrence.function(activation)
  }

  public var returnsSequences: Bool { recurrence.returnSequences }

  public func goingTheOtherWay() -> SimpleRNN {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    recurrence.call(input) { (recorder, projected, recurrent, _, _) throws(ShapeError) in
      try recorder.builder.simpleRNN(projected, recurrent, activation: function)
    }
  }
}
