import Glibc
import GraphIR
import KernelIR

/// The natural logarithm of x.
public struct Logarithm: ElementwiseOperator {
  public static let name = "log"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.log, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.log(x[0]) }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.divide(gradient, x[0])
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { 0.2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Logarithm() }
  }
}

extension GraphBuilder {
  public mutating func log(_ operand: Value) throws(ShapeError) -> Value {
    try append(Logarithm(), [operand])
  }
}
