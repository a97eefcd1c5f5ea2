import Glibc
import GraphIR
import KernelIR

/// λ·x where x > 0, else λ·α·(eˣ - 1), with α and λ of Klambauer et al., Self-Normalizing Neural Networks, 2017.
public struct Selu: ElementwiseOperator {
  public static let name = "selu"

  static let alpha = 1.6732632423543772
  static let scale = 1.0507009873554805

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression {
    .literal(Self.scale)
      * .select(
        .compare(.greater, x[0], 0.0), x[0],
        .literal(Self.alpha) * .unary(.expm1, .binary(.minimum, x[0], 0.0)))
  }

  public func evaluate(_ x: [Double]) -> Double { Self.scale * (x[0] > 0 ? x[0] : Self.alpha * expm1(x[0])) }

  /// λ where x > 0, else y + λ·α = λ·α·eˣ, where y is the result.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, y, gradient, builder) throws(ShapeError) in
      let isPositive = try builder.compare(.greater, x[0], builder.scalar(0, like: x[0]))
      let slope = try builder.select(
        isPositive, builder.scalar(Self.scale, like: y),
        builder.add(y, builder.scalar(Self.scale * Self.alpha, like: y)))
      return try builder.multiply(gradient, slope)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Selu() }
  }
}

extension GraphBuilder {
  public mutating func selu(_ operand: Value) throws(ShapeError) -> Value {
    try append(Selu(), [operand])
  }
}
