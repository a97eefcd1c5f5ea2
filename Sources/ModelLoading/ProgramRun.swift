import Diagnostics
import FoundationEssentials
import GraphIR
import Operators
import Subprocess

/// One run of a model program.
struct ProgramRun: Sendable {
  var program: ModelProgram
  /// model.swift, as messages name it.
  var file: String
  /// A JSON object of values by name; empty for the defaults.
  var hyperparameters: String
  var timeLimit: Duration

  /// Runs the program and reads what it wrote. Its standard output goes where dlc's goes.
  func output() async throws(LoadingFailure) -> ModelProgramOutput {
    let path = FileManager.default.temporaryDirectory.path + "/dlc-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let ending = try await run(writingTo: path)
    if !ending.status.isSuccess { throw failure(ending) }
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      return ModelProgramOutput(diagnostics: [], models: [])
    }
    let decoder = JSONDecoder()
    decoder.userInfo[.operators] = OperatorRegistry.byName
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(ModelProgramOutput.self, from: data)
    } catch {
      throw LoadingFailure("cannot read what \(name) wrote: \(error)", notes: ["this is a fault of dlc's own"])
    }
  }

  private struct Ending: Sendable {
    var status: TerminationStatus
    var standardError: String
  }

  private var name: String { file.split(separator: "/").last.map(String.init) ?? file }

  private func run(writingTo path: String) async throws(LoadingFailure) -> Ending {
    let ending: Ending?
    do {
      ending = try await withThrowingTaskGroup(of: Ending?.self) { group in
        group.addTask { try await launch(writingTo: path) }
        group.addTask {
          try await Task.sleep(for: timeLimit)
          return nil
        }
        defer { group.cancelAll() }
        if let ending = try await group.next() ?? nil { return ending }
        // Cancelling kills the program; one that ended in time, which a busy machine notices late, still says how.
        group.cancelAll()
        let late = try await group.next() ?? nil
        return late?.status == .signaled(9) ? nil : late
      }
    } catch {
      throw LoadingFailure("cannot run \(name): \(error)")
    }
    guard let ending else {
      throw LoadingFailure(
        "\(name) ran for more than \(timeLimit.components.seconds) seconds and was stopped",
        notes: ["it should only declare the model; is there a loop that does not end?"])
    }
    return ending
  }

  private func launch(writingTo path: String) async throws -> Ending {
    var environment: [Environment.Key: String?] = [
      .init(stringLiteral: ModelProgramOutput.pathVariable): path, "SWIFT_BACKTRACE": Self.backtrace,
    ]
    environment[.init(stringLiteral: ModelProgramOutput.hyperparametersVariable)] = .some(
      hyperparameters.isEmpty ? nil : hyperparameters)
    let result = try await Subprocess.run(
      .path(.init(program.path)), environment: .inherit.updating(environment),
      output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false), error: .string(limit: 1 << 20))
    if result.terminationStatus.isSuccess, !result.standardError.isEmpty {
      StandardError.pass(on: result.standardError)
    }
    return Ending(status: result.terminationStatus, standardError: result.standardError)
  }

  /// Swift's own report of a crash, as short as it goes.
  private static let backtrace = "enable=yes,color=no,interactive=no,threads=crashed,images=none,limit=64,timeout=5s"

  /// A crash is reported where model.swift was at the time, whoever found the fault.
  private func failure(_ ending: Ending) -> LoadingFailure {
    let lines: [String] = ending.standardError.split(separator: "\n").map(String.init)
    let said: [String] = Array(lines.prefix { !$0.hasPrefix("*** ") })
    let notes: [String] = said.filter { !$0.contains("Fatal error") }.suffix(20)
    for line in said {
      guard let range = line.firstRange(of: "Fatal error") else { continue }
      return LoadingFailure("\(name) crashed: \(line[range.lowerBound...])", at: place(in: lines), notes: notes)
    }
    switch ending.status {
    case .exited(let code): return LoadingFailure("\(name) ended with status \(code)", notes: notes)
    case .signaled(let signal):
      let meaning = signal == 11 ? ", which a recursion without end also leads to" : ""
      return LoadingFailure("\(name) crashed with signal \(signal)\(meaning)", at: place(in: lines), notes: notes)
    }
  }

  /// The innermost frame of a backtrace that lies in model.swift: `3 main + 312 in program at /path/model.swift:4:8`.
  private func place(in lines: [String]) -> SourceLocation {
    for line in lines {
      guard let range = line.firstRange(of: " at \(file):") else { continue }
      let numbers = line[range.upperBound...].split(separator: ":").compactMap { Int($0) }
      if let number = numbers.first {
        return SourceLocation(file: file, line: number, column: numbers.dropFirst().first ?? 1)
      }
    }
    return .unknown
  }
}
