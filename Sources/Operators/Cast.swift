import GraphIR
import KernelIR

/// The same numbers as elements of a floating-point type.
public struct Cast: Operator {
  public static let name = "cast"

  public var element: ElementType

  public init(to element: ElementType) { self.element = element }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 1 else { throw ShapeError("cast takes 1 operand, got \(operands.count)") }
    guard operands[0].element == .i32, element.isFloating else {
      throw ShapeError(
        "cast makes floating-point numbers of i32, not \(element.rawValue) of \(operands[0].element.rawValue)")
    }
    return [TensorType(element, operands[0].shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.stepwise(self, axis: context.axis(ofOperand: 0))
  }

  public var lowering: Lowering { .pointwise { $0.broadcast(0) } }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [operands[0]]
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { -9...9 }

  public func retyped(to element: ElementType) -> Cast { Cast(to: element) }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    operand.element == .i32 ? Instance(Cast(to: .f32), [operand]) : nil
  }
}

extension GraphBuilder {
  public mutating func cast(_ operand: Value, to element: ElementType) throws(ShapeError) -> Value {
    type(of: operand).element == element ? operand : try append(Cast(to: element), [operand])
  }
}
