import Diagnostics
import GraphIR
import KernelIR
import Operators
import Testing

@testable import GraphPasses

@Suite struct DifferentiateTests {
  private static let parameters = [
    parameter("dense/kernel", [3, 4]), parameter("dense/bias", [4]), parameter("dense_1/kernel", [4, 2]),
    parameter("dense_1/bias", [2]),
  ]

  private static func parameter(_ name: String, _ shape: Shape, isTrainable: Bool = true) -> Parameter {
    Parameter(name: name, type: TensorType(.f64, shape), initializer: .constant(0), isTrainable: isTrainable)
  }

  /// tanh and softmax layers with cross-entropy, and a penalty on the first kernel, so that two gradients meet in it.
  private static func network(_ builder: inout GraphBuilder) throws {
    let x = builder.input("x", [.rows, 3], .f64)
    let label = builder.source(.target, "y", TensorType(.i32, [.rows]))
    let weights = parameters.map { builder.source(.parameter, $0.name, $0.type) }
    builder.scope = "dense"
    builder.location = SourceLocation(file: "model.swift", line: 4, column: 3)
    let hidden = try builder.tanh(builder.add(builder.matmul(x, weights[0]), weights[1]))
    (builder.scope, builder.location) = ("", .unknown)
    let logits = try builder.add(builder.matmul(hidden, weights[2]), weights[3])
    let loss = try builder.mean(builder.softmaxCrossEntropy(logits, label), axes: [0])
    let penalty = try builder.sum(builder.multiply(weights[0], weights[0]), axes: [0, 1])
    builder.addRoot(.loss, try builder.add(loss, builder.multiply(penalty, builder.scalar(0.1, like: penalty))))
  }

  private func gradientGraph(
    of parameters: [Parameter] = parameters, _ build: (inout GraphBuilder) throws -> Void
  ) throws -> Graph {
    try run({ try Differentiate.run($0, parameters: parameters) }, on: build)
  }

  @Test(arguments: [false, true])
  func gradientsAreThoseOfCentralDifferences(simplified: Bool) throws {
    var graph = try gradientGraph(Self.network)
    if simplified { graph = try CommonSubexpressions.run(Canonicalize.run(graph, isDifferentiated: true)) }
    var random = RandomSource(seed: 3)
    let sources = draw(graph, random: &random, rows: 5)
    let results = try GraphEvaluator.evaluate(graph, sources: sources, rows: 5)
    let step = 1e-6
    for (root, gradient) in zip(graph.roots, results) {
      guard case .gradient(let name) = root.role, let weights = sources["parameter/\(name)"] else { continue }
      #expect(gradient.shape == weights.shape)
      for position in weights.values.indices {
        func loss(_ shift: Double) throws -> Double {
          var moved = sources
          moved["parameter/\(name)"]?.values[position] += shift
          return try GraphEvaluator.evaluate(graph, sources: moved, rows: 5)[0].values[0]
        }
        let difference = (try loss(step) - loss(-step)) / (2 * step)
        #expect((gradient.values[position] - difference).magnitude < 1e-7, "\(name)[\(position)]")
      }
    }
  }

  @Test func everyTrainableParameterHasAGradientInOrder() throws {
    let graph = try gradientGraph(Self.network)
    #expect(graph.roots.map(\.role) == [.loss] + Self.parameters.map { .gradient($0.name) })
  }

  @Test func gradientNodesHaveTheirForwardNodesPlace() throws {
    let forward = try run({ $0 }, on: Self.network)
    let added = try gradientGraph(Self.network).nodes.dropFirst(forward.nodes.count)
    let product = try #require(added.last { $0.op is MatrixMultiply })
    #expect(product.scope == "dense")
    #expect(product.location.line == 4)
  }

  @Test func frozenLayersCostNothing() throws {
    let frozen = Self.parameters.map { parameter in
      var parameter = parameter
      parameter.isTrainable = parameter.name.hasPrefix("dense_1")
      return parameter
    }
    let forward = try run({ $0 }, on: Self.network)
    let graph = try DeadCode.run(gradientGraph(of: frozen, Self.network))
    func products(_ graph: Graph) -> Int { graph.nodes.filter { $0.op is MatrixMultiply }.count }
    #expect(products(graph) == products(forward) + 1)
    #expect(graph.roots.map(\.role) == [.loss, .gradient("dense_1/kernel"), .gradient("dense_1/bias")])
  }

  @Test func unreachedParametersHaveZeroGradients() throws {
    let parameters = [Self.parameter("w", [2]), Self.parameter("stopped", [3]), Self.parameter("absent", [2, 2])]
    let graph = try gradientGraph(of: parameters) { builder in
      let (w, stopped) = (builder.parameter("w", [2], .f64), builder.parameter("stopped", [3], .f64))
      let held = try builder.sum(builder.stopGradient(stopped), axes: [0])
      builder.addRoot(.loss, try builder.add(builder.sum(w, axes: [0]), held))
    }
    var random = RandomSource(seed: 1)
    let results = try GraphEvaluator.evaluate(graph, sources: draw(graph, random: &random, rows: 1), rows: 1)
    #expect(results.dropFirst().map(\.shape) == [[2], [3], [2, 2]])
    #expect(results.dropFirst().map(\.values) == [[1, 1], [0, 0, 0], [0, 0, 0, 0]])
  }
}
