import Diagnostics
import GraphIR
import Operators

/// A gated recurrent unit over sequences [time, features]: [units] of the last step, or [time, units] with `returnSequences`.
/// Weights `kernel` [features, 3·units], `recurrent_kernel` [units, 3·units] and `bias` [2, 3·units], gates in Keras's order
/// z, r, h. With `resetAfter`, as by Keras's default, the reset gate comes behind the recurrent product, else before it (Cho et al.
/// 2014), and `bias` is [3·units].
public struct GRU: RecurrentLayer {
  private var recurrence: Recurrence
  private let functions: (activation: CellFunction, recurrent: CellFunction)
  private let resetAfter: Bool

  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, dropout: Double = 0,
    recurrentDropout: Double = 0, returnSequences: Bool = false, goBackwards: Bool = false, stateful: Bool = false,
    resetAfter: Bool = true, backpropagationSteps: Int? = nil, recomputesGates: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("GRU", "gru", name: name, at: SourceLocation.call(file, line, column)), units: units,
      gates: 3, biases: resetAfter ? 2 : 1, useBias: useBias,
      initializers: (kernelInitializer, recurrentInitializer, biasInitializer),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer),
      options: RecurrentLayerOptions(
        dropout: dropout, recurrentDropout: recurrentDropout, returnSequences: returnSequences, stateful: stateful,
        backpropagationSteps: backpropagationSteps, recomputesGates: recomputesGates),
      goBackwards: goBackwards)
    recurrence.check()
    functions = (recurrence.function(activation), recurrence.function(recurrentActivation))
    self.resetAfter = resetAfter
  }

  public var returnsSequences: Bool { recurrence.options.returnSequences }

  public func goingTheOtherWay() -> GRU {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func returningState(_ input: Tensor, initialState: [Tensor]) -> (output: Tensor, states: [Tensor]) {
    recurrence.call(input, start: initialState) { (recorder, x) throws(ShapeError) in
      guard resetAfter else {
        return try x.states(
          ResetBeforeGRU(activation: functions.activation, recurrentActivation: functions.recurrent), &recorder)
      }
      let width = recorder.builder.shape(of: x.projected)[2]
      let zeros = try recorder.builder.broadcast(recorder.builder.scalar(0, like: x.projected), to: [width])
      return try x.states(
        Operators.GRU(activation: functions.activation, recurrentActivation: functions.recurrent),
        others: [x.bias ?? zeros], &recorder)
    }
  }
}
