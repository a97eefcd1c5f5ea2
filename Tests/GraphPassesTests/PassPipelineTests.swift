import Diagnostics
import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct PassPipelineTests {
  /// A dense network with dropout, softmax and Adam.
  private func model() throws -> ModelDescription {
    let parameters = [
      Parameter(name: "dense/kernel", type: TensorType(.f32, [3, 4]), initializer: .constant(0)),
      Parameter(name: "dense/bias", type: TensorType(.f32, [4]), initializer: .constant(0)),
    ]
    var builder = GraphBuilder(name: "net")
    let x = builder.input("x", [.rows, 3])
    let y = builder.source(.target, "y", TensorType(.i32, [.rows]))
    let weights = parameters.map { builder.source(.parameter, $0.name, $0.type) }
    let kept = try builder.dropout(x, rate: 0.25, purpose: 1)
    let out = try builder.softmax(builder.add(builder.matmul(kept, weights[0]), weights[1]))
    builder.output(out, "dense")
    builder.addRoot(.loss, try builder.mean(builder.crossEntropy(out, y), axes: [0]))
    let none = SourceLocation.unknown
    return ModelDescription(
      name: "net", graph: builder.graph, inputs: [], outputs: [], targets: [], parameters: parameters, layers: [],
      training: TrainingDescription(
        loss: "sparse_categorical_crossentropy",
        optimizer: OptimizerDescription(
          method: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0), learningRate: 0.001),
        metrics: [], epochs: 1, batchSize: 4, shuffle: false, seed: 0, data: nil, validationSplit: 0,
        validationFile: "", location: none),
      hyperparameters: [], location: none)
  }

  private func compile(
    optimize: Bool = true, disabled: Set<String> = [], inferenceOnly: Bool = false, element: ElementType = .f32
  ) throws -> CompiledGraphs {
    try PassPipeline.compile(
      try model(),
      options: PassOptions(
        optimize: optimize, disabledFusions: disabled, inferenceOnly: inferenceOnly, element: element)
    ) { _, _ in }
  }

  @Test func graphsHaveTheirRoots() throws {
    let graphs = try compile()
    let (evaluate, backward) = (try #require(graphs.evaluate), try #require(graphs.backward))
    #expect(graphs.predict.roots.map(\.role) == [.output("dense")])
    #expect(evaluate.roots.map(\.role) == [.loss])
    #expect(backward.roots.map(\.role) == [.loss, .gradient("dense/kernel"), .gradient("dense/bias")])
    #expect(graphs.apply?.roots.count == 6)
    #expect(graphs.slots.map(\.name).contains("adam/dense/kernel/velocity"))
  }

  @Test func onlyTrainingHasDropout() throws {
    let graphs = try compile()
    func hasDropout(_ graph: Graph?) -> Bool { graph?.nodes.contains { $0.op is Dropout } ?? false }
    #expect(!hasDropout(graphs.predict) && !hasDropout(graphs.evaluate) && hasDropout(graphs.backward))
  }

  /// And one for the rate, whose powers take as long as some of the others.
  @Test func adamIsOneKernelForEachParameter() throws {
    #expect(try compile().apply?.kernels.count == 3)
  }

  @Test func inferenceOnlyHasNoTraining() throws {
    let graphs = try compile(inferenceOnly: true)
    #expect(graphs.evaluate == nil && graphs.backward == nil && graphs.apply == nil && graphs.slots.isEmpty)
  }

  /// Whatever is switched off, the results are the same.
  @Test func optimizationsChangeNoResult() throws {
    let plain = try compile(optimize: false, element: .f64)
    let optimized = try compile(element: .f64)
    for (one, other) in [
      (plain.predict, optimized.predict), (try #require(plain.backward), try #require(optimized.backward)),
      (try #require(plain.apply), try #require(optimized.apply)),
    ] {
      #expect(other.nodes.count <= one.nodes.count)
      var random = RandomSource(seed: 2)
      let sources = draw(one, random: &random, rows: 6, from: 0.1...1)
      let expected = try GraphEvaluator.evaluate(one, sources: sources, rows: 6, seed: 5)
      let actual = try GraphEvaluator.evaluate(other, sources: sources, rows: 6, seed: 5)
      #expect(one.roots.map(\.role) == other.roots.map(\.role))
      for (expected, actual) in zip(expected, actual) {
        #expect(zip(expected.values, actual.values).allSatisfy { ($0 - $1).magnitude < 1e-12 })
      }
    }
  }

  @Test func precisionReachesEveryGraph() throws {
    let graphs = try compile(element: .f64)
    for graph in [graphs.predict, graphs.evaluate, graphs.backward, graphs.apply].compactMap({ $0 }) {
      #expect(!graph.nodes.flatMap(\.results).contains { $0.element == .f32 })
    }
    #expect(graphs.slots.allSatisfy { $0.type.element == .f64 })
  }

  @Test func failureNamesThePass() throws {
    var broken = try model()
    broken.graph.nodes[3].results[0] = TensorType(.f32, [7])
    broken.graph.roots[1].value = Value(node: 0)
    let failure = #expect(throws: PassFailure.self) {
      try PassPipeline.compile(
        broken, options: PassOptions(optimize: true, disabledFusions: [], inferenceOnly: false, element: .f32)
      ) { _, _ in }
    }
    #expect(failure?.pass == "retype")
    #expect(failure?.message == "%0: the loss must be a scalar, not f32[rows, 3]")
  }
}
