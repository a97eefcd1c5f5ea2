import KernelIR

/// Pseudo-random numbers for tests and searches: SplitMix64 (Steele, Lea, Flood 2014), the same sequence for the same seed
/// everywhere.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  public mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  public mutating func real(in range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

  /// Numbers of a tensor with `rows` rows: reals that f32 holds too, so that both precisions start from the same; whole
  /// ones for integers.
  public mutating func tensor(_ type: TensorType, in range: ClosedRange<Double>, rows: Int) -> ReferenceTensor {
    .generate(type.shape.dimensions.map { $0.value(rows: rows) }) { _ in
      type.element.isFloating
        ? Double(Float(real(in: range)))
        : Double(integer(in: Int(range.lowerBound.rounded(.up))...Int(range.upperBound)))
    }
  }

  public mutating func element<C: RandomAccessCollection>(of choices: C) -> C.Element where C.Index == Int {
    choices[choices.startIndex + integer(in: 0...(choices.count - 1))]
  }
}
