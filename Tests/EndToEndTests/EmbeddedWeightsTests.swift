import CompilerDriver
import Foundation
import Testing

/// `--embed-weights`: the program that has the weights in it does what the same weights do from a file.
@Suite(.serialized) final class EmbeddedWeightsTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
  private static let example = ExampleTests.root.appendingPathComponent("Examples/diabetes").path
  private static let data = example + "/diabetes.csv"

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func options(_ output: String, embed: String? = nil) -> CompileOptions {
    var options = CompileOptions(model: Self.example + "/model.swift")
    options.output = path(output)
    options.gemm = .builtin
    options.embeddedWeights = embed
    return options
  }

  private func checkpoint() async throws -> (program: String, weights: String) {
    let program = try #require(try await Compiler.compile(options("plain")).executable)
    let weights = path("w.safetensors")
    _ = try Program.run(program, ["train", "--data", Self.data, "--epochs", "2", "--checkpoint", weights])
    return (program, weights)
  }

  @Test func predictsAndEvaluatesWithoutAFile() async throws {
    let (plain, weights) = try await checkpoint()
    let embedded = try #require(try await Compiler.compile(options("embedded", embed: weights)).executable)
    for command in ["evaluate", "predict"] {
      #expect(
        try Program.run(embedded, [command, "--data", Self.data])
          == Program.run(plain, [command, "--data", Self.data, "--weights", weights]))
    }
    #expect(try Program.misuse(plain, ["predict", "--data", Self.data]) == "error: predict needs --weights FILE\n")
    for compiler in ["gcc", "clang"] {
      _ = try Program.run(
        "/usr/bin/env",
        [compiler] + CCompiler.strictness + ["-O1", "-fsyntax-only"]
          + ["diabetes.c", "diabetes_weights.c", "diabetes_main.c"].map { path("embedded/" + $0) })
    }
  }

  /// As firmware has it: no file, and no memory for weights; a copy in memory is what was compiled in.
  @Test func isUsedFromC() async throws {
    let (_, weights) = try await checkpoint()
    var compiling = options("library", embed: weights)
    compiling.emission = .c
    _ = try await Compiler.compile(compiling)
    let main = """
      #include "diabetes.h"
      #include <stdio.h>
      static union { double aligner; unsigned char bytes[DIABETES_CONTEXT_BYTES(1) + DIABETES_PARAMETERS_BYTES + 128]; } memory;
      int main(void) {
        static const float x[10] = {0.1f};
        float fixed[1], copied[1];
        unsigned char *at = memory.bytes + (64 - (uintptr_t)memory.bytes % 64) % 64;
        diabetes_context *context;
        diabetes_parameters *copy;
        if (diabetes_context_init(at, DIABETES_CONTEXT_BYTES(1), &(diabetes_config){.max_rows = 1}, &context)) return 2;
        at += (DIABETES_CONTEXT_BYTES(1) + 63) / 64 * 64;
        if (diabetes_parameters_init_embedded(at, DIABETES_PARAMETERS_BYTES, &copy)) return 3;
        if (diabetes_predict(context, diabetes_embedded(), 1, &(diabetes_inputs){x}, &(diabetes_outputs){fixed})) return 4;
        if (diabetes_predict(context, copy, 1, &(diabetes_inputs){x}, &(diabetes_outputs){copied})) return 5;
        printf("%d\\n", fixed[0] == copied[0] && fixed[0] != 0);
        return 0;
      }
      """
    try main.write(toFile: path("main.c"), atomically: true, encoding: .utf8)
    _ = try Program.run(
      "/usr/bin/env",
      ["clang", "-std=c99", "-O1", "-I" + path("library"), path("main.c")]
        + ["diabetes.c", "diabetes_weights.c"].map { path("library/" + $0) } + ["-lm", "-o", path("program")])
    #expect(try Program.run(path("program"), []) == "1\n")
  }

  /// A language model that was trained on text generates, evaluates and predicts with nothing but itself; C reads its tokens.
  @Test(arguments: ["byte", "character", "word"])
  func vocabularyIsInTheProgram(tokens: String) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = String(repeating: "What?? \\ \"\u{E9}\"\n4 a tab\t", count: 20)
    try text.write(toFile: path("text.txt"), atomically: true, encoding: .utf8)
    try """
    import DLC
    let model = Model("m", input: .tokens(length: 8)) {
      Embedding(vocabulary: 256, dimension: 8)
      GRU(8, returnSequences: true)
      Dense(256)
    }
    model.training = Training(
      loss: .sparseCategoricalCrossentropy(fromLogits: true), optimizer: .adam(learningRate: 0.02), epochs: 4, batchSize: 8,
      data: .text("text.txt", tokens: .\(tokens)))

    """.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
    func compiled(_ output: String, embed: String? = nil) async throws -> String {
      var options = CompileOptions(model: path("model.swift"))
      options.output = path(output)
      options.gemm = .builtin
      options.embeddedWeights = embed
      return try #require(try await Compiler.compile(options).executable)
    }
    let plain = try await compiled("plain")
    let weights = path("w.safetensors")
    _ = try Program.run(plain, ["train", "--checkpoint", weights])
    let embedded = try await compiled("embedded", embed: weights)
    for words in [
      ["generate", "--length", "90", "--seed", "5"], ["generate", "--prompt", "a tab", "--temperature", "0"],
      ["evaluate", "--data", path("text.txt")], ["predict", "--data", path("text.txt")],
    ] {
      let expected = try Program.bytes(plain, words + ["--weights", weights])
      #expect(try Program.bytes(embedded, words) == expected && !expected.isEmpty, "\(words)")
    }
    try """
    #include "m.h"
    #include <stdio.h>
    int main(void) {
      printf("%s %zu\\n", m_token_kind(), m_token_count());
      for (size_t i = 0; i <= m_token_count(); i++) {
        size_t length = 7;
        const char *const text = m_token_text(i, &length);
        if (text != m_token_text(i, NULL) || text[length]) return 1;
        fwrite(text, 1, length, stdout);
        putchar('|');
      }
      return 0;
    }

    """.write(toFile: path("main.c"), atomically: true, encoding: .utf8)
    for compiler in ["gcc", "clang"] {
      _ = try Program.run(
        "/usr/bin/env",
        [compiler] + CCompiler.strictness + ["-O1", "-I" + path("embedded"), path("main.c")]
          + ["m.c", "m_weights.c"].map { path("embedded/" + $0) } + ["-lm", "-o", path("program")])
      _ = try Program.run(
        "/usr/bin/env", [compiler] + CCompiler.strictness + ["-O1", "-fsyntax-only", path("embedded/m_main.c")])
    }
    let said = try Program.bytes(path("program"), [])
    let listed =
      switch tokens {
      case "byte": "byte 256\n".utf8 + (0...UInt8.max).flatMap { [$0, UInt8(ascii: "|")] } + "|".utf8
      case "word": Array("word 10\n||\"|?|4|\\|a|tab|what|\u{E9}||".utf8)
      default: Array("character 15\n|| |a|\"|?|t|\t|\n|4|W|\\|b|h|\u{E9}||".utf8)
      }
    #expect(Array(said) == listed, "\(String(decoding: said, as: UTF8.self))")
  }

  private func failure(_ file: String) async throws -> String {
    var compiling = options("none", embed: file)
    compiling.emission = .c
    let failure = await #expect(throws: CompileFailure.self) { try await Compiler.compile(compiling) }
    return failure?.diagnostics.first?.message ?? ""
  }

  @Test func saysWhatIsWrongWithTheFile() async throws {
    let (_, weights) = try await checkpoint()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    func write(_ data: Data) throws -> String {
      try data.write(to: URL(fileURLWithPath: path("x")))
      return path("x")
    }
    #expect(try await failure(path("none.safetensors")).contains("none.safetensors: no such file"))
    #expect(try await failure(write(Data())).hasSuffix("not a valid safetensors file: it has 0 bytes"))
    #expect(try await failure(write(Data(repeating: 255, count: 99))).hasSuffix("is longer than 100000000 bytes"))
    let cut = try await failure(write(bytes.dropLast(4)))
    #expect(cut.contains("not a valid safetensors file: tensors need ") && cut.hasSuffix(" are there"))
    func model(_ header: String, _ count: Int) -> Data {
      let length = UInt64(header.utf8.count)
      return Data((0..<8).map { UInt8(length >> (8 * UInt64($0)) & 255) }) + Data(header.utf8) + Data(count: count)
    }
    #expect(
      try await failure(write(model("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8)))
        .contains("it has no tensor "))
    #expect(
      try await failure(
        write(model("{\"normalization/mean\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8))
      ).hasSuffix("normalization/mean has shape [2], but the model's has [10]"))
    #expect(
      try await failure(write(model("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,8]}}", 8)))
        .hasSuffix("the offsets of tensors overlap or leave a hole"))
    let twice = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"
    #expect(
      try await failure(write(model("{\(twice),\(twice.replacing("a\"", with: "\\u0061\"", maxReplacements: 1))}", 8)))
        .hasSuffix("the header has a twice"))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes[8 + length] ^= 1
    #expect(try await failure(write(bytes)).hasSuffix("are damaged: their checksum is wrong"))
  }

  /// An unchanged executable is kept; one of other options, or that somebody changed, is made again.
  @Test func unchangedExecutableIsKept() async throws {
    func made(_ change: (inout CompileOptions) -> Void = { _ in }) async throws -> Date? {
      var options = options("kept")
      change(&options)
      let executable = try #require(try await Compiler.compile(options).executable)
      return try FileManager.default.attributesOfItem(atPath: executable)[.modificationDate] as? Date
    }
    _ = try await made()
    let old = Date(timeIntervalSince1970: 1_000_000)
    func age() throws {
      try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path("kept/diabetes"))
    }
    try age()
    #expect(try await made() == old)
    #expect(try await made { $0.optimize = false } != old)
    try age()
    #expect(try await made { $0.optimize = false } == old)
    _ = try await made()
    try "broken".write(toFile: path("kept/diabetes"), atomically: true, encoding: .utf8)
    try age()
    #expect(try await made() != old)
  }
}
