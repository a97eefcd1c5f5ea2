import GraphIR
import KernelIR

/// a · b, with broadcasting.
public struct Multiply: ElementwiseOperator {
  public static let name = "multiply"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] * x[1] }

  public func evaluate(_ x: [Double]) -> Double { x[0] * x[1] }

  /// ∂/∂a = b and ∂/∂b = a.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, _, gradient, builder) throws(ShapeError) in
      try builder.multiply(gradient, x[1 - operand])
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Multiply() }
  }
}

extension GraphBuilder {
  public mutating func multiply(_ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Multiply(), [a, b])
  }
}
