extension String {
  /// A string literal of C: quotes, backslashes and all that is not printable ASCII escaped in octal.
  var cLiteral: String {
    var literal = "\""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += "\\" + String(UnicodeScalar(byte))
      case 0x20..<0x7F: literal += String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return literal + "\""
  }
}

extension CompileOptions {
  /// The prefix that a model's C names get: its name with everything that C does not allow in one replaced by `_`.
  public static func prefix(for name: String) -> String {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    let identifier = String(name.map { allowed.contains($0) ? $0 : "_" })
    return identifier.first.map { $0.isNumber ? "_" + identifier : identifier } ?? "model"
  }

  /// True if C allows it as a name.
  public static func isPrefix(_ name: String) -> Bool { !name.isEmpty && name == prefix(for: name) }
}
