import ArgumentParser
import DataPacking
import Safetensors

/// What `dlc data` is told of a text.
struct TextOptions: ParsableArguments {
  @Option(help: "What a text is cut into.")
  var tokens: Vocabulary.Kind?

  @Option(help: ArgumentHelp("Tokens of a row: as many as the model's input has.", valueName: "n"))
  var length: Int?

  @Option(
    help: ArgumentHelp(
      "At most so many numbers, as the model's Embedding has; the most frequent tokens get them.", valueName: "n"))
  var vocabulary: Int?

  @Option(
    help: ArgumentHelp("Number by the vocabulary of this packed file or checkpoint.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var vocabularyOf: String?

  @Option(help: "The target of a window: for each token the next, or the one behind the last (each).")
  var next: TextPacking.Target?

  @Option(help: ArgumentHelp("The column of a CSV that has the texts.", valueName: "column"))
  var text: String?

  @Option(help: ArgumentHelp("The column of a CSV that has their labels, which are numbers.", valueName: "column"))
  var label: String?

  func validate() throws {
    if let length, length < 1 { throw ValidationError("--length wants a whole number from 1, not \(length).") }
    if let vocabulary, vocabulary <= Vocabulary.firstToken {
      throw ValidationError(
        "--vocabulary wants more than 0 and 1, which pad and stand for the rest, not \(vocabulary).")
    }
    if vocabulary != nil && tokens == .byte {
      throw ValidationError("Bytes have no vocabulary: leave --vocabulary out.")
    }
    if vocabulary != nil && vocabularyOf != nil {
      throw ValidationError("--vocabulary makes a vocabulary, --vocabulary-of takes one: give one of them.")
    }
    if label != nil && text == nil { throw ValidationError("--label wants --text, the column of the texts, as well.") }
    if next != nil && text != nil {
      throw ValidationError("--next is for windows of one text, --text for a text a row.")
    }
  }

  /// Options that the command line has.
  var given: [String] {
    [
      (tokens != nil, "--tokens"), (length != nil, "--length"), (vocabulary != nil, "--vocabulary"),
      (vocabularyOf != nil, "--vocabulary-of"), (next != nil, "--next"), (text != nil, "--text"),
      (label != nil, "--label"),
    ].filter(\.0).map(\.1)
  }

  func packing(of path: String, output: String) throws -> TextPacking {
    guard let length else {
      throw ValidationError("--length says how many tokens a row has: as many as the model's input.")
    }
    if tokens == nil && vocabularyOf == nil {
      throw ValidationError("--tokens byte, character or word says what the text is cut into.")
    }
    if path.hasSuffix(".csv") && text == nil {
      throw ValidationError("--text COLUMN --label COLUMN say where \(path) has its texts and their labels.")
    }
    var packing = TextPacking(text: path, output: output, length: length)
    packing.tokens = tokens
    packing.mostTokens = vocabulary
    packing.vocabularyFile = vocabularyOf
    packing.columns = text.map { TextPacking.Columns(text: $0, label: label) }
    packing.next = next ?? packing.next
    return packing
  }
}

extension Vocabulary.Kind: ExpressibleByArgument {}
extension TextPacking.Target: ExpressibleByArgument {}
