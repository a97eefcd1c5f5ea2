import GraphIR
import KernelIR

/// max(x, 0); NaN stays NaN.
public struct Relu: ElementwiseOperator {
  public static let name = "relu"

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression { .binary(.maximum, x[0], 0.0) }

  public func evaluate(_ x: [Double]) -> Double { x[0] <= 0 ? 0 : x[0] }

  /// 1 where x > 0, else 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    // The result tells as well as x, which then need not be kept.
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      let zero = try builder.scalar(0, like: y)
      return try builder.select(builder.compare(.greater, y, zero), gradient, zero)
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
