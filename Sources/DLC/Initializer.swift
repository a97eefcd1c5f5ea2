import GraphIR

/// How a weight starts, with Keras's names and defaults.
public struct Initializer: Hashable, Sendable {
  enum Mode: Hashable, Sendable { case fanIn, fanOut, fanAverage }
  enum Distribution: Hashable, Sendable { case uniform, truncatedNormal, normal }
  enum Kind: Hashable, Sendable {
    case fixed(GraphIR.Initializer)
    case varianceScaling(Double, Mode, Distribution)
  }

  let kind: Kind

  public static var zeros: Initializer { constant(0) }
  public static var ones: Initializer { constant(1) }
  public static func constant(_ value: Double) -> Initializer { Initializer(kind: .fixed(.constant(value))) }
  /// Zeros, with ones for the second of four gates: an LSTM remembers at first (Jozefowicz, Zaremba and Sutskever, 2015).
  static var unitForgetBias: Initializer { Initializer(kind: .fixed(.parts([0, 1, 0, 0]))) }
  public static func randomUniform(low: Double = -0.05, high: Double = 0.05) -> Initializer {
    Initializer(kind: .fixed(.uniform(low: low, high: high)))
  }
  public static func randomNormal(mean: Double = 0, deviation: Double = 0.05) -> Initializer {
    Initializer(kind: .fixed(.normal(mean: mean, deviation: deviation)))
  }
  public static func truncatedNormal(mean: Double = 0, deviation: Double = 0.05) -> Initializer {
    Initializer(kind: .fixed(.truncatedNormal(mean: mean, deviation: deviation)))
  }
  public static var orthogonal: Initializer { orthogonal(gain: 1) }
  public static func orthogonal(gain: Double) -> Initializer { Initializer(kind: .fixed(.orthogonal(gain: gain))) }
  public static var identity: Initializer { identity(gain: 1) }
  public static func identity(gain: Double) -> Initializer { Initializer(kind: .fixed(.identity(gain: gain))) }

  public static var glorotUniform: Initializer { scaled(1, .fanAverage, .uniform) }
  public static var glorotNormal: Initializer { scaled(1, .fanAverage, .truncatedNormal) }
  public static var heUniform: Initializer { scaled(2, .fanIn, .uniform) }
  public static var heNormal: Initializer { scaled(2, .fanIn, .truncatedNormal) }
  public static var lecunUniform: Initializer { scaled(1, .fanIn, .uniform) }
  public static var lecunNormal: Initializer { scaled(1, .fanIn, .truncatedNormal) }

  private static func scaled(_ scale: Double, _ mode: Mode, _ distribution: Distribution) -> Initializer {
    Initializer(kind: .varianceScaling(scale, mode, distribution))
  }

  /// Variance scaling worked out for a weight: the fans are those of Keras's `compute_fans`.
  func resolved(for shape: [Int]) -> GraphIR.Initializer {
    switch kind {
    case .fixed(let initializer): return initializer
    case .varianceScaling(let scale, let mode, let distribution):
      let (fanIn, fanOut) = Self.fans(of: shape)
      let fan =
        switch mode {
        case .fanIn: fanIn
        case .fanOut: fanOut
        case .fanAverage: (fanIn + fanOut) / 2
        }
      let variance = scale / max(1, fan)
      switch distribution {
      case .uniform:
        let limit = (3 * variance).squareRoot()
        return .uniform(low: -limit, high: limit)
      // The deviation that gives `variance` after the cut at two deviations.
      case .truncatedNormal: return .truncatedNormal(mean: 0, deviation: variance.squareRoot() / 0.87962566103423978)
      case .normal: return .normal(mean: 0, deviation: variance.squareRoot())
      }
    }
  }

  static func fans(of shape: [Int]) -> (fanIn: Double, fanOut: Double) {
    switch shape.count {
    case 0: return (1, 1)
    case 1: return (Double(shape[0]), Double(shape[0]))
    default:
      let field = shape.dropLast(2).reduce(1, *)
      return (Double(shape[shape.count - 2] * field), Double(shape[shape.count - 1] * field))
    }
  }
}
