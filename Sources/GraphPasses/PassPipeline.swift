import GraphIR
import KernelIR
import Operators

/// What a person can switch.
public struct PassOptions: Sendable {
  /// Off: every operator is a kernel of its own and nothing is simplified.
  public var optimize: Bool
  /// Names of `PassPipeline.fusions` that are left out.
  public var disabledFusions: Set<String>
  public var inferenceOnly: Bool
  /// The precision of all floating-point numbers.
  public var element: ElementType
  /// The most rows of a call.
  public var maxRows: Int
  /// Elements of a weight from which on its update ends the product of its gradient: with its slots and gradient more than
  /// the caches of a core hold.
  public var smallestJoinedWeight = 1 << 20

  public init(
    optimize: Bool, disabledFusions: Set<String>, inferenceOnly: Bool, element: ElementType, maxRows: Int = 256
  ) {
    self.optimize = optimize
    self.disabledFusions = disabledFusions
    self.inferenceOnly = inferenceOnly
    self.element = element
    self.maxRows = maxRows
  }
}

/// The graphs that become functions of the generated C.
public struct CompiledGraphs: Sendable {
  public var predict: Graph
  /// One step of `predict`.
  public var stream: Streaming
  public var evaluate: Graph?
  public var backward: Graph?
  public var apply: Graph?
  /// What a step of training is in place of `backward` and `apply`, where a weight is large enough for it.
  public var trainStep: TrainStep<Graph>?
  public var slots: [Slot]
}

/// The passes, in order.
public enum PassPipeline {
  public static let fusions = (Fuse.names + [FoldNormalization.name, JoinUpdates.name, Recompute.name, Winograd.name])
    .sorted()

  /// The fusion of a weight's update with the product of its gradient.
  public static let joinedUpdates = JoinUpdates.name

  /// `observe` is told the graph after each pass.
  public static func compile(
    _ model: ModelDescription, options: PassOptions, observe: @escaping (String, Graph) -> Void
  ) throws(PassFailure) -> CompiledGraphs {
    let passes = PassRunner(options: options, observe: observe)

    let forward = try passes.prepare(model.graph)
    let inference = try passes.run("specialize", forward) { (graph) throws(ShapeError) in
      try SpecializeForInference.run(graph)
    }
    let predict = try passes.finish(
      passes.foldNormalization(inference.keeping("\(model.name).predict") { $0.isKept }))
    let stream = try passes.stream(inference.keeping("\(model.name).stream") { $0.isKept }, inputs: model.inputs)
    guard !options.inferenceOnly, let training = model.training else {
      return CompiledGraphs(predict: predict, stream: stream, slots: [])
    }

    let evaluate = try passes.finish(
      passes.foldNormalization(inference.keeping("\(model.name).evaluate") { !$0.isOutput && !$0.isStatisticUpdate }),
      hasManyRows: true)
    let differentiated = try passes.run(
      "differentiate", forward.keeping("\(model.name).backward") { !$0.isOutput }
    ) { (graph) throws(ShapeError) in try Differentiate.run(graph, parameters: model.parameters) }
    let gradients = try passes.run("specialize", differentiated) { (graph) throws(ShapeError) in
      try SpecializeForTraining.run(graph)
    }
    let backward = try passes.finish(gradients, hasManyRows: true)

    var optimizer = OptimizerUpdate(
      name: "\(model.name).apply", optimizer: training.optimizer, at: training.location)
    let parameters = model.parameters.filter(\.isTrainable).map { $0.retyped(to: options.element) }
    let update = try passes.run("optimizer", Graph(name: "")) { (_) throws(ShapeError) in
      try optimizer.graph(for: parameters)
    }
    return CompiledGraphs(
      predict: predict, stream: stream, evaluate: evaluate, backward: backward, apply: try passes.finish(update),
      trainStep: try passes.trainStep(gradients, parameters, training, named: model.name),
      slots: optimizer.slots)
  }
}

extension PassPipeline {
  /// The passes that every graph of a model goes through, for one graph alone; with nothing but outputs it is one of
  /// inference.
  public static func compile(_ graph: Graph, options: PassOptions) throws(PassFailure) -> Graph {
    let passes = PassRunner(options: options) { _, _ in }
    let prepared = try passes.prepare(graph)
    return try passes.finish(
      graph.roots.allSatisfy(\.role.isKept) ? passes.foldNormalization(prepared) : prepared)
  }
}

/// Runs passes, with the verifier behind each one.
private struct PassRunner {
  let options: PassOptions
  let observe: (String, Graph) -> Void

  /// What all graphs of the model begin with.
  func prepare(_ graph: Graph) throws(PassFailure) -> Graph {
    var graph = try run("retype", graph) { (graph) throws(ShapeError) in
      try Retype.run(graph, to: options.element)
    }
    if options.optimize {
      graph = try run("canonicalize", graph) { (graph) throws(ShapeError) in
        try Canonicalize.run(graph, isDifferentiated: false)
      }
    }
    return try run("stabilize", commutePooling(graph)) { (graph) throws(ShapeError) in try Stabilize.run(graph) }
  }

  /// For graphs of inference, where the statistics of batch normalization are given.
  func foldNormalization(_ graph: Graph) throws(PassFailure) -> Graph {
    guard fuses(FoldNormalization.name) else { return graph }
    // What was a normalization in front of a pooling can be a bias now.
    return try commutePooling(
      run("fold-normalization", graph) { (graph) throws(ShapeError) in try FoldNormalization.run(graph) })
  }

  private func commutePooling(_ graph: Graph) throws(PassFailure) -> Graph {
    guard fuses("pooling") else { return graph }
    return try run("commute-pooling", graph) { (graph) throws(ShapeError) in try CommutePooling.run(graph) }
  }

  /// The gradients with the updates that can end them, and the other updates; nil where there are none of the first.
  func trainStep(
    _ gradients: Graph, _ parameters: [Parameter], _ training: TrainingDescription, named name: String
  ) throws(PassFailure) -> TrainStep<Graph>? {
    guard fuses(JoinUpdates.name), fuses("contraction-epilogue") else { return nil }
    let (optimizer, place) = (training.optimizer, training.location)
    let joined = JoinUpdates.parameters(parameters, in: gradients, optimizer: optimizer, options: options)
    guard !joined.isEmpty else { return nil }
    var behind = OptimizerUpdate(
      behind: gradients, joined: joined, name: "\(name).train_step", optimizer: optimizer, at: place)
    var other = OptimizerUpdate(name: "\(name).train_step_apply", optimizer: optimizer, at: place)
    let backward = try run(JoinUpdates.name, gradients) { (_) throws(ShapeError) in
      try behind.graph(for: parameters.filter { joined.contains($0.name) })
    }
    let apply = try run("optimizer", Graph(name: "")) { (_) throws(ShapeError) in
      try other.graph(for: parameters.filter { !joined.contains($0.name) })
    }
    return TrainStep(backward: try finish(backward, hasManyRows: true), apply: try finish(apply))
  }

  private func fuses(_ name: String) -> Bool { options.optimize && !options.disabledFusions.contains(name) }

  /// What each graph ends with; `hasManyRows` where a call is seldom of one.
  func finish(_ graph: Graph, hasManyRows: Bool = false) throws(PassFailure) -> Graph {
    var graph = graph
    if options.optimize {
      graph = try run("simplify", graph) { (graph) throws(ShapeError) in
        try Canonicalize.run(graph, isDifferentiated: true)
      }
      graph = try run("common-subexpressions", graph) { (graph) throws(ShapeError) in
        try CommonSubexpressions.run(graph)
      }
    }
    graph = try run("dead-code", graph) { (graph) throws(ShapeError) in try DeadCode.run(graph) }
    if fuses(Winograd.name) {
      graph = try run(Winograd.name, graph) { (graph) throws(ShapeError) in
        try Winograd.run(graph, hasManyRows: hasManyRows)
      }
    }
    if fuses("contraction-prologue") {
      graph = try run("repeat-gathers", graph) { (graph) throws(ShapeError) in try RepeatGathers.run(graph) }
    }
    graph = try run("fuse", graph) { (graph) throws(ShapeError) in
      Fuse.run(graph, enabled: options.optimize, disabled: options.disabledFusions)
    }
    guard fuses(Recompute.name) else { return graph }
    return try run(Recompute.name, graph) { (graph) throws(ShapeError) in Recompute.run(graph) }
  }

  /// One step of a graph of inference, where there is such a thing.
  func stream(_ graph: Graph, inputs: [Field]) throws(PassFailure) -> Streaming {
    let dead = try run("dead-code", graph) { (graph) throws(ShapeError) in try DeadCode.run(graph) }
    switch Incremental.run(dead, inputs: inputs) {
    case .possible(let step, let limit):
      return .possible(try finish(run("incremental", step) { $0 }), limit: limit)
    case .impossible(let reason, let location): return .impossible(reason, at: location)
    }
  }

  func run(_ pass: String, _ graph: Graph, _ body: (Graph) throws(ShapeError) -> Graph) throws(PassFailure) -> Graph {
    let result: Graph
    do { result = try body(graph) } catch { throw PassFailure(pass: pass, message: error.message) }
    do {
      try result.verify()
      if result.nodes.contains(where: { $0.kernel != nil }) { try result.verifyKernels() }
    } catch { throw PassFailure(pass: pass, message: error.description) }
    observe(pass, result)
    return result
  }
}

extension Parameter {
  fileprivate func retyped(to element: ElementType) -> Parameter {
    var parameter = self
    if type.element.isFloating { parameter.type.element = element }
    return parameter
  }
}

extension Root.Role {
  fileprivate var isOutput: Bool { if case .output = self { true } else { false } }
  /// What a call of predict leaves: outputs, and states for the next call.
  fileprivate var isKept: Bool {
    switch self {
    case .output, .update(.state, _): true
    case .loss, .metric, .gradient, .update: false
    }
  }
  /// A moving statistic, which only a backward call moves.
  fileprivate var isStatisticUpdate: Bool { if case .update(.parameter, _) = self { true } else { false } }
}

extension Graph {
  /// The graph with only the roots that are wanted, under another name.
  package func keeping(_ name: String, _ isWanted: (Root.Role) -> Bool) -> Graph {
    Graph(name: name, nodes: nodes, roots: roots.filter { isWanted($0.role) })
  }
}
