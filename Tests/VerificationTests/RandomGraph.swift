import GraphIR
import KernelIR
import Operators

@testable import GraphPasses
@testable import Verification

/// A graph with numbers for its sources.
struct NumberedGraph {
  static let rows = 3
  static let seed: UInt64 = 7
  static let step: UInt64 = 11

  var graph: Graph
  var sources: [String: ReferenceTensor] = [:]

  func values(rounded: Bool = false) throws -> [[ReferenceTensor]] {
    try GraphEvaluator.values(
      of: graph, sources: sources, rows: Self.rows, seed: Self.seed, step: Self.step, rounded: rounded)
  }

  /// What the roots should be, by their roles.
  func expected() throws -> [String: ReferenceTensor] {
    let values = try values()
    return named(graph.roots.map { values[$0.value.node][$0.value.result] })
  }

  func named(_ roots: [ReferenceTensor]) -> [String: ReferenceTensor] {
    Dictionary(zip(graph.roots.map(\.role.words), roots)) { first, _ in first }
  }
}

/// Grows a graph that nobody thought of: operators draw themselves onto what is there, each result kept only where it is
/// finite, not large, and hardly moved by rounding.
struct RandomGraph {
  private static let fresh: [TensorType] = [
    TensorType(.f32, [.rows, 4]), TensorType(.f32, [.rows, 6, 5, 3]), TensorType(.f32, [5]), TensorType(.f32, [4, 3]),
    TensorType(.f32, [.rows, 2, 9]), TensorType(.f32, [.rows, 3, 4]), TensorType(.i32, [.rows, 4]),
  ]
  private static let largest = 1e3
  private static let elements = 2000
  /// The share of the tolerance of f32 that rounding every result may use up.
  private static let calm = 0.1

  private var random: RandomSource
  private var builder: GraphBuilder
  private var sources: [String: ReferenceTensor] = [:]
  /// Results that further operators may take.
  private var open: [Value] = []
  /// Those that one has taken.
  private var used: Set<Value> = []

  /// The graph of `seed`: of two in turn one has the gradients of the mean of all its results too.
  static func draw(seed: UInt64) throws -> NumberedGraph {
    var grown = RandomGraph(seed: seed)
    let operators = grown.random.integer(in: 3...10)
    var count = 0
    for _ in 0..<200 where count < operators {
      let before = grown
      if try grown.grow() {
        count += 1
      } else {
        let random = grown.random
        grown = before
        grown.random = random
      }
    }
    return try grown.finished(differentiated: seed.isMultiple(of: 2))
  }

  private init(seed: UInt64) {
    random = RandomSource(seed: seed)
    builder = GraphBuilder(name: "random_\(seed)")
  }

  private var numbered: NumberedGraph { NumberedGraph(graph: builder.graph, sources: sources) }

  /// Appends an operator; false if what was drawn does not serve.
  private mutating func grow() throws -> Bool {
    let type = random.element(of: OperatorRegistry.all)
    let taken = open.isEmpty || random.integer(in: 0...3) == 0 ? nil : random.element(of: open)
    let first = taken.map { builder.type(of: $0) } ?? random.element(of: Self.fresh)
    guard let instance = type.draw(&random, operand: first) else { return false }
    var operands: [Value] = []
    for (index, wanted) in instance.operands.enumerated() {
      let domain = instance.op.domain(ofOperand: index, type: wanted)
      let fitting = index == 0 ? taken.map { [$0] } ?? [] : open.filter { builder.type(of: $0) == wanted }
      let isTaken = index == 0 ? taken != nil : random.integer(in: 0...1) == 0
      if let gradient = instance.op as? MaxPoolingGradient, index == 1 {
        operands.append(try winners(of: gradient, types: instance.operands))
      } else if wanted.element.isFloating, isTaken, !fitting.isEmpty {
        let value = random.element(of: fitting)
        used.insert(value)
        operands.append(try instance.op is Select && index == 0 ? truth(value) : squash(value, into: domain))
      } else {
        operands.append(source(wanted, in: domain))
      }
    }
    guard let value = try? builder.append(instance.op, operands) else { return false }
    let results = builder.graph.nodes[value.node].results
    open += results.indices.filter { !instance.op.auxiliaryResults.contains($0) && results[$0].element.isFloating }.map
    {
      Value(node: value.node, result: $0)
    }
    if !results[0].element.isFloating { used.remove(value) }
    return try isCalm(from: value.node)
  }

  /// A weight where no row is concerned, else an input.
  private mutating func source(_ type: TensorType, in domain: ClosedRange<Double>) -> Value {
    let isWeight = type.element.isFloating && !type.shape.perRow
    let (kind, name) = (isWeight ? Source.Kind.parameter : .input, "x\(builder.graph.nodes.count)")
    sources["\(kind.rawValue)/\(name)"] = random.tensor(type, in: domain, rows: NumberedGraph.rows)
    return builder.source(kind, name, type)
  }

  /// low + (high - low) · sigmoid(x), for an operator that not every number is valid for.
  private mutating func squash(_ value: Value, into domain: ClosedRange<Double>) throws -> Value {
    guard domain != -2...2 else { return value }
    func constant(_ number: Double) throws -> Value {
      try builder.append(Constant(TensorType(.f32, .scalar), [Double(Float(number))]), [])
    }
    let part = try builder.append(Sigmoid(), [value])
    let width = try constant((domain.upperBound - domain.lowerBound) * 0.98)
    let low = try constant(domain.lowerBound + (domain.upperBound - domain.lowerBound) * 0.01)
    return try builder.append(Add(), [builder.append(Multiply(), [part, width]), low])
  }

  /// The taps that won in some image: passes may rely on it that they lie inside.
  private mutating func winners(of gradient: MaxPoolingGradient, types: [TensorType]) throws -> Value {
    let pooled = try builder.append(
      MaxPooling(gradient.geometry), [source(gradient.infer(types)[0], in: -2...2)])
    return Value(node: pooled.node, result: 1)
  }

  /// Whether a number is larger than one that none comes close to, as 0 would be by rounding.
  private mutating func truth(_ value: Value) throws -> Value {
    let bound = try builder.append(Constant(TensorType(.f32, .scalar), [0.1234]), [])
    return try builder.append(Compare(.greater), [value, bound])
  }

  private func isCalm(from node: Int) throws -> Bool {
    let (exact, rounded) = (try numbered.values(), try numbered.values(rounded: true))
    return (node..<exact.count).allSatisfy { index in
      zip(exact[index], rounded[index]).allSatisfy { Self.isCalm($0, $1) }
    }
  }

  private static func isCalm(_ exact: ReferenceTensor, _ rounded: ReferenceTensor) -> Bool {
    exact.values.count <= elements && exact.values.allSatisfy { $0.magnitude <= largest }
      && (Agreement(of: ["": rounded], with: ["": exact], within: .single).worst?.share ?? 0) <= calm
  }

  /// Every result that nothing took is a root; gradients that rounding moves too far are not.
  private func finished(differentiated: Bool) throws -> NumberedGraph {
    var builder = builder
    let leaves = open.filter { !used.contains($0) }
    for (index, leaf) in leaves.enumerated() { builder.addRoot(.output("y\(index)"), leaf) }
    var finished = NumberedGraph(graph: builder.graph, sources: sources)
    guard differentiated, !leaves.isEmpty else { return finished }
    var loss: Value?
    for leaf in leaves {
      let mean = try builder.mean(leaf, axes: Array(0..<builder.shape(of: leaf).rank))
      loss = try loss.map { try builder.add($0, mean) } ?? mean
    }
    guard let loss else { return finished }
    builder.addRoot(.loss, loss)
    let parameters = builder.graph.nodes.compactMap { $0.op as? Source }.filter { $0.kind == .parameter }.map {
      Parameter(name: $0.name, type: $0.type, initializer: .constant(0))
    }
    finished.graph = try Differentiate.run(builder.graph, parameters: parameters)
    let (exact, rounded) = (try finished.values(), try finished.values(rounded: true))
    finished.graph.roots.removeAll {
      !Self.isCalm(exact[$0.value.node][$0.value.result], rounded[$0.value.node][$0.value.result])
    }
    return finished
  }
}
