import Diagnostics
import FoundationEssentials
import Synchronization

extension SourceLocation {
  /// The place of a call from its `#filePath`, `#line` and `#column` defaults.
  ///
  /// Swift's `#column` is that of the opening parenthesis; the caret belongs under the start of the call, `Dense(128)` or
  /// `Tensor.input(…)`, which the text of the line tells.
  static func call(_ file: String, _ line: Int, _ column: Int) -> SourceLocation {
    let lines = sources.withLock { sources in
      if let known = sources[file] { return known }
      let text = (try? String(contentsOf: URL(filePath: file), encoding: .utf8)) ?? ""
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
      sources[file] = lines
      return lines
    }
    var start = column
    guard line >= 1, line <= lines.count, column >= 1, column <= lines[line - 1].count,
      [UInt8(ascii: "("), UInt8(ascii: "[")].contains(lines[line - 1][column - 1])
    else { return SourceLocation(file: file, line: line, column: column) }
    while start > 1, isPartOfName(lines[line - 1][start - 2]) { start -= 1 }
    return SourceLocation(file: file, line: line, column: start)
  }

  private static let sources = Mutex<[String: [[UInt8]]]>([:])

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "`"):
      true
    default: byte >= 0x80
    }
  }
}
