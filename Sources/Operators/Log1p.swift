import Glibc
import GraphIR
import KernelIR

/// log(1 + x), exact for small x.
public struct Log1p: ElementwiseOperator {
  public static let name = "log1p"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .unary(.log1p, x[0]) }

  public func evaluate(_ x: [Double]) -> Double { Glibc.log1p(x[0]) }

  /// 1 / (1 + x).
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      try builder.divide(gradient, builder.add(x[0], builder.scalar(1, like: x[0])))
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { -0.5...2 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Log1p() }
  }
}

extension GraphBuilder {
  public mutating func log1p(_ operand: Value) throws(ShapeError) -> Value {
    try append(Log1p(), [operand])
  }
}
