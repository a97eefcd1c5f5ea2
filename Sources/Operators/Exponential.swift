import Glibc
import GraphIR
import KernelIR

/// eˣ.
public struct Exponential: ElementwiseOperator {
  public static let name = "exp"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.exp, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.exp(x[0]) }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      try builder.multiply(gradient, y)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Exponential() }
  }
}

extension GraphBuilder {
  public mutating func exp(_ operand: Value) throws(ShapeError) -> Value {
    try append(Exponential(), [operand])
  }
}
