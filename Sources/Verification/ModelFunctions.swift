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

  /// What all of them keep from call to call.
  var states: [(name: String, type: TensorType)] { Graph(name: "", nodes: functions.flatMap(\.graph.nodes)).states }

  /// The optimizer's memory.
  let slots: [Slot]

  init(_ model: ModelDescription, as choice: CompiledGraphSet.Choice) throws(PassFailure) {
    let passes = choice.passes(inferenceOnly: model.training == nil)
    let graphs = try PassPipeline.compile(model, options: passes) { _, _ in }
    slots = graphs.slots
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
    compiled = try await CompiledGraphSet(compiled: graphs.functions.map(\.graph), as: choice, maxRows: rows)
  }

  /// The results of a function, by name; none if the model has no such function.
  func callAsFunction(_ name: String, at point: TrialPoint, rows: Int? = nil) throws -> [String: ReferenceTensor] {
    guard let index = graphs.functions.firstIndex(where: { $0.name == name }) else { return [:] }
    let results = try compiled.run(
      index, sources: point.sources, rows: rows ?? point.rows, seed: Self.seed, step: Self.step)
    return Dictionary(zip(graphs.functions[index].resultNames, results)) { first, _ in first }
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
