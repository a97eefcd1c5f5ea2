import CompilerDriver
import GraphIR
import KernelIR
import Operators
import Verification

/// The C of all instances of all operators, compiled once for each choice and run beside the reference.
enum CompiledOperators {
  private static let rows = 3

  private static let choices = [
    CompiledGraphSet.Choice(compiler: "clang", element: .f32, products: .builtin),
    CompiledGraphSet.Choice(compiler: "gcc", element: .f32, products: .blas),
    CompiledGraphSet.Choice(compiler: "clang", element: .f64, products: .blas),
    CompiledGraphSet.Choice(compiler: "gcc", element: .f64, products: .builtin, optimize: false),
  ].filter { CCompiler.isPresent($0.compiler) }

  private static let runs = choices.map { choice in Task { try await run(choice) } }

  /// Where the C of the operator differs from the reference, in any choice.
  static func differences(of type: any Operator.Type) async throws -> [String] {
    var differences: [String] = []
    for run in runs { differences += try await run.value[type.name] ?? [] }
    return differences
  }

  /// The differences of each operator, by its name.
  private static func run(_ choice: CompiledGraphSet.Choice) async throws -> [String: [String]] {
    let instances =
      OperatorInstances.all + OperatorInstances.deep + OperatorInstances.turned + OperatorInstances.parted
      + OperatorInstances.partedPanels + OperatorInstances.across
    let trials = try instances.enumerated().map { number, instance in
      try OperatorTrial(instance, element: choice.element, rows: rows, seed: UInt64(number))
    }
    let compiled = try await CompiledGraphSet(trials.map(\.graph), as: choice, maxRows: rows)
    var differences: [String: [String]] = [:]
    for (index, trial) in trials.enumerated() {
      let results = try compiled.run(
        index, sources: trial.sources, rows: rows, seed: OperatorTrial.seed, step: OperatorTrial.step)
      differences[type(of: trial.instance.op).name, default: []] +=
        trial.differences(from: results).map { "\(choice): \($0)" }
    }
    return differences
  }
}
