import GraphIR
import Testing

@testable import DLC

/// Initializers by their numbers for a kernel [3, 3, 4, 8], whose fans are 36 and 72, from Keras's definitions.
@Suite struct InitializerTests {
  @Test(arguments: [
    (Initializer.glorotUniform, 0.2357022603955158), (.heUniform, 0.4082482904638630),
    (.lecunUniform, 0.2886751345948129),
  ])
  func uniform(_ initializer: DLC.Initializer, limit: Double) {
    guard case .uniform(let low, let high) = initializer.resolved(for: [3, 3, 4, 8]) else {
      Issue.record("\(initializer)")
      return
    }
    #expect(low == -high && (high - limit).magnitude < 1e-12)
  }

  /// The normal distributions are cut at two deviations, and wider by what the cut takes away.
  @Test(arguments: [
    (Initializer.glorotNormal, 0.1547053133124288), (.heNormal, 0.26795746285798844),
    (.lecunNormal, 0.18947453905642606),
  ])
  func normal(_ initializer: DLC.Initializer, deviation: Double) {
    guard case .truncatedNormal(let mean, let found) = initializer.resolved(for: [3, 3, 4, 8]) else {
      Issue.record("\(initializer)")
      return
    }
    #expect(mean == 0 && (found - deviation).magnitude < 1e-12, "\(found)")
  }

  @Test func fixed() {
    let shape = [3, 3, 4, 8]
    #expect(Initializer.zeros.resolved(for: shape) == .constant(0))
    #expect(Initializer.ones.resolved(for: shape) == .constant(1))
    #expect(Initializer.constant(2.5).resolved(for: shape) == .constant(2.5))
    #expect(Initializer.randomUniform().resolved(for: shape) == .uniform(low: -0.05, high: 0.05))
    #expect(Initializer.randomNormal().resolved(for: shape) == .normal(mean: 0, deviation: 0.05))
    #expect(Initializer.truncatedNormal().resolved(for: shape) == .truncatedNormal(mean: 0, deviation: 0.05))
    #expect(Initializer.orthogonal.resolved(for: shape) == .orthogonal(gain: 1))
    #expect(Initializer.identity.resolved(for: [3, 3]) == .identity(gain: 1))
  }
}
