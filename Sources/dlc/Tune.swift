import ArgumentParser
import CompilerDriver

struct Tune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Searches a model's hyper-parameters as its search says.",
    discussion: """
      Each trial compiles the model with values of its own, trains it, and is judged after its last epoch. Trials are \
      logged to trials.jsonl in the output folder. --set keeps a hyper-parameter at one value. What follows -- goes to \
      the executable's train: dlc tune model.swift -- --epochs 5
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: ArgumentHelp("The number of trials; of a grid, the most.", valueName: "n"))
  var trials: Int?

  @Option(help: ArgumentHelp("Another seed draws other values.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Go on with the trials of the log.")
  var resume = false

  @Flag(help: "Begin anew where there is a log.")
  var overwrite = false

  @Argument(parsing: .postTerminator, help: "Options of the executable's train.")
  var driverOptions: [String] = []

  func validate() throws {
    if options.inferenceOnly { throw ValidationError("--inference-only leaves out what tune needs.") }
    if let trials, trials < 1 { throw ValidationError("--trials wants a number from 1.") }
  }

  func run() async throws {
    try await report {
      var tuning = TuneOptions(compile: options.compileOptions(.executable))
      tuning.trials = trials
      tuning.seed = seed
      tuning.resumes = resume
      tuning.overwrites = overwrite
      tuning.arguments = driverOptions
      Terminal.output(try await Tuner(tuning).run { Terminal.status($0) })
    }
  }
}
