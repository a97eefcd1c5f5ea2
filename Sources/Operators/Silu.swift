import GraphIR
import KernelIR

/// x·σ(x) = x / (1 + e⁻ˣ), also called swish.
public struct Silu: ElementwiseOperator {
  public static let name = "silu"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] * .unary(.sigmoid, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { x[0] * Sigmoid().evaluate(x) }

  /// σ(x)·(1 + x·(1 - σ(x))).
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let sigmoid = try builder.sigmoid(x[0])
      let one = try builder.scalar(1, like: sigmoid)
      let rest = try builder.multiply(x[0], builder.subtract(one, sigmoid))
      return try builder.multiply(gradient, builder.multiply(sigmoid, builder.add(one, rest)))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Silu() }
  }
}

extension GraphBuilder {
  public mutating func silu(_ operand: Value) throws(ShapeError) -> Value {
    try append(Silu(), [operand])
  }
}
