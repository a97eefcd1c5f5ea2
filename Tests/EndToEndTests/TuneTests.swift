import CompilerDriver
import Foundation
import GraphIR
import Testing

/// Searches of small models, from model.swift to the table.
@Suite struct TuneTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let rows = (0..<40).map { "\(Double($0 % 7) / 7),\(Double($0 * $0 % 11) / 11),\($0 % 2)" }
    try (["a,b,label"] + rows).joined(separator: "\n")
      .write(toFile: folder + "/rows.csv", atomically: true, encoding: .utf8)
  }

  private func options(
    _ declarations: String, search: String?, validation: String = ".split(0.2)",
    last: String = ", activation: .sigmoid"
  ) throws
    -> TuneOptions
  {
    let source = """
      import DLC
      \(declarations)
      let model = Model("small", input: [2]) { Dense(units, activation: .relu); Dense(1\(last)) }
      model.training = Training(
        loss: .mse, optimizer: .sgd(learningRate: rate), metrics: [.accuracy], epochs: 2, batchSize: 8,
        data: .csv("rows.csv", target: "label"), validation: \(validation), seed: 3)
      \(search.map { "model.search = Search(\($0))" } ?? "")

      """
    try source.write(toFile: folder + "/model.swift", atomically: true, encoding: .utf8)
    var compile = CompileOptions(model: folder + "/model.swift")
    compile.output = folder + "/tune"
    compile.threads = 1
    return TuneOptions(compile: compile)
  }

  private static let two = """
    let units = Hyperparameter.int("units", in: 2...4, step: 2)
    let rate = Hyperparameter.float("rate", in: 0.01...1, scale: .logarithmic, default: 0.1)
    """

  private func search(_ options: TuneOptions) async throws -> (table: String, progress: [String]) {
    var lines: [String] = []
    let table = try await Tuner(options).run { lines.append($0) }
    return (table, lines)
  }

  private func failure(_ options: TuneOptions) async throws -> String {
    let failure = await #expect(throws: CompileFailure.self) { _ = try await search(options) }
    return failure?.rendered(colour: false).replacingOccurrences(of: folder + "/", with: "") ?? ""
  }

  @Test func gridRanksEveryCombinationAndResumes() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = try options(Self.two, search: ".grid(points: 2), objective: .minimize(.validationLoss)")
    let (table, progress) = try await search(options)
    #expect(progress.count == 4)
    #expect(progress[0].hasPrefix("trial 1/4: rate=0.01 units=2 - val_loss: 0."))
    let log = folder + "/tune/trials.jsonl"
    let whole = try String(contentsOfFile: log, encoding: .utf8)
    let trials = try whole.split(separator: "\n").dropFirst().map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let losses = trials.compactMap { $0["objective"] as? Double }
    #expect(Set(losses).count == 4)
    let best = try #require(losses.min())
    let number = try #require(losses.firstIndex(of: best)) + 1
    #expect(table.contains("best: trial \(number), val_loss \(String(format: "%.6g", best))\n"), "\(table)")

    // The values that are shown make the model that was the best.
    let command = try #require(table.split(separator: "\n").last).split(separator: " ")
    let settings = command.enumerated().filter { command[max($0.offset - 1, 0)] == "--set" }.map(\.element)
    var compile = options.compile
    for setting in settings {
      let parts = setting.split(separator: "=")
      compile.hyperparameters[String(parts[0])] = .string(String(parts[1]))
    }
    #expect(compile.hyperparameters.count == 2)
    let program = try #require(try await Compiler.compile(compile).executable)
    let epochs = folder + "/epochs.jsonl"
    _ = try Program.run(program, ["train", "--log-json", epochs, "--checkpoint", folder + "/w"])
    #expect(
      try String(contentsOfFile: epochs, encoding: .utf8).contains("\"val_loss\": \(String(format: "%.9g", best)),"))

    // A log whose end was cut off goes on with the trial that is missing, and ends as before.
    try await #expect(failure(options).hasPrefix("error: tune/trials.jsonl holds 4 trials of a search\n"))
    try String(whole.dropLast(40)).write(toFile: log, atomically: true, encoding: .utf8)
    options.resumes = true
    let resumed = try await search(options)
    #expect(resumed.progress.count == 1 && resumed.progress[0].hasPrefix("trial 4/4: rate=1 units=4"))
    #expect(resumed.table.contains("best: trial \(number), val_loss \(String(format: "%.6g", best))\n"))
    options.seed = 9
    try await #expect(failure(options).hasPrefix("error: tune/trials.jsonl is the log of another search\n"))
  }

  @Test func failedTrialsAreNamed() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let declarations = """
      let units = Hyperparameter.int("units", in: 2...3)
      let rate = 1e30
      """
    var options = try options(
      declarations, search: ".random(trials: 2), objective: .maximize(.validation(.accuracy))", last: "")
    options.trials = 5
    let text = try await failure(options)
    #expect(text.hasPrefix("model.swift:8:16: error: all 2 trials failed\n"), "\(text)")
    #expect(text.contains("note: the first: "))
    #expect(text.contains("not finite"))
    let log = try String(contentsOfFile: folder + "/tune/trials.jsonl", encoding: .utf8)
    #expect(log.split(separator: "\n").count == 3)
  }

  @Test func whatCannotBeSearched() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let one = "objective: .minimize(.validationLoss)"
    try await #expect(
      failure(options(Self.two, search: nil)).hasPrefix(
        "model.swift:4:13: error: the model \"small\" does not say how it is searched\n"))
    try await #expect(
      failure(options("let (units, rate) = (2, 0.1)", search: ".grid, \(one)")).hasPrefix(
        "model.swift:7:16: error: the model \"small\" has no hyper-parameters to search\n"))
    try await #expect(
      failure(options(Self.two, search: ".grid, \(one)", validation: ".none")).hasPrefix(
        "model.swift:8:16: error: the search looks at val_loss, but training keeps no rows for validation\n"))
    let missing = try options(Self.two, search: ".grid(points: 1), objective: .maximize(.validation(.auc))")
    let text = try await failure(missing)
    #expect(text.contains("model.swift:8:16: error: a grid needs at least 2 points of a range, got 1\n"))
    #expect(
      text.contains(
        "error: the search looks at val_auc, which training does not compute; it has loss, val_loss, val_accuracy\n"))
    var forbidden = try options(Self.two, search: ".grid, \(one)")
    forbidden.arguments = ["--checkpoint=w"]
    try await #expect(
      failure(forbidden).hasPrefix("error: --checkpoint cannot be given to the trainings of a search\n"))
    forbidden.arguments = ["--nonsense"]
    try await #expect(failure(forbidden).contains("--nonsense"))
  }
}
