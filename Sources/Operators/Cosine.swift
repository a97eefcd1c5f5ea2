import Glibc
import GraphIR
import KernelIR

/// cos x.
public struct Cosine: ElementwiseOperator {
  public static let name = "cos"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.cos, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.cos(x[0]) }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.negate(builder.multiply(gradient, builder.sin(x[0])))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Cosine() }
  }
}

extension GraphBuilder {
  public mutating func cos(_ operand: Value) throws(ShapeError) -> Value {
    try append(Cosine(), [operand])
  }
}
