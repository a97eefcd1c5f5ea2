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

  public init(optimize: Bool, disabledFusions: Set<String>, inferenceOnly: Bool, element: ElementType) {
    self.optimize = optimize
    self.disabledFusions = disabledFusions
    self.inferenceOnly = inferenceOnly
    self.element = element
  }
}

/// The graphs that become functions of the generated C.
public struct CompiledGraphs: Sendable {
  public var predict: Graph
  public var evaluate: Graph?
  public var backward: Graph?
  public var apply: Graph?
  public var slots: [Slot]
}

/// The passes, in order.
public enum PassPipeline {
  public static let fusions = Fuse.names

  public static func compile(
    _ model: ModelDescription, options: PassOptions, observe: (String, Graph) -> Void
  ) throws(PassFailure) -> CompiledGraphs {
    func run(_ pass: String, _ graph: Graph, _ body: (Graph) throws(ShapeError) -> Graph) throws(PassFailure) -> Graph {
      do {
        let result = try body(graph)
        try result.verify()
        observe(pass, result)
        return result
      } catch let error as VerifierError {
        throw PassFailure(pass: pass, message: error.description)
      } catch let error as ShapeError {
        throw PassFailure(pass: pass, message: error.message)
      } catch {
        throw PassFailure(pass: pass, message: "\(error)")
      }
    }
    func finish(_ graph: Graph) throws(PassFailure) -> Graph {
      var graph = graph
      if options.optimize {
        graph = try run("simplify", graph) { (graph) throws(ShapeError) in try Simplify.run(graph) }
        graph = try run("common-subexpressions", graph) { (graph) throws(ShapeError) in
          try CommonSubexpressions.run(graph)
        }
      }
      graph = try run("dead-code", graph) { (graph) throws(ShapeError) in try DeadCode.run(graph) }
      return try run("fuse", graph) { (graph) throws(ShapeError) in
        Fuse.run(graph, enabled: options.optimize, disabled: options.disabledFusions)
      }
    }

    var forward = try run("retype", model.graph) { (graph) throws(ShapeError) in
      try Retype.run(graph, to: options.element)
    }
    forward = try run("stabilize", forward) { (graph) throws(ShapeError) in try Stabilize.run(graph) }
    let inference = try run("specialize", forward) { (graph) throws(ShapeError) in
      try SpecializeForInference.run(graph)
    }

    let predict = try finish(
      inference.keeping("\(model.name).predict") { if case .output = $0 { true } else { false } })
    guard !options.inferenceOnly, let training = model.training else {
      return CompiledGraphs(predict: predict, slots: [])
    }
    let isTrained: (Root.Role) -> Bool = { if case .output = $0 { false } else { true } }
    let evaluate = try finish(inference.keeping("\(model.name).evaluate", isTrained))
    let backward = try finish(
      run("differentiate", forward.keeping("\(model.name).backward", isTrained)) { (graph) throws(ShapeError) in
        try Differentiate.run(graph, parameters: model.parameters)
      })
    let parameters = model.parameters.filter(\.isTrainable).map { parameter in
      var parameter = parameter
      parameter.type.element = options.element
      return parameter
    }
    var optimizer = OptimizerUpdate(name: "\(model.name).apply", optimizer: training.optimizer)
    let update = try run("optimizer", Graph(name: "")) { (_) throws(ShapeError) in try optimizer.graph(for: parameters)
    }
    return CompiledGraphs(
      predict: predict, evaluate: evaluate, backward: backward, apply: try finish(update), slots: optimizer.slots)
  }
}

extension Graph {
  /// The graph with only the roots that are wanted, under another name.
  func keeping(_ name: String, _ isWanted: (Root.Role) -> Bool) -> Graph {
    Graph(name: name, nodes: nodes, roots: roots.filter { isWanted($0.role) })
  }
}
