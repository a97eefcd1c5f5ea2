import Foundation
import GraphIR

/// The trials of a search from the best to the worst, and how to use the best.
struct TuningReport {
  var search: SearchDescription
  /// Path of model.swift.
  var model: String
  var trials: [Trial]
  /// Path of the log.
  var log: String

  private static let rows = 20

  func text() throws(CompileFailure) -> String {
    let ranked = ranked
    guard let best = ranked.first else {
      throw CompileFailure(
        .model, trials.count == 1 ? "the only trial failed" : "all \(trials.count) trials failed",
        at: search.location, notes: trials.first?.failure.map { ["the first: \($0)"] } ?? [])
    }
    let failed = trials.count - ranked.count
    var lines = table(ranked.prefix(Self.rows))
    if ranked.count > Self.rows { lines.append("and \(ranked.count - Self.rows) more in \(log)") }
    if failed > 0 { lines.append("\(failed) of \(trials.count) trials failed; \(log) says why") }
    lines.append("best: trial \(best.trial), \(search.quantity) \(Self.number(best.objective))")
    lines.append("dlc train \(model.shellQuoted)" + best.settings)
    return lines.joined(separator: "\n") + "\n"
  }

  private var ranked: [Trial] {
    trials.compactMap { trial in trial.objective.map { (trial, search.isMaximized ? -$0 : $0) } }
      .filter { $0.1.isFinite && $0.0.failure == nil }
      .sorted { ($0.1, $0.0.trial) < ($1.1, $1.0.trial) }.map(\.0)
  }

  private func table(_ trials: ArraySlice<Trial>) -> [String] {
    let names = Set(trials.flatMap(\.values.keys)).sorted()
    let rows = trials.map { trial in
      ["\(trial.trial)"] + names.map { trial.values[$0]?.description ?? "" }
        + [Self.number(trial.objective), String(format: "%.1f", trial.seconds)]
    }
    return TextTable(
      header: ["Trial"] + names + [search.quantity, "Seconds"], rows: rows,
      rightAligned: Set(0...(names.count + 2))
    ).lines
  }

  static func number(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "" }
}

extension Trial {
  /// The options that make a model with these values.
  fileprivate var settings: String {
    values.keys.sorted().map { " --set \($0)=\((values[$0]?.description ?? "").shellQuoted)" }.joined()
  }
}

extension String {
  /// As a shell takes it for one word.
  fileprivate var shellQuoted: String {
    let plain = allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./=+:,".contains($0)) }
    return plain && !isEmpty ? self : "'" + replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
