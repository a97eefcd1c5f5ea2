import GraphIR
import KernelIR

/// x, through which no gradient flows.
public struct StopGradient: ElementwiseOperator {
  public static let name = "stop_gradient"

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] }

  public func evaluate(_ x: [Double]) -> Double { x[0] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in StopGradient() }
  }
}

extension GraphBuilder {
  public mutating func stopGradient(_ operand: Value) throws(ShapeError) -> Value {
    try append(StopGradient(), [operand])
  }
}
