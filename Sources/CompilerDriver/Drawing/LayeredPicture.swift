/// Boxes laid out in rows: a box stands one row below the lowest box that it reads; within a row boxes are ordered by
/// the mean position of what they read (the barycentre heuristic of Sugiyama, Tagawa, Toda 1981, one sweep down).
struct LayeredPicture {
  private let drawing: Drawing
  private var centers: [(x: Int, y: Int)] = []
  private var width = 0
  private var height = 0

  private static let lineHeight = 16
  private static let gap = 28
  private static let characterWidth = 7

  init(_ drawing: Drawing) {
    self.drawing = drawing
    centers = Array(repeating: (0, 0), count: drawing.boxes.count)
    let rows = Self.rows(of: drawing)
    let widest = rows.map { row in row.reduce(0) { $0 + boxWidth($1) + Self.gap } }.max() ?? 0
    width = widest + Self.gap
    var top = Self.gap
    for row in rows {
      place(row, top: top)
      top += (row.map(boxHeight).max() ?? 0) + 2 * Self.gap
    }
    height = top
  }

  private static func rows(of drawing: Drawing) -> [[Int]] {
    var level = [Int](repeating: 0, count: drawing.boxes.count)
    for arrow in drawing.arrows.sorted(by: { $0.to < $1.to }) {
      level[arrow.to] = max(level[arrow.to], level[arrow.from] + 1)
    }
    var rows = [[Int]](repeating: [], count: (level.max() ?? -1) + 1)
    for (box, level) in level.enumerated() { rows[level].append(box) }
    return rows
  }

  private mutating func place(_ row: [Int], top: Int) {
    let ordered = row.map { box in (box, barycentre(box)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    let total = ordered.reduce(-Self.gap) { $0 + boxWidth($1) + Self.gap }
    var left = (width - total) / 2
    for box in ordered {
      centers[box] = (left + boxWidth(box) / 2, top + boxHeight(box) / 2)
      left += boxWidth(box) + Self.gap
    }
  }

  private func barycentre(_ box: Int) -> Int {
    let sources = drawing.arrows.filter { $0.to == box }.map { centers[$0.from].x }
    return sources.isEmpty ? width / 2 : sources.reduce(0, +) / sources.count
  }

  private func boxWidth(_ box: Int) -> Int {
    (drawing.boxes[box].lines.map(\.count).max() ?? 0) * Self.characterWidth + 20
  }

  private func boxHeight(_ box: Int) -> Int { drawing.boxes[box].lines.count * Self.lineHeight + 12 }

  var svg: String {
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\""
        + " height=\"\(height)\" font-family=\"monospace\" font-size=\"11\" text-anchor=\"middle\">",
      "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\""
        + " orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for arrow in drawing.arrows {
      let (from, to) = (centers[arrow.from], centers[arrow.to])
      let (start, end) = (from.y + boxHeight(arrow.from) / 2, to.y - boxHeight(arrow.to) / 2)
      let middle = (start + end) / 2
      lines.append(
        "<path d=\"M\(from.x) \(start)C\(from.x) \(middle) \(to.x) \(middle) \(to.x) \(end)\" fill=\"none\""
          + " stroke=\"black\" marker-end=\"url(#arrow)\"/>")
    }
    for index in drawing.boxes.indices { lines += svg(ofBox: index) }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func svg(ofBox index: Int) -> [String] {
    let box = drawing.boxes[index]
    let (left, top) = (centers[index].x - boxWidth(index) / 2, centers[index].y - boxHeight(index) / 2)
    let frame =
      "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(boxWidth(index))\" height=\"\(boxHeight(index))\""
      + " rx=\"\(box.isBoundary ? 12 : 2)\" fill=\"\(box.isBoundary ? "#eef6ff" : "white")\" stroke=\"black\"/>"
    return [frame]
      + box.lines.enumerated().map { line, text in
        "<text x=\"\(centers[index].x)\" y=\"\(top + 18 + line * Self.lineHeight)\">\(GraphDrawing.markup(text))</text>"
      }
  }
}
