import CompilerDriver
import GraphIR
import KernelIR
import Operators
import Testing
import Verification

/// Every operator of the registry, on instances that it draws and on `OperatorInstances.chosen`: its C, by gcc and by
/// clang, in f32 and f64, with BLAS and without, against its reference.
@Suite struct CompiledOperatorTests {
  private static let rows = 3

  /// A source needs no check of its own: the operands of every other operator are sources.
  @Test func everyOperatorHasACheck() {
    let checked = Set(OperatorInstances.all.map { type(of: $0.op).name })
    let missing = OperatorRegistry.all.map { $0.name }.filter { $0 != Source.name && !checked.contains($0) }
    #expect(missing.isEmpty, "no instance of \(missing): let `draw` make one, or add one to OperatorInstances.chosen")
  }

  static let choices = [
    CompiledGraphSet.Choice(compiler: "clang", element: .f32, products: .builtin),
    CompiledGraphSet.Choice(compiler: "gcc", element: .f32, products: .blas),
    CompiledGraphSet.Choice(compiler: "clang", element: .f64, products: .blas),
    CompiledGraphSet.Choice(compiler: "gcc", element: .f64, products: .builtin, optimize: false),
  ].filter { CCompiler.isPresent($0.compiler) }

  @Test(arguments: choices)
  func agreesWithReference(_ choice: CompiledGraphSet.Choice) async throws {
    let trials = try OperatorInstances.all.enumerated().map { number, instance in
      try OperatorTrial(instance, element: choice.element, rows: Self.rows, seed: UInt64(number))
    }
    let compiled = try await CompiledGraphSet(trials.map(\.graph), as: choice, maxRows: Self.rows)
    for (index, trial) in trials.enumerated() {
      let results = try compiled.run(
        index, sources: trial.sources, rows: Self.rows, seed: OperatorTrial.seed, step: OperatorTrial.step)
      for difference in trial.differences(from: results) { Issue.record("\(choice): \(difference)") }
    }
  }

  /// The comparison must see a wrong result.
  @Test func wrongResultIsFound() throws {
    let trial = try OperatorTrial(
      Instance(Exponential(), [TensorType(.f32, [4])]), element: .f32, rows: 1, seed: 1)
    var results = trial.expected
    #expect(trial.differences(from: results).isEmpty)
    results[0].values[2] *= 1.001
    #expect(trial.differences(from: results).count == 1)
    results[0].values[2] = .nan
    #expect(trial.differences(from: results).count == 1)
  }
}
