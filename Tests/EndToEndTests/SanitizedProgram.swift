import CompilerDriver
import Foundation
import KernelIR

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

  /// Runs a C program around the C of a model named `m`, both with sanitizers, and returns what it prints. `main` finds the model's
  /// headers; it is given the path of a file that it may write.
  static func embedding(
    _ model: String, in main: String, compiler: String = "clang", element: ElementType = .f32,
    inferenceOnly: Bool = false,
    defines: [String] = []
  ) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    try model.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    try ("#define _POSIX_C_SOURCE 200809L\n" + main).write(
      toFile: path("main.c"), atomically: true, encoding: .utf8)
    var options = CompileOptions(model: path("model.swift"))
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    options.element = element
    options.inferenceOnly = inferenceOnly
    _ = try await Compiler.compile(options)
    _ = try Program.run(
      "/usr/bin/env",
      [
        compiler, "-std=c99", "-O0", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
        "-fsanitize=address,undefined",
      ] + defines.map { "-D" + $0 } + [
        path("main.c"), path("m.c"), path("m_io.c"), "-I" + folder.path, "-lm", "-pthread", "-o", path("program"),
      ])
    return try Program.run(path("program"), [path("file")])
  }
}
