import Foundation
import Testing

/// Text as data: windows, labelled texts, vocabularies that travel with the weights, generation, and files that are no good.
@Suite(.serialized) final class TextTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

  private func write(_ text: String, _ file: String) throws { try write(Array(text.utf8), file) }

  private func write(_ bytes: [UInt8], _ file: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: folder.appendingPathComponent(file))
  }

  private static let alphabet = String(repeating: "abcdefgh ijklm.\n", count: 40)

  /// A language model over `tokens`, which learns to go on with the text.
  private func language(
    _ tokens: String, vocabulary: Int, length: Int = 16, network: String = "GRU(24, returnSequences: true)"
  ) async throws -> String {
    try write(Self.alphabet, "text.txt")
    return try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: .tokens(length: \(length))) {
        Embedding(vocabulary: \(vocabulary), dimension: 16)
        \(network)
        Dense(\(vocabulary))
      }
      model.training = Training(
        loss: .sparseCategoricalCrossentropy(fromLogits: true), optimizer: .adam(learningRate: 0.02),
        metrics: [.perplexity], epochs: 40, batchSize: 8, data: .text("text.txt", tokens: .\(tokens)))
      """, in: folder)
  }

  private func train(_ program: String, _ options: [String] = []) throws -> String {
    try Program.run(program, ["train", "--checkpoint", path("w.safetensors")] + options)
  }

  private func generate(_ program: String, _ options: [String]) throws -> String {
    try Program.run(program, ["generate", "--weights", path("w.safetensors")] + options)
  }

  @Test(arguments: [("character", 20), ("byte", 128)])
  func textGoesOnAsItWasLearned(tokens: String, vocabulary: Int) async throws {
    let program = try await language(tokens, vocabulary: vocabulary)
    let said = try train(program)
    let last = try #require(said.split(separator: "\n").last)
    #expect(last.contains("perplexity: 1.0"), "\(last)")
    let greedy = ["--temperature", "0", "--length", "20", "--prompt", "abcde"]
    #expect(try generate(program, greedy) == "abcdefgh ijklm.\nabcdefgh \n")
    #expect(try generate(program, greedy + ["--seed", "3"]) == generate(program, greedy))
    #expect(try generate(program, ["--length", "9", "--top-k", "1"]) == "abcdefgh \n")
    #expect(try generate(program, ["--length", "9", "--top-p", "0.01"]) == "abcdefgh \n")
    // A thousand times as hot every token is about as probable, and the seed decides.
    let hot = { try self.generate(program, ["--length", "60", "--temperature", "1000", "--seed", $0]) }
    #expect(try hot("1") == hot("1"))
    #expect(try hot("1") != hot("2"))
  }

  /// What `generate` finds with its cache, a token at a time, `predict` finds for the whole window.
  @Test(arguments: [
    "GRU(24, returnSequences: true)",
    "PositionEmbedding(maximumLength: 16); MultiHeadAttention(heads: 2, keyDimension: 8, mask: .causal); LayerNormalization()",
    "MultiHeadAttention(heads: 4, keyDimension: 8, mask: .causal, keyValueHeads: 1, rotary: true); Dense(16, activation: .gelu)",
  ])
  func cacheIsTheWholeWindow(network: String) async throws {
    let program = try await language("byte", vocabulary: 128, network: network)
    _ = try train(program, ["--epochs", "2"])
    let text = try generate(program, ["--temperature", "0", "--prompt", "abcde", "--length", "11"]).dropLast()
    try write(String(text), "window.txt")
    let row = try Program.run(program, ["predict", "--weights", path("w.safetensors"), "--data", path("window.txt")])
    let logits = row.split { ",\n".contains($0) }.compactMap { Double($0) }
    try #require(logits.count == 16 * 128 && text.utf8.count == 16)
    let found = (0..<16).map { step in
      (0..<128).max { logits[step * 128 + $0] < logits[step * 128 + $1] } ?? 0
    }
    #expect(found[4..<15].map { UInt8($0) } == Array(text.utf8.dropFirst(5)))
  }

  /// exp of the loss, which is the mean cross-entropy.
  @Test func perplexityIsTheExponential() async throws {
    let program = try await language("character", vocabulary: 20)
    _ = try train(program, ["--epochs", "1"])
    let said = try Program.run(
      program, ["evaluate", "--weights", path("w.safetensors"), "--data", path("text.txt")])
    let numbers = said.split { " =\n".contains($0) }.compactMap { Double($0) }
    try #require(numbers.count == 2)
    #expect((exp(numbers[0]) - numbers[1]).magnitude < 1e-4 * numbers[1])
  }

  @Test func vocabularyStaysWithTheWeights() async throws {
    let program = try await language("character", vocabulary: 20)
    _ = try train(program, ["--epochs", "2"])
    let before = try generate(program, ["--prompt", "abc", "--temperature", "0"])
    // Another text, whose characters have other frequencies, is read by the vocabulary of the weights.
    try write(String(repeating: "mlkjihgfedcba.. \n?", count: 20), "other.txt")
    let evaluate = ["evaluate", "--weights", path("w.safetensors"), "--data", path("other.txt")]
    let loss = try Program.run(program, evaluate)
    try write(Self.alphabet + "zzzz", "text.txt")
    #expect(try Program.run(program, evaluate) == loss)
    #expect(try generate(program, ["--prompt", "abc", "--temperature", "0"]) == before)
    _ = try train(program, ["--resume", "--epochs", "3", "--data", path("other.txt")])
    #expect(
      try Program.failure(program, ["generate", "--weights", path("w.safetensors"), "--prompt", "ab?"])
        == "error: --prompt: '?', at byte 2, is not in the vocabulary\n")
  }

  @Test func filesThatAreNoGood() async throws {
    let program = try await language("character", vocabulary: 20)
    func fault(_ bytes: [UInt8]) throws -> String {
      try write(bytes, "bad.txt")
      return try Program.failure(program, ["train", "--data", path("bad.txt"), "--checkpoint", path("w.safetensors")])
    }
    #expect(try fault([]).contains("it has 0 tokens, but a window needs 17"))
    #expect(try fault(Array("0123456789abcdef".utf8)).contains("it has 16 tokens, but a window needs 17"))
    #expect(
      try fault(Array("abc".utf8) + [0xC3, 0x28] + Array(Self.alphabet.utf8)).contains("byte 3 is not UTF-8 text"))
    #expect(try fault(Array(Self.alphabet.utf8) + [0xE2, 0x82]).contains("byte 640 is not UTF-8 text"))
    #expect(try fault(Array("ab\0".utf8) + Array(Self.alphabet.utf8)).contains("byte 2 is not UTF-8 text"))
    // More characters than the model has tokens: the rarest are unknown.
    try write(Self.alphabet + "αβγδεζηθικλμνξοπρστ", "many.txt")
    _ = try Program.run(
      program, ["train", "--epochs", "1", "--data", path("many.txt"), "--checkpoint", path("w.safetensors")])
    let predict = ["predict", "--weights", path("w.safetensors"), "--data"]
    #expect(try Program.run(program, predict + [path("many.txt")]).split(separator: "\n").count == 41)
    try write("short", "short.txt")
    #expect(try Program.failure(program, predict + [path("short.txt")]).contains("5 tokens, but a window needs 16"))
  }

  @Test func bytesBeyondTheModelAreNamed() async throws {
    let program = try await language("byte", vocabulary: 128)
    try write(Array(Self.alphabet.utf8) + [200], "bytes.txt")
    let said = try Program.failure(
      program, ["train", "--data", path("bytes.txt"), "--checkpoint", path("w.safetensors")])
    #expect(said.contains("byte 640 is token 200, but the model has 128 tokens"))
  }

  @Test func weightsWithoutVocabularyCannotGenerate() async throws {
    let program = try await language("character", vocabulary: 20)
    let windows = (0..<4).map { row in (0..<16).map { "\((row + $0) % 20)" }.joined(separator: ",") }
    try write(windows.joined(separator: "\n"), "rows.csv")
    // What a Keras model leaves has weights alone.
    _ = try train(program, ["--epochs", "1"])
    var bytes = try Data(contentsOf: folder.appendingPathComponent("w.safetensors"))
    let key = try #require(bytes.range(of: Data("\"tokens\"".utf8)))
    bytes.replaceSubrange(key, with: Data("\"tokenz\"".utf8))
    try bytes.write(to: folder.appendingPathComponent("w.safetensors"))
    let said = try Program.failure(program, ["generate", "--weights", path("w.safetensors")])
    #expect(said.contains("the weights hold no vocabulary: train them on text first"))
  }

  @Test func usageIsChecked() async throws {
    let program = try await language("byte", vocabulary: 128)
    #expect(try Program.misuse(program, ["generate"]).contains("generate needs --weights"))
    for (option, value) in [("--temperature", "-1"), ("--top-k", "0"), ("--length", "x")] {
      let said = try Program.misuse(program, ["generate", "--weights", "w", option, value])
      #expect(said.contains("\(option) wants a") && said.contains("not '\(value)'"))
    }
    #expect(try Program.misuse(program, ["generate", "--weights", "w", "--top-p", "1.5"]).contains("at most 1"))
  }

  /// Words in a CSV with labels: quoted texts, padding, unknown words.
  @Test func labelledTextsAreClassified() async throws {
    let good = ["\"A fine, good day\"", "good and fine", "so good", "what a FINE film", "good good film"]
    let bad = ["a bad day", "\"bad, and so dull\"", "what a dull film", "so bad", "dull dull film"]
    let rows = zip(good, bad).flatMap { ["\(7),\($0),1", "\(8),\($1),0"] }
    try write((["number,review,label"] + rows).joined(separator: "\n") + "\n", "reviews.csv")
    let program = try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: .tokens(length: 6)) {
        Embedding(vocabulary: 32, dimension: 8)
        GlobalAveragePooling1D()
        Dense(1, activation: .sigmoid)
      }
      model.training = Training(
        loss: .binaryCrossentropy, optimizer: .adam(learningRate: 0.05), metrics: [.accuracy], epochs: 60, batchSize: 5,
        data: .text("reviews.csv", tokens: .word, text: "review", label: "label"))
      """, in: folder)
    let said = try train(program)
    #expect(said.split(separator: "\n").last?.contains("accuracy: 1.0000") == true, "\(said)")
    try write("review\na fine unheard-of film that is very very long\ndull\n", "new.csv")
    let predict = ["predict", "--weights", path("w.safetensors"), "--data"]
    let answers = try Program.run(program, predict + [path("new.csv")]).split(separator: "\n").compactMap { Double($0) }
    try #require(answers.count == 2)
    #expect(answers[0] > 0.5 && answers[1] < 0.5)
    try write("text,label\nfine,1\n", "wrong.csv")
    #expect(try Program.failure(program, predict + [path("wrong.csv")]).contains("there is no column 'review'"))
    try write("review,label\nfine,yes\n", "wrong.csv")
    #expect(
      try Program.failure(program, ["train", "--data", path("wrong.csv"), "--checkpoint", path("w.safetensors")])
        .contains("wrong.csv:2: 'yes' is not a number"))
    try write(Array("review,label\nf\u{FC}r,1\n".unicodeScalars.map { UInt8($0.value) }), "wrong.csv")
    #expect(
      try Program.failure(program, predict + [path("wrong.csv")]).contains("wrong.csv:2: byte 1 is not UTF-8 text"))
    #expect(try Program.misuse(program, ["generate"]).contains("'generate' is not a command"))
  }
}
