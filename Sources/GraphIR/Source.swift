import KernelIR

/// A value that comes from outside the graph: the caller's arrays, the weights, or a number of the training run.
public struct Source: Operator {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// Arrays of the caller.
    case input, target
    /// A weight, or a statistic that training does not differentiate.
    case parameter
    /// An optimizer's memory of a parameter.
    case slot
    /// The gradient of a parameter, where the update is a graph of its own.
    case gradient
    /// A value that the caller's context or trainer keeps from call to call, zero at first. An update root writes it.
    case state
    /// How many steps of a stream have been taken since its states were zero, i32[1].
    case position
    /// Scalars of the run: the number of rows of this call, the learning rate, and the number of updates made so far plus one.
    case rows, learningRate, step
  }

  public static let name = "source"

  public var kind: Kind
  public var name: String
  public var type: TensorType

  public init(_ kind: Kind, _ name: String, _ type: TensorType) {
    self.kind = kind
    self.name = name
    self.type = type
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(0, operands)
    return [type]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [] }
  public var lowering: Lowering { .source }
  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] { [] }

  public func retyped(to element: ElementType) -> Source {
    Source(kind, name, TensorType(type.element.isFloating ? element : type.element, type.shape))
  }
}
