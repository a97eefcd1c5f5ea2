import GraphIR
import KernelIR
import Operators

/// Turns one cluster into one kernel: names its arguments, then writes its loops.
struct KernelLowering {
  let graph: Graph
  let cluster: Cluster
  let placements: [Value: Placement]
  let options: ScheduleOptions
  private var arguments: [(placement: Placement, argument: Kernel.Argument)] = []
  private var counts: [Int: Dimension] = [:]
  private(set) var names: [Value: String] = [:]
  private var taken = NestEmitter.reservedNames
  private var bytes = Work.Amount()
  private(set) var scratchName = ""

  /// `scratch` is the memory for one block of a convolution.
  init(
    graph: Graph, cluster: Cluster, placements: [Value: Placement], scratch: Placement?, options: ScheduleOptions
  ) {
    self.graph = graph
    self.cluster = cluster
    self.placements = placements
    self.options = options
    for value in cluster.inputs { addArgument(value, isWritten: false) }
    for value in cluster.outputs { addArgument(value, isWritten: true) }
    if let scratch, let count = cluster.scratchCount(in: graph) {
      scratchName = "scratch".unique(among: Set(arguments.map(\.argument.name)))
      let element = graph.nodes[cluster.nodes[0]].results[0].element
      arguments.append(
        (
          scratch,
          .init(name: scratchName, element: element, shape: "[\(count)]", count: Dimension(count), isWritten: true)
        ))
    }
  }

  /// One argument for each place: a kernel that updates in place gets one pointer, not two to the same memory.
  private mutating func addArgument(_ value: Value, isWritten: Bool) {
    guard let placement = placements[value] else { return }
    let type = graph.type(of: value)
    let count = type.shape.elementCount
    bytes = bytes + .init(Dimension(type.element.byteCount * count.count, perRow: count.perRow))
    if let known = arguments.firstIndex(where: { $0.placement == placement }) {
      arguments[known].argument.isWritten = arguments[known].argument.isWritten || isWritten
      names[value] = arguments[known].argument.name
      if isWritten { counts[known] = count }
      return
    }
    let name = uniqueName(for: value, placement)
    names[value] = name
    if isWritten, type.element.isFloating { counts[arguments.count] = count }
    arguments.append(
      (
        placement,
        .init(name: name, element: type.element, shape: type.shape.description, count: count, isWritten: isWritten)
      ))
  }

  private mutating func uniqueName(for value: Value, _ placement: Placement) -> String {
    let base: String
    switch placement {
    case .input(let name), .target(let name), .output(let name): base = name
    case .parameter(let name), .slot(let name), .state(let name): base = name.lastComponent
    case .gradient(let name): base = name.lastComponent + "_gradient"
    case .rows: base = "row_count"
    case .learningRate: base = "learning_rate"
    case .step: base = "step_number"
    case .position: base = "position"
    case .arena, .packed, .nothing: base = Swift.type(of: graph.op(of: value)).name
    }
    let name = base.cIdentifier.unique(among: taken)
    taken.insert(name)
    return name
  }

  mutating func step(named name: String, scope: String) -> Schedule.Step {
    let emitter = NestEmitter(graph: graph, cluster: cluster, buffers: names)
    var body: [Statement]
    if let contraction = cluster.product(in: graph) {
      body = contractionBody(contraction, emitter)
    } else {
      switch graph.nodes[cluster.nodes[0]].op.lowering {
      case .loops(let rule), .pooling(_, let rule):
        body = rule(loopContext(for: graph.nodes[cluster.nodes[0]], at: cluster.nodes[0]))
      case .source, .view, .pointwise, .reduction, .contraction: body = emitter.nests()
      }
    }
    if options.threads > 1 { body = Parallelism.collapsed(body) }
    var kernel = Kernel(name: name, comment: comment, arguments: arguments.map(\.argument), body: body)
    let parallelism = Parallelism(body)
    if options.threads > 1, parallelism.isPossible,
      parallelism.work.value(rows: options.maxRows) >= Parallelism.smallestWork
    {
      kernel.sharedWork = parallelism.work
    }
    var work = Work(body)
    work.bytes = bytes
    return Schedule.Step(
      kernel: kernel, arguments: arguments.map(\.placement), scope: scope, writtenCounts: counts, work: work,
      place: place)
  }

  /// `dense: matmul, add, relu`, then the place in model.swift.
  private var comment: [String] {
    let operators = cluster.nodes.map { Swift.type(of: graph.nodes[$0].op).name }
    let results = cluster.outputs.map { "\(names[$0] ?? "")\(graph.type(of: $0).shape)" }
    var lines = ["\(results.joined(separator: ", ")) = \(operators.joined(separator: " + "))"]
    if !place.isEmpty { lines.append(place) }
    return lines
  }

  /// `model.swift:5:3`, of each layer that it computes something of.
  private var place: String {
    var places: [String] = []
    for node in cluster.nodes {
      let place = graph.nodes[node].location
      if place.isKnown, !places.contains(place.description) { places.append(place.description) }
    }
    return places.joined(separator: ", ")
  }

  private func loopContext(for node: Node, at index: Int) -> LoopContext {
    LoopContext(
      operandTypes: node.operands.map { graph.type(of: $0) }, resultTypes: node.results,
      operandBuffers: node.operands.map { names[graph.storage(of: $0)] ?? "" },
      resultBuffers: node.results.indices.map { names[Value(node: index, result: $0)] ?? "" },
      method: { [options] in $0.method(ofStep: options.products, maxRows: options.maxRows) })
  }
}

extension Node {
  var isContraction: Bool { if case .contraction = op.lowering { true } else { false } }

  /// Fold and axes of a reduction.
  var reduction: (fold: Accumulator.Fold, axes: [Int])? {
    if case .reduction(let fold, let axes) = op.lowering { (fold, axes) } else { nil }
  }
}

extension String {
  var lastComponent: String { split(separator: "/").last.map(String.init) ?? self }

  /// The name, with a number behind it if it is taken.
  func unique(among taken: Set<String>) -> String {
    guard taken.contains(self) else { return self }
    return (2...).lazy.map { "\(self)_\($0)" }.first { !taken.contains($0) } ?? self
  }
}
