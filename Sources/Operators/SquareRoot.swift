import GraphIR
import KernelIR

/// √x.
public struct SquareRoot: ElementwiseOperator {
  public static let name = "sqrt"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.squareRoot, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { x[0].squareRoot() }

  /// 1 / (2√x).
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      try builder.divide(builder.multiply(gradient, builder.scalar(0.5, like: gradient)), y)
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { 0.2...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in SquareRoot() }
  }
}

extension GraphBuilder {
  public mutating func sqrt(_ operand: Value) throws(ShapeError) -> Value {
    try append(SquareRoot(), [operand])
  }
}
