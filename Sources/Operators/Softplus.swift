import Glibc
import GraphIR
import KernelIR

/// log(1 + eˣ), computed as max(x, 0) + log(1 + e^-|x|), which does not overflow.
public struct Softplus: ElementwiseOperator {
  public static let name = "softplus"

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression {
    .binary(.maximum, x[0], 0.0) + .unary(.log1p, .unary(.expFalling, -.unary(.absolute, x[0])))
  }

  public func evaluate(_ x: [Double]) -> Double { x[0].isNaN ? x[0] : max(x[0], 0) + log1p(exp(-x[0].magnitude)) }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.multiply(gradient, builder.sigmoid(x[0]))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Softplus() }
  }
}

extension GraphBuilder {
  public mutating func softplus(_ operand: Value) throws(ShapeError) -> Value {
    try append(Softplus(), [operand])
  }
}
