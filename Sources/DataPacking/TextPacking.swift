import Foundation
import Safetensors

/// Packs a text into safetensors files that a compiled program reads: the numbers of its tokens, I32 [rows, length], the targets,
/// and the vocabulary in the metadata. A program that reads the text itself gets the same rows.
public struct TextPacking {
  /// What the target of a window is.
  public enum Target: String, CaseIterable, Hashable, Sendable {
    /// For each of its tokens the one that follows: I32 [rows, length].
    case each
    /// The token behind it: I32 [rows].
    case last
  }

  /// The columns of a CSV of labelled texts.
  public struct Columns: Hashable, Sendable {
    public var text: String
    /// nil: there are no targets.
    public var label: String?

    public init(text: String, label: String? = nil) {
      self.text = text
      self.label = label
    }
  }

  public var text: String
  public var output: String
  /// Tokens of a row.
  public var length: Int
  /// nil: those of `vocabularyFile`.
  public var tokens: Vocabulary.Kind?
  /// The most numbers of the vocabulary, 0 and 1 among them; nil: as many as the text has.
  public var mostTokens: Int?
  /// A packed file or a checkpoint, whose vocabulary numbers the tokens.
  public var vocabularyFile: String?
  /// nil: one text, to go on with.
  public var columns: Columns?
  public var next = Target.each
  /// The share of the rows, the last ones, that go into a file of their own; 0: none do.
  public var validation = 0.0
  /// What the model calls its input and its target.
  public var input = "x"
  public var target = "y"

  public init(text: String, output: String, length: Int) {
    self.text = text
    self.output = output
    self.length = length
  }

  /// Rows of numbers: of the input, and of the target if there is one.
  private struct Rows {
    var count: Int
    var tokens: [Int32]
    var target: (type: String, shape: [Int], bytes: Data)?
  }

  /// Writes the files; returns a line for each that says what is in it.
  public func run() throws(DataFailure) -> [String] {
    let bytes = try Self.contents(of: text)
    let numbering = try numbering()
    let rows: Rows
    if let columns {
      rows = try labelled(bytes, columns, numbering)
    } else {
      rows = try windows(bytes, numbering)
    }
    let files = OutputFiles(output: output, validation: validation)
    let parts = try files.parts(rows: rows.count)
    var vocabulary = numbering.vocabulary
    vocabulary.textColumn = columns?.text
    vocabulary.labelColumn = columns?.label
    var written: [TensorFile] = []
    for (path, part) in parts { written.append(try write(rows, part, vocabulary, to: path)) }
    for file in written { try file.finish() }
    let kind = columns == nil ? "windows" : "texts"
    return parts.map { path, part in
      "wrote \(path): \(part.count) \(kind) of \(length) tokens, a vocabulary of \(vocabulary.count)"
    }
  }

  private static func contents(of path: String) throws(DataFailure) -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path) else { throw DataFailure("\(path) cannot be read") }
    guard !bytes.isEmpty else { throw DataFailure("\(path): it is empty") }
    return Array(bytes)
  }

  private func numbering() throws(DataFailure) -> TokenNumbering {
    guard let vocabularyFile else {
      guard let tokens else { throw DataFailure("it is not said what the tokens of \(text) are") }
      return TokenNumbering(tokens)
    }
    let bytes = try Self.contents(of: vocabularyFile)
    let found: Vocabulary?
    do throws(SafetensorsFile.Invalid) {
      found = try Vocabulary(metadata: SafetensorsFile(Data(bytes)).metadata)
    } catch {
      throw DataFailure("\(vocabularyFile): \(error.problem)")
    }
    guard let found else { throw DataFailure("\(vocabularyFile): it has no vocabulary in its metadata") }
    if let tokens, tokens != found.kind {
      throw DataFailure("\(vocabularyFile): its tokens are of the kind '\(found.kind)', not '\(tokens)'")
    }
    return try TokenNumbering(found)
  }

  /// Windows of the text, one after another, and what follows.
  private func windows(_ bytes: [UInt8], _ numbering: TokenNumbering) throws(DataFailure) -> Rows {
    let prepared: [UInt8]
    do throws(TokenNumbering.InvalidByte) { prepared = try numbering.prepared(bytes) } catch {
      let line = bytes[..<error.place].count { $0 == UInt8(ascii: "\n") } + 1
      throw invalid("\(text):\(line)", error)
    }
    if vocabularyFile == nil { try numbering.makeVocabulary(of: [prepared], most: mostTokens ?? .max) }
    let numbers = numbering.numbers(of: prepared)
    guard numbers.count > length else {
      throw DataFailure("\(text): it has \(numbers.count) tokens, but a window needs \(length + 1)")
    }
    let count = (numbers.count - 1) / length
    let target =
      switch next {
      case .each: Array(numbers[1...(count * length)])
      case .last: (1...count).map { numbers[$0 * length] }
      }
    return Rows(
      count: count, tokens: Array(numbers[..<(count * length)]),
      target: ("I32", next == .each ? [length] : [], Self.data(target)))
  }

  /// Texts cut after as many tokens as a row has, or padded with 0 behind them, and their labels.
  private func labelled(
    _ bytes: [UInt8], _ columns: Columns, _ numbering: TokenNumbering
  ) throws(DataFailure) -> Rows {
    let rows = try LabelledTexts(text, bytes, columns: columns).rows
    var texts: [[UInt8]] = []
    for row in rows {
      do throws(TokenNumbering.InvalidByte) { texts.append(try numbering.prepared(row.text)) } catch {
        throw invalid("\(text):\(row.line)", error)
      }
    }
    if vocabularyFile == nil { try numbering.makeVocabulary(of: texts, most: mostTokens ?? .max) }
    var tokens: [Int32] = []
    for text in texts {
      let numbers = numbering.numbers(of: text).prefix(length)
      tokens += numbers + Array(repeating: 0, count: length - numbers.count)
    }
    var packed = Rows(count: rows.count, tokens: tokens)
    let labels = rows.compactMap(\.label)
    let classes = labels.compactMap { Int32(exactly: $0) }
    if columns.label != nil {
      packed.target =
        classes.count == labels.count
        ? ("I32", [], Self.data(classes)) : ("F64", [], Self.data(labels.map(\.bitPattern)))
    }
    return packed
  }

  private func invalid(_ place: String, _ error: TokenNumbering.InvalidByte) -> DataFailure {
    DataFailure("\(place): byte \(error.place) is not UTF-8 text", notes: ["--tokens byte takes any bytes"])
  }

  private static func data(_ numbers: [some FixedWidthInteger]) -> Data {
    numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }

  /// Writes all but the name.
  private func write(
    _ rows: Rows, _ part: Range<Int>, _ vocabulary: Vocabulary, to path: String
  ) throws(DataFailure) -> TensorFile {
    var tensors = [TensorFile.Tensor(name: input, type: "I32", shape: [part.count, length])]
    if let target = rows.target {
      tensors.append(.init(name: self.target, type: target.type, shape: [part.count] + target.shape))
    }
    let file = try TensorFile(path, tensors: tensors, metadata: vocabulary.metadata)
    try file.append(Self.data(Array(rows.tokens[(part.lowerBound * length)..<(part.upperBound * length)])))
    if let target = rows.target {
      let size = target.bytes.count / rows.count
      try file.append(target.bytes[(part.lowerBound * size)..<(part.upperBound * size)])
    }
    return file
  }
}
