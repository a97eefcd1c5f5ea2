import Diagnostics
import FoundationEssentials
import Glibc
import Subprocess

/// The program that model.swift becomes.
struct ModelProgram: Sendable {
  var path: String

  /// Compiles `file` into `path`; a reader of the cache never sees half a program.
  static func compile(_ file: String, into path: String, with toolchain: Toolchain) async throws(LoadingFailure)
    -> ModelProgram
  {
    let partial = path + ".\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    let arguments = [
      "-swift-version", "5", "-Onone", "-g", "-module-name", "ModelProgram", "-I", toolchain.modules,
      "-L", toolchain.libraries, "-lDLC", "-Xlinker", "-rpath", "-Xlinker", toolchain.libraries, file, "-o", partial,
    ]
    let said: String
    let succeeded: Bool
    do {
      let result = try await Subprocess.run(
        .path(.init(toolchain.swiftc)), arguments: Arguments(arguments), output: .discarded,
        error: .string(limit: 4 << 20))
      said = result.standardError
      succeeded = result.terminationStatus.isSuccess
    } catch {
      throw LoadingFailure("cannot run \(toolchain.swiftc): \(error)")
    }
    if !succeeded { throw Self.failure(said, of: file, toolchain) }
    // One step, whoever else compiles the same model at this moment: both programs are good.
    guard rename(partial, path) == 0 else {
      throw LoadingFailure("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    return ModelProgram(path: path)
  }

  /// What swiftc's refusal means.
  static func failure(_ said: String, of file: String, _ toolchain: Toolchain) -> LoadingFailure {
    let otherCompiler = [
      "cannot be imported by the Swift", "malformed compiled module", "compiled module was created by",
    ]
    let lines = said.split(separator: "\n").map(String.init)
    if let reason = lines.first(where: { line in otherCompiler.contains { line.contains($0) } }) {
      return LoadingFailure(
        "\(toolchain.swiftc) is another Swift compiler than the one that built dlc",
        notes: ["swiftc says: \(reason)", "build dlc again with this compiler, or put the other one first on PATH"])
    }
    return LoadingFailure(
      diagnostics: [Diagnostic(.error, "\(SourceLocation(file: file, line: 1, column: 1).fileName) does not compile")],
      compilerOutput: said)
  }
}
