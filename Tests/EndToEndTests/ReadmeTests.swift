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

  /// The callback of an audio program, called with blocks of several sizes, and the whole sequence at once.
  @Test func callbackStreams() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { [folder] (file: String) in folder.appendingPathComponent(file).path }
    let line = try #require(readme.split(separator: "\n").first { $0.hasPrefix("`Model(\"filter\"") })
    try "import DLC\nlet model = \(line.dropFirst().dropLast())\n".write(
      toFile: path("model.swift"), atomically: true, encoding: .utf8)
    var options = CompileOptions(model: path("model.swift"))
    options.output = folder.path
    options.emission = .c
    options.inferenceOnly = true
    _ = try await Compiler.compile(options)
    let callback = try #require(blocks(of: "c").first { $0.contains("filter_stream") })
    try """
    #include "filter.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    \(callback)
    int main(void) {
      static float in[256], out[256], whole[256];
      void *memory[2];
      filter_parameters *parameters;
      filter_context *context;
      for (int i = 0; i < 256; i++) in[i] = sinf(0.3f * (float)i);
      if (posix_memalign(&memory[0], 64, FILTER_PARAMETERS_BYTES) || posix_memalign(&memory[1], 64, FILTER_CONTEXT_BYTES(1))) return 1;
      if (filter_parameters_init(memory[0], FILTER_PARAMETERS_BYTES, 1, &parameters)) return 2;
      if (filter_context_init(memory[1], FILTER_CONTEXT_BYTES(1), &(filter_config){.max_rows = 1}, &context)) return 3;
      if (filter_predict(context, parameters, 1, &(filter_inputs){in}, &(filter_outputs){whole})) return 4;
      for (size_t done = 0, size = 1; done < 256; done += size, size = size % 50 + 7) {
        if (size > 256 - done) size = 256 - done;
        process(context, parameters, size, in + done, out + done);
      }
      for (int i = 0; i < 256; i++) if (!(fabsf(out[i] - whole[i]) < 1e-5f)) return 5;
      return 0;
    }
    """.write(toFile: path("main.c"), atomically: true, encoding: .utf8)
    _ = try Program.run(
      "/usr/bin/env",
      [
        "clang", "-O2", "-D_POSIX_C_SOURCE=200809L", path("main.c"), path("filter.c"), "-I" + folder.path, "-lm", "-o",
        path("program"),
      ])
    #expect(try Program.status(path("program"), []) == 0)
  }

  @Test func programTrainsAndPredicts() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = CompileOptions(model: ExampleTests.root.appendingPathComponent("Examples/digits/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    options.emission = .c
    _ = try await Compiler.compile(options)
    let main = folder.appendingPathComponent("main.c").path
    try #require(blocks(of: "c").first { $0.contains("int main") }).write(
      toFile: main, atomically: true, encoding: .utf8)
    let program = folder.appendingPathComponent("program").path
    _ = try Program.run(
      "/usr/bin/env", ["clang", "-O2", main, folder.path + "/digits.c", "-I" + folder.path, "-lm", "-o", program])
    let said = try Program.run(program, [])
    let probability = try #require(said.split(separator: " ").last.flatMap { Double($0.dropLast()) })
    #expect(said.contains("step 200: loss 0.0"))
    #expect(probability > 0.9)
  }
}
