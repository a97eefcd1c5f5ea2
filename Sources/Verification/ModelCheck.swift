import CompilerDriver
import GraphIR
import GraphPasses
import KernelIR
import Operators
import Scheduling

/// Whether a model's C computes what the model says: the gradient of every weight against central differences of the
/// loss, and the C in every mode against the reference in Double.
public struct ModelCheck: Sendable {
  /// What is compared with what, how far apart they are, and how far they may be.
  public struct Line: Hashable, Sendable {
    public var subject: String
    public var judge: String
    /// Where the largest difference is found, as a share of what is allowed.
    public var place: String
    public var difference: Double
    public var allowed: Double
    public var isWithin: Bool
  }

  public private(set) var lines: [Line] = []
  /// What could not be checked, and why.
  public private(set) var omissions: [String] = []

  public var passed: Bool { lines.allSatisfy(\.isWithin) }

  /// What to check with.
  public struct Options: Sendable {
    /// Rows of a batch.
    public var rows: Int
    public var seed: UInt64
    /// Multiply-adds and other operations beyond which the reference, made of naive loops, is not asked.
    public var referenceLimit: Int
    /// Called with each comparison that begins.
    public var begins: @Sendable (String) -> Void

    public init(
      rows: Int = 3, seed: UInt64 = 1, referenceLimit: Int = 100_000_000,
      begins: @escaping @Sendable (String) -> Void = { _ in }
    ) {
      self.rows = rows
      self.seed = seed
      self.referenceLimit = referenceLimit
      self.begins = begins
    }
  }

  /// Makes every comparison. Needs clang or gcc; with both, both are used.
  public init(_ model: ModelDescription, options: Options) async throws(CompileFailure) {
    do {
      try await check(model, options)
    } catch let failure as CompileFailure {
      throw failure
    } catch let failure as ModelIsNotFinite {
      throw CompileFailure(.model, failure.message, at: model.location, notes: failure.notes)
    } catch {
      throw CompileFailure(.fault, "\(error)")
    }
  }

  private mutating func check(_ model: ModelDescription, _ options: Options) async throws {
    let compilers = ["clang", "gcc"].filter(CCompiler.isPresent)
    let first = CompiledGraphSet.Choice(
      compiler: compilers.first ?? "cc", element: .f64, products: .builtin, optimize: false)
    var random = RandomSource(seed: options.seed)
    options.begins("\(first)")
    let judge = try await ModelFunctions(ModelGraphs(model, as: first), as: first, rows: options.rows)
    let smooth = try SmoothPoint.draw(model, judge, rows: options.rows, random: &random)
    let (point, expected) = (smooth.point, smooth.results)
    if !smooth.restless.isEmpty {
      omissions.append(
        "\(smooth.restless.count) of \(expected.count) results in f32: rounding the weights and inputs alone moves them "
          + "too far for a comparison")
    }

    try compareWithReference(judge, first, point, expected, options)
    try compareRows(model, judge, point, expected)
    try compareSteps(model, judge, point)
    for (number, choice) in Self.choices(compilers, from: first).enumerated() {
      options.begins("\(choice)")
      let functions = try await ModelFunctions(ModelGraphs(model, as: choice), as: choice, rows: options.rows)
      let results = try functions.results(at: point)
      append(
        "C: \(choice)", "C: \(first)",
        choice.element == .f64
          ? Agreement(of: results, with: expected, within: .double)
          : Agreement(
            of: results, with: expected.filter { !smooth.restless.contains($0.key) }, within: .single))
      if number == 0, model.training != nil {
        options.begins("gradients")
        let loss = try await ModelFunctions(
          functions.graphs.trainingLoss(as: choice), as: choice, rows: options.rows)
        lines += try GradientComparison(model, gradients: results, loss: loss, point).lines(random: &random)
      }
    }
  }

  /// Both precisions, products and compilers, the likest of `first` first; then each fusion left out.
  private static func choices(
    _ compilers: [String], from first: CompiledGraphSet.Choice
  ) -> [CompiledGraphSet.Choice] {
    typealias Choice = CompiledGraphSet.Choice
    let modes = [first.element, .f32].flatMap { element in
      compilers.flatMap { compiler in
        [ProductChoice.builtin, .blas].map { Choice(compiler: compiler, element: element, products: $0) }
      }
    }
    let fusions = PassPipeline.fusions.map {
      Choice(compiler: first.compiler, element: first.element, products: first.products, disabledFusions: [$0])
    }
    return modes + fusions
  }

  private mutating func append(_ subject: String, _ judge: String, _ agreement: Agreement) {
    guard let worst = agreement.worst else { return }
    lines.append(
      Line(
        subject: subject, judge: judge, place: worst.name, difference: worst.difference, allowed: worst.allowed,
        isWithin: agreement.isWithin))
  }

  private mutating func compareWithReference(
    _ judge: ModelFunctions, _ choice: CompiledGraphSet.Choice, _ point: TrialPoint,
    _ results: [String: ReferenceTensor], _ options: Options
  ) throws {
    let operations = judge.operations(rows: point.rows)
    guard operations <= options.referenceLimit else {
      omissions.append(
        "the reference, made of naive loops in Double, which would take long for \(operations / 1_000_000) million "
          + "operations: --reference asks it all the same")
      return
    }
    options.begins("reference")
    var expected: [String: ReferenceTensor] = [:]
    for function in judge.graphs.functions {
      let values = try GraphEvaluator.evaluate(
        function.graph, sources: point.sources, rows: point.rows, seed: ModelFunctions.seed, step: ModelFunctions.step)
      expected.merge(zip(function.resultNames, values)) { first, _ in first }
    }
    append("C: \(choice)", "reference", Agreement(of: results, with: expected, within: .double))
  }

  /// A sequence step by step is the sequence at once.
  private mutating func compareSteps(_ model: ModelDescription, _ judge: ModelFunctions, _ point: TrialPoint) throws {
    let start = point.beginning
    let steps = try judge.steps(at: start, of: model)
    guard !steps.isEmpty else { return }
    let expected = try judge("predict", at: start).filter { steps[$0.key] != nil }
    append("C: step by step", "C: whole sequences", Agreement(of: steps, with: expected, within: .double))
  }

  /// A prediction does not depend on the rows beside it.
  private mutating func compareRows(
    _ model: ModelDescription, _ judge: ModelFunctions, _ point: TrialPoint, _ expected: [String: ReferenceTensor]
  ) throws {
    var joined: [String: ReferenceTensor] = [:]
    for row in 0..<point.rows {
      let one = point.row(row, of: model, states: judge.graphs.states)
      // What all rows have in common is made of all of them.
      for (name, tensor) in try judge("predict", at: one, rows: 1) where expected[name]?.shape != tensor.shape {
        joined[name, default: ReferenceTensor(shape: tensor.shape, values: [])].values += tensor.values
      }
    }
    append(
      "C: one row at a time", "C: \(point.rows) rows",
      Agreement(of: joined, with: expected.filter { joined[$0.key] != nil }, within: .double))
  }
}

/// Whatever the inputs, the model gives no finite numbers.
struct ModelIsNotFinite: Error {
  var message: String
  var notes: [String]
}
