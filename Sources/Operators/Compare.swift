import GraphIR
import KernelIR

/// 1 where `comparison` holds between a and b, else 0, with broadcasting. No gradient flows through it.
public struct Compare: ElementwiseOperator {
  public static let name = "compare"
  public static let operandCount = 2

  public var comparison: Comparison

  public init(_ comparison: Comparison) { self.comparison = comparison }

  public func expression(_ x: [Expression]) -> Expression { .indicator(.compare(comparison, x[0], x[1])) }

  public func evaluate(_ x: [Double]) -> Double { comparison.holds(x[0], x[1]) ? 1 : 0 }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil, nil] }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { Compare($0.element(of: Comparison.allCases)) }
  }
}

extension GraphBuilder {
  public mutating func compare(_ comparison: Comparison, _ a: Value, _ b: Value) throws(ShapeError) -> Value {
    try append(Compare(comparison), [a, b])
  }
}
