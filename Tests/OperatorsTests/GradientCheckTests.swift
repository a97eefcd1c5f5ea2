import GraphIR
import KernelIR
import Operators
import Testing

/// The check must see a wrong rule.
@Suite struct GradientCheckTests {
  private struct WrongSquare: ElementwiseOperator {
    static let name = "wrong_square"

    func expression(_ x: [Expression]) -> Expression { x[0] * x[0] }

    func evaluate(_ x: [Double]) -> Double { x[0] * x[0] }

    /// Lacks the factor 2.
    func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
      guard let gradient = context.resultGradients[0] else { return [nil] }
      return [try context.builder.multiply(gradient, context.operands[0])]
    }
  }

  @Test func wrongRuleIsFound() {
    withKnownIssue {
      var random = RandomSource(seed: 4)
      try checkGradient(of: Instance(WrongSquare(), [TensorType(.f64, [3])]), random: &random)
    }
  }

  @Test func stoppedGradientIsFound() {
    withKnownIssue {
      var random = RandomSource(seed: 5)
      try checkGradient(of: Instance(StopGradient(), [TensorType(.f64, [3])]), random: &random)
    }
  }
}
