import GraphIR
import KernelIR
import Operators
import Testing

/// An operator's type, as a test's argument.
struct OperatorCase: CustomTestStringConvertible, Sendable {
  var type: any Operator.Type
  var testDescription: String { type.name }

  /// A source needs no check of its own: the operands of every other operator are sources.
  static let all = OperatorRegistry.all.filter { $0 != Source.self }.map(OperatorCase.init)
}

@Suite struct OperatorTests {
  @Test(arguments: OperatorCase.all)
  func holds(_ operatorCase: OperatorCase) async throws { try await checkOperator(operatorCase.type) }

  @Test(arguments: OperatorInstances.deep) func deepPanelsAreReadInSlices(instance: Instance) throws {
    #expect(try kernel(of: instance).contains("check_tile_ahead("))
  }

  @Test(arguments: OperatorInstances.turned) func wideMatricesAreReadAsTheyLie(instance: Instance) throws {
    #expect(try kernel(of: instance).contains("if (rows <= CHECK_TILE_N)"))
  }

  /// The comparison of the C must see a wrong result.
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
