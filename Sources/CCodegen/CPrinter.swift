/// Collects lines of C with the indentation of the block that they stand in.
struct CPrinter {
  private(set) var lines: [String] = []
  private var depth = 0

  mutating func line(_ text: String = "") {
    lines.append(text.isEmpty ? "" : String(repeating: "  ", count: depth) + text)
  }

  mutating func lines(_ texts: [String]) { for text in texts { line(text) } }

  /// `head {`, or `{` alone, the body one level deeper, `}`.
  mutating func block(_ head: String, end: String = "}", _ body: (inout CPrinter) -> Void) {
    line(head.isEmpty ? "{" : head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line(end)
  }

  var text: String { lines.joined(separator: "\n") + "\n" }
}
