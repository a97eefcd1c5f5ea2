extension Collection<UInt8> {
  /// A string literal of C: quotes, backslashes and all that is not printable ASCII escaped in octal, and of question marks side by
  /// side, which might be a trigraph, the second.
  public var cLiteral: String {
    var literal = "\""
    for byte in self {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += "\\" + String(UnicodeScalar(byte))
      case UInt8(ascii: "?") where literal.utf8.last == byte: literal += "\\?"
      case 0x20..<0x7F: literal += String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return literal + "\""
  }
}
