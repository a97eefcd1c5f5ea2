import GraphIR
import KernelIR

/// The smaller of a and b, with broadcasting; NaN if either is NaN, as in NumPy.
public struct Minimum: ElementwiseOperator {
  public static let name = "minimum"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { .binary(.minimum, x[0], x[1]) }

  public func evaluate(_ x: [Double]) -> Double {
    if x[0].isNaN || x[1].isNaN { return .nan }
    return Swift.min(x[0], x[1])
  }

  /// Flows to the smaller operand; to a where they are equal.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, _, gradient, builder) throws(ShapeError) in
      let zero = try builder.scalar(0, like: gradient)
      let isFirst = try builder.compare(.lessOrEqual, x[0], x[1])
      return operand == 0
        ? try builder.select(isFirst, gradient, zero) : try builder.select(isFirst, zero, gradient)
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Minimum() }
  }
}

extension GraphBuilder {
  public mutating func minimum(_ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Minimum(), [a, b])
  }
}
