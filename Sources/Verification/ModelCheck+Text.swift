import CompilerDriver
import Foundation

extension ModelCheck {
  /// The table, what was left out, and the verdict.
  public var text: String {
    let table = TextTable(
      header: ["", "against", "difference", "allowed", "", "largest at"],
      rows: lines.map { line in
        [
          line.subject, line.judge, Self.short(line.difference), Self.short(line.allowed),
          line.isWithin ? "ok" : "WRONG", line.place,
        ]
      }, rightAligned: [2, 3])
    let wrong = lines.filter { !$0.isWithin }.count
    let verdict =
      wrong == 0 ? "all \(lines.count) comparisons agree" : "\(wrong) of \(lines.count) comparisons do not agree"
    return (table.lines + omissions.map { "left out: \($0)" } + [verdict, ""]).joined(separator: "\n")
  }

  private static func short(_ number: Double) -> String { String(format: "%.1e", number) }
}
