import CompilerDriver
import GraphIR
import GraphPasses
import KernelIR
import Operators
import Scheduling
import Testing

@testable import Verification

/// Updates at the end of the product that makes their gradient: the same bits as those of a pass of their own, in place, and
/// only where they can be.
@Suite struct JoinedUpdateTests {
  private static let (rows, seed, step): (Int, UInt64, UInt64) = (5, 7, 11)

  static let methods: [OptimizerDescription.Method] = [
    .sgd(momentum: 0, nesterov: false), .sgd(momentum: 0.9, nesterov: false), .sgd(momentum: 0.9, nesterov: true),
    .rmsprop(rho: 0.9, momentum: 0.8, epsilon: 1e-7, centered: true),
    .adagrad(initialAccumulator: 0.1, epsilon: 1e-7),
    .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.04),
  ]

  /// Dense, sigmoid, Dropout, Dense: with columns that fill panels, or not.
  private static func model(
    filters: Int, _ method: OptimizerDescription.Method, clipping: OptimizerDescription.Clipping? = .value(0.01)
  ) throws -> ModelDescription {
    let extents = FusionPattern.Extents(height: 1, width: 1, channels: 40, filters: filters, kernel: (1, 1))
    var model = try FusionPattern.all[1].model(extents)
    model.training?.optimizer = OptimizerDescription(method: method, learningRate: 0.1, clipping: clipping)
    return model
  }

  private static func graphs(
    _ model: ModelDescription, smallest: Int = 1, element: ElementType = .f32, disabled: Set<String> = [],
    maxRows: Int = 512
  ) throws -> CompiledGraphs {
    var options = PassOptions(
      optimize: true, disabledFusions: disabled, inferenceOnly: false, element: element, maxRows: maxRows)
    options.smallestJoinedWeight = smallest
    return try PassPipeline.compile(model, options: options) { _, _ in }
  }

  @Test(arguments: ["clang", "gcc"].filter(CCompiler.isPresent), [ElementType.f32, .f64])
  func bitsAreThoseOfBackwardAndApply(compiler: String, element: ElementType) async throws {
    let choice = CompiledGraphSet.Choice(compiler: compiler, element: element, products: .builtin)
    let models = try [33, 64].flatMap { filters in try Self.methods.map { try Self.model(filters: filters, $0) } }
    let graphs = try models.map { try Self.graphs($0, element: element) }
    var functions: [Graph] = []
    for graphs in graphs {
      let step = try #require(graphs.trainStep)
      functions += [graphs.backward, graphs.apply].compactMap { $0 } + step.functions
    }
    let compiled = try await CompiledGraphSet(compiled: functions, as: choice, maxRows: Self.rows)
    var random = RandomSource(seed: 29)
    for index in models.indices {
      var sources: [String: ReferenceTensor] = [:]
      for case let source as Source in functions[4 * index..<4 * index + 4].flatMap(\.nodes).map(\.op) {
        let key = "\(source.kind.rawValue)/\(source.name)"
        guard source.kind != .rows, source.kind != .step, sources[key] == nil else { continue }
        sources[key] = random.tensor(source.type, in: source.kind == .slot ? 0.3...0.5 : -1...1, rows: Self.rows)
      }
      func run(_ function: Int) throws -> [(Root.Role, ReferenceTensor)] {
        let roots = try compiled.run(
          4 * index + function, sources: sources, rows: Self.rows, seed: Self.seed, step: Self.step)
        return Array(zip(functions[4 * index + function].roots.map(\.role), roots))
      }
      /// What a first function, and a second one that goes on from its gradients, leave of weights and slots.
      func updates(_ first: Int) throws -> [String: ReferenceTensor] {
        let made = try run(first)
        for case (.gradient(let name), let gradient) in made { sources["gradient/\(name)"] = gradient }
        let all = try (made + run(first + 1)).compactMap { role, tensor in
          if case .update = role { (role.words, tensor) } else { nil }
        }
        return Dictionary(all) { first, _ in first }
      }
      let (expected, found) = (try updates(0), try updates(2))
      #expect(Set(expected.keys) == Set(found.keys))
      for (name, values) in expected {
        let isSame = found[name]?.values == values.values
        #expect(isSame, "\(choice), \(Self.methods[index % Self.methods.count]): \(name)")
      }
      let reference = try GraphEvaluator.evaluate(
        functions[4 * index + 2], sources: sources, rows: Self.rows, seed: Self.seed, step: Self.step)
      let agreement = Agreement(
        of: Dictionary(try run(2).map { ($0.0.words, $0.1) }) { first, _ in first },
        with: Dictionary(zip(functions[4 * index + 2].roots.map(\.role.words), reference)) { first, _ in first },
        within: element == .f64 ? .double : .single)
      #expect(agreement.isWithin, "\(choice): \(agreement.worst.map { "\($0)" } ?? "")")
    }
  }

  /// Weights and slots change where they lie, with no copy behind, and no gradient is written.
  @Test func updatesAreInPlace() throws {
    for method in Self.methods {
      let step = try #require(try Self.graphs(Self.model(filters: 64, method)).trainStep)
      let schedule = Schedule(
        step.backward,
        options: ScheduleOptions(products: .auto, maxRows: 512, threads: 2, reuse: true, phase: "backward"))
      let kernels = schedule.steps.filter { $0.kernel.name.hasPrefix("train_kernel") }
      #expect(kernels.count == 2 && !schedule.steps.contains { $0.kernel.name.hasPrefix("copy") })
      for kernel in kernels {
        let written = zip(kernel.kernel.arguments, kernel.arguments).filter(\.0.isWritten).map(\.1)
        #expect(
          written.allSatisfy {
            switch $0 {
            case .parameter, .slot: true
            default: false
            }
          })
      }
      #expect(schedule.steps.suffix(2).map(\.kernel.name) == kernels.map(\.kernel.name))
    }
  }

  @Test func onlyWhatCanBeIsJoined() throws {
    let adam = Self.methods[5]
    let model = try Self.model(filters: 64, adam, clipping: nil)
    func joined(_ graphs: CompiledGraphs) -> [String] {
      (graphs.trainStep?.backward.roots ?? []).compactMap { root in
        if case .update(.parameter, let name) = root.role { name } else { nil }
      }
    }
    // [40, 64] and [64, 64], each with a bias, whose gradients are sums.
    #expect(joined(try Self.graphs(model)) == ["kernel_0", "kernel_2"])
    #expect(joined(try Self.graphs(model, smallest: 64 * 64)) == ["kernel_2"])
    #expect(try Self.graphs(model, smallest: 64 * 64 + 1).trainStep == nil)
    #expect(try Self.graphs(model, maxRows: 513).trainStep == nil)
    for fusion in [PassPipeline.joinedUpdates, "contraction-epilogue"] {
      #expect(try Self.graphs(model, disabled: [fusion]).trainStep == nil)
    }
    for clipping in [OptimizerDescription.Clipping.norm(1), .globalNorm(1)] {
      #expect(try Self.graphs(Self.model(filters: 64, adam, clipping: clipping)).trainStep == nil)
    }
  }
}
