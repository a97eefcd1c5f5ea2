import CompilerDriver
import Foundation

extension Program {
  /// Compiles a model named `m` from the text of its model.swift to a program with Address- and UndefinedBehaviorSanitizer
  /// in `folder`, and returns its path.
  static func sanitized(_ text: String, in folder: URL) async throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let model = folder.appendingPathComponent("model.swift")
    try text.write(to: model, atomically: true, encoding: .utf8)
    var options = CompileOptions(model: model.path)
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    let executable = folder.appendingPathComponent("m").path
    let sources = ["m.c", "m_io.c", "m_main.c"].map { folder.appendingPathComponent($0).path }
    _ = try Program.run(
      "/usr/bin/env",
      [
        "clang", "-std=c99", "-O0", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I",
        folder.path, "-DM_MODEL_FOLDER=\"\(folder.path)\"", "-o", executable,
      ] + sources + ["-lm"])
    return executable
  }
}
