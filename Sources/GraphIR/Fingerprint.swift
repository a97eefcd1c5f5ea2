extension String {
  /// 64 bits of FNV-1a (Fowler, Noll, Vo): the same everywhere, unlike `hashValue`.
  public var fingerprint: UInt64 { fnv1a(utf8, from: 0xcbf2_9ce4_8422_2325) }
}

/// 32 hexadecimal digits that tell texts or files from others: FNV-1a from two offsets over the parts and their lengths.
package func fingerprint(of parts: [[UInt8]]) -> String {
  [0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142].map { (offset: UInt64) in
    parts.reduce(offset) { fnv1a("\($1.count)".utf8, from: fnv1a($1, from: $0)) }.hexadecimal
  }.joined()
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// All its digits, zeros in front among them.
  package var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: Self.bitWidth / 4 - digits.count) + digits
  }
}

private func fnv1a(_ bytes: some Sequence<UInt8>, from offset: UInt64) -> UInt64 {
  bytes.reduce(offset) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}
