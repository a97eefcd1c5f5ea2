import Glibc
import GraphIR
import KernelIR

/// aᵇ, with broadcasting; NaN where a < 0 and b is not whole.
public struct Power: ElementwiseOperator {
  public static let name = "power"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .binary(.power, x[0], x[1]) }

  public func evaluate(_ x: [Double]) -> Double { pow(x[0], x[1]) }

  /// ∂/∂a = b·aᵇ⁻¹ and ∂/∂b = aᵇ·log a, which is taken as 0 where a ≤ 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, y, gradient, builder) throws(ShapeError) in
      if operand == 0 {
        let exponent = try builder.subtract(x[1], builder.scalar(1, like: x[1]))
        return try builder.multiply(gradient, builder.multiply(x[1], builder.power(x[0], exponent)))
      }
      let zero = try builder.scalar(0, like: x[0])
      let isPositive = try builder.compare(.greater, x[0], zero)
      let base = try builder.select(isPositive, x[0], builder.scalar(1, like: x[0]))
      return try builder.multiply(gradient, builder.multiply(y, builder.log(base)))
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 0 ? 0.2...2 : -2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Power() }
  }
}

extension GraphBuilder {
  public mutating func power(_ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Power(), [a, b])
  }
}
