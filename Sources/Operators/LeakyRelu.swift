import GraphIR
import KernelIR

/// x where x > 0, else slope·x.
public struct LeakyRelu: ElementwiseOperator {
  public static let name = "leaky_relu"

  public var slope: Double

  public init(slope: Double) { self.slope = slope }

  public var isIncreasing: Bool { slope >= 0 }

  public func expression(_ x: [Expression]) -> Expression {
    .select(.compare(.greater, x[0], 0.0), x[0], .literal(slope) * x[0])
  }

  public func evaluate(_ x: [Double]) -> Double { x[0] > 0 ? x[0] : slope * x[0] }

  /// 1 where x > 0, else the slope.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let isPositive = try builder.compare(.greater, x[0], builder.scalar(0, like: x[0]))
      let scaled = try builder.multiply(gradient, builder.scalar(slope, like: gradient))
      return try builder.select(isPositive, gradient, scaled)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { LeakyRelu(slope: $0.real(in: 0...0.5)) }
  }
}

extension GraphBuilder {
  public mutating func leakyRelu(_ operand: Value, slope: Double) throws(ShapeError) -> Value {
    try append(LeakyRelu(slope: slope), [operand])
  }
}
