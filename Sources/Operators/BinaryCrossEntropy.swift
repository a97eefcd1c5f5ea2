import Glibc
import GraphIR
import KernelIR

/// -(t·log q + (1 - t)·log(1 - q)), where q is the probability p clipped to [10⁻⁷, 1 - 10⁻⁷] as by Keras.
public struct BinaryCrossEntropy: ElementwiseOperator {
  public static let name = "binary_cross_entropy"
  public static let operandCount = 2

  static let margin = 1e-7

  public init() {}

  public func expression(_ x: [Expression]) -> Expression {
    let q: Expression = .binary(.maximum, .binary(.minimum, x[0], .literal(1 - Self.margin)), .literal(Self.margin))
    return -(x[1] * .unary(.log, q) + (1.0 - x[1]) * .unary(.log, 1.0 - q))
  }

  public func evaluate(_ x: [Double]) -> Double {
    if x[0].isNaN { return x[0] }
    let q = max(min(x[0], 1 - Self.margin), Self.margin)
    return -(x[1] * log(q) + (1 - x[1]) * log(1 - q))
  }

  /// ∂/∂p = (q - t) / (q·(1 - q)) inside the bounds, else 0; ∂/∂t = log(1 - q) - log q.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, _, gradient, builder) throws(ShapeError) in
      let one = try builder.scalar(1, like: x[0])
      let upper = try builder.scalar(1 - Self.margin, like: x[0])
      let q = try builder.maximum(builder.minimum(x[0], upper), builder.scalar(Self.margin, like: x[0]))
      let complement = try builder.subtract(one, q)
      if operand == 1 {
        let logits = try builder.subtract(builder.log(complement), builder.log(q))
        return try builder.multiply(gradient, logits)
      }
      let slope = try builder.divide(builder.subtract(q, x[1]), builder.multiply(q, complement))
      let isInside = try builder.compare(.equal, q, x[0])
      return try builder.select(isInside, builder.multiply(gradient, slope), builder.scalar(0, like: x[0]))
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 0 ? 0.1...0.9 : 0...1 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in BinaryCrossEntropy() }
  }
}

extension GraphBuilder {
  public mutating func binaryCrossEntropy(_ probabilities: Value, _ targets: Value) throws(ShapeError) -> Value {
    try append(BinaryCrossEntropy(), [probabilities, targets])
  }
}
