import ArgumentParser
import CompilerDriver

struct Summarize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Lists a model's layers, parameters and arithmetic.")

  @Argument(help: "The Swift file that declares the model.", completion: .file(extensions: ["swift"]))
  var model: String

  @OptionGroup var settings: HyperparameterSettings

  func run() async throws {
    let options = CompileOptions(model: model, hyperparameters: settings.values)
    try await report { Terminal.output(try await Compiler.summary(options)) }
  }
}
