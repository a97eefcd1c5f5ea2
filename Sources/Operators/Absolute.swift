import GraphIR
import KernelIR

/// |x|.
public struct Absolute: ElementwiseOperator {
  public static let name = "abs"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.absolute, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { x[0].magnitude }

  /// The sign of x; 0 at 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.multiply(gradient, builder.sign(x[0]))
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Absolute() }
  }
}

extension GraphBuilder {
  public mutating func abs(_ operand: Value) throws(ShapeError) -> Value {
    try append(Absolute(), [operand])
  }
}
