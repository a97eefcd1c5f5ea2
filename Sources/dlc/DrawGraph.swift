import ArgumentParser
import CompilerDriver

struct DrawGraph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draws a model: its layers, or the kernels that they become.")

  @Argument(help: "The Swift file that declares the model.", completion: .file(extensions: ["swift"]))
  var model: String

  @OptionGroup var settings: HyperparameterSettings

  @Option(help: "What the picture is written in.")
  var format = GraphDrawing.Format.text

  @Flag(help: "Draw the kernels of inference after fusion instead of the layers.")
  var fused = false

  func run() async throws {
    let options = CompileOptions(model: model, hyperparameters: settings.values)
    try await report {
      Terminal.output(try await Compiler.drawing(options, format: format, fused: fused))
    }
  }
}
