// Writes windows.csv from co2.csv: for each week the measurements of a year up to it, less the last, and the change over the next
// quarter.
import Foundation

let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
let lines = try String(contentsOf: folder.appendingPathComponent("co2.csv"), encoding: .utf8).split(separator: "\n")
  .dropFirst()
// Weeks without a measurement take the line between their neighbours.
var values = lines.map { line in line.split(separator: ",").dropFirst().first.flatMap { Double($0) } }
var known = values.indices.filter { values[$0] != nil }
for (left, right) in zip(known, known.dropFirst()) {
  guard let from = values[left], let to = values[right] else { continue }
  for week in left..<right { values[week] = from + (to - from) * Double(week - left) / Double(right - left) }
}
let series = values.compactMap { $0 }
let past = 52
let ahead = 13
var rows = [(0..<past).map { "w\(past - 1 - $0)" }.joined(separator: ",") + ",change"]
for now in (past - 1)..<(series.count - ahead) {
  // Relative to the last measurement: the network sees shapes, not the level, which rises from decade to decade.
  let window = series[(now - past + 1)...now].map { String(format: "%.1f", $0 - series[now]) }
  rows.append(window.joined(separator: ",") + String(format: ",%.1f", series[now + ahead] - series[now]))
}
try (rows.joined(separator: "\n") + "\n").write(
  to: folder.appendingPathComponent("windows.csv"), atomically: true, encoding: .utf8)
