import GraphIR
import Operators

/// An activation of a layer, with Keras's names and constants.
public struct ActivationFunction: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case linear, relu, relu6, selu, gelu, silu, sigmoid, tanh, softplus, softmax
    case leakyRelu(Double)
    case elu(Double)
  }

  let kind: Kind

  public static var linear: ActivationFunction { .init(kind: .linear) }
  public static var relu: ActivationFunction { .init(kind: .relu) }
  /// min(max(x, 0), 6).
  public static var relu6: ActivationFunction { .init(kind: .relu6) }
  public static var selu: ActivationFunction { .init(kind: .selu) }
  /// x·Φ(x), exact.
  public static var gelu: ActivationFunction { .init(kind: .gelu) }
  public static var silu: ActivationFunction { .init(kind: .silu) }
  public static var swish: ActivationFunction { .init(kind: .silu) }
  public static var sigmoid: ActivationFunction { .init(kind: .sigmoid) }
  public static var tanh: ActivationFunction { .init(kind: .tanh) }
  public static var softplus: ActivationFunction { .init(kind: .softplus) }
  /// Over the last axis.
  public static var softmax: ActivationFunction { .init(kind: .softmax) }
  public static var leakyRelu: ActivationFunction { leakyRelu(slope: 0.2) }
  public static func leakyRelu(slope: Double) -> ActivationFunction { .init(kind: .leakyRelu(slope)) }
  public static var elu: ActivationFunction { elu(alpha: 1) }
  public static func elu(alpha: Double) -> ActivationFunction { .init(kind: .elu(alpha)) }

  func apply(to x: Value, in builder: inout GraphBuilder) throws(ShapeError) -> Value {
    switch kind {
    case .linear: return x
    case .relu: return try builder.relu(x)
    case .relu6: return try builder.relu6(x)
    case .selu: return try builder.selu(x)
    case .gelu: return try builder.gelu(x)
    case .silu: return try builder.silu(x)
    case .sigmoid: return try builder.sigmoid(x)
    case .tanh: return try builder.tanh(x)
    case .softplus: return try builder.softplus(x)
    case .leakyRelu(let slope): return try builder.leakyRelu(x, slope: slope)
    case .elu(let alpha): return try builder.elu(x, alpha: alpha)
    case .softmax:
      guard builder.shape(of: x).rank > 1 else {
        throw ShapeError("softmax needs an axis of classes, but its input has shape []")
      }
      return try builder.softmax(x)
    }
  }
}
