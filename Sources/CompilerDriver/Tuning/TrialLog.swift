import Foundation
import GraphIR

/// The log of a search: a JSON line that names the search, then one for each trial, written as soon as it ends.
struct TrialLog {
  let path: String
  private(set) var trials: [Trial] = []

  enum Beginning { case new, resumed, overwritten }

  /// Opens the log of a search. Resuming keeps its trials, if it is a log of the same search; a line that was cut off is
  /// dropped.
  init(_ path: String, header: SearchHeader, _ beginning: Beginning) throws(CompileFailure) {
    self.path = path
    let lines = (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n"))
    if beginning == .new, lines.count > 1 {
      throw CompileFailure(
        .usage, "\(path) holds \(lines.count - 1) trials of a search",
        notes: ["--resume goes on with it, --overwrite begins anew"])
    }
    if beginning == .resumed, let first = lines.first {
      guard let known = try? JSONDecoder().decode(SearchHeader.self, from: first), known == header else {
        throw CompileFailure(
          .usage, "\(path) is the log of another search",
          notes: ["the model, its search, --seed or the training options have changed; --overwrite begins anew"])
      }
      trials = lines.dropFirst().compactMap { try? JSONDecoder().decode(Trial.self, from: $0) }
    }
    try write([Self.line(header)] + trials.map(Self.line))
  }

  mutating func append(_ trial: Trial) throws(CompileFailure) {
    trials.removeAll { $0.trial == trial.trial }
    trials.append(trial)
    do {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: Self.line(trial))
    } catch {
      throw CompileFailure(.model, "cannot write \(path): \(error)")
    }
  }

  private func write(_ lines: [Data]) throws(CompileFailure) {
    do {
      try Data(lines.joined()).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CompileFailure(.model, "cannot write \(path): \(error)")
    }
  }

  private static func line(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ((try? encoder.encode(value)) ?? Data()) + Data("\n".utf8)
  }
}
