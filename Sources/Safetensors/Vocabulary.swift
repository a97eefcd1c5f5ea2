import Foundation

/// What the numbers of a text's tokens mean. Weights and data have it in their metadata: `tokens` says of what kind tokens are,
/// `vocabulary` has them, a zero behind each, and `text` and `label` name the columns of labelled texts.
public struct Vocabulary: Hashable, Sendable {
  /// What a text is cut into.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Numbers are the bytes.
    case byte
    /// Characters of UTF-8.
    case character
    /// Letters, digits, apostrophes and all beyond ASCII, in lower case, or another visible character.
    case word
  }

  /// 0 pads, and 1 is what the vocabulary lacks.
  public static let firstToken = 2

  public var kind: Kind
  /// The tokens from number 2 on; of bytes none are listed.
  public var tokens: [String]
  /// The columns of a CSV that texts and labels were in.
  public var textColumn: String?
  public var labelColumn: String?

  public init(kind: Kind, tokens: [String] = []) {
    self.kind = kind
    self.tokens = tokens
  }

  /// That of a file's metadata; nil if it has none.
  public init?(metadata: [String: String]) throws(SafetensorsFile.Invalid) {
    guard let name = metadata["tokens"] else { return nil }
    guard let kind = Kind(rawValue: name) else {
      throw SafetensorsFile.Invalid(
        problem: "its metadata has tokens of the kind '\(name)'; byte, character and word are known")
    }
    let text = metadata["vocabulary"]
    guard text != nil || kind == .byte else {
      throw SafetensorsFile.Invalid(problem: "its metadata has no vocabulary")
    }
    let tokens = kind == .byte ? [] : Data((text ?? "").utf8).split(separator: 0)
    self.init(kind: kind, tokens: tokens.map { String(decoding: $0, as: UTF8.self) })
    textColumn = metadata["text"]
    labelColumn = metadata["label"]
  }

  public var metadata: [String: String] {
    var entries = ["tokens": kind.rawValue]
    if kind != .byte { entries["vocabulary"] = tokens.map { $0 + "\0" }.joined() }
    entries["text"] = textColumn
    entries["label"] = labelColumn
    return entries
  }

  /// How many numbers there are, and classes of the model's input must be.
  public var count: Int { kind == .byte ? 256 : Self.firstToken + tokens.count }
}
