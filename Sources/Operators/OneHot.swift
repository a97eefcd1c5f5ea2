import GraphIR
import KernelIR

/// Class numbers [..] as indicators [.., classes]: 1 at the class's position, else 0; all 0 for a number out of range.
public struct OneHot: Operator {
  public static let name = "one_hot"

  public var classes: Int
  public var element: ElementType

  public init(classes: Int, element: ElementType) {
    self.classes = classes
    self.element = element
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard operands.count == 1 else { throw ShapeError("one_hot takes 1 operand, got \(operands.count)") }
    guard operands[0].element == .i32, element.isFloating, classes > 0 else {
      throw ShapeError("one_hot expects i32 class numbers and a positive number of classes, got \(operands[0])")
    }
    return [TensorType(element, Shape(operands[0].shape.dimensions + [Dimension(classes)]))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.stepwise(self, axis: context.axis(ofOperand: 0))
  }

  public var lowering: Lowering {
    .pointwise { context in
      let label = context.element(0, Array(context.coordinates.dropLast()))
      return .indicator(.compare(.equal, label, .index(context.coordinates.last ?? 0)))
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [.generate(context.shape()) { at in operands[0][Array(at.dropLast())] == Double(at[at.count - 1]) ? 1 : 0 }]
  }

  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { 0...Double(classes - 1) }

  public func retyped(to element: ElementType) -> OneHot { OneHot(classes: classes, element: element) }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element == .i32 else { return nil }
    return Instance(OneHot(classes: random.integer(in: 1...7), element: .f32), [operand])
  }
}

extension GraphBuilder {
  public mutating func oneHot(_ labels: Value, classes: Int, element: ElementType) throws(ShapeError) -> Value {
    try append(OneHot(classes: classes, element: element), [labels])
  }
}
