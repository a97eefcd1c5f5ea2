import GraphIR
import KernelIR

/// The first operand in training; the inference graphs have the second in its place. Batch normalization chooses between
/// the batch's statistics and the moving ones with it.
public struct TrainingPhase: ElementwiseOperator {
  public static let name = "training_phase"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] }

  public func evaluate(_ x: [Double]) -> Double { x[0] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    return [try context.builder.sum(gradient, to: context.builder.shape(of: context.operands[0])), nil]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in TrainingPhase() }
  }
}

extension GraphBuilder {
  public mutating func trainingPhase(_ training: Value, inference: Value) throws(ShapeError) -> Value {
    try append(TrainingPhase(), [training, inference])
  }
}
