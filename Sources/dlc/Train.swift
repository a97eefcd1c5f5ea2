import ArgumentParser
import CompilerDriver

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compiles a model, then trains it.",
    discussion: "What follows -- goes to the executable's train: dlc train model.swift -- --epochs 5")

  @OptionGroup var options: ModelOptions

  @Argument(parsing: .postTerminator, help: "Options of the executable's train.")
  var driverOptions: [String] = []

  func validate() throws {
    if options.inferenceOnly { throw ValidationError("--inference-only leaves out what train needs.") }
  }

  func run() async throws {
    try await report {
      let product = try await Compiler.compile(options.compileOptions(.executable))
      try product.become(arguments: ["train"] + driverOptions)
    }
  }
}
