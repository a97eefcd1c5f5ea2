import GraphIR

extension TrialPoint {
  private static let draws = 8

  /// A point where every result is finite, and where the rounding of f32 tips nothing over: no sum just beside the corner
  /// of a relu, no two numbers of a pooling window about the same. Of several draws the first that is so, or the calmest.
  ///
  /// Throws `ModelIsNotFinite` if no draw gives finite results.
  static func smooth(
    _ model: ModelDescription, _ functions: ModelFunctions, rows: Int, random: inout RandomSource
  ) throws -> TrialPoint {
    var calmest: (point: TrialPoint, share: Double)?
    for draw in 0..<draws {
      // A model may want positive inputs.
      let inputs = draw.isMultiple(of: 2) ? -1.0...1.0 : 0.1...1.0
      let point = TrialPoint(model, slots: functions.graphs.slots, rows: rows, inputs: inputs, random: &random)
      let results = try functions.results(at: point)
      guard results.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { continue }
      let moved = try functions.results(at: point.rounded(of: model, random: &random))
      let share = Agreement(of: moved, with: results, within: .single).share
      if share < 0.1 { return point }
      if share < calmest?.share ?? .infinity { calmest = (point, share) }
    }
    guard let calmest else {
      throw ModelIsNotFinite(
        message: "\(model.name) gives infinities or NaN for random weights and inputs between -1 and 1 or 0.1 and 1",
        notes: ["a logarithm, root or quotient of the model may need a bound, such as max(x, 1e-7)"])
    }
    return calmest.point
  }
}
