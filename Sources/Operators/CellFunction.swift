import Glibc
import GraphIR
import KernelIR

/// A function of a recurrent cell, whose derivative follows from its value y alone.
public enum CellFunction: String, Hashable, Sendable, Codable, CaseIterable {
  case linear, tanh, sigmoid, relu

  public func expression(_ x: Expression) -> Expression {
    switch self {
    case .linear: x
    case .tanh: .unary(.tanh, x)
    case .sigmoid: .unary(.sigmoid, x)
    case .relu: .binary(.maximum, x, 0.0)
    }
  }

  public func derivative(ofValue y: Expression) -> Expression {
    switch self {
    case .linear: 1.0
    case .tanh: 1.0 - y * y
    case .sigmoid: y * (1.0 - y)
    case .relu: .indicator(.compare(.greater, y, 0.0))
    }
  }

  /// The function as a node of its own.
  func apply(to x: Value, in builder: inout GraphBuilder) throws(ShapeError) -> Value {
    switch self {
    case .linear: x
    case .tanh: try builder.tanh(x)
    case .sigmoid: try builder.sigmoid(x)
    case .relu: try builder.relu(x)
    }
  }

  func evaluate(_ x: Double) -> Double {
    switch self {
    case .linear: x
    case .tanh: Glibc.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .relu: max(x, 0)
    }
  }

  func derivative(ofValue y: Double) -> Double {
    switch self {
    case .linear: 1
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    case .relu: y > 0 ? 1 : 0
    }
  }
}
