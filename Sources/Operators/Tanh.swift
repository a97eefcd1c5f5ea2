import Glibc
import GraphIR
import KernelIR

/// The hyperbolic tangent of x.
public struct Tanh: ElementwiseOperator {
  public static let name = "tanh"

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression { .unary(.tanh, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.tanh(x[0]) }

  /// 1 - y², where y is the result.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      let one = try builder.scalar(1, like: y)
      return try builder.multiply(gradient, builder.subtract(one, builder.multiply(y, y)))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Tanh() }
  }
}

extension GraphBuilder {
  public mutating func tanh(_ operand: Value) throws(ShapeError) -> Value {
    try append(Tanh(), [operand])
  }
}
