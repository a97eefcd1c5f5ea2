import GraphIR
import KernelIR

/// What recurrent operators can do beside their cell.
public struct RecurrentOptions: Hashable, Sendable, Codable {
  /// Starts from given states instead of zeros.
  public var hasStart: Bool
  /// Has a mask: a step where it is not positive changes no state.
  public var hasMask: Bool
  /// Has factors that h is multiplied by on its way into the recurrent product, as recurrent dropout does.
  public var hasFactors: Bool
  /// The gradient of the states does not flow back past the steps whose number is a multiple of this; 0 for no such end.
  public var truncation: Int
  /// The way back makes the gates again, from the projected input, instead of finding them in memory.
  public var recomputes: Bool

  public init(
    hasStart: Bool = false, hasMask: Bool = false, hasFactors: Bool = false, truncation: Int = 0,
    recomputes: Bool = false
  ) {
    self.recomputes = recomputes
    self.hasStart = hasStart
    self.hasMask = hasMask
    self.hasFactors = hasFactors
    self.truncation = truncation
  }

  static func draw(_ random: inout RandomSource) -> RecurrentOptions {
    func flip() -> Bool { random.integer(in: 0...1) == 0 }
    return RecurrentOptions(hasStart: flip(), hasMask: flip(), hasFactors: flip(), recomputes: flip())
  }
}

/// An operator over time: x [rows, time, gates·units], the projected input with its bias, and the recurrent weights, each
/// [units, gates of it·units] as `Panels`; then operands of its own, and last what its options ask for: the states [rows, units]
/// to start from, a mask [rows, time], and factors [rows, units].
public protocol RecurrentOperator: Operator {
  var options: RecurrentOptions { get set }
  static var gates: Int { get }
  /// The gates of each of the recurrent weights: unless said otherwise there is one, for all gates.
  static var weights: [Int] { get }
  /// Operands before those of the options.
  static var fixedOperands: Int { get }
  /// The results that are states in the end, as many as go from step to step: h, and for an LSTM c.
  static var last: [Int] { get }
}

extension RecurrentOperator {
  public static var weights: [Int] { [gates] }

  public var layout: RecurrentLayout {
    RecurrentLayout(
      name: Self.name, gates: Self.gates, weights: Self.weights, last: Self.last, fixed: Self.fixedOperands,
      options: options)
  }
}

/// Where the operands of a recurrent operator lie, and what they have to be.
public struct RecurrentLayout: Sendable {
  let name: String
  let gates: Int
  let weights: [Int]
  let last: [Int]
  let fixed: Int
  var options: RecurrentOptions

  var states: Int { last.count }
  /// The first of the states to start from.
  var start: Int? { options.hasStart ? fixed : nil }
  private var afterStart: Int { fixed + (options.hasStart ? states : 0) }
  var mask: Int? { options.hasMask ? afterStart : nil }
  public var factors: Int? { options.hasFactors ? afterStart + (options.hasMask ? 1 : 0) : nil }
  var count: Int { afterStart + [options.hasMask, options.hasFactors].filter { $0 }.count }

  /// The type of the states over time, [rows, time, units], if the operands are as they must be; `others` checks those
  /// of the operator's own.
  func states(
    of operands: [TensorType], others: (_ x: TensorType, _ units: Int) throws(ShapeError) -> Void = { _, _ in }
  ) throws(ShapeError) -> TensorType {
    guard operands.count == count else {
      throw ShapeError("\(name) with these options takes \(count) operands, got \(operands.count)")
    }
    let x = operands[0]
    let wanted = gates == 1 ? "units" : "\(gates)*units"
    guard x.element.isFloating, x.shape.rank == 3, x.shape[0].perRow, !x.shape[1].perRow, !x.shape[2].perRow,
      x.shape[2].count % gates == 0
    else { throw ShapeError("\(name) expects projected inputs [rows, time, \(wanted)], got \(x)") }
    let (rows, time) = (x.shape[0], x.shape[1])
    let units = x.shape[2].count / gates
    for (type, operand) in zip(weightTypes(x.element, units: units), operands[1...]) {
      guard operand == (try Panels().infer([type])[0]) else {
        throw ShapeError(
          "\(name) of projected inputs \(x) expects panels of recurrent weights \(type), got \(operand)")
      }
    }
    try others(x, units)
    let state = TensorType(x.element, [rows, Dimension(units)])
    func check(_ operand: Int, _ type: TensorType, _ text: String) throws(ShapeError) {
      guard operands[operand] == type else {
        throw ShapeError("\(name) of projected inputs \(x) expects \(text) \(type), got \(operands[operand])")
      }
    }
    if let start { for number in 0..<states { try check(start + number, state, "a start") } }
    if let mask { try check(mask, TensorType(x.element, [rows, time]), "a mask") }
    if let factors { try check(factors, state, "factors") }
    guard options.truncation >= 0 else {
      throw ShapeError("\(name) cannot be truncated to \(options.truncation) steps")
    }
    return TensorType(x.element, [rows, time, Dimension(units)])
  }

  /// The types of the recurrent weights before they are packed.
  func weightTypes(_ element: ElementType, units: Int) -> [TensorType] {
    weights.map { TensorType(element, [Dimension(units), Dimension($0 * units)]) }
  }

  /// Of states over time the types of one state and of the workspace for its product with each of the weights.
  func memory(_ states: TensorType) -> (state: TensorType, sums: [TensorType]) {
    let (rows, units) = (states.shape[0], states.shape[2].count)
    func row(_ count: Int) -> TensorType { TensorType(states.element, [rows, Dimension(count)]) }
    return (row(units), weights.map { row(PanelProduct.padded($0 * units)) })
  }

  /// Operands that fit x [rows, time, gates·units] for a first operand of rank 3 whose last extent becomes the units.
  func operands(units operand: TensorType, others: [TensorType] = []) -> [TensorType]? {
    guard operand.element.isFloating, operand.shape.rank == 3, operand.shape[0].perRow else { return nil }
    let (rows, time, units) = (operand.shape[0], operand.shape[1], operand.shape[2])
    let width = Dimension(gates * units.count)
    let packed = weightTypes(operand.element, units: units.count).compactMap { try? Panels().infer([$0])[0] }
    guard packed.count == weights.count else { return nil }
    let state = TensorType(operand.element, [rows, units])
    return [TensorType(operand.element, [rows, time, width])] + packed + others
      + (options.hasStart ? Array(repeating: state, count: states) : [])
      + (options.hasMask ? [TensorType(operand.element, [rows, time])] : []) + (options.hasFactors ? [state] : [])
  }
}
