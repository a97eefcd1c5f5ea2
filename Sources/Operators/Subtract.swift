import GraphIR
import KernelIR

/// a - b, with broadcasting.
public struct Subtract: ElementwiseOperator {
  public static let name = "subtract"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] - x[1] }

  public func evaluate(_ x: [Double]) -> Double { x[0] - x[1] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, _, _, gradient, builder) throws(ShapeError) in
      operand == 0 ? gradient : try builder.negate(gradient)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Subtract() }
  }
}

extension GraphBuilder {
  public mutating func subtract(_ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Subtract(), [a, b])
  }
}
