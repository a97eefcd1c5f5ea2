import Diagnostics
import GraphIR
import KernelIR
import Operators

/// A long short-term memory over sequences [time, features]: [units] of the last step, or [time, units] with
/// `returnSequences`. Weights `kernel` [features, 4·units], `recurrent_kernel` [units, 4·units] and `bias` [4·units], gates in
/// Keras's order i, f, c, o. With `unitForgetBias` a bias that would start with zeros has ones for the forget gate.
public struct LSTM: RecurrentLayer {
  private var recurrence: Recurrence
  private let functions: (activation: CellFunction, recurrent: CellFunction)

  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, returnSequences: Bool = false, goBackwards: Bool = false, stateful: Bool = false,
    backpropagationSteps: Int? = nil, recomputesGates: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("LSTM", "lstm", name: name, at: SourceLocation.call(file, line, column)), units: units,
      gates: 4, states: ["h", "c"], useBias: useBias,
      initializers: (
        kernelInitializer, recurrentInitializer,
        unitForgetBias && biasInitializer == .zeros ? .unitForgetBias : biasInitializer
      ),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer),
      options: RecurrentLayerOptions(
        dropout: dropout, recurrentDropout: recurrentDropout, returnSequences: returnSequences, stateful: stateful,
        backpropagationSteps: backpropagationSteps, recomputesGates: recomputesGates),
      goBackwards: goBackwards)
    recurrence.check()
    functions = (recurrence.function(activation), recurrence.function(recurrentActivation))
  }

  public var returnsSequences: Bool { recurrence.options.returnSequences }

  public func goingTheOtherWay() -> LSTM {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func returningState(_ input: Tensor, initialState: [Tensor]) -> (output: Tensor, states: [Tensor]) {
    recurrence.call(input, start: initialState) { (recorder, x) throws(ShapeError) in
      try x.states(
        Operators.LSTM(activation: functions.activation, recurrentActivation: functions.recurrent), &recorder)
    }
  }
}
