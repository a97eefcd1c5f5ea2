import CompilerDriver
import Foundation
import GraphIR
import KernelIR
import Testing

@testable import Verification

/// Two models whose weights have the same names, for what must be the same in both: outputs, loss and gradients.
struct TwinModels {
  let one: Half
  let other: Half

  struct Half {
    let model: ModelDescription
    let functions: ModelFunctions

    init(_ source: String, rows: Int) async throws {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = folder.appendingPathComponent("model.swift").path
      try "import DLC\n\(source)\n".write(toFile: file, atomically: true, encoding: .utf8)
      model = try await Compiler.load(CompileOptions(model: file), requireTraining: false)
      let choice = CompiledGraphSet.Choice(compiler: "clang", element: .f64, products: .builtin)
      functions = try await ModelFunctions(ModelGraphs(model, as: choice), as: choice, rows: rows)
    }

    func point(rows: Int, seed: UInt64) -> TrialPoint {
      var random = RandomSource(seed: seed)
      return TrialPoint(
        model, slots: functions.graphs.slots, states: functions.graphs.states, rows: rows, inputs: -1...1,
        random: &random
      ).beginning
    }
  }

  init(_ one: String, _ other: String, rows: Int) async throws {
    self.one = try await Half(one, rows: rows)
    self.other = try await Half(other, rows: rows)
    #expect(
      Dictionary(self.one.model.parameters.map { ($0.name, $0.type) }) { first, _ in first }
        == Dictionary(self.other.model.parameters.map { ($0.name, $0.type) }) { first, _ in first })
  }

  /// Points with equal weights and the data that are given of each, by `kind/name`.
  func points(rows: Int, seed: UInt64 = 9, _ data: [String: ReferenceTensor], _ otherData: [String: ReferenceTensor])
    -> (TrialPoint, TrialPoint)
  {
    var (first, second) = (one.point(rows: rows, seed: seed), other.point(rows: rows, seed: seed))
    for (key, tensor) in first.sources where key.hasPrefix("parameter/") { second.put(tensor, at: key) }
    for (key, tensor) in data { first.put(tensor, at: key) }
    for (key, tensor) in otherData { second.put(tensor, at: key) }
    return (first, second)
  }
}

/// Whether the results that both have are equal but for rounding; `prefix` begins the names of those that are meant.
func expectEqual(
  _ one: [String: ReferenceTensor], _ other: [String: ReferenceTensor], _ prefix: String = "",
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  let names = Set(one.keys).intersection(other.keys).filter { $0.hasPrefix(prefix) }
  #expect(!names.isEmpty, sourceLocation: sourceLocation)
  for name in names.sorted() {
    let (a, b) = (one[name]?.values ?? [], other[name]?.values ?? [])
    #expect(a.count == b.count, "\(name)", sourceLocation: sourceLocation)
    for (x, y) in zip(a, b) where (x - y).magnitude > 1e-9 * max(1, y.magnitude) {
      Issue.record("\(name): \(a) and \(b)", sourceLocation: sourceLocation)
      break
    }
  }
}
