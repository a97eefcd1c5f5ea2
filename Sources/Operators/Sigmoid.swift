import Glibc
import GraphIR
import KernelIR

/// 1 / (1 + e⁻ˣ), without overflow for any x.
public struct Sigmoid: ElementwiseOperator {
  public static let name = "sigmoid"

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression { .unary(.sigmoid, x[0]) }

  public func evaluate(_ x: [Double]) -> Double {
    let power = exp(-x[0].magnitude)
    return x[0] < 0 ? power / (1 + power) : 1 / (1 + power)
  }

  /// y·(1 - y), where y is the result.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      let one = try builder.scalar(1, like: y)
      return try builder.multiply(gradient, builder.multiply(y, builder.subtract(one, y)))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Sigmoid() }
  }
}

extension GraphBuilder {
  public mutating func sigmoid(_ operand: Value) throws(ShapeError) -> Value {
    try append(Sigmoid(), [operand])
  }
}
