import Diagnostics
import Foundation
import GraphIR

@testable import ModelLoading

/// A model.swift in a folder of its own, removed at the end.
final class ModelFile {
  let folder: String
  var path: String { folder + "/model.swift" }

  init(_ source: String) throws {
    folder = FileManager.default.temporaryDirectory.path + "/dlc-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try source.write(toFile: path, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The folder that holds libDLC: where the running test program lies.
  static var executableFolder: String {
    let running = URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent().path
    let package = URL(filePath: #filePath).appending(path: "../../../.build/debug").standardized.path
    return [running, package].first { FileManager.default.fileExists(atPath: $0 + "/libDLC.so") } ?? running
  }

  func load(
    hyperparameters: [String: HyperparameterRecord.Value] = [:], requireTraining: Bool = false,
    useCache: Bool = false, timeLimit: Duration = .seconds(300)
  ) async throws(LoadingFailure) -> ModelDescription {
    try await ModelLoader.load(
      modelFile: path, executableFolder: Self.executableFolder, hyperparameters: hyperparameters,
      requireTraining: requireTraining, useCache: useCache, timeLimit: timeLimit)
  }

  /// The failure of loading as it is printed, without source lines; empty if the model loads.
  func failure(requireTraining: Bool = false, timeLimit: Duration = .seconds(300)) async -> String {
    do throws(LoadingFailure) {
      _ = try await load(requireTraining: requireTraining, timeLimit: timeLimit)
      return ""
    } catch {
      return DiagnosticRenderer().render(error.diagnostics) + (error.compilerOutput ?? "")
    }
  }
}
