import GraphIR
import KernelIR

/// -x.
public struct Negate: ElementwiseOperator {
  public static let name = "negate"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { -x[0] }

  public func evaluate(_ x: [Double]) -> Double { -x[0] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, _, _, gradient, builder) throws(ShapeError) in
      try builder.negate(gradient)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Negate() }
  }
}

extension GraphBuilder {
  public mutating func negate(_ operand: Value) throws(ShapeError) -> Value {
    try append(Negate(), [operand])
  }
}
