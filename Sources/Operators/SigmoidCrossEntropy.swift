import GraphIR
import KernelIR

/// The binary cross-entropy of σ(x) and the target z: max(x, 0) - x·z + log(1 + e^-|x|), which does not overflow.
public struct SigmoidCrossEntropy: ElementwiseOperator {
  public static let name = "sigmoid_cross_entropy"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression {
    .binary(.maximum, x[0], 0.0) - x[0] * x[1] + .unary(.log1p, .unary(.expFalling, -.unary(.absolute, x[0])))
  }

  public func evaluate(_ x: [Double]) -> Double { Softplus().evaluate(x) - x[0] * x[1] }

  /// ∂/∂x = σ(x) - z and ∂/∂z = -x.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    try context.elementwise { (operand, x, _, gradient, builder) throws(ShapeError) in
      operand == 0
        ? try builder.multiply(gradient, builder.subtract(builder.sigmoid(x[0]), x[1]))
        : try builder.negate(builder.multiply(gradient, x[0]))
    }
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { index == 0 ? -2...2 : 0...1 }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in SigmoidCrossEntropy() }
  }
}

extension GraphBuilder {
  public mutating func sigmoidCrossEntropy(_ logits: Value, _ targets: Value) throws(ShapeError) -> Value {
    try append(SigmoidCrossEntropy(), [logits, targets])
  }
}
