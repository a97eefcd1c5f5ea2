import Foundation
import GraphIR
import Subprocess

/// Searches a model's hyper-parameters: each trial compiles the model with its values and trains it.
public struct Tuner: Sendable {
  private let options: TuneOptions
  private let model: ModelDescription
  private let search: SearchDescription
  private let folder: OutputFolder

  /// Loads the model with its defaults, to know what there is to search.
  public init(_ options: TuneOptions) async throws(CompileFailure) {
    try options.check()
    self.options = options
    model = try await Compiler.load(options.compile, requireTraining: true)
    guard let search = model.search else {
      throw CompileFailure(
        .model, "the model \"\(model.name)\" does not say how it is searched", at: model.location,
        notes: ["set model.search = Search(.random(trials: 20), objective: .minimize(.validationLoss))"])
    }
    self.search = search
    guard model.hyperparameters.contains(where: { options.compile.hyperparameters[$0.name] == nil }) else {
      throw CompileFailure(
        .model, "the model \"\(model.name)\" has no hyper-parameters to search", at: search.location,
        notes: ["declare one: let units = Hyperparameter.int(\"units\", in: 16...128)"])
    }
    let hasValidation = model.training.map { $0.validationSplit > 0 || !$0.validationFile.isEmpty } ?? false
    if search.quantity.hasPrefix("val_"), !hasValidation,
      !options.arguments.contains(where: { $0.hasPrefix("--validation") })
    {
      throw CompileFailure(
        .model, "the search looks at \(search.quantity), but training keeps no rows for validation",
        at: search.location, notes: ["add validation: .split(0.2) to Training"])
    }
    let name = options.compile.name ?? CompileOptions.prefix(for: model.name)
    folder = try OutputFolder(options.compile.output ?? "build/\(name)/tune")
  }

  /// Runs the trials that the log does not hold yet, and returns the table of all. `progress` gets a line for each.
  public func run(progress: (String) -> Void) async throws(CompileFailure) -> String {
    let space = SearchSpace(
      strategy: strategy, seed: options.seed,
      hyperparameters: model.hyperparameters.filter { options.compile.hyperparameters[$0.name] == nil })
    let count = min(space.count, options.trials ?? Int.max)
    var log = try TrialLog(
      folder.path(of: "trials.jsonl"), header: header,
      options.resumes ? .resumed : options.overwrites ? .overwritten : .new)
    var known: [SearchSpace.Values: SearchSpace.Values] = [:]
    for index in 0..<count {
      if log.trials.contains(where: { $0.trial == index + 1 && $0.failure == nil }) { continue }
      let before = Set(log.trials.filter { $0.trial <= index }.map(\.words))
      guard let trial = try await trial(index, in: space, unlike: before, &known) else {
        progress("every combination that was drawn has been tried")
        break
      }
      try log.append(trial)
      progress("trial \(index + 1)/\(count): \(trial.words) - \(outcome(of: trial))")
    }
    return try TuningReport(search: search, model: options.compile.model, trials: log.trials, log: log.path).text()
  }

  private var strategy: SearchDescription.Strategy {
    if case .random = search.strategy, let trials = options.trials { return .random(trials: trials) }
    return search.strategy
  }

  private var header: SearchHeader {
    let strategy = if case .grid(let points) = search.strategy { "grid of \(points)" } else { "random" }
    return SearchHeader(
      model: model.name, hash: String(contents.fingerprint, radix: 16),
      objective: (search.isMaximized ? "maximize " : "minimize ") + search.quantity, strategy: strategy,
      seed: options.seed, hyperparameters: model.hyperparameters.map(\.inWords),
      arguments: options.arguments + options.compile.setInWords)
  }

  /// What trials of the same values depend on, but for the files of data.
  private var contents: String {
    var training = model.training
    training?.location = .unknown
    training?.data?.location = .unknown
    return "\(model.graph) \(training.map { "\($0)" } ?? "")"
  }

  private func outcome(of trial: Trial) -> String {
    trial.failure.map { "failed: \($0)" } ?? "\(search.quantity): \(TuningReport.number(trial.objective))"
  }

  /// nil if only values come up that an earlier trial had.
  private func trial(
    _ index: Int, in space: SearchSpace, unlike before: Set<String>,
    _ known: inout [SearchSpace.Values: SearchSpace.Values]
  ) async throws(CompileFailure) -> Trial? {
    for attempt in 0..<100 {
      let start = ContinuousClock.now
      var trial = Trial(trial: index + 1, values: [:], seconds: 0)
      do {
        let drawn = space.values(trial: index, attempt: attempt, of: space.hyperparameters)
        trial.values = drawn.mapValues(HyperparameterScalar.init)
        let values =
          if let values = known[drawn] { values } else { try await values(of: index, attempt: attempt, in: space) }
        // A hyper-parameter that depends on another is drawn anew.
        if values.count <= drawn.count { known[drawn] = values }
        trial.values = values.mapValues(HyperparameterScalar.init)
        if before.contains(trial.words) { continue }
        let metrics = try await train(with: values)
        trial.metrics = metrics
        trial.objective = metrics[search.quantity]
        if trial.objective == nil { trial.failure = "its log has no \(search.quantity)" }
      } catch {
        guard error.status == .model else { throw error }
        trial.failure = error.diagnostics.first?.message ?? "the model does not compile"
      }
      trial.seconds = (ContinuousClock.now - start).inSeconds
      return trial
    }
    return nil
  }

  /// The values of a trial for just those hyper-parameters that the model declares when it is given them: one may decide
  /// whether another is there.
  private func values(of index: Int, attempt: Int, in space: SearchSpace) async throws(CompileFailure)
    -> SearchSpace.Values
  {
    var declared = space.hyperparameters
    var compile = options.compile
    for _ in 0..<8 {
      let values = space.values(trial: index, attempt: attempt, of: declared)
      compile.hyperparameters = values.merging(options.compile.hyperparameters) { $1 }
      let found = try await Compiler.load(compile, requireTraining: true, allowUndeclared: true).hyperparameters
      let new = found.filter { record in compile.hyperparameters[record.name] == nil && !declared.contains(record) }
      if new.isEmpty || values.count < declared.count {
        return Dictionary(found.map { ($0.name, compile.hyperparameters[$0.name] ?? $0.value) }) { first, _ in first }
      }
      declared += new
    }
    throw CompileFailure(.model, "the values of hyper-parameters keep adding others")
  }

  /// The last line that the training logs.
  private func train(with values: SearchSpace.Values) async throws(CompileFailure) -> [String: Double] {
    var compile = options.compile
    compile.hyperparameters = values
    compile.output = folder.path
    let product = try await Compiler.compile(compile)
    guard let executable = product.executable else { throw CompileFailure(.fault, "there is no executable to run") }
    let log = folder.path(of: "epochs.jsonl")
    let arguments = ["train", "--log-json", log, "--checkpoint", folder.path(of: "trial.safetensors")]
    let path = executable.hasPrefix("/") ? executable : FileManager.default.currentDirectoryPath + "/" + executable
    do {
      let result = try await Subprocess.run(
        .path(.init(path)), arguments: Arguments(arguments + options.arguments), output: .discarded,
        error: .string(limit: 1 << 20))
      if !result.terminationStatus.isSuccess { throw Self.failure(result.terminationStatus, result.standardError) }
    } catch let failure as CompileFailure {
      throw failure
    } catch {
      throw CompileFailure(.model, "cannot run \(path): \(error)")
    }
    let last = FileManager.default.contents(atPath: log)?.split(separator: UInt8(ascii: "\n")).last
    return last.flatMap { try? JSONDecoder().decode([String: Double].self, from: $0) } ?? [:]
  }

  /// Wrong options are wrong for every trial; anything else is this one's.
  private static func failure(_ status: TerminationStatus, _ said: String) -> CompileFailure {
    let lines = said.split(separator: "\n").map(String.init)
    let message = lines.last { $0.contains("error: ") } ?? lines.last ?? "training ended with \(status)"
    if case .exited(CompileFailure.Status.usage.rawValue) = status {
      return CompileFailure(.usage, message)
    }
    return CompileFailure(.model, message)
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
