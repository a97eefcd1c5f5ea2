import Glibc
import GraphIR
import KernelIR

/// sin x.
public struct Sine: ElementwiseOperator {
  public static let name = "sin"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.sin, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.sin(x[0]) }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.multiply(gradient, builder.cos(x[0]))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Sine() }
  }
}

extension GraphBuilder {
  public mutating func sin(_ operand: Value) throws(ShapeError) -> Value {
    try append(Sine(), [operand])
  }
}
