import Foundation
import GraphIR
import Operators

@testable import GraphPasses

extension NumberedGraph {
  /// The smallest graph found that still fails: one root alone, and as many nodes as will do replaced by their numbers.
  func shrunk(while fails: (NumberedGraph) async throws -> Bool) async throws -> NumberedGraph {
    var smallest = self
    for root in graph.roots {
      var alone = self
      alone.graph.roots = [root]
      alone.graph = try DeadCode.run(alone.graph)
      if try await fails(alone) {
        smallest = alone
        break
      }
    }
    var index = smallest.graph.nodes.count - 1
    while index >= 0 {
      if let cut = try smallest.cut(index), try await fails(cut) {
        smallest = cut
        index = min(index, smallest.graph.nodes.count)
      }
      index -= 1
    }
    return smallest
  }

  /// The graph with the node made a source that holds its numbers; nil for a source, a root, or several results.
  private func cut(_ index: Int) throws -> NumberedGraph? {
    let node = graph.nodes[index]
    guard !(node.op is Source), node.results.count == 1, !graph.roots.contains(where: { $0.value.node == index }) else {
      return nil
    }
    var cut = self
    let name = "cut\(index)_\(graph.nodes.count)"
    cut.sources["input/\(name)"] = try values()[index][0]
    cut.graph.nodes[index].op = Source(.input, name, node.results[0])
    cut.graph.nodes[index].operands = []
    cut.graph = try DeadCode.run(cut.graph)
    return cut
  }
}

/// A graph that failed once, as it lies in `Failures`.
struct KeptGraph: Codable {
  struct Numbers: Codable {
    var shape: [Int]
    var values: [Double]
  }

  var graph: Graph
  var sources: [String: Numbers]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Failures")

  init(_ numbered: NumberedGraph) {
    graph = numbered.graph
    sources = numbered.sources.mapValues { Numbers(shape: $0.shape, values: $0.values) }
  }

  var numbered: NumberedGraph {
    NumberedGraph(graph: graph, sources: sources.mapValues { ReferenceTensor(shape: $0.shape, values: $0.values) })
  }

  static func decode(_ data: Data) throws -> KeptGraph {
    let decoder = JSONDecoder()
    decoder.userInfo[.operators] = OperatorRegistry.byName
    return try decoder.decode(KeptGraph.self, from: data)
  }

  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return try encoder.encode(self)
  }
}
