/// Philox 4x32-10, a counter-based generator of random numbers: Salmon, Moraes, Dror, Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3", 2011. `Templates/philox.c` is the same in C.
public enum Philox {
  /// Ten rounds of the bijection chosen by `key`, applied to `counter`; both least significant word first.
  public static func block(key: (UInt32, UInt32), counter: (UInt32, UInt32, UInt32, UInt32))
    -> (UInt32, UInt32, UInt32, UInt32)
  {
    var (key, x) = (key, counter)
    for _ in 0..<10 {
      let first = x.0.multipliedFullWidth(by: 0xD251_1F53)
      let second = x.2.multipliedFullWidth(by: 0xCD9E_8D57)
      x = (second.high ^ x.1 ^ key.0, second.low, first.high ^ x.3 ^ key.1, first.low)
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return x
  }

  /// A multiple of 2⁻²⁴ in [0, 1): the same number for the same arguments, in every precision.
  public static func uniform(seed: UInt64, purpose: UInt32, step: UInt64, element: UInt64) -> Double {
    let high = UInt32(truncatingIfNeeded: step >> 32)
    let rotated = high << 16 | high >> 16
    let words = block(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counter: (
        UInt32(truncatingIfNeeded: element), UInt32(truncatingIfNeeded: element >> 32),
        UInt32(truncatingIfNeeded: step), purpose ^ rotated
      ))
    return Double(words.0 >> 8) * 0x1p-24
  }
}
