import ArgumentParser
import CompilerDriver
import KernelIR

/// The options that say how a model becomes C, shared by the commands that compile.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The Swift file that declares the model.", completion: .file(extensions: ["swift"]))
  var model: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("The folder for the files. (default: build/NAME)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(help: ArgumentHelp("The prefix of every C name. (default: the model's name)", valueName: "prefix"))
  var name: String?

  @Option(help: ArgumentHelp("The most rows of one call. (default: 256, or the batch size)", valueName: "n"))
  var maxBatch: Int?

  @Option(help: "How matrices are multiplied.")
  var gemm = CompileOptions.Gemm.auto

  @Option(help: ArgumentHelp("The most threads of a call, or off.", valueName: "n|off"))
  var threads = "4"

  @Option(help: "The numbers' type: f32 or f64.")
  var precision = Precision.f32

  @Flag(help: "Leave out loss, backward pass, optimizer and training.")
  var inferenceOnly = false

  @Option(help: ArgumentHelp("The C compiler: clang, gcc or a path.", valueName: "compiler"))
  var cc: String?

  @Option(help: ArgumentHelp("The processor to compile for.", valueName: "arch"))
  var march = "native"

  @Option(help: "0 switches every fusion and simplification off.")
  var optimize = Level.one

  @Option(help: ArgumentHelp("Switch one fusion off. Can be repeated.", valueName: "name"))
  var noFuse: [String] = []

  @OptionGroup var settings: HyperparameterSettings

  @Option(help: ArgumentHelp("Print the graph after this pass to stderr. Can be repeated.", valueName: "pass"))
  var printAfter: [String] = []

  @Flag(help: "Print the graph after every pass to stderr.")
  var printAfterAll = false

  @Flag(help: "Print how long each stage took to stderr.")
  var timePasses = false

  func validate() throws {
    if let maxBatch, maxBatch < 1 { throw ValidationError("--max-batch wants a number from 1.") }
    guard threads == "off" || (1...64).contains(Int(threads) ?? 0) else {
      throw ValidationError("--threads wants a number from 1 to 64, or off.")
    }
    if let name, !CompileOptions.isPrefix(name) {
      throw ValidationError("--name wants a C identifier, such as digits.")
    }
  }

  func compileOptions(_ emission: CompileOptions.Emission) -> CompileOptions {
    var options = CompileOptions(model: model)
    options.output = output
    options.name = name
    options.emission = emission
    options.maxRows = maxBatch
    options.gemm = gemm
    options.threads = Int(threads) ?? 1
    options.element = precision == .f32 ? .f32 : .f64
    options.inferenceOnly = inferenceOnly
    options.compiler = cc
    options.march = march
    options.optimize = optimize == .one
    options.disabledFusions = Set(noFuse)
    options.hyperparameters = settings.values
    options.observed = printAfterAll ? .all : .passes(Set(printAfter))
    options.timesPasses = timePasses
    return options
  }
}

enum Precision: String, CaseIterable, ExpressibleByArgument { case f32, f64 }

enum Level: String, CaseIterable, ExpressibleByArgument {
  case zero = "0"
  case one = "1"
}

extension CompileOptions.Gemm: ExpressibleByArgument {}
extension CompileOptions.Emission: ExpressibleByArgument {}
extension GraphDrawing.Format: ExpressibleByArgument {}
