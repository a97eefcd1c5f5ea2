import CompilerDriver
import DataPacking
import Foundation
import Safetensors
import Testing

/// A packed text is to a program what the text itself is, and brings its vocabulary along.
@Suite(.serialized) final class PackedTextTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
  private static let dlc = ExampleTests.root.appendingPathComponent(".build/debug/dlc").path
  private static let text = String(repeating: "She sells sea shells, by the sea shore. \u{E9}!\n", count: 9)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

  private func write(_ text: String, _ file: String) throws {
    try text.write(toFile: path(file), atomically: true, encoding: .utf8)
  }

  private func pack(
    _ text: String, _ tokens: Vocabulary.Kind?, length: Int, _ change: (inout TextPacking) -> Void = { _ in }
  ) throws -> String {
    let output = path((text as NSString).deletingPathExtension + ".safetensors")
    var packing = TextPacking(text: path(text), output: output, length: length)
    packing.tokens = tokens
    change(&packing)
    _ = try packing.run()
    return output
  }

  private func model(_ body: String, length: Int, vocabulary: Int, loss: String, data: String) async throws -> String {
    try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: .tokens(length: \(length))) {
        Embedding(vocabulary: \(vocabulary), dimension: 8)
        \(body)
      }
      model.training = Training(loss: \(loss), optimizer: .adam(learningRate: 0.02), epochs: 2, batchSize: 4, data: \(data))

      """, in: folder)
  }

  private func language(_ tokens: String, _ data: String? = nil, length: Int = 8, network: String? = nil) async throws
    -> String
  {
    try write(Self.text, "book.txt")
    let vocabulary = tokens == "byte" ? 256 : tokens == "word" ? 9 : 18
    return try await model(
      network ?? "GRU(8, returnSequences: true); Dense(\(vocabulary))", length: length, vocabulary: vocabulary,
      loss: ".sparseCategoricalCrossentropy(fromLogits: true)", data: data ?? ".text(\"book.txt\", tokens: .\(tokens))")
  }

  private func checkpoint(_ program: String, _ data: String, _ options: [String] = []) throws -> Data {
    _ = try Program.run(program, ["train", "--data", data, "--checkpoint", path("w.safetensors")] + options)
    return try Data(contentsOf: folder.appendingPathComponent("w.safetensors"))
  }

  /// Weights, optimizer, sums of losses and vocabulary are bit for bit those that the text itself leads to, and the same on the rows for
  /// validation.
  @Test(arguments: [Vocabulary.Kind.byte, .character, .word])
  func trainsAsTheText(tokens: Vocabulary.Kind) async throws {
    let program = try await language(tokens.rawValue)
    let packed = try pack("book.txt", tokens, length: 8) {
      $0.validation = 0.25
      $0.mostTokens = tokens == .byte ? nil : tokens == .word ? 9 : 18
    }
    func validated(_ data: String, _ validation: String) throws -> (Data, [Double]) {
      let options = ["--validation", validation, "--log-json", path("log")]
      let saved = try checkpoint(program, data, options)
      let log = try String(contentsOfFile: path("log"), encoding: .utf8).split(separator: "\n")
      return (
        saved,
        try log.map { line in
          let epoch = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
          return try #require(epoch?["val_loss"] as? Double)
        }
      )
    }
    let (expected, losses) = try validated(path("book.txt"), "0.25")
    let (found, others) = try validated(packed, path("book_validation.safetensors"))
    #expect(found == expected && others == losses && losses.count == 2)

    // By these weights the program reads and writes text.
    let weights = ["--weights", path("w.safetensors")]
    #expect(try Program.run(program, ["evaluate", "--data", path("book.txt")] + weights).contains("loss="))
    #expect(try Program.run(program, ["generate", "--prompt", "sea", "--length", "5"] + weights).hasPrefix("sea"))
  }

  @Test func tokenBehindTheWindow() async throws {
    let program = try await language("character", network: "GRU(8); Dense(18)")
    let packed = try pack("book.txt", .character, length: 8) { ($0.next, $0.mostTokens) = (.last, 18) }
    #expect(try checkpoint(program, packed) == checkpoint(program, path("book.txt")))
  }

  /// A program that knows of packed rows alone has the vocabulary from them.
  @Test func vocabularyComesWithTheRows() async throws {
    try write(Self.text, "book.txt")
    let packed = try pack("book.txt", .character, length: 8) { $0.mostTokens = 18 }
    let program = try await language("character", ".safetensors(\"book.safetensors\")")
    _ = try checkpoint(program, packed)
    let weights = ["--weights", path("w.safetensors")]
    let evaluate = { try Program.run(program, ["evaluate", "--data", $0] + weights) }
    #expect(try evaluate(packed) == evaluate(path("book.txt")))

    // Another text has other numbers, unless it is packed by the same vocabulary.
    try write(Self.text.lowercased() + "mmmmmmmmmmmmmmmmmmmm", "other.txt")
    let other = try pack("other.txt", .character, length: 8) { $0.mostTokens = 18 }
    let said = try Program.failure(program, ["evaluate", "--data", other] + weights)
    #expect(
      said.contains("other.safetensors: its vocabulary is not that of \(path("w.safetensors")): they differ in token "))
    #expect(said.contains("dlc data --vocabulary-of FILE"))
    #expect(
      try Program.failure(program, ["train", "--data", packed, "--validation", other, "--checkpoint", path("v")])
        .contains("its vocabulary is not that of \(packed)"))
    _ = try pack("other.txt", nil, length: 8) { $0.vocabularyFile = self.path("w.safetensors") }
    #expect(try evaluate(other) == evaluate(path("other.txt")))
    _ = try pack("other.txt", .byte, length: 8)
    #expect(
      try Program.failure(program, ["evaluate", "--data", other] + weights)
        .contains("its tokens are of the kind 'byte', but those of \(path("w.safetensors")) of the kind 'character'"))
  }

  /// Labels of any numbers, and columns that the weights remember.
  @Test(arguments: [("0,1,1,0", ".binaryCrossentropy"), ("0.25,1,-2e-3,7", ".mse")])
  func labelledTexts(labels: String, loss: String) async throws {
    let texts = [
      "a dull film", "\"a fine, \"\"good\"\" day\"", "good and fine", "\"what a dull, dull, dull and bad day\"",
    ]
    let rows = zip(texts, labels.split(separator: ",")).map { "\($0),\($1)" }
    try write((["review,label"] + rows).joined(separator: "\n") + "\n", "reviews.csv")
    let packed = try pack("reviews.csv", .word, length: 6) { $0.columns = .init(text: "review", label: "label") }
    let activation = loss == ".mse" ? "linear" : "sigmoid"
    func results(_ data: String, _ file: String) async throws -> [String] {
      let program = try await model(
        "GlobalAveragePooling1D(); Dense(1, activation: .\(activation))", length: 6, vocabulary: 16, loss: loss,
        data: data)
      _ = try checkpoint(program, file)
      return try ["evaluate", "predict"].flatMap { command in
        try [packed, path("reviews.csv")].map {
          try Program.run(program, [command, "--data", $0, "--weights", path("w.safetensors")])
        }
      }
    }
    let expected = try await results(
      ".text(\"reviews.csv\", tokens: .word, text: \"review\", label: \"label\")", path("reviews.csv"))
    #expect(expected[0] == expected[1] && expected[2] == expected[3])
    #expect(try await results(".safetensors(\"reviews.safetensors\")", packed) == expected)

    // Weights that are compiled in name the columns as well.
    var options = CompileOptions(model: path("model.swift"))
    options.output = path("embedded")
    options.gemm = .builtin
    options.embeddedWeights = path("w.safetensors")
    let embedded = try #require(try await Compiler.compile(options).executable)
    let said = try Program.run(embedded, ["evaluate", "--data", path("reviews.csv")])
    let losses = try [said, expected[0]].map { try #require(Double($0.dropFirst("loss=".count).dropLast())) }
    #expect((losses[0] - losses[1]).magnitude < 1e-5 * losses[1])
  }

  /// Options that are not for what PATH is are refused, and so are those that do not go together.
  @Test func commandLine() throws {
    try write(Self.text, "book.txt")
    try write("review,label\nfine,1\n", "reviews.csv")
    let output = ["--output", path("out.safetensors")]
    func misuse(_ options: [String], _ file: String = "book.txt") throws -> String {
      try Program.misuse(Self.dlc, ["data", file.isEmpty ? folder.path : path(file)] + options + output)
    }
    #expect(try misuse(["--tokens", "byte"]).contains("--length says how many tokens a row has"))
    #expect(try misuse(["--length", "8"]).contains("--tokens byte, character or word says"))
    #expect(try misuse(["--length", "0", "--tokens", "byte"]).contains("--length wants a whole number from 1, not 0"))
    #expect(try misuse(["--size", "8x8"]).contains("--size is for pictures"))
    #expect(try misuse(["--length", "8"], "").contains("--length is for texts"))
    let bytes = ["--length", "8", "--tokens", "byte"]
    #expect(try misuse(bytes + ["--seed", "1"]).contains("--seed is for pictures"))
    #expect(try misuse(bytes + ["--vocabulary", "20"]).contains("Bytes have no vocabulary"))
    #expect(try misuse(bytes + ["--label", "label"]).contains("--label wants --text"))
    #expect(try misuse(bytes + ["--text", "review", "--next", "last"]).contains("--next is for windows"))
    #expect(try misuse(bytes, "reviews.csv").contains("--text COLUMN --label COLUMN say where"))
    let words = ["--length", "8", "--tokens", "word"]
    #expect(try misuse(words + ["--vocabulary", "2"]).contains("--vocabulary wants more than 0 and 1"))
    #expect(try misuse(words + ["--vocabulary", "9", "--vocabulary-of", "w"]).contains("give one of them"))
    #expect(try Program.failure(Self.dlc, ["data", path("none.txt")]).contains("none.txt is not there"))
    _ = try Program.run(Self.dlc, ["data", path("book.txt")] + bytes + ["--next", "last"] + output)
    _ = try Program.run(
      Self.dlc, ["data", path("reviews.csv"), "--text", "review", "--label", "label"] + words + output)
    let file = try SafetensorsFile(Data(contentsOf: folder.appendingPathComponent("out.safetensors")))
    #expect(try Vocabulary(metadata: file.metadata)?.tokens == ["fine"])
  }
}
