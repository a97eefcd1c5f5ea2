/// A table drawn with lines.
package struct TextTable {
  package var header: [String]
  package var rows: [[String]]
  /// The columns of numbers.
  package var rightAligned: Set<Int> = []

  package init(header: [String], rows: [[String]], rightAligned: Set<Int> = []) {
    self.header = header
    self.rows = rows
    self.rightAligned = rightAligned
  }

  package var lines: [String] {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func rule(_ left: String, _ line: String, _ middle: String, _ right: String) -> String {
      left + widths.map { String(repeating: line, count: $0 + 2) }.joined(separator: middle) + right
    }
    func text(_ cells: [String], _ separator: String) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return " " + (rightAligned.contains(column) ? space + cells[column] : cells[column] + space) + " "
      }
      return separator + padded.joined(separator: separator) + separator
    }
    return [rule("┏", "━", "┳", "┓"), text(header, "┃"), rule("┡", "━", "╇", "┩")] + rows.map { text($0, "│") }
      + [rule("└", "─", "┴", "┘")]
  }
}
