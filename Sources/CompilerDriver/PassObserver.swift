import Foundation
import GraphIR

/// Prints graphs after passes and how long each took, as `--print-after` and `--time-passes` want.
final class PassObserver {
  private let options: CompileOptions
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var seen: [String] = []

  init(_ options: CompileOptions) {
    self.options = options
    last = clock.now
  }

  /// Called when a pass or a stage is done.
  func finished(_ name: String, _ graph: Graph? = nil) {
    let duration = last.duration(to: clock.now)
    if graph != nil && !seen.contains(name) { seen.append(name) }
    if options.timesPasses { print("\(milliseconds(duration)) ms  \(name)" + (graph.map { " (\($0.name))" } ?? "")) }
    if let graph, options.observed.contains(name) { print("-- after \(name)\n\(graph)") }
    last = clock.now
  }

  /// Throws if `--print-after` named a pass that did not run.
  func check() throws(CompileFailure) {
    guard case .passes(let names) = options.observed, let unknown = names.subtracting(seen).min() else { return }
    throw CompileFailure(.usage, "there is no pass \(unknown)", notes: ["the passes: " + seen.joined(separator: ", ")])
  }

  private func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    let text = String(microseconds / 1000) + "." + String(microseconds % 1000 + 1000).dropFirst()
    return String(repeating: " ", count: max(0, 9 - text.count)) + text
  }

  private func print(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
