import GraphIR
import KernelIR

/// a + b, with broadcasting.
public struct Add: ElementwiseOperator {
  public static let name = "add"
  public static let operandCount = 2

  public init() {}

  public func expression(_ x: [Expression]) -> Expression { x[0] + x[1] }

  public func evaluate(_ x: [Double]) -> Double { x[0] + x[1] }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil, nil] }
    return try context.operands.indices.map { (operand) throws(ShapeError) in
      let shape = context.builder.shape(of: context.operands[operand])
      return context.isNeeded[operand] ? try context.builder.sum(gradient, to: shape) : nil
    }
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    draw(&random, operand: operand) { _ in Add() }
  }
}

extension GraphBuilder {
  public mutating func add(_ a: Value, _ b: Value) throws(ShapeError) -> Value { try append(Add(), [a, b]) }
}
