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
    recurrentDropout: Double = 0, returnSequences: Bool = false, goBackwards: Bool = false, stateful: Bool = false,
    backpropagationSteps: Int? = nil, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("SimpleRNN", "simple_rnn", name: name, at: SourceLocation.call(file, line, column)),
      units: units,
      gates: 1, useBias: useBias,
      initializers: (kernelInitializer, recurrentInitializer, biasInitializer),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer),
      options: RecurrentLayerOptions(
        dropout: dropout, recurrentDropout: recurrentDropout, returnSequences: returnSequences, stateful: stateful,
        backpropagationSteps: backpropagationSteps),
      goBackwards: goBackwards)
    recurrence.check()
    function = recurrence.function(activation)
  }

  public var returnsSequences: Bool { recurrence.options.returnSequences }

  public func goingTheOtherWay() -> SimpleRNN {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func returningState(_ input: Tensor, initialState: [Tensor]) -> (output: Tensor, states: [Tensor]) {
    recurrence.call(input, start: initialState) { (recorder, x) throws(ShapeError) in
      try x.states(Operators.SimpleRNN(activation: function), &recorder)
    }
  }
}
