import GraphIR
import GraphPasses

/// The graphs that a model's C functions are made from.
struct ModelGraphs {
  /// A function and what it computes.
  struct Function {
    var name: String
    var graph: Graph

    /// `backward gradient of dense/kernel`, for each root.
    var resultNames: [String] { graph.roots.map { "\(name) \($0.role.words)" } }
  }

  private(set) var functions: [Function]

  /// One step of a stream, if the model streams.
  let stream: Graph?

  /// What all of them keep from call to call.
  var states: [(name: String, type: TensorType)] { Graph(name: "", nodes: functions.flatMap(\.graph.nodes)).states }

  /// The optimizer's memory.
  let slots: [Slot]

  init(_ model: ModelDescription, as choice: CompiledGraphSet.Choice) throws(PassFailure) {
    let passes = choice.passes(inferenceOnly: model.training == nil)
    let graphs = try PassPipeline.compile(model, options: passes) { _, _ in }
    slots = graphs.slots
    stream = graphs.stream.graph
    functions = [Function(name: "predict", graph: graphs.predict)]
    if let evaluate = graphs.evaluate { functions.append(Function(name: "evaluate", graph: evaluate)) }
    if let backward = graphs.backward { functions.append(Function(name: "backward", graph: backward)) }
    if let apply = graphs.apply { functions.append(Function(name: "apply", graph: apply)) }
  }
}

extension ModelGraphs {
  /// `training_loss`: the loss of `backward` alone, for difference quotients. Empty without training.
  func trainingLoss(as choice: CompiledGraphSet.Choice) throws(PassFailure) -> ModelGraphs {
    var alone = self
    alone.functions = []
    if let backward = functions.first(where: { $0.name == "backward" })?.graph {
      let loss = try PassPipeline.compile(
        backward.keeping("training_loss") { $0 == .loss }, options: choice.passes(inferenceOnly: false))
      alone.functions.append(Function(name: "training_loss", graph: loss))
    }
    return alone
  }
}

/// A model's functions as compiled C.
struct ModelFunctions {
  static let seed: UInt64 = 5
  /// Updates made before.
  static let step: UInt64 = 3

  let graphs: ModelGraphs
  private let compiled: CompiledGraphSet

  init(_ graphs: ModelGraphs, as choice: CompiledGraphSet.Choice, rows: Int) async throws {
    self.graphs = graphs
    compiled = try await CompiledGraphSet(
      compiled: graphs.functions.map(\.graph) + [graphs.stream].compactMap { $0 }, as: choice, maxRows: rows)
  }

  /// Floating-point operations of a call of each function.
  func operations(rows: Int) -> Int {
    compiled.source.schedules.prefix(graphs.functions.count).reduce(0) { $0 + $1.work.flops.value(rows: rows) }
  }

  /// The results of a function, by name; none if the model has no such function.
  func callAsFunction(_ name: String, at point: TrialPoint, rows: Int? = nil) throws -> [String: ReferenceTensor] {
    guard let index = graphs.functions.firstIndex(where: { $0.name == name }) else { return [:] }
    let results = try compiled.run(
      index, sources: point.sources, rows: rows ?? point.rows, seed: Self.seed, step: Self.step)
    return Dictionary(zip(graphs.functions[index].resultNames, results)) { first, _ in first }
  }

  /// The outputs of a whole sequence made step by step, named as those of `predict`; none if the model does not stream.
  /// What the sequence has at every step is put together, of what it has at its end the last is taken.
  func steps(at point: TrialPoint, of model: ModelDescription) throws -> [String: ReferenceTensor] {
    guard let graph = graphs.stream else { return [:] }
    let stream = SteppedSequence(model, graph)
    var kept = Dictionary(
      graph.states.map { state in
        let shape = state.type.shape.dimensions.map { $0.value(rows: point.rows) }
        return ("state/\(state.name)", ReferenceTensor(shape: shape, repeating: 0))
      }
    ) { first, _ in first }
    var outputs: [String: ReferenceTensor] = [:]
    for step in 0..<stream.length {
      var sources = point.sources.merging(kept) { $1 }
      for (key, tensor) in sources where stream.inputs.contains(key) { sources[key] = tensor.step(step, axis: 1) }
      sources["position/position"] = ReferenceTensor(shape: [1], values: [Double(step)])
      let results = try compiled.run(graphs.functions.count, sources: sources, rows: point.rows)
      for (root, result) in zip(graph.roots, results) {
        switch root.role {
        case .update(.state, let name): kept["state/\(name)"] = result
        case .output(let name):
          let key = "predict \(root.role.words)"
          guard let axis = stream.axes[name] else {
            outputs[key] = result
            continue
          }
          outputs[key] = outputs[key]?.appending(result, axis: axis) ?? result
        case .loss, .metric, .gradient, .update: continue
        }
      }
    }
    return outputs
  }

  /// The results of all functions.
  func results(at point: TrialPoint) throws -> [String: ReferenceTensor] {
    try graphs.functions.reduce(into: [:]) { all, function in
      all.merge(try self(function.name, at: point)) { first, _ in first }
    }
  }
}

extension Root.Role {
  /// `gradient of dense/kernel`.
  var words: String {
    switch self {
    case .output(let name): "output \(name)"
    case .loss: "loss"
    case .metric(let name): "metric \(name)"
    case .gradient(let name): "gradient of \(name)"
    case .update(let kind, let name): "new \(kind.rawValue) \(name)"
    }
  }
}
