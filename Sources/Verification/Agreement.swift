import GraphIR

/// How far results may lie from those they are held against: `relative` to the largest number of the tensor, plus
/// `absolute`.
struct Tolerance {
  var relative: Double
  var absolute: Double

  /// f64 C against the reference, or against other C in f64.
  static let double = Tolerance(relative: 1e-10, absolute: 1e-12)
  /// A whole model in f32 against f64.
  static let single = Tolerance(relative: 1e-4, absolute: 1e-5)
}

/// The worst of all results, as a share of what is allowed there.
struct Agreement {
  /// How one result lies to what it should be.
  struct Result {
    var name: String
    var difference: Double
    var allowed: Double

    var share: Double { difference / allowed }
  }

  let results: [Result]
  let worst: Result?

  var isWithin: Bool { worst.map { $0.share <= 1 } ?? true }

  init(of actual: [String: ReferenceTensor], with expected: [String: ReferenceTensor], within tolerance: Tolerance) {
    results = expected.sorted { $0.key < $1.key }.map { name, wanted in
      let numbers = actual[name]?.values ?? []
      let largest = wanted.values.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
      return Result(
        name: name,
        difference: numbers.count == wanted.values.count ? Self.distance(numbers, wanted.values) : .infinity,
        allowed: tolerance.relative * largest + tolerance.absolute)
    }
    worst = results.max { $0.share < $1.share }
  }

  /// The largest difference of two numbers; infinite where only one of them is a number.
  private static func distance(_ actual: [Double], _ expected: [Double]) -> Double {
    zip(actual, expected).reduce(0) { worst, pair in
      if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { return worst }
      let difference = (pair.0 - pair.1).magnitude
      return difference.isFinite ? max(worst, difference) : .infinity
    }
  }
}
