import Glibc
import GraphIR
import KernelIR

/// x where x > 0, else α·(eˣ - 1): the exponential linear unit (Clevert, Unterthiner, Hochreiter 2015).
public struct Elu: ElementwiseOperator {
  public static let name = "elu"

  public var alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  public var isIncreasing: Bool { alpha >= 0 }

  public func expression(_ x: [Expression]) -> Expression {
    .select(
      .compare(.greater, x[0], 0.0), x[0],
      .literal(alpha) * .unary(.expm1, .binary(.minimum, x[0], 0.0)))
  }

  public func evaluate(_ x: [Double]) -> Double { x[0] > 0 ? x[0] : alpha * expm1(x[0]) }

  /// 1 where x > 0, else y + α = α·eˣ, where y is the result.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, y, gradient, builder) throws(ShapeError) in
      let isPositive = try builder.compare(.greater, x[0], builder.scalar(0, like: x[0]))
      let slope = try builder.add(y, builder.scalar(alpha, like: y))
      return try builder.select(isPositive, gradient, builder.multiply(gradient, slope))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { Elu(alpha: $0.real(in: 0.5...1.5)) }
  }
}

extension GraphBuilder {
  public mutating func elu(_ operand: Value, alpha: Double = 1) throws(ShapeError) -> Value {
    try append(Elu(alpha: alpha), [operand])
  }
}
