import GraphIR

/// What the references of recurrent operators read of their operands.
struct RecurrentReference {
  let operands: [ReferenceTensor]
  let layout: RecurrentLayout
  let units: Int

  init(_ operands: [ReferenceTensor], _ layout: RecurrentLayout, units: Int) {
    self.operands = operands
    self.layout = layout
    self.units = units
  }

  /// A state to start from.
  func start(_ state: Int, _ row: Int) -> [Double] {
    (0..<units).map { unit in layout.start.map { operands[$0 + state][[row, unit]] } ?? 0 }
  }

  func counts(_ row: Int, _ t: Int) -> Bool { layout.mask.map { operands[$0][[row, t]] > 0 } ?? true }

  func projected(_ row: Int, _ t: Int, _ gate: Int, _ unit: Int) -> Double {
    operands[0][[row, t, gate * units + unit]]
  }

  /// What a gate's activation takes at a step: the projected input, and h times the recurrent weights.
  func sum(_ state: [Double], _ row: Int, _ t: Int, _ gate: Int, _ unit: Int) -> Double {
    projected(row, t, gate, unit) + product(state, row, gate, unit)
  }

  /// A gate's unit of h times recurrent weights, of whose gates it is.
  func product(_ state: [Double], _ row: Int, _ gate: Int, _ unit: Int, weights: Int = 0) -> Double {
    (0..<units).reduce(0) { sum, k in
      let factor = layout.factors.map { operands[$0][[row, k]] } ?? 1
      return sum + state[k] * factor * operands[1 + weights].panel(k, gate * units + unit)
    }
  }
}
