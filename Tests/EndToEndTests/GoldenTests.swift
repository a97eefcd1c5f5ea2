import CompilerDriver
import Foundation
import Testing

/// What dlc makes of each example is what lies in Generated, byte for byte, and compiles without a warning.
/// `make golden` rewrites it.
@Suite struct GoldenTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  @Test(arguments: ["breast_cancer", "characters", "diabetes", "digits", "digits_cnn"])
  func generatesTheSame(name: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = CompileOptions(model: ExampleTests.root.appendingPathComponent("Examples/\(name)/model.swift").path)
    options.output = folder.path
    options.emission = .c
    _ = try await Compiler.compile(options)
    let golden = ExampleTests.root.appendingPathComponent("Generated/\(name)").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(files == (try FileManager.default.contentsOfDirectory(atPath: golden).sorted()))
    for file in files {
      let generated = FileManager.default.contents(atPath: folder.appendingPathComponent(file).path)
      #expect(generated == FileManager.default.contents(atPath: golden + "/" + file), "\(name)/\(file)")
    }
  }

  /// Some warnings come of what an optimizer finds out, so it runs.
  @Test(
    arguments: ["breast_cancer", "characters", "diabetes", "digits", "digits_cnn", "shapes"],
    ["gcc -O2", "gcc -O3 -march=native", "clang -O2"])
  func compilesWithoutWarnings(name: String, compiler: String) throws {
    let golden = ExampleTests.root.appendingPathComponent("Generated/\(name)").path
    let command = compiler.components(separatedBy: " ") + CCompiler.strictness
    for source in try FileManager.default.contentsOfDirectory(atPath: golden) where source.hasSuffix(".c") {
      _ = try Program.run("/usr/bin/env", command + ["-c", "\(golden)/\(source)", "-o", "/dev/null"])
    }
  }
}
