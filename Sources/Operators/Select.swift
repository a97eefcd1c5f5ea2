import GraphIR
import KernelIR

/// a where the condition is not 0, else b, with broadcasting. No gradient flows to the condition.
public struct Select: ElementwiseOperator {
  public static let name = "select"
  public static let operandCount = 3

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .select(x[0].isNonzero, x[1], x[2]) }

  public func evaluate(_ x: [Double]) -> Double { x[0] != 0 ? x[1] : x[2] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, _, gradient, builder) throws(ShapeError) in
      if operand == 0 { return nil }
      let zero = try builder.scalar(0, like: gradient)
      return operand == 1
        ? try builder.select(x[0], gradient, zero) : try builder.select(x[0], zero, gradient)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Select() }
  }
}

extension GraphBuilder {
  public mutating func select(_ condition: Value, _ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Select(), [condition, a, b])
  }
}
