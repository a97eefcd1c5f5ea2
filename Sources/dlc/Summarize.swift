import ArgumentParser
import CompilerDriver

struct Summarize: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Lists a model's layers, parameters and arithmetic.")

  @Argument(help: "The Swift file that declares the model.", completion: .file(extensions: ["swift"]))
  var model: String

  func run() async throws {
    try await report { Terminal.output(try await Compiler.summary(CompileOptions(model: model))) }
  }
}
