import Diagnostics
import GraphIR

/// An activation as a layer of its own.
public struct Activation: Layer {
  private let identity: LayerIdentity
  private let function: ActivationFunction

  public init(
    _ function: ActivationFunction, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "Activation", "activation", name: name, at: SourceLocation.call(file, line, column))
    self.function = function
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      try function.apply(to: x[0], in: &recorder.builder)
    }.masked(like: input)
  }
}
