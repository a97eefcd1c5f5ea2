import Glibc
import GraphIR
import KernelIR

/// x·Φ(x) with Φ(x) = (1 + erf(x/√2)) / 2: the exact Gaussian error linear unit (Hendrycks, Gimpel 2016).
public struct Gelu: ElementwiseOperator {
  public static let name = "gelu"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression {
    0.5 * x[0] * (1.0 + .unary(.erf, x[0] * .literal(0.5.squareRoot())))
  }

  public func evaluate(_ x: [Double]) -> Double { 0.5 * x[0] * erfc(-x[0] * 0.5.squareRoot()) }

  /// Φ(x) + x·φ(x), with the density φ(x) = e^(-x²/2) / √(2π).
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let one = try builder.scalar(1, like: x[0])
      let half = try builder.scalar(0.5, like: x[0])
      let scaled = try builder.multiply(x[0], builder.scalar(0.5.squareRoot(), like: x[0]))
      let distribution = try builder.multiply(half, builder.add(one, builder.erf(scaled)))
      let power = try builder.exp(builder.negate(builder.multiply(scaled, scaled)))
      let density = try builder.multiply(power, builder.scalar(1 / (2 * Double.pi).squareRoot(), like: power))
      return try builder.multiply(gradient, builder.add(distribution, builder.multiply(x[0], density)))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Gelu() }
  }
}

extension GraphBuilder {
  public mutating func gelu(_ operand: Value) throws(ShapeError) -> Value {
    try append(Gelu(), [operand])
  }
}
