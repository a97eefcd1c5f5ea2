import Foundation
import GraphIR
import ModelLoading

/// What an executable was made of, kept beside it as `.NAME.built`: what is unchanged costs no time of the C compiler's.
struct BuildRecord {
  private let executable: String
  private let path: String
  private let ingredients: String

  /// - Parameter sources: the contents of all files that the job compiles or includes.
  init(_ job: CCompiler.Job, compiler: CCompiler, sources: [String], in folder: OutputFolder, named name: String) {
    executable = job.executable
    path = folder.path(of: ".\(name).built")
    var parts = sources + job.arguments + [fileIdentity(compiler.path)]
    if job.march == "native" { parts.append(Self.processor) }
    ingredients = fingerprint(of: parts.map { Array($0.utf8) })
  }

  /// Whether the executable is there as it was made, of the same things.
  var isCurrent: Bool {
    guard let known = FileManager.default.contents(atPath: path), let now = contents else { return false }
    return known == Data(now.utf8)
  }

  /// To be called before the executable changes.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// A record that cannot be kept costs only time.
  func keep() { try? contents?.write(toFile: path, atomically: true, encoding: .utf8) }

  private var contents: String? {
    FileManager.default.contents(atPath: executable).map { ingredients + " " + fingerprint(of: [Array($0)]) + "\n" }
  }

  /// Tells processors for which `-march=native` may mean something else.
  static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    return ["model name", "flags", "Features"].compactMap { key in lines.first { $0.hasPrefix(key) } }
      .joined(separator: "\n")
  }
}
