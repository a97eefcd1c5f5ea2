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
