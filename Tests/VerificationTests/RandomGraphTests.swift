import CompilerDriver
import Foundation
import GraphIR
import KernelIR
import Operators
import Testing

@testable import Verification

/// Graphs that nobody thought of: their C, optimized and not, by BLAS and builtin, in both precisions, against the
/// reference. `DLC_RANDOM_GRAPHS=500 swift test --filter RandomGraphTests` runs as many as are wanted; a failure is
/// shrunk and kept in `Failures`.
@Suite struct RandomGraphTests {
  private typealias Choice = CompiledGraphSet.Choice

  private static let choices = [
    Choice(compiler: "clang", element: .f64, products: .builtin),
    Choice(compiler: "clang", element: .f64, products: .blas, optimize: false),
    Choice(compiler: "gcc", element: .f32, products: .blas),
    Choice(compiler: "clang", element: .f32, products: .builtin),
  ].filter { CCompiler.isPresent($0.compiler) }

  private static let count = ProcessInfo.processInfo.environment["DLC_RANDOM_GRAPHS"].flatMap(Int.init) ?? 40
  /// Graphs of one C file.
  private static let together = 40

  /// Which graphs differ from the reference.
  private static func failures(of graphs: [NumberedGraph], as choice: Choice) async throws -> [(Int, String)] {
    let compiled = try await CompiledGraphSet(graphs.map(\.graph), as: choice, maxRows: NumberedGraph.rows)
    return try graphs.enumerated().compactMap { index, numbered in
      let roots = try compiled.run(
        index, sources: numbered.sources, rows: NumberedGraph.rows, seed: NumberedGraph.seed,
        step: NumberedGraph.step)
      let agreement = Agreement(
        of: numbered.named(roots), with: try numbered.expected(), within: choice.element == .f64 ? .double : .single)
      guard !agreement.isWithin, let worst = agreement.worst else { return nil }
      return (
        index,
        "\(choice): \(numbered.graph.name), \(worst.name) differs by \(worst.difference), allowed is \(worst.allowed)"
      )
    }
  }

  @Test func agreeWithTheReference() async throws {
    for start in stride(from: 1, through: Self.count, by: Self.together) {
      let seeds = start..<min(start + Self.together, Self.count + 1)
      let graphs = try seeds.map { try RandomGraph.draw(seed: UInt64($0)) }.filter { !$0.graph.roots.isEmpty }
      #expect(graphs.count >= seeds.count / 2, "too few graphs have a result")
      for choice in Self.choices {
        for (index, failure) in try await Self.failures(of: graphs, as: choice) {
          let least = try await graphs[index].shrunk { try await !Self.failures(of: [$0], as: choice).isEmpty }
          let file = KeptGraph.folder.appendingPathComponent("\(least.graph.name).json")
          try FileManager.default.createDirectory(at: KeptGraph.folder, withIntermediateDirectories: true)
          try KeptGraph(least).encoded().write(to: file)
          Issue.record("\(failure); kept in Failures:\n\(least.graph)")
        }
      }
    }
  }

  /// What failed once does not again.
  @Test func keptGraphsAgree() async throws {
    let files = try FileManager.default.contentsOfDirectory(at: KeptGraph.folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
    let graphs = try files.map { try KeptGraph.decode(Data(contentsOf: $0)).numbered }
    for choice in Self.choices where !graphs.isEmpty {
      for (_, failure) in try await Self.failures(of: graphs, as: choice) { Issue.record("\(failure)") }
    }
  }

  /// What larger numbers of random graphs have found: a fold that does not ask where it is, the gradient of a GRU of which only the
  /// weights' part is wanted, and pooling of which only the winners are.
  @Test func faultsFoundBefore() async throws {
    var random = RandomSource(seed: 5)
    var fold = GraphBuilder(name: "fold")
    let x = fold.source(.input, "x", TensorType(.f32, [.rows, 1]))
    let spread = try fold.append(Broadcast(to: [.rows, 100]), [x])
    fold.addRoot(.output("sum"), try fold.sum(spread, axes: [1]))
    var recurrent = GraphBuilder(name: "recurrent")
    let states = TensorType(.f32, [.rows, 3, 2])
    let types = [TensorType(.f32, [.rows, 3, 6]), states, states, TensorType(.f32, [1, 6, 32]), states]
    let operands = types.enumerated().map { recurrent.source(.input, "x\($0)", $1) }
    let flow = try recurrent.append(
      GRUGradient(
        activation: .tanh, recurrentActivation: .sigmoid, options: RecurrentOptions(), given: [true, false]), operands)
    recurrent.addRoot(.output("inner"), Value(node: flow.node, result: 1))
    var pooled = GraphBuilder(name: "pooled")
    let axis = ConvolutionGeometry.Axis(stride: 2)
    let geometry = PoolingGeometry(height: 2, width: 2, vertical: axis, horizontal: axis)
    let image = pooled.source(.input, "image", TensorType(.f32, [.rows, 4, 6, 3]))
    let gradient = pooled.source(.input, "gradient", TensorType(.f32, [.rows, 2, 3, 3]))
    let winners = Value(node: try pooled.append(MaxPooling(geometry), [image]).node, result: 1)
    pooled.addRoot(
      .output("y"), try pooled.append(MaxPoolingGradient(geometry, height: 4, width: 6), [gradient, winners]))
    let graphs = [fold.graph, recurrent.graph, pooled.graph].map { graph in
      var numbered = NumberedGraph(graph: graph)
      for case let source as Source in graph.nodes.map(\.op) {
        numbered.sources["input/\(source.name)"] = random.tensor(source.type, in: -1...1, rows: NumberedGraph.rows)
      }
      return numbered
    }
    for choice in Self.choices {
      for (_, failure) in try await Self.failures(of: graphs, as: choice) { Issue.record("\(failure)") }
    }
  }

  /// Squares, but its loops forget to.
  private struct WrongSquare: ElementwiseOperator {
    static let name = "wrong_square"

    func expression(_ x: [KernelIR.Expression]) -> KernelIR.Expression { x[0] * x[0] * x[0] }
    func evaluate(_ x: [Double]) -> Double { x[0] * x[0] }
    func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [nil] }
  }

  @Test func faultIsFoundAndShrunkToItsOperator() async throws {
    var builder = GraphBuilder(name: "fault")
    let x = builder.source(.input, "x", TensorType(.f32, [.rows, 4]))
    let wrong = try builder.append(WrongSquare(), [builder.append(Tanh(), [builder.add(x, x)])])
    builder.addRoot(.output("right"), try builder.append(Exponential(), [x]))
    builder.addRoot(.output("wrong"), try builder.softmax(builder.multiply(wrong, x)))
    var random = RandomSource(seed: 3)
    let graph = NumberedGraph(
      graph: builder.graph,
      sources: ["input/x": random.tensor(TensorType(.f32, [.rows, 4]), in: 0.5...1, rows: NumberedGraph.rows)])
    let choice = Self.choices[0]
    #expect(try await Self.failures(of: [graph], as: choice).count == 1)
    let least = try await graph.shrunk { try await !Self.failures(of: [$0], as: choice).isEmpty }
    let names = least.graph.nodes.map { type(of: $0.op).name }.filter { $0 != Source.name }
    // The root stays, and what stands between it and the fault.
    #expect(names == ["wrong_square", "multiply", "softmax"])
  }

  @Test func keptGraphReadsBack() throws {
    let drawn = try RandomGraph.draw(seed: 6)
    let read = try KeptGraph.decode(try KeptGraph(drawn).encoded()).numbered
    #expect(read.graph.description == drawn.graph.description && read.sources == drawn.sources)
  }
}
