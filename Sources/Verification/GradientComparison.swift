import GraphIR

/// The gradient of each trainable weight along a random direction, and of all of them together, against central
/// differences of the training loss in f64 (JAX's `check_grads`: 1e-5 relative).
struct GradientComparison {
  private static let tolerance = 1e-5
  /// Fractions of a weight's usual size: what serves most often first; truncation shows at the largest, rounding at the
  /// smallest.
  private static let distances = [1e-5, 1e-6, 1e-4, 1e-7, 1e-3, 1e-8]
  private static let draws = 5

  private let loss: ModelFunctions
  private let point: TrialPoint
  private let gradients: [(name: String, values: [Double])]

  /// `results` are those of `backward` at `point`; `loss` has `training_loss`.
  init(
    _ model: ModelDescription, gradients results: [String: ReferenceTensor], loss: ModelFunctions, _ point: TrialPoint
  ) {
    self.loss = loss
    self.point = point
    gradients = model.parameters.filter(\.isTrainable).map {
      ($0.name, results["backward \(Root.Role.gradient($0.name).words)"]?.values ?? [])
    }
  }

  func lines(random: inout RandomSource) throws -> [ModelCheck.Line] {
    var lines: [ModelCheck.Line] = []
    for gradient in gradients { lines.append(try line("gradient of \(gradient.name)", [gradient], &random)) }
    if gradients.count > 1 { lines.append(try line("gradient of all weights", gradients, &random)) }
    return lines
  }

  /// g·v against the derivative of the loss along v, whose elements are ±1 times the size of the weight. A direction
  /// with a corner close by is drawn anew.
  private func line(
    _ subject: String, _ gradients: [(name: String, values: [Double])], _ random: inout RandomSource
  ) throws -> ModelCheck.Line {
    var best: (error: Double, allowed: Double, disagreement: Double)?
    for _ in 0..<Self.draws {
      var directions: [String: [Double]] = [:]
      var (slope, square) = (0.0, 0.0)
      for (name, values) in gradients {
        let size = point.size(ofParameter: name)
        let direction = values.map { _ in random.integer(in: 0...1) == 0 ? -size : size }
        directions[name] = direction
        slope += zip(values, direction).reduce(0) { $0 + $1.0 * $1.1 }
        square += values.reduce(0) { $0 + $1 * $1 * size * size }
      }
      // Of independent signs g·v is about as large as the norm; less only by cancellation.
      let scale = max(slope.magnitude, square.squareRoot())
      let quotient = try DifferenceQuotient(distances: Self.distances, wanted: 1e-6 * scale) { distance in
        try loss("training_loss", at: point.moved(directions, by: distance))["training_loss loss"]?.values.first
          ?? .nan
      }
      let allowed = Self.tolerance * max(scale, quotient.value.magnitude) + quotient.rounding
      let error = (slope - quotient.value).magnitude
      if best == nil || quotient.disagreement / allowed < best.map({ $0.disagreement / $0.allowed }) ?? .infinity {
        best = (error, allowed, quotient.disagreement)
      }
      if quotient.disagreement <= allowed { break }
    }
    let (error, allowed) = best.map { ($0.error, $0.allowed) } ?? (.infinity, 0)
    return ModelCheck.Line(
      subject: subject, judge: "central differences, f64", place: "", difference: error, allowed: allowed,
      isWithin: error <= allowed)
  }
}

extension TrialPoint {
  /// The root of the mean square of a weight's numbers.
  func size(ofParameter name: String) -> Double {
    let values = sources["parameter/\(name)"]?.values ?? []
    let square = values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))
    return max(square.squareRoot(), 1e-3)
  }
}
