import GraphIR

/// A point to check a model at, and what rounding alone does there.
struct SmoothPoint {
  private static let draws = 8
  /// The share of a tolerance that the rounding of f32 may use up for a result to be compared in f32.
  private static let calm = 0.1

  let point: TrialPoint
  /// Results of the point, by name.
  let results: [String: ReferenceTensor]
  /// Results that move by more than is calm when the numbers of the point are only rounded to f32.
  let restless: Set<String>

  /// A point where every result is finite, and where the rounding of f32 tips nothing over: no sum just beside the corner
  /// of a relu, no two numbers of a pooling window about the same. Of several draws the first that is so, or the one with
  /// the fewest restless results.
  ///
  /// Throws `ModelIsNotFinite` if no draw gives finite results.
  static func draw(
    _ model: ModelDescription, _ functions: ModelFunctions, rows: Int, random: inout RandomSource
  ) throws -> SmoothPoint {
    var best: SmoothPoint?
    for draw in 0..<draws {
      // A model may want positive inputs.
      let inputs = draw.isMultiple(of: 2) ? -1.0...1.0 : 0.1...1.0
      let point = TrialPoint(
        model, slots: functions.graphs.slots, states: functions.graphs.states, rows: rows, inputs: inputs,
        random: &random)
      let results = try functions.results(at: point)
      guard results.values.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else { continue }
      let moved = try functions.results(at: point.rounded(of: model, random: &random))
      let movements = Agreement(of: moved, with: results, within: .single).results
      let restless = Set(movements.filter { $0.share >= calm }.map(\.name))
      if restless.count < best?.restless.count ?? .max {
        best = SmoothPoint(point: point, results: results, restless: restless)
      }
      if restless.isEmpty { break }
    }
    guard let best else {
      throw ModelIsNotFinite(
        message: "\(model.name) gives infinities or NaN for random weights and inputs between -1 and 1 or 0.1 and 1",
        notes: ["a logarithm, root or quotient of the model may need a bound, such as max(x, 1e-7)"])
    }
    return best
  }
}
