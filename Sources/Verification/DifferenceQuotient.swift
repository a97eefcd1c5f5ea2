/// The derivative of a function along a line, by central differences.
///
/// Of D(h) = (f(h) - f(-h)) / 2h the extrapolated (4 D(h/2) - D(h)) / 3 is taken (Richardson 1911), at that h of a ladder
/// for which D(h) and D(h/2) agree best: a large h meets corners of the function, a small one its rounding.
struct DifferenceQuotient {
  private(set) var value = 0.0
  /// |D(h) - D(h/2)|: large where the function has a corner at every distance tried.
  private(set) var disagreement = Double.infinity
  /// How far rounding of f may have moved the value.
  private(set) var rounding = Double.infinity

  /// `distances` are tried in order, no more of them than it takes to agree within `wanted`.
  init(distances: [Double], wanted: Double, _ function: (Double) throws -> Double) rethrows {
    for distance in distances {
      var largest = 0.0
      func difference(_ h: Double) throws -> Double {
        let (above, below) = (try function(h), try function(-h))
        largest = max(largest, above.magnitude, below.magnitude)
        return (above - below) / (2 * h)
      }
      let (coarse, fine) = (try difference(distance), try difference(distance / 2))
      let disagreement = (coarse - fine).magnitude
      guard disagreement < self.disagreement else { continue }
      self.disagreement = disagreement
      value = (4 * fine - coarse) / 3
      // Some tens of roundings of the sums that make f.
      rounding = 64 * Double.ulpOfOne * largest / distance
      if disagreement <= wanted { return }
    }
  }
}
