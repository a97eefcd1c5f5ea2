import CompilerDriver
import Foundation
import Testing

/// What README.md shows is what there is.
@Suite struct ReadmeTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
  let readme: String

  init() throws { readme = try Self.text("README.md") }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: ExampleTests.root.appendingPathComponent(path), encoding: .utf8)
  }

  private func blocks(of language: String) -> [String] {
    readme.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  @Test func modelIsTheExample() throws {
    #expect(blocks(of: "swift") == [try Self.text("Examples/digits/model.swift")])
  }

  @Test func layerIsGenerated() throws {
    let layer = try #require(blocks(of: "c").first)
    #expect(try Self.text("Generated/digits/digits.c").contains(layer))
  }

  @Test func programTrainsAndPredicts() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = CompileOptions(model: ExampleTests.root.appendingPathComponent("Examples/digits/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    let main = folder.appendingPathComponent("main.c").path
    try #require(blocks(of: "c").last).write(toFile: main, atomically: true, encoding: .utf8)
    let program = folder.appendingPathComponent("program").path
    _ = try Program.run(
      "/usr/bin/env", ["clang", "-O2", main, folder.path + "/digits.c", "-I" + folder.path, "-lm", "-o", program])
    let said = try Program.run(program, [])
    let probability = try #require(said.split(separator: " ").last.flatMap { Double($0.dropLast()) })
    #expect(said.contains("step 200: loss 0.0"))
    #expect(probability > 0.9)
  }
}
