import CTokens
import Safetensors

/// Numbers the tokens of texts by the C of the generated programs.
final class TokenNumbering {
  /// Why a text cannot be cut into tokens: this byte of it is no UTF-8, or zero.
  struct InvalidByte: Error { var place: Int }

  let kind: Vocabulary.Kind
  private var table = vocabulary_t()
  /// Where the tokens of the table lie.
  private var texts: [UnsafeMutableBufferPointer<UInt8>] = []

  /// No numbers yet, but of bytes, which are their own.
  init(_ kind: Vocabulary.Kind) {
    self.kind = kind
    table.kind = kind_of_tokens(kind.rawValue)
  }

  /// By a vocabulary that is there.
  convenience init(_ vocabulary: Vocabulary) throws(DataFailure) {
    self.init(vocabulary.kind)
    for token in vocabulary.tokens {
      let text = keep(Array(token.utf8))
      try check(use_token(&table, text.baseAddress, text.count))
    }
    try check(hash_tokens(&table, table.count))
  }

  deinit {
    free(table.tokens)
    free(table.slots)
    for text in texts { text.deallocate() }
  }

  /// A text as tokens are cut from it: words in lower case.
  func prepared(_ text: [UInt8]) throws(InvalidByte) -> [UInt8] {
    if kind != .byte, let place = Self.invalidByte(of: text) { throw InvalidByte(place: place) }
    var text = text
    lower_words(table.kind, &text, text.count)
    return text
  }

  /// Numbers the tokens of prepared texts, the most frequent first, and no more of them than make `most` numbers.
  func makeVocabulary(of texts: [[UInt8]], most: Int) throws(DataFailure) {
    guard kind != .byte else { return }
    for text in texts {
      let text = keep(text)
      try check(use_text(&table, text.baseAddress, text.count))
    }
    try check(finish_vocabulary(&table, most))
  }

  /// The numbers of a prepared text's tokens.
  func numbers(of text: [UInt8]) -> [Int32] {
    text.withUnsafeBufferPointer { text in
      guard let begin = text.baseAddress else { return [] }
      let end = begin + text.count
      var numbers: [Int32] = []
      var next: UnsafePointer<UInt8>? = begin
      while true {
        let length = next_token(table.kind, &next, end)
        guard length > 0, let behind = next else { return numbers }
        numbers.append(number_of_token(&table, behind - length, length))
      }
    }
  }

  var vocabulary: Vocabulary {
    Vocabulary(
      kind: kind,
      tokens: (0..<table.count).map { index in
        let token = table.tokens[index]
        return String(decoding: UnsafeBufferPointer(start: token.text, count: token.length), as: UTF8.self)
      })
  }

  private func keep(_ text: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
    let kept = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = kept.initialize(from: text)
    texts.append(kept)
    return kept
  }

  private func check(_ status: Int32) throws(DataFailure) {
    if status != 0 { throw DataFailure("out of memory for the vocabulary") }
  }

  private static func invalidByte(of text: [UInt8]) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var bytes = text.makeIterator()
    var place = 0
    while true {
      switch parser.parseScalar(from: &bytes) {
      case .valid(let scalar) where scalar.first != 0: place += scalar.count
      case .emptyInput: return nil
      case .valid, .error: return place
      }
    }
  }
}
