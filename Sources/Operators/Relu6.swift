import GraphIR
import KernelIR

/// min(max(x, 0), 6); NaN stays NaN.
public struct Relu6: ElementwiseOperator {
  public static let name = "relu6"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .binary(.minimum, .binary(.maximum, x[0], 0.0), 6.0) }

  public func evaluate(_ x: [Double]) -> Double { x[0] <= 0 ? 0 : x[0] >= 6 ? 6 : x[0] }

  /// 1 where 0 < x < 6, else 0.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (_, x, _, gradient, builder) throws(ShapeError) in
      let zero = try builder.scalar(0, like: x[0])
      let six = try builder.scalar(6, like: x[0])
      let below = try builder.select(builder.compare(.less, x[0], six), gradient, zero)
      return try builder.select(builder.compare(.greater, x[0], zero), below, zero)
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
