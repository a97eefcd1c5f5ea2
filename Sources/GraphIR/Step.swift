import KernelIR

/// A value of the graph of one step, made of a graph of whole sequences, and how it goes along time.
public struct StepValue: Hashable, Sendable {
  public enum Time: Hashable, Sendable {
    /// The same at every step: weights, constants, inputs that are no sequences.
    case constant
    /// What the call before has left: a state, or made of states and constants.
    case kept
    /// One step of a sequence. `axis` counts the steps in the graph of whole sequences and is 1 here; an axis of
    /// rows·steps is rows here.
    case sequence(axis: Int)
    /// What the sequence has come to by now, such as the last state of a recurrent layer.
    case latest
  }

  public var value: Value
  public var time: Time

  public init(_ value: Value, _ time: Time) {
    self.value = value
    self.time = time
  }

  /// The axis along time of a sequence.
  public var axis: Int? { if case .sequence(let axis) = time { axis } else { nil } }
}

/// What an operator's rule for one step sees and builds with. At least one operand is a sequence.
public struct StepContext: Sendable {
  /// The node in the graph of whole sequences: its name in errors, and its types there.
  public let name: String
  public let operandTypes: [TensorType]
  public let resultTypes: [TensorType]
  public let operands: [StepValue]
  /// Steps of a whole sequence.
  public let length: Int
  public var builder: GraphBuilder
  /// New contents of states.
  public private(set) var updates: [Root] = []
  /// Begins the names of the node's states.
  private let prefix: String

  public init(
    name: String, operandTypes: [TensorType], resultTypes: [TensorType], operands: [StepValue], length: Int,
    builder: GraphBuilder, prefix: String
  ) {
    self.name = name
    self.operandTypes = operandTypes
    self.resultTypes = resultTypes
    self.operands = operands
    self.length = length
    self.builder = builder
    self.prefix = prefix
  }

  /// What the steps before have left as `name`, zeros at the first one.
  public mutating func state(_ name: String, _ type: TensorType) -> Value {
    builder.source(.state, "\(prefix)/\(name)", type)
  }

  /// The next step finds `value` as the state `name`.
  public mutating func keep(_ value: Value, as name: String) {
    updates.append(Root(.update(.state, "\(prefix)/\(name)"), value))
  }

  /// The number of steps before this one, i32[1]. A stream that asks for it ends with the sequence's length.
  public mutating func position() -> Value { builder.source(.position, "position", TensorType(.i32, [1])) }

  /// The axis along time of operand `index`; an error if that operand is no sequence.
  public func axis(ofOperand index: Int) throws(ShapeError) -> Int {
    guard let axis = operands[index].axis else {
      throw ShapeError("\(name) needs a sequence as operand \(index + 1) to go step by step")
    }
    return axis
  }

  /// The extents of a result at one step, where `axis` goes along time.
  public func shape(ofResult result: Int = 0, axis: Int) -> Shape {
    var shape = resultTypes[result].shape
    shape[axis].count /= length
    return shape
  }
}
