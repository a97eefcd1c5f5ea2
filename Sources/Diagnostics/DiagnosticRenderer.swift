/// Prints diagnostics as clang does: place, severity and message, then the source line with a caret under the column,
/// then the notes.
///
/// ```
/// model.swift:9:3: error: Dense expects [features] but its input has shape [14, 14, 32]
///   Dense(128, activation: .relu)
///   ^
/// ```
public struct DiagnosticRenderer: Sendable {
  public var isColoured: Bool
  /// The text of a line of a file, without its end; nil if it cannot be read.
  public var sourceLine: @Sendable (SourceLocation) -> String?

  public init(isColoured: Bool = false, sourceLine: @escaping @Sendable (SourceLocation) -> String? = { _ in nil }) {
    self.isColoured = isColoured
    self.sourceLine = sourceLine
  }

  /// All of them, one after another, ending in a newline.
  public func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(render).joined() }

  private func render(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.location.isKnown ? "\(diagnostic.location): " : ""
    var text = bold(place) + severity(diagnostic.severity) + bold(diagnostic.message) + "\n"
    if diagnostic.location.isKnown, let line = sourceLine(diagnostic.location) {
      text += line + "\n" + indentation(of: line, column: diagnostic.location.column) + green("^") + "\n"
    }
    return text + diagnostic.notes.map(render).joined()
  }

  /// What stands before `column` (in UTF-8 bytes, as Swift counts), as blanks of the same width; tabs stay.
  private func indentation(of line: String, column: Int) -> String {
    String(String(decoding: line.utf8.prefix(max(column - 1, 0)), as: UTF8.self).map { $0 == "\t" ? "\t" : " " })
  }

  private func severity(_ severity: Diagnostic.Severity) -> String {
    guard isColoured else { return "\(severity.rawValue): " }
    let colour =
      switch severity {
      case .error: 31
      case .warning: 35
      case .note: 36
      }
    return "\u{1B}[1;\(colour)m\(severity.rawValue): \u{1B}[0m"
  }

  private func bold(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  private func green(_ text: String) -> String { isColoured ? "\u{1B}[1;32m\(text)\u{1B}[0m" : text }
}
