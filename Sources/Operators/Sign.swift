import GraphIR
import KernelIR

/// 1 where x > 0, -1 where x < 0, else x: 0 or NaN. Its gradient is 0.
public struct Sign: ElementwiseOperator {
  public static let name = "sign"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression {
    .select(
      .compare(.greater, x[0], 0.0), 1.0, .select(.compare(.less, x[0], 0.0), -1.0, x[0]))
  }

  public func evaluate(_ x: [Double]) -> Double { x[0] > 0 ? 1 : x[0] < 0 ? -1 : x[0] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Sign() }
  }
}

extension GraphBuilder {
  public mutating func sign(_ operand: Value) throws(ShapeError) -> Value {
    try append(Sign(), [operand])
  }
}
