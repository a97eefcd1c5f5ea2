import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Whether a model can take its sequences one step at a time.
public enum Streaming: Sendable {
  /// What a step computes. After `limit` steps the stream is at its end, where there is a limit.
  case possible(Graph, limit: Int?)
  /// Why it cannot, and what of model.swift is the reason.
  case impossible(String, at: SourceLocation)
}

extension Streaming {
  public var graph: Graph? { if case .possible(let graph, _) = self { graph } else { nil } }
}

/// Derives from the graph of whole sequences the graph of one step: inputs [rows, time, ..] become [rows, 1, ..], each operator says how
/// it goes on from the step before, and what it needs of that is a state.
enum Incremental {
  static func run(_ graph: Graph, inputs: [Field]) -> Streaming {
    let sequences = inputs.filter(\.isSequence)
    guard let length = sequences.first?.type.shape[1].count else {
      return .impossible("no input is a sequence [time, features] or [time] of tokens", at: .unknown)
    }
    if let other = sequences.first(where: { $0.type.shape[1].count != length }) {
      return .impossible("the sequences \(sequences[0].name) and \(other.name) have different lengths", at: .unknown)
    }
    var derivation = Derivation(graph, sequences: Set(sequences.map(\.name)), length: length)
    for index in graph.nodes.indices {
      do { try derivation.step(index) } catch {
        return .impossible(error.message, at: graph.nodes[index].location)
      }
    }
    return derivation.finished
  }
}

extension Field {
  /// [rows, time, features..] of numbers, or [rows, time] of tokens.
  fileprivate var isSequence: Bool { type.shape.rank > (type.element == .i32 ? 1 : 2) && type.shape[0] == .rows }
}

private struct Derivation {
  let old: Graph
  /// Names of the inputs that are sequences.
  let sequences: Set<String>
  let length: Int
  private var builder: GraphBuilder
  private var values: [Value: StepValue] = [:]
  private var updates: [Root] = []
  private var prefixes: Set<String> = []

  init(_ old: Graph, sequences: Set<String>, length: Int) {
    self.old = old
    self.sequences = sequences
    self.length = length
    builder = GraphBuilder(name: old.name)
  }

  mutating func step(_ index: Int) throws(ShapeError) {
    let node = old.nodes[index]
    (builder.location, builder.scope) = (node.location, node.scope)
    var operands: [StepValue] = []
    for operand in node.operands {
      guard let value = values[operand] else {
        throw ShapeError("\(type(of: node.op).name) needs what another operator does not give step by step")
      }
      operands.append(value)
    }
    for (result, value) in try results(of: node, operands).enumerated() {
      values[Value(node: index, result: result)] = value
    }
  }

  private mutating func results(of node: Node, _ operands: [StepValue]) throws(ShapeError) -> [StepValue] {
    if let source = node.op as? Source { return [self.source(source)] }
    guard operands.contains(where: { $0.axis != nil }) else {
      let copy = try builder.append(node.op, operands.map(\.value)).node
      let times = operands.map(\.time)
      let time: StepValue.Time = times.contains(.latest) ? .latest : times.contains(.kept) ? .kept : .constant
      return node.results.indices.map { StepValue(Value(node: copy, result: $0), time) }
    }
    let name = type(of: node.op).name
    // The graph has one owner at a time, so that it grows in place.
    let owned = builder
    builder = GraphBuilder(name: "")
    var context = StepContext(
      name: name, operandTypes: node.operands.map { old.type(of: $0) }, resultTypes: node.results, operands: operands,
      length: length, builder: owned, prefix: prefix(for: node.scope.isEmpty ? name : node.scope))
    defer { builder = context.builder }
    let results = try node.op.step(&context)
    updates += context.updates
    return results
  }

  private mutating func source(_ source: Source) -> StepValue {
    var type = source.type
    let isSequence = source.kind == .input && sequences.contains(source.name)
    if isSequence { type.shape[1] = 1 }
    let value = builder.source(source.kind, source.name, type)
    return StepValue(value, isSequence ? .sequence(axis: 1) : source.kind == .state ? .kept : .constant)
  }

  private mutating func prefix(for scope: String) -> String {
    let name = "stream/\(scope)"
    var (candidate, number) = (name, 1)
    while !prefixes.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }

  var finished: Streaming {
    var result = builder
    for root in old.roots {
      guard let value = values[root.value] else {
        return .impossible("an output is not made step by step", at: old.nodes[root.value.node].location)
      }
      result.addRoot(root.role, value.value)
    }
    for update in updates { result.addRoot(update.role, update.value) }
    let isLimited = result.graph.nodes.contains { ($0.op as? Source)?.kind == .position }
    return .possible(result.graph, limit: isLimited ? length : nil)
  }
}
