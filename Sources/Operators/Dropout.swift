import GraphIR
import KernelIR

/// 0 with probability `rate`, else x / (1 - rate): Srivastava et al., "Dropout", 2014.
///
/// Which elements stay follows from seed, purpose, step and the element's position alone, so that the operator is
/// pure and the gradient is the same dropout of the result's gradient.
public struct Dropout: Operator {
  public static let name = "dropout"

  public var rate: Double
  /// Tells the random numbers of one dropout from another's.
  public var purpose: Int

  public init(rate: Double, purpose: Int) {
    self.rate = rate
    self.purpose = purpose
  }

  /// The rate rounded up to a multiple of 2⁻²⁴, which decides alike for every uniform number in every precision.
  private var threshold: Double { (rate * 0x1p24).rounded(.up) * 0x1p-24 }

  private var scale: Double { 1 / (1 - rate) }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 1 else { throw ShapeError("dropout takes 1 operand, got \(operands.count)") }
    guard operands[0].element.isFloating else {
      throw ShapeError(
        "dropout computes with floating-point numbers, but its operand is \(operands[0].element.rawValue)")
    }
    guard rate >= 0, rate < 1 else { throw ShapeError("dropout needs a rate from 0 to below 1, got \(rate)") }
    return operands
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.append(self, [gradient])]
  }

  public var isElementwise: Bool { true }

  public var lowering: Lowering {
    .pointwise { context in
      .select(isKept(context.flatIndex), context.broadcast(0) * .literal(scale), 0.0)
    }
  }

  private func isKept(_ element: Index) -> Condition {
    .compare(.greaterOrEqual, .uniform(purpose: purpose, element: element), .literal(threshold))
  }

  /// What the element at a position is multiplied by.
  func factor(_ element: Index) -> Expression { .select(isKept(element), .literal(scale), 0.0) }

  func factor(_ element: Int, _ context: ReferenceContext) -> Double {
    let uniform = Philox.uniform(
      seed: context.seed, purpose: UInt32(truncatingIfNeeded: purpose), step: context.step, element: UInt64(element))
    return uniform >= threshold ? scale : 0
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    var result = operands[0]
    for position in result.values.indices { result.values[position] *= factor(position, context) }
    return [result]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating else { return nil }
    return Instance(Dropout(rate: random.real(in: 0...0.9), purpose: random.integer(in: 0...99)), [operand])
  }
}

extension GraphBuilder {
  public mutating func dropout(_ operand: Value, rate: Double, purpose: Int) throws(ShapeError) -> Value {
    try append(Dropout(rate: rate, purpose: purpose), [operand])
  }
}
