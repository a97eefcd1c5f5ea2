import Diagnostics
import FoundationEssentials
import GraphIR

/// From model.swift to what it declares: compile it, run it, read what it wrote.
public enum ModelLoader {
  /// - Parameters:
  ///   - modelFile: the path of model.swift.
  ///   - executableFolder: where the running dlc lies; DLC is looked for beside it.
  ///   - hyperparameters: values that replace the defaults, by name.
  ///   - allowUndeclared: ignore values for hyper-parameters that the model does not have.
  ///   - requireTraining: the model must say how it is trained, and its data files must be there.
  ///   - useCache: an unchanged model.swift is not compiled again.
  public static func load(
    modelFile: String, executableFolder: String, hyperparameters: [String: HyperparameterRecord.Value] = [:],
    allowUndeclared: Bool = false, requireTraining: Bool = true, useCache: Bool = true,
    timeLimit: Duration = .seconds(30)
  ) async throws(LoadingFailure) -> ModelDescription {
    let environment = ProcessInfo.processInfo.environment
    let file = absolute(modelFile)
    guard let source = FileManager.default.contents(atPath: file) else {
      throw LoadingFailure("cannot read \(modelFile)", notes: ["dlc new NAME makes a model to start from"])
    }
    let toolchain = try Toolchain.find(executableFolder: executableFolder, path: environment["PATH"] ?? "")
    let cache = ModelCache(environment: environment)
    let cached = cache.program(source: source, file: file, toolchain: toolchain)
    var program = ModelProgram(path: useCache ? cached : cached + "-\(UUID().uuidString)")
    defer { if !useCache { try? FileManager.default.removeItem(atPath: program.path) } }
    if !FileManager.default.isExecutableFile(atPath: program.path) {
      cache.makeRoom()
      program = try await ModelProgram.compile(file, into: program.path, with: toolchain)
    }
    let run = ProgramRun(
      program: program, file: file, hyperparameters: json(hyperparameters), timeLimit: timeLimit)
    let output = try await run.output()
    let model = try onlyModel(of: output, modelFile)
    if !allowUndeclared { try check(model, hyperparameters: hyperparameters) }
    if requireTraining { try checkTraining(of: model, folder: folder(of: file)) }
    return model
  }

  private static func onlyModel(of output: ModelProgramOutput, _ file: String) throws(LoadingFailure)
    -> ModelDescription
  {
    if !output.diagnostics.isEmpty { throw LoadingFailure(diagnostics: output.diagnostics) }
    guard let model = output.models.first else {
      throw LoadingFailure(
        "\(file) declares no Model", notes: ["declare one: let model = Model(\"name\", input: [10]) { Dense(1) }"])
    }
    return model
  }

  private static func check(_ model: ModelDescription, hyperparameters: [String: HyperparameterRecord.Value])
    throws(LoadingFailure)
  {
    let known = model.hyperparameters.map(\.name)
    for name in hyperparameters.keys.sorted() where !known.contains(name) {
      let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
      throw LoadingFailure("\"\(name)\" is not a hyper-parameter of the model; \(list)", at: model.location)
    }
  }

  private static func checkTraining(of model: ModelDescription, folder: String) throws(LoadingFailure) {
    guard let training = model.training else {
      throw LoadingFailure(
        "the model \"\(model.name)\" does not say how it is trained", at: model.location,
        notes: ["set model.training = Training(loss: …), or compile with --inference-only"])
    }
    var files: [(String, SourceLocation)] = []
    if let data = training.data {
      files += data.files.map { ($0, data.location) }
    }
    if !training.validationFile.isEmpty { files.append((training.validationFile, training.location)) }
    var missing: [Diagnostic] = []
    for (file, location) in files {
      let places = file.hasPrefix("/") ? [file] : [folder + "/" + file, file]
      guard !places.contains(where: { FileManager.default.fileExists(atPath: $0) }) else { continue }
      missing.append(
        Diagnostic(
          .error, "the data file \"\(file)\" is not there", at: location,
          notes: [.note("looked for \(places.joined(separator: " and "))")]))
    }
    if !missing.isEmpty { throw LoadingFailure(diagnostics: missing) }
  }

  private static func json(_ values: [String: HyperparameterRecord.Value]) -> String {
    if values.isEmpty { return "" }
    let scalars = values.mapValues(HyperparameterScalar.init)
    return (try? JSONEncoder().encode(scalars)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  private static func folder(of file: String) -> String {
    String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
  }
}
