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
  private(set) var share = 0.0
  /// The result it is found in, and the difference itself.
  private(set) var place = ""
  private(set) var difference = 0.0
  private(set) var allowed = 0.0

  var isWithin: Bool { share <= 1 }

  init(of actual: [String: ReferenceTensor], with expected: [String: ReferenceTensor], within tolerance: Tolerance) {
    for (name, wanted) in expected.sorted(by: { $0.key < $1.key }) {
      let numbers = actual[name]?.values ?? []
      let largest = wanted.values.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
      let limit = tolerance.relative * largest + tolerance.absolute
      let worst = numbers.count == wanted.values.count ? Self.distance(numbers, wanted.values) : .infinity
      if worst / limit > share || place.isEmpty {
        (share, place, difference, allowed) = (worst / limit, name, worst, limit)
      }
    }
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
