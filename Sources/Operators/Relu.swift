import GraphIR
import KernelIR

/// max(x, 0); NaN stays NaN.
public struct Relu: ElementwiseOperator {
  public static let name = "relu"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .binary(.maximum, x[0], 0.0) }

  public func evaluate(_ x: [Double]) -> Double { x[0] <= 0 ? 0 : x[0] }

  /// 1 where x > 0, else 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let zero = try builder.scalar(0, like: x[0])
      return try builder.select(builder.compare(.greater, x[0], zero), gradient, zero)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Relu() }
  }
}

extension GraphBuilder {
  public mutating func relu(_ operand: Value) throws(ShapeError) -> Value {
    try append(Relu(), [operand])
  }
}
