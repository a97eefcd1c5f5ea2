/// What `dlc tune` was asked for.
public struct TuneOptions: Sendable {
  public var compile: CompileOptions
  /// Overrides the number of trials; of a grid, the most of them.
  public var trials: Int?
  public var seed: UInt64 = 0
  public var resumes = false
  public var overwrites = false
  /// Options of the executable's train.
  public var arguments: [String] = []

  public init(compile: CompileOptions) { self.compile = compile }

  func check() throws(CompileFailure) {
    if compile.inferenceOnly { throw CompileFailure(.usage, "a search trains, so --inference-only makes no sense") }
    if resumes && overwrites { throw CompileFailure(.usage, "--resume and --overwrite contradict each other") }
    for argument in arguments {
      let option = argument.prefix { $0 != "=" }
      if ["--log-json", "--checkpoint", "--resume"].contains(option) {
        throw CompileFailure(
          .usage, "\(option) cannot be given to the trainings of a search",
          notes: ["trials are logged to trials.jsonl in the search's folder; dlc tune --resume goes on with them"])
      }
    }
  }
}
