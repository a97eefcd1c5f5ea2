import ArgumentParser
import CompilerDriver

struct Compile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Turns a model into C and an executable.")

  @OptionGroup var options: ModelOptions

  @Option(help: "What to make: graph, fused and plan are printed.")
  var emit = CompileOptions.Emission.executable

  @Flag(help: "Check the C afterwards, as dlc check does.")
  var verify = false

  @Option(
    help: ArgumentHelp("Put these weights into the C as constants, for programs without files.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var embedWeights: String?

  func run() async throws {
    try await report {
      var compiling = options.compileOptions(emit)
      compiling.embeddedWeights = embedWeights
      let product = try await Compiler.compile(compiling)
      if let text = product.text { Terminal.output(text) }
      if let path = product.executable ?? product.folder { Terminal.status("wrote \(path)") }
      if verify { try await Check.check(options.compileOptions(emit)) }
    }
  }
}
