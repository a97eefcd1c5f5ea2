import GraphIR
import KernelIR

/// min(max(x, 0), 6); NaN stays NaN.
public struct Relu6: ElementwiseOperator {
  public static let name = "relu6"

  public init() {}

  public var isIncreasing: Bool { true }

  public func expression(_ x: [Expression]) -> Expression { .binary(.minimum, .binary(.maximum, x[0], 0.0), 6.0) }

  public func evaluate(_ x: [Double]) -> Double { x[0] <= 0 ? 0 : x[0] >= 6 ? 6 : x[0] }

  /// 1 where 0 < x < 6, else 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    // The result tells as well as x, which then need not be kept.
    try context.elementwise { (_, _, y, gradient, builder) throws(ShapeError) in
      let zero = try builder.scalar(0, like: y)
      let six = try builder.scalar(6, like: y)
      let below = try builder.select(builder.compare(.less, y, six), gradient, zero)
      return try builder.select(builder.compare(.greater, y, zero), below, zero)
    }
  }

  /// Both kinks lie inside.
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { -3...9 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Relu6() }
  }
}

extension GraphBuilder {
  public mutating func relu6(_ operand: Value) throws(ShapeError) -> Value {
    try append(Relu6(), [operand])
  }
}
