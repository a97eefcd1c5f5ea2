import Glibc
import KernelIR

extension UnaryFunction {
  /// The function in Double, as by C's library.
  func apply(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .absolute: x.magnitude
    case .squareRoot: x.squareRoot()
    case .exp, .expFalling: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .log1p: Glibc.log1p(x)
    case .expm1: Glibc.expm1(x)
    case .tanh: Glibc.tanh(x)
    case .sigmoid: x < 0 ? Glibc.exp(x) / (1 + Glibc.exp(x)) : 1 / (1 + Glibc.exp(-x))
    case .erf: Glibc.erf(x)
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .floor: x.rounded(.down)
    }
  }
}

extension BinaryFunction {
  func apply(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: pow(x, y)
    case .minimum: x.isNaN || y.isNaN ? .nan : min(x, y)
    case .maximum: x.isNaN || y.isNaN ? .nan : max(x, y)
    }
  }
}
