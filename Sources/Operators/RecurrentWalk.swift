import GraphIR
import KernelIR

/// Where the operands of a walk back through time lie: what the forward operator `saved`, the turned recurrent weights, each as
/// `Panels`; where it recomputes, the forward operator's own operands behind x, which is there in place of the gates; mask and
/// factors as the forward operator's, and those gradients that are `given` of its results.
struct RecurrentWalk {
  let name: String
  let forward: RecurrentLayout
  let saved: Int
  let given: [Bool]

  /// A gate that is itself the state has nothing to be made again.
  var recomputes: Bool { forward.options.recomputes && forward.gates > 1 }
  /// The first of the turned weights.
  var turned: Int { saved }
  /// The first of the forward operator's own operands behind x.
  var again: Int { saved + forward.weights.count }
  private var options: Int { again + (recomputes ? forward.fixed - 1 : 0) }
  var mask: Int? { forward.options.hasMask ? options : nil }
  var factors: Int? { forward.options.hasFactors ? options + (forward.options.hasMask ? 1 : 0) : nil }
  private var firstGiven: Int { options + [forward.options.hasMask, forward.options.hasFactors].filter { $0 }.count }

  /// The operand that holds the gradient of a result.
  func given(_ number: Int) -> Int? {
    given[number] ? firstGiven + given[..<number].filter { $0 }.count : nil
  }

  /// The type of states over time [rows, time, units]. The first operand is [rows, time, gates·units]; `sequences` are states
  /// over time, as is the first of the gradients, while the others are of single states.
  func states(of operands: [TensorType], sequences: [Int]) throws(ShapeError) -> TensorType {
    guard given.count == forward.states + 1 else {
      throw ShapeError("\(name) says of \(forward.states + 1) results which have gradients, got \(given)")
    }
    let count = firstGiven + given.filter { $0 }.count
    guard operands.count == count else { throw ShapeError("\(name) takes \(count) operands, got \(operands.count)") }
    let gates = operands[0]
    guard gates.element.isFloating, gates.shape.rank == 3, gates.shape[0].perRow, !gates.shape[1].perRow,
      !gates.shape[2].perRow,
      gates.shape[2].count % forward.gates == 0
    else { throw ShapeError("\(name) expects gates [rows, time, \(forward.gates)*units], got \(gates)") }
    let (rows, time) = (gates.shape[0], gates.shape[1])
    let units = Dimension(gates.shape[2].count / forward.gates)
    let states = TensorType(gates.element, [rows, time, units])
    let state = TensorType(gates.element, [rows, units])
    var expected = sequences.map { ($0, states) }
    for (number, weight) in forward.weightTypes(gates.element, units: units.count).enumerated() {
      expected.append((turned + number, try Panels(isTransposed: true).infer([weight])[0]))
    }
    if let mask { expected.append((mask, TensorType(gates.element, [rows, time]))) }
    if let factors { expected.append((factors, state)) }
    for number in given.indices {
      if let operand = given(number) { expected.append((operand, number == 0 ? states : state)) }
    }
    for (operand, type) in expected where operands[operand] != type {
      throw ShapeError("\(name) expects \(type) as operand \(operand + 1), got \(operands[operand])")
    }
    return states
  }

  /// The operands that the forward operator makes its gates of, as if it had no start.
  func forwardOperands<Operand>(_ operands: [Operand]) -> [Operand] {
    [operands[0]] + operands[again..<options] + [mask, factors].compactMap { $0.map { operands[$0] } }
  }

  /// The types of one state and of the workspace for what flows back to it.
  func memory(_ states: TensorType) -> (state: TensorType, flow: TensorType) {
    let (rows, units) = (states.shape[0], states.shape[2])
    return (
      TensorType(states.element, [rows, units]),
      TensorType(states.element, [rows, Dimension(PanelProduct.padded(units.count))])
    )
  }

  /// The types of the workspace for making gates again, for what the forward operator would make them of.
  func memoryAgain(_ op: some RecurrentOperator, _ operands: [TensorType], _ states: TensorType) throws(ShapeError)
    -> [TensorType]
  {
    guard recomputes else { return [] }
    var op = op
    op.options.hasStart = false
    _ = try op.infer(forwardOperands(operands))
    let (state, sums) = forward.memory(states)
    return sums + (forward.options.hasFactors ? [state] : [])
  }

  /// Operands for a drawn forward operator.
  func operands(saved: [TensorType], forward operands: [TensorType], gradients: [TensorType]) -> [TensorType]? {
    let weights = forward.weightTypes(operands[0].element, units: operands[0].shape[2].count / forward.gates)
    let turned = weights.compactMap { try? Panels(isTransposed: true).infer([$0])[0] }
    guard turned.count == weights.count else { return nil }
    return saved + turned + (recomputes ? operands[1..<forward.fixed] : [])
      + [forward.mask, forward.factors].compactMap { $0.map { operands[$0] } }
      + zip(gradients, given).filter(\.1).map(\.0)
  }

  // MARK: Reference

  /// The gradient that was given of a result, 0 where none was.
  func given(_ number: Int, _ operands: [ReferenceTensor], _ place: [Int]) -> Double {
    given(number).map { operands[$0][place] } ?? 0
  }

  /// The gates of a step, each [units], which the forward operator has left or are made `again` of h before the step, which is in
  /// the operand `states`.
  func gates(
    _ operands: [ReferenceTensor], states: Int, _ row: Int, _ t: Int,
    again: (RecurrentReference, [Double], Int, Int) -> [[Double]]
  ) -> [[Double]] {
    let units = operands[0].shape[2] / forward.gates
    guard recomputes else {
      return (0..<forward.gates).map { gate in (0..<units).map { operands[0][[row, t, gate * units + $0]] } }
    }
    var layout = forward
    layout.options.hasStart = false
    let reference = RecurrentReference(forwardOperands(operands), layout, units: units)
    return again(reference, (0..<units).map { operands[states][[row, t, $0]] }, row, t)
  }

  func counts(_ operands: [ReferenceTensor], _ row: Int, _ t: Int) -> Bool {
    mask.map { operands[$0][[row, t]] > 0 } ?? true
  }

  /// Whether nothing flows further back than step t.
  func ends(at t: Int) -> Bool {
    let truncation = forward.options.truncation
    return truncation > 0 && t > 0 && t % truncation == 0
  }

  /// What flows to the units of the state before from the gradient of the product at one step.
  func flow(_ gates: [Double], _ operands: [ReferenceTensor], _ row: Int, units: Int) -> [Double] {
    product(gates, operands, units: units).enumerated().map { $1 * factor(operands, row, $0) }
  }

  /// The gradient of a product at one step times the turned weights.
  func product(_ gates: [Double], _ operands: [ReferenceTensor], weights: Int = 0, units: Int) -> [Double] {
    (0..<units).map { unit in
      gates.indices.reduce(0) { $0 + gates[$1] * operands[turned + weights].panel($1, unit) }
    }
  }

  func factor(_ operands: [ReferenceTensor], _ row: Int, _ unit: Int) -> Double {
    factors.map { operands[$0][[row, unit]] } ?? 1
  }
}
