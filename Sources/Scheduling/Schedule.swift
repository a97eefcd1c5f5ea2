import GraphIR
import KernelIR

/// One generated function as kernels in order, each with the memory that its arguments are.
public struct Schedule: Sendable {
  public struct Step: Sendable {
    public var kernel: Kernel
    /// One for each argument of the kernel.
    public var arguments: [Placement]
    /// The layer that the kernel belongs to.
    public var scope: String
    /// For each written floating-point argument, how many elements it has: what a search for NaN looks at.
    public var writtenCounts: [Int: Dimension]
    public var work: Work
    /// The lines of model.swift that it comes from.
    public var place: String
  }

  public var graph: Graph
  public var steps: [Step]
  public var memory: MemoryPlan
  /// Where a root that is neither output, gradient nor update is found: the loss and the metrics.
  public var results: [Root: Placement]
  /// What is made of the weights alone, where that is told apart.
  public internal(set) var preparation: Preparation?
}

extension Schedule {
  /// The type of what a function reads or writes at a place of its caller's; nil if it does not.
  package func type(at place: Placement) -> TensorType? {
    let sources = graph.nodes.filter { ($0.op as? Source).map(Placement.init) == place }.map { $0.results[0] }
    return sources.first ?? graph.roots.first { Placement($0.role) == place }.map { graph.type(of: $0.value) }
  }
}

/// What the scheduler may do.
public struct ScheduleOptions: Sendable {
  public var products: ProductChoice
  public var maxRows: Int
  /// The most threads that a call may use.
  public var threads: Int
  /// The arena's buffers share memory where their lives don't overlap.
  public var reuse: Bool
  /// The name after the model's prefix and the layer: `forward`, `backward` or `update`.
  public var phase: String

  public init(products: ProductChoice, maxRows: Int, threads: Int, reuse: Bool, phase: String) {
    self.products = products
    self.maxRows = maxRows
    self.threads = threads
    self.reuse = reuse
    self.phase = phase
  }
}

extension Schedule {
  public init(_ graph: Graph, options: ScheduleOptions) {
    let clustered = ClusteredGraph(graph)
    let assignment = PlacementAssignment(clustered, options: options)
    var names = KernelNames(phase: options.phase)
    var steps: [Step] = []
    for (time, cluster) in clustered.clusters.enumerated() {
      let scope = graph.nodes[cluster.nodes[0]].scope
      var lowering = KernelLowering(
        graph: graph, cluster: cluster, placements: assignment.placements,
        scratch: assignment.scratch[time], options: options)
      steps.append(lowering.step(named: names.name(for: cluster, in: graph), scope: scope))
    }
    for copy in assignment.copies { steps.append(.copy(copy, named: names.unique("copy"), graph: graph)) }
    self.graph = graph
    self.steps = steps
    memory = assignment.memory
    results = Dictionary(
      uniqueKeysWithValues: graph.roots.compactMap { root in
        switch root.role {
        case .loss, .metric: assignment.placements[graph.storage(of: root.value)].map { (root, $0) }
        case .output, .gradient, .update: nil
        }
      })
  }
}

extension Schedule.Step {
  /// Copies a value to where a root wants it.
  static func copy(_ copy: PlacementAssignment.Copy, named name: String, graph: Graph) -> Schedule.Step {
    let type = graph.type(of: copy.value)
    let count = type.shape.elementCount
    var work = Work()
    work.bytes = .init(Dimension(2 * type.element.byteCount * count.count, perRow: count.perRow))
    let kernel = Kernel(
      name: name, comment: ["to[\(count)] = from"],
      arguments: [
        .init(name: "from", element: type.element, shape: type.shape.description, count: count, isWritten: false),
        .init(name: "to", element: type.element, shape: type.shape.description, count: count, isWritten: true),
      ],
      body: [
        .loop(
          variable: "i", extent: Index(count),
          body: [
            .store(
              buffer: "to", index: .variable("i"),
              value: .load(buffer: "from", index: .variable("i"), element: type.element))
          ])
      ])
    return Schedule.Step(
      kernel: kernel, arguments: [copy.from, copy.to], scope: "", writtenCounts: [:], work: work, place: "")
  }
}

/// Names kernels after their layer and phase, `dense_backward_kernel`, without repeating one. A product that ends with an update
/// is `train`.
struct KernelNames {
  let phase: String
  private var taken: Set<String> = []

  init(phase: String) { self.phase = phase }

  mutating func name(for cluster: Cluster, in graph: Graph) -> String {
    let scope = graph.nodes[cluster.nodes[0]].scope
    var parts = scope.isEmpty ? [] : [scope]
    let produced = graph.roots.filter { cluster.outputs.contains(graph.storage(of: $0.value)) }
    let updates = produced.contains { if case .update(.parameter, _) = $0.role { true } else { false } }
    parts.append(updates && cluster.product(in: graph) != nil ? "train" : phase)
    for root in produced {
      switch root.role {
      case .gradient(let name), .update(.parameter, let name):
        parts.append(name.split(separator: "/").last.map(String.init) ?? name)
      case .loss: parts.append("loss")
      case .metric(let name): parts.append(name)
      case .output, .update: break
      }
    }
    return unique(parts.joined(separator: "_").cIdentifier)
  }

  mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 1
    while !taken.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}

extension String {
  /// The name with everything that C does not allow in one replaced by `_`.
  public var cIdentifier: String {
    let mapped = map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    let name = String(mapped)
    return name.first?.isNumber ?? true ? "_" + name : name
  }
}
