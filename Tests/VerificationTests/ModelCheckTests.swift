import CompilerDriver
import Diagnostics
import GraphIR
import KernelIR
import Operators
import Testing

@testable import Verification

/// The check of a whole model says yes to a right one and finds each kind of fault.
@Suite struct ModelCheckTests {
  /// A dense layer, `activation`, a mean squared error, and gradient descent.
  private func model(_ activation: any Operator) throws -> ModelDescription {
    let parameters = [
      Parameter(name: "dense/kernel", type: TensorType(.f32, [3, 4]), initializer: .uniform(low: -0.8, high: 0.8)),
      Parameter(name: "dense/bias", type: TensorType(.f32, [4]), initializer: .constant(0)),
    ]
    var builder = GraphBuilder(name: "net")
    let matrix = TensorType(.f32, [.rows, 4])
    let x = builder.source(.input, "x", TensorType(.f32, [.rows, 3]))
    let y = builder.source(.target, "y", matrix)
    let weights = parameters.map { builder.source(.parameter, $0.name, $0.type) }
    let out = try builder.append(activation, [builder.add(builder.matmul(x, weights[0]), weights[1])])
    builder.addRoot(.output("dense"), out)
    let error = try builder.subtract(out, y)
    builder.addRoot(.loss, try builder.mean(builder.multiply(error, error), axes: [0, 1]))
    return ModelDescription(
      name: "net", graph: builder.graph, inputs: [Field(name: "x", type: TensorType(.f32, [.rows, 3]))],
      outputs: [Field(name: "dense", type: matrix)], targets: [Field(name: "y", type: matrix)],
      parameters: parameters, layers: [],
      training: TrainingDescription(
        loss: "mse",
        optimizer: OptimizerDescription(method: .sgd(momentum: 0.9, nesterov: false), learningRate: 0.01),
        metrics: [], epochs: 1, batchSize: 4, shuffle: false, seed: 0, data: nil, validationSplit: 0,
        validationFile: "", location: .unknown),
      hyperparameters: [], location: .unknown)
  }

  private func check(_ activation: any Operator) async throws -> ModelCheck {
    try await ModelCheck(try model(activation), options: ModelCheck.Options())
  }

  @Test func rightModelPasses() async throws {
    let check = try await check(Softplus())
    #expect(check.passed && check.omissions.isEmpty)
    let subjects = check.lines.map(\.subject)
    #expect(subjects.contains("gradient of dense/kernel") && subjects.contains("gradient of all weights"))
    #expect(subjects.contains { $0.contains("without elementwise") } && subjects.contains { $0.contains("f32") })
    #expect(check.text.hasSuffix("all \(check.lines.count) comparisons agree\n"))
  }

  @Test func wrongGradientIsFound() async throws {
    let check = try await check(WrongGradient())
    let wrong = check.lines.filter { !$0.isWithin }.map(\.subject)
    #expect(wrong == ["gradient of dense/kernel", "gradient of dense/bias", "gradient of all weights"])
    #expect(check.text.hasSuffix("3 of \(check.lines.count) comparisons do not agree\n"))
  }

  @Test func wrongLoweringIsFound() async throws {
    let wrong = try await check(WrongLowering()).lines.filter { !$0.isWithin }
    #expect(wrong.map(\.judge) == ["reference"])
    #expect(wrong.first?.place.isEmpty == false)
  }

  @Test func lostPrecisionIsFound() async throws {
    let wrong = try await check(Imprecise()).lines.filter { !$0.isWithin }.map(\.subject)
    #expect(!wrong.isEmpty && wrong.allSatisfy { $0.contains("f32") })
  }

  @Test func infinityIsTheModelsFault() async throws {
    let failure = try await #require(throws: CompileFailure.self) { try await check(Endless()) }
    #expect(failure.status == .model)
    #expect(failure.diagnostics.first?.message.contains("gives infinities or NaN") == true)
  }

  @Test func largeModelsAreNotGivenToTheReference() async throws {
    let check = try await ModelCheck(try model(Tanh()), options: ModelCheck.Options(referenceLimit: 10))
    #expect(!check.lines.contains { $0.judge == "reference" })
    #expect(check.omissions.count == 1 && check.text.contains("left out: the reference"))
  }
}

/// Operators with a fault each.
private struct WrongGradient: ElementwiseOperator {
  static let name = "wrong_gradient"
  func expression(_ x: [Expression]) -> Expression { x[0] * x[0] }
  func evaluate(_ x: [Double]) -> Double { x[0] * x[0] }

  /// Lacks the factor 2.
  func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.multiply(gradient, context.operands[0])]
  }
}

private struct WrongLowering: ElementwiseOperator {
  static let name = "wrong_lowering"
  func expression(_ x: [Expression]) -> Expression { x[0] * .literal(1.001) }
  func evaluate(_ x: [Double]) -> Double { x[0] }

  func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let factor = try context.builder.constant(1.001, element: context.builder.type(of: gradient).element)
    return [try context.builder.multiply(gradient, factor)]
  }
}

private struct Imprecise: ElementwiseOperator {
  static let name = "imprecise"
  func expression(_ x: [Expression]) -> Expression { (x[0] + .literal(4096)) - .literal(4096) }
  func evaluate(_ x: [Double]) -> Double { (x[0] + 4096) - 4096 }

  func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [context.resultGradients[0]] }
}

private struct Endless: ElementwiseOperator {
  static let name = "endless"
  func expression(_ x: [Expression]) -> Expression { x[0] * .literal(.infinity) }
  func evaluate(_ x: [Double]) -> Double { x[0] * .infinity }
  func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] { [context.resultGradients[0]] }
}
