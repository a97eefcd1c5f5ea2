extension String {
  /// 64 bits of FNV-1a (Fowler, Noll, Vo): the same everywhere, unlike `hashValue`.
  public var fingerprint: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
