import CompilerDriver
import Foundation
import GraphIR
import GraphPasses
import KernelIR
import Operators
import Testing

@testable import Verification

/// Every fusion, on and off, of every pattern and extent, in inference and training: the C against the reference, and the
/// gradients against differences of the loss. The table of Documentation/fusion.md says what was joined.
@Suite struct FusionTests {
  private typealias Choice = CompiledGraphSet.Choice

  /// What a switch does to an optimizer's updates, `JoinedUpdateTests` has.
  private static let fusions = PassPipeline.fusions.filter { $0 != PassPipeline.joinedUpdates }

  private static let compilers = ["clang", "gcc"].filter(CCompiler.isPresent)

  /// Everything joined, by each compiler in each precision and by both kinds of products.
  private static let fused = compilers.flatMap { compiler in
    [
      Choice(compiler: compiler, element: .f64, products: compiler == "clang" ? .builtin : .blas),
      Choice(compiler: compiler, element: .f32, products: compiler == "clang" ? .blas : .builtin),
    ]
  }

  private static let unfused =
    [Choice(compiler: compilers[0], element: .f64, products: .builtin, optimize: false)]
    + fusions.map {
      Choice(compiler: compilers[0], element: .f64, products: .builtin, disabledFusions: [$0])
    }

  /// `predict` and `backward` of a model, as a choice has them.
  private static func functions(_ model: ModelDescription, as choice: Choice) throws -> [Graph] {
    let graphs = try PassPipeline.compile(model, options: choice.passes(inferenceOnly: false)) { _, _ in }
    return [graphs.predict] + (graphs.backward.map { [$0] } ?? [])
  }

  /// An instance of a pattern, with numbers for it, and what the reference makes of them in each function.
  private struct Trial {
    static let (seed, step): (UInt64, UInt64) = (7, 11)

    var name: String
    var model: ModelDescription
    var rows: Int
    var sources: [String: ReferenceTensor] = [:]
    var expected: [[String: ReferenceTensor]] = []
  }

  private static func named(_ graph: Graph, _ roots: [ReferenceTensor]) -> [String: ReferenceTensor] {
    Dictionary(zip(graph.roots.map(\.role.words), roots)) { first, _ in first }
  }

  private static let trials = Result { try drawTrials() }

  private static func drawTrials() throws -> [Trial] {
    var random = RandomSource(seed: 29)
    return try FusionPattern.all.flatMap { pattern in
      try FusionPattern.extents.enumerated().map { number, extents in
        // One row, and three.
        var trial = Trial(
          name: "\(pattern.layers), extents \(number)", model: try pattern.model(extents),
          rows: number.isMultiple(of: 2) ? 3 : 1)
        for case let source as Source in trial.model.graph.nodes.map(\.op) where source.kind != .rows {
          let isPositive = source.name.hasPrefix("variance") || source.kind == .target
          trial.sources["\(source.kind.rawValue)/\(source.name)"] = random.tensor(
            source.type, in: isPositive ? 0.25...1 : -1...1, rows: trial.rows)
        }
        trial.expected = try functions(trial.model, as: unfused[0]).map { graph in
          named(
            graph,
            try GraphEvaluator.evaluate(
              graph, sources: trial.sources, rows: trial.rows, seed: Trial.seed, step: Trial.step))
        }
        return trial
      }
    }
  }

  /// Function number `function` of a trial, as a graph.
  private typealias Case = (trial: Trial, function: Int, graph: Graph)

  private static func cases(of trials: [Trial], as choice: Choice) throws -> [Case] {
    try trials.flatMap { trial in
      try functions(trial.model, as: choice).enumerated().map { (trial, $0, $1) }
    }
  }

  private static func compare(_ cases: [Case], as choice: Choice) async throws {
    let compiled = try await CompiledGraphSet(compiled: cases.map(\.graph), as: choice, maxRows: 3)
    for (index, (trial, function, graph)) in cases.enumerated() {
      let roots = try compiled.run(
        index, sources: trial.sources, rows: trial.rows, seed: Trial.seed, step: Trial.step)
      let agreement = Agreement(
        of: named(graph, roots), with: trial.expected[function], within: choice.element == .f64 ? .double : .single)
      if !agreement.isWithin, let worst = agreement.worst {
        Issue.record(
          "\(choice): \(trial.name): \(worst.name) differs by \(worst.difference), allowed is \(worst.allowed)")
      }
    }
  }

  @Test func fusedAgreesWithTheReference() async throws {
    let trials = try Self.trials.get()
    for element in [ElementType.f64, .f32] {
      let choices = Self.fused.filter { $0.element == element }
      let cases = try Self.cases(of: trials, as: choices[0])
      for choice in choices { try await Self.compare(cases, as: choice) }
    }
  }

  /// Of the graphs that a switch changes.
  @Test func unfusedAgreesWithTheReference() async throws {
    let trials = try Self.trials.get().filter { !$0.name.hasSuffix("1") && !$0.name.hasSuffix("4") }
    var usual = Self.unfused[0]
    usual.optimize = true
    let fused = try Self.cases(of: trials, as: usual).map { FusionReport.operators($0.graph) }
    for choice in Self.unfused {
      let changed = zip(try Self.cases(of: trials, as: choice), fused).filter {
        FusionReport.operators($0.graph) != $1
      }.map(\.0)
      #expect(!changed.isEmpty, "\(choice) changes nothing")
      try await Self.compare(changed, as: choice)
    }
  }

  /// The gradients of the fused C, along a random direction, against differences of its own loss.
  @Test func gradientsAreThoseOfTheLoss() async throws {
    let choice = Self.fused[0]
    let cases = try Self.cases(of: try Self.trials.get(), as: choice).filter { $0.function == 1 }
    let compiled = try await CompiledGraphSet(compiled: cases.map(\.graph), as: choice, maxRows: 3)
    var random = RandomSource(seed: 31)
    for (index, (trial, _, graph)) in cases.enumerated() {
      func results(at sources: [String: ReferenceTensor]) throws -> [(Root.Role, ReferenceTensor)] {
        let roots = try compiled.run(index, sources: sources, rows: trial.rows, seed: Trial.seed, step: Trial.step)
        return Array(zip(graph.roots.map(\.role), roots))
      }
      var directions: [String: [Double]] = [:]
      var (slope, square) = (0.0, 0.0)
      for case (.gradient(let name), let gradient) in try results(at: trial.sources) {
        let direction = gradient.values.map { _ in random.integer(in: 0...1) == 0 ? -1.0 : 1.0 }
        directions["parameter/\(name)"] = direction
        slope += zip(gradient.values, direction).reduce(0) { $0 + $1.0 * $1.1 }
        square += gradient.values.reduce(0) { $0 + $1 * $1 }
      }
      let scale = max(slope.magnitude, square.squareRoot())
      let quotient = try DifferenceQuotient(distances: [1e-5, 1e-6, 1e-4, 1e-7], wanted: 1e-7 * scale) { distance in
        var sources = trial.sources
        for (name, direction) in directions {
          for place in direction.indices { sources[name]?.values[place] += distance * direction[place] }
        }
        return try results(at: sources).first { $0.0 == .loss }?.1.values.first ?? .nan
      }
      let allowed = 1e-5 * max(scale, quotient.value.magnitude) + quotient.rounding
      #expect((slope - quotient.value).magnitude <= allowed, "\(trial.name): \(slope), differences \(quotient.value)")
    }
  }

  // MARK: The table

  private static let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Documentation/fusion.md").standardized
  private static let head = "| layers | predicting | training, forward and backward | unfused | `--no-fuse` |"

  private static let rows = Result { try FusionPattern.all.map(row) }

  /// A row: the kernels of the layers without what is the loss's, how many there are without fusion, and which switches
  /// make a difference.
  private static func row(_ pattern: FusionPattern) throws -> String {
    let model = try pattern.model(FusionPattern.extents[0])
    func kernels(_ choice: Choice) throws -> [[String]] {
      try functions(model, as: choice).map { graph in
        var graph = graph
        for index in graph.nodes.indices where graph.nodes[index].scope == FusionPattern.lossScope {
          graph.nodes[index].kernel = nil
        }
        return FusionReport.operators(graph)
      }
    }
    var choice = unfused[0]
    let counts = try kernels(choice).map { "\($0.count)" }.joined(separator: " and ")
    choice.optimize = true
    let joined = try kernels(choice)
    let switches = try fusions.filter { fusion in
      var without = choice
      without.disabledFusions = [fusion]
      return try kernels(without) != joined
    }
    let cells = joined.map { $0.map { "`\($0)`" }.joined(separator: "<br>") }
    return "| \(pattern.layers) | \(cells[0]) | \(cells[1]) | \(counts) | \(switches.joined(separator: ", ")) |"
  }

  /// With `DLC_REWRITE` in the environment the table is written instead, and the test fails: a run that rewrites shows nothing.
  @Test func tableIsThatOfTheDocumentation() throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let start = try #require(lines.firstIndex(of: Self.head))
    let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
    let table = try [Self.head, "| --- | --- | --- | --- | --- |"] + Self.rows.get()
    if ProcessInfo.processInfo.environment["DLC_REWRITE"] != nil {
      let written = lines[..<start] + table + lines[end...]
      try written.joined(separator: "\n").write(to: Self.document, atomically: true, encoding: .utf8)
      Issue.record("\(Self.document.lastPathComponent) is written")
      return
    }
    #expect(
      lines[start..<end] == table[...],
      "write Documentation/fusion.md anew: DLC_REWRITE=1 swift test --filter FusionTests")
  }

  /// Every switch is some pattern's.
  @Test func everyFusionIsInTheTable() throws {
    let rows = try Self.rows.get().joined()
    for fusion in Self.fusions { #expect(rows.contains(fusion)) }
  }
}
