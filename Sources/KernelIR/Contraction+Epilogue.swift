extension Contraction {
  /// The arrays laid out as C in which the epilogue reads or writes the place of each sum.
  public var epilogueArrays: [Usage.Access] {
    guard !n.perRow else { return [] }
    let place = Index.variable(row) * Index(n) + .variable(column)
    return Usage(epilogue).accesses.filter { $0.index == place }
  }
}
