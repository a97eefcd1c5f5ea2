import Glibc
import GraphIR
import KernelIR

/// The error function, 2/√π ∫₀ˣ e^(-t²) dt.
public struct ErrorFunction: ElementwiseOperator {
  public static let name = "erf"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.erf, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.erf(x[0]) }

  /// 2/√π · e^(-x²).
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let density = try builder.exp(builder.negate(builder.multiply(x[0], x[0])))
      let factor = try builder.scalar(2 / Double.pi.squareRoot(), like: density)
      return try builder.multiply(gradient, builder.multiply(density, factor))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in ErrorFunction() }
  }
}

extension GraphBuilder {
  public mutating func erf(_ operand: Value) throws(ShapeError) -> Value {
    try append(ErrorFunction(), [operand])
  }
}
