import GraphIR
import KernelIR

/// a / b, with broadcasting.
public struct Divide: ElementwiseOperator {
  public static let name = "divide"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] / x[1] }

  public func evaluate(_ x: [Double]) -> Double { x[0] / x[1] }

  /// ∂/∂a = 1 / b and ∂/∂b = -(a / b) / b.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, y, gradient, builder) throws(ShapeError) in
      let quotient = try builder.divide(gradient, x[1])
      return operand == 0 ? quotient : try builder.negate(builder.multiply(quotient, y))
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 0 ? -2...2 : 0.5...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Divide() }
  }
}

extension GraphBuilder {
  public mutating func divide(_ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Divide(), [a, b])
  }
}
