import ArgumentParser
import CompilerDriver
import Verification

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Checks a model's C: gradients by differences, fusions, precisions, compilers and BLAS against each other.")

  @Argument(help: "The Swift file that declares the model.", completion: .file(extensions: ["swift"]))
  var model: String

  @Option(help: "How many random rows to check with.")
  var rows = 3

  @Option(help: "Of the random numbers.")
  var seed: UInt64 = 1

  @Flag(help: "Ask the slow reference for a large model too.")
  var reference = false

  @OptionGroup var settings: HyperparameterSettings

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows wants a number from 1.") }
  }

  func run() async throws {
    let options = CompileOptions(model: model, hyperparameters: settings.values)
    try await report { try await Self.check(options, rows: rows, seed: seed, reference: reference) }
  }

  /// Prints the table; exits with status 1 if a comparison fails.
  static func check(_ options: CompileOptions, rows: Int = 3, seed: UInt64 = 1, reference: Bool = false) async throws {
    let model = try await Compiler.load(options, requireTraining: false)
    var checking = ModelCheck.Options(rows: rows, seed: seed)
    if reference { checking.referenceLimit = .max }
    if Terminal.errorIsColoured { checking.begins = { Terminal.error("\r\u{1B}[K\($0)") } }
    let check = try await ModelCheck(model, options: checking)
    if Terminal.errorIsColoured { Terminal.error("\r\u{1B}[K") }
    Terminal.output(check.text)
    guard check.passed else {
      throw CompileFailure(.model, "the C of \(model.name) does not compute what the model says", at: model.location)
    }
  }
}
