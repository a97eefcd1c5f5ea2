import GraphIR
import KernelIR

/// What a recurrent cell makes one step of.
struct RecurrentCell {
  /// Of each gate the projected input, and of each gate of the first recurrent weights its part of their product, [rows, units].
  var inputs: [Value]
  var products: [Value]
  /// The states before the step, and h as it goes into the product.
  var old: [Value]
  var factored: Value
  /// All recurrent weights, unpacked.
  var weights: [Value]
  /// Operands of the operator's own.
  var others: [Value]
}

extension StepContext {
  /// A recurrent operator at one step of the sequence that it goes along, as a graph of its cell, whose product with the weights
  /// needs no panels. Its states are kept from step to step; a layer that keeps its states from
  /// call to call, and so starts from them, keeps them from step to step alike. `cell` makes the states behind the step.
  mutating func recurrentStep(
    _ op: some RecurrentOperator,
    _ cell: (inout GraphBuilder, RecurrentCell) throws(ShapeError) -> [Value]
  ) throws(ShapeError) -> [StepValue] {
    if let results = try rowwise(op) { return results }
    let layout = op.layout
    let (rows, units) = (operandTypes[0].shape[0], resultTypes[0].shape[2])
    let names = ["h", "c"].prefix(layout.states)
    let old = try states(before: layout, names, TensorType(operandTypes[0].element, [rows, units]))
    var others: [Value] = []
    for index in (1 + layout.weights.count)..<layout.fixed { others.append(try constant(index)) }
    var weights: [Value] = []
    for (index, type) in layout.weightTypes(operandTypes[0].element, units: units.count).enumerated() {
      weights.append(try builder.unpacked(constant(1 + index), Panels(), to: type.shape))
    }
    var factored = old[0]
    if let factors = layout.factors { factored = try builder.multiply(factored, constant(factors)) }
    let product = try builder.matmul(factored, weights[0])
    let input = try builder.reshape(operands[0].value, to: [rows, Dimension(layout.gates * units.count)])
    func gates(_ value: Value, _ count: Int) throws(ShapeError) -> [Value] {
      guard count > 1 else { return [value] }
      var parts: [Value] = []
      for gate in 0..<count {
        parts.append(
          try builder.slice(
            value, starts: [0, gate * units.count], ends: [rows.count, (gate + 1) * units.count], strides: [1, 1]))
      }
      return parts
    }
    let parts = RecurrentCell(
      inputs: try gates(input, layout.gates), products: try gates(product, layout.weights[0]), old: old,
      factored: factored, weights: weights, others: others)
    var new = try cell(&builder, parts)
    if let mask = layout.mask {
      let isSeen = try current(mask, axis: 1)
      for index in new.indices { new[index] = try builder.select(isSeen, new[index], old[index]) }
    }
    if layout.start == nil { for (name, state) in zip(names, new) { keep(state, as: name) } }
    let sequence = try builder.reshape(new[0], to: [rows, 1, units])
    // Of the other results nothing is read.
    var results = resultTypes.map { _ in StepValue(sequence, .sequence(axis: 1)) }
    for (result, state) in zip(layout.last, new) { results[result] = StepValue(state, .latest) }
    return results
  }

  private mutating func states(before layout: RecurrentLayout, _ names: ArraySlice<String>, _ type: TensorType)
    throws(ShapeError) -> [Value]
  {
    guard let start = layout.start else {
      var values: [Value] = []
      for name in names { values.append(state(name, type)) }
      return values
    }
    let given = operands[start..<(start + names.count)]
    guard given.allSatisfy({ $0.time == .kept }) else {
      throw ShapeError("\(name) starts from states that it is given")
    }
    return given.map(\.value)
  }
}
