import CCodegen
import Foundation
import Subprocess

/// clang or gcc.
public struct CCompiler {
  let path: String

  /// The compiler of that name or path, or else the first that there is.
  static func find(_ wanted: String?) throws(CompileFailure) -> CCompiler {
    for name in wanted.map({ [$0] }) ?? ["clang", "gcc", "cc"] {
      if let path = locate(name) { return CCompiler(path: path) }
    }
    if let wanted {
      throw CompileFailure(.model, "no C compiler \(wanted)", notes: ["--cc takes clang, gcc or a path"])
    }
    throw CompileFailure(
      .model, "no C compiler: neither clang nor gcc is there",
      notes: ["install one (on Debian: apt-get install clang), or name one with --cc PATH"])
  }

  private static func locate(_ name: String) -> String? {
    if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
    return (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
      .split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// One program out of C files.
  struct Job {
    var sources: [String]
    var executable: String
    var march: String
    /// Names and values, which are C expressions.
    var macros: [(name: String, value: String)]
    var libraries: [String]
    var flags: [String]

    var arguments: [String] {
      ["-std=c99"] + flags + ["-march=\(march)"] + macros.map { "-D\($0.name)=\($0.value)" } + sources
        + ["-o", executable] + libraries.map { "-l\($0)" }
    }
  }

  /// The flags for what is kept. clang makes the same loops of it with `-O2` as with `-O3`, since those over registers are marked
  /// (`NAME_UNROLL`), and is done in two thirds of the time; gcc leaves more loops without vectors.
  var optimization: [String] {
    [URL(fileURLWithPath: path).lastPathComponent.contains("clang") ? "-O2" : "-O3"] + BuildFiles.vectorFlags
  }

  /// Whether there is a compiler of this name or path.
  public static func isPresent(_ name: String) -> Bool { locate(name) != nil }

  /// What the generated C is promised to pass.
  public static let strictness = [
    "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wstrict-prototypes",
    "-Wmissing-prototypes", "-Werror",
  ]

  /// Makes a shared object that runs for a moment only, with every warning of the C that dlc promises an error.
  public static func buildSharedObject(
    _ object: String, from source: String, compiler: String, libraries: [String]
  ) async throws(CompileFailure) {
    try await find(compiler).run(
      Job(
        sources: [source], executable: object, march: "native", macros: [], libraries: libraries,
        flags: ["-O1", "-shared", "-fPIC"] + strictness + ["-Wno-unused-function"]))
  }

  /// Compiles and links. What the C compiler says is part of the failure.
  func run(_ job: Job) async throws(CompileFailure) {
    let said: String
    do {
      let result = try await Subprocess.run(
        .path(.init(path)), arguments: Arguments(job.arguments), output: .discarded, error: .string(limit: 1 << 20))
      if result.terminationStatus.isSuccess { return }
      said = result.standardError
    } catch {
      throw CompileFailure(.model, "cannot run \(path): \(error)")
    }
    if said.contains("cblas.h") || said.contains("openblas") {
      throw CompileFailure(
        .model, "this model multiplies matrices with OpenBLAS, which is not installed",
        notes: ["on Debian: apt-get install libopenblas-dev", "--gemm builtin needs no library"])
    }
    if said.contains("target CPU") || said.contains("-march=") {
      throw CompileFailure(
        .usage, "\(path) does not know the processor \(job.march)",
        notes: ["--march native compiles for this one; \(path) --print-supported-cpus lists clang's"])
    }
    throw CompileFailure(
      .fault, "\(path) rejects the generated C", notes: [said.isEmpty ? "it does not say why" : said])
  }
}
