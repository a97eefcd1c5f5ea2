import KernelIR

/// Everything that the compiler knows about one operator. Each conforming type is one file of `Sources/Operators`;
/// its stored properties are the operator's attributes.
public protocol Operator: Hashable, Sendable, Codable {
  /// The name in the graph's text form.
  static var name: String { get }

  /// The types of the results. Throws an error that names the operand, what was expected and what came.
  func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType]

  /// The gradient of each operand, as a graph of other operators; nil for an operand that nothing flows back to.
  func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?]

  /// How it becomes loops.
  var lowering: Lowering { get }

  /// The operator at one step of a sequence, of this step's operands and of states, as a graph of operators. Throws an
  /// error that says what of the sequence it would need besides.
  func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue]

  /// The same in Double with naive loops: the oracle of every test, and of constant folding.
  func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor]

  /// A random valid instance whose first operand has the type `operand`; nil if there is none.
  static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance?

  /// The numbers that operand `index` may take, for tests.
  func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double>

  /// The operator with its floating-point attributes in another precision.
  func retyped(to element: ElementType) -> Self

  /// Results that serve the operator itself, as its workspace or for its gradient: their own gradient is nobody's concern.
  var auxiliaryResults: Set<Int> { get }

  /// Results that have memory even where nothing reads them; unless said otherwise the auxiliary ones.
  var placedResults: Set<Int> { get }

  /// Auxiliary results that hold nothing of meaning when the loops end.
  var workspaceResults: Set<Int> { get }

  /// False if two nodes with the same operands are not interchangeable, as with random numbers.
  var isPure: Bool { get }

  /// The operand into whose memory the first result may be written where nothing else reads it: the operator leaves its
  /// elements as they are, but for some that it writes and doesn't read from then on.
  var overwrittenOperand: Int? { get }

  /// True if each element of the result is made of the operands' elements at the same place, under broadcasting.
  var isElementwise: Bool { get }
}

extension Operator {
  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? { nil }
  public func domain(ofOperand index: Int, type: TensorType) -> ClosedRange<Double> { -2...2 }
  public func retyped(to element: ElementType) -> Self { self }
  public var auxiliaryResults: Set<Int> { [] }
  public var placedResults: Set<Int> { auxiliaryResults }
  public var workspaceResults: Set<Int> { [] }
  public var isPure: Bool { true }
  public var overwrittenOperand: Int? { nil }
  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    throw ShapeError("\(Self.name) needs all steps of its sequence at once")
  }
  public var isElementwise: Bool { false }

  /// Throws unless there are `count` operands.
  public func expect(_ count: Int, _ operands: [TensorType]) throws(ShapeError) {
    guard operands.count == count else {
      throw ShapeError("\(Self.name) takes \(count) operand\(count == 1 ? "" : "s"), got \(operands.count)")
    }
  }
}

/// An operator and the types of its operands, as drawn for a test.
public struct Instance: Sendable {
  public var op: any Operator
  public var operands: [TensorType]

  public init(_ op: any Operator, _ operands: [TensorType]) {
    self.op = op
    self.operands = operands
  }
}

/// What a gradient rule sees and builds with.
public struct GradientContext: Sendable {
  /// The operands of the node in the graph being built.
  public let operands: [Value]
  public let results: [Value]
  /// The gradient that has reached each result; nil where none did.
  public let resultGradients: [Value?]
  /// Which operands' gradients will be used: a rule may leave the others nil.
  public let isNeeded: [Bool]
  public var builder: GraphBuilder

  public init(
    operands: [Value], results: [Value], resultGradients: [Value?], isNeeded: [Bool], builder: GraphBuilder
  ) {
    self.operands = operands
    self.results = results
    self.resultGradients = resultGradients
    self.isNeeded = isNeeded
    self.builder = builder
  }
}
