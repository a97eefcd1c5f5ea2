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
    returnSequences: Bool = false, goBackwards: Bool = false, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    recurrence = Recurrence(
      identity: LayerIdentity("LSTM", "lstm", name: name, at: SourceLocation.call(file, line, column)), units: units,
      gates: 4, useBias: useBias,
      initializers: (
        kernelInitializer, recurrentInitializer,
        unitForgetBias && biasInitializer == .zeros ? .unitForgetBias : biasInitializer
      ),
      regularizers: (kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer), dropout: dropout,
      returnSequences: returnSequences, goBackwards: goBackwards)
    recurrence.check()
    functions = (recurrence.function(activation), recurrence.function(recurrentActivation))
  }

  public var returnsSequences: Bool { recurrence.returnSequences }

  public func goingTheOtherWay() -> LSTM {
    var other = self
    other.recurrence = recurrence.turned
    return other
  }

  public func callAsFunction(_ input: Tensor) -> Tensor { self(input, initialState: []) }

  /// Starts from `initialState`, h and c [units], instead of zeros.
  public func callAsFunction(_ input: Tensor, initialState: [Tensor]) -> Tensor {
    recurrence.call(input, start: initialState) { (recorder, projected, recurrent, _, start) throws(ShapeError) in
      let wanted = recorder.builder.shape(of: projected)[0]
      for state in start {
        let type = recorder.builder.type(of: state)
        guard type.element.isFloating, type.shape == [wanted, Dimension(recurrence.units)] else {
          throw ShapeError(
            "LSTM expects an initial state [\(recurrence.units)] but it has shape \(type.shape.rowShape)",
            advice: "put Dense(\(recurrence.units)) before it")
        }
      }
      guard start.isEmpty || start.count == 2 else {
        throw ShapeError("LSTM starts from two states, h and c, got \(start.count)")
      }
      let carried = try start.isEmpty ? [] : [recorder.builder.matmul(start[0], recurrent), start[1]]
      return try recorder.builder.lstm(
        projected, recurrent, start: carried, activation: functions.activation,
        recurrentActivation: functions.recurrent)
    }
  }
}
