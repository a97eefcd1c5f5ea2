import GraphIR

/// Every operator by its name in the text form.
public enum OperatorRegistry {
  /// One line for each operator.
  public static let all: [any Operator.Type] = [
    Source.self,
    Absolute.self,
    Add.self,
    BinaryCrossEntropy.self,
    Broadcast.self,
    Cast.self,
    Compare.self,
    Constant.self,
    Cosine.self,
    Divide.self,
    Dropout.self,
    Elu.self,
    ErrorFunction.self,
    Exponential.self,
    Gelu.self,
    LeakyRelu.self,
    Log1p.self,
    Logarithm.self,
    MatrixMultiply.self,
    Maximum.self,
    Minimum.self,
    Multiply.self,
    Negate.self,
    OneHot.self,
    Power.self,
    Relu.self,
    Reshape.self,
    Select.self,
    Selu.self,
    Sigmoid.self,
    SigmoidCrossEntropy.self,
    Sign.self,
    Silu.self,
    Sine.self,
    Softplus.self,
    SquareRoot.self,
    StopGradient.self,
    Subtract.self,
    Sum.self,
    Tanh.self,
  ]

  public static let byName: [String: any Operator.Type] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })
}
