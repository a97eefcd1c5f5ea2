import Foundation
import Safetensors
import Testing

@testable import DataPacking

/// What a packed text holds, and what is said of texts that cannot be packed.
@Suite final class TextPackingTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func packing(_ text: some Collection<UInt8>, _ kind: Vocabulary.Kind?, length: Int) throws -> TextPacking {
    try Data(text).write(to: folder.appendingPathComponent("text"))
    var packing = TextPacking(text: path("text"), output: path("packed.safetensors"), length: length)
    packing.tokens = kind
    return packing
  }

  private func packed(_ name: String = "packed.safetensors") throws -> SafetensorsFile {
    try SafetensorsFile(Data(contentsOf: folder.appendingPathComponent(name)))
  }

  private func numbers(_ name: String, in file: SafetensorsFile) throws -> [Int32] {
    let tensor = try #require(file.tensors[name])
    try #require(tensor.dtype == "I32")
    return file.bytes(of: tensor).withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map {
        Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self))
      }
    }
  }

  private func message(_ packing: TextPacking) -> String {
    do throws(DataFailure) {
      return "no failure: \(try packing.run())"
    } catch {
      return error.diagnostics.flatMap { [$0.message] + $0.notes.map(\.message) }.joined(separator: "\n")
        .replacing(folder.path + "/", with: "")
    }
  }

  /// b is more frequent than a and c, which are in the order of their bytes.
  @Test func windowsAndWhatFollows() throws {
    #expect(
      try packing("abbcbbac".utf8, .character, length: 3).run().map { $0.replacing(folder.path + "/", with: "") }
        == ["wrote packed.safetensors: 2 windows of 3 tokens, a vocabulary of 5"])
    var file = try packed()
    #expect(try numbers("x", in: file) == [3, 2, 2, 4, 2, 2] && file.tensors["x"]?.shape == [2, 3])
    #expect(try numbers("y", in: file) == [2, 2, 4, 2, 2, 3] && file.tensors["y"]?.shape == [2, 3])
    #expect(file.metadata == ["tokens": "character", "vocabulary": "b\0a\0c\0"])

    var last = try packing("abbcbbac".utf8, .character, length: 3)
    (last.next, last.input, last.target, last.mostTokens) = (.last, "text", "then", 4)
    _ = try last.run()
    file = try packed()
    #expect(try numbers("text", in: file) == [3, 2, 2, 1, 2, 2])
    #expect(try numbers("then", in: file) == [1, 3] && file.tensors["then"]?.shape == [2])
  }

  @Test func bytesCharactersAndWords() throws {
    let text = "It's \u{E9}t\u{E9}, it's SUMMER.\n"
    _ = try packing(text.utf8, .byte, length: 5).run()
    #expect(try numbers("x", in: packed()).prefix(10) == [73, 116, 39, 115, 32, 0xC3, 0xA9, 116, 0xC3, 0xA9])
    #expect(try packed().metadata == ["tokens": "byte"])
    _ = try packing(text.utf8, .word, length: 2).run()
    #expect(try packed().metadata["vocabulary"] == "it's\0,\0.\0summer\0\u{E9}t\u{E9}\0")
    #expect(try numbers("x", in: packed()) == [2, 6, 3, 2])
    _ = try packing("\u{E9}\"\\\n\u{E9}\u{1F600}".utf8, .character, length: 1).run()
    #expect(try packed().metadata["vocabulary"] == "\u{E9}\0\n\0\"\0\\\0\u{1F600}\0")
  }

  @Test func lastRowsAreForValidation() throws {
    var packing = try packing("abcdefghi".utf8, .byte, length: 2)
    packing.validation = 0.4
    #expect(try packing.run().count == 2)
    #expect(try numbers("x", in: packed()) == [97, 98, 99, 100])
    #expect(try numbers("x", in: packed("packed_validation.safetensors")) == [101, 102, 103, 104])
    #expect(try numbers("y", in: packed("packed_validation.safetensors")) == [102, 103, 104, 105])
    packing.validation = 0.9
    #expect(message(packing) == "no rows are left to train on")
  }

  /// Quoted texts, cut and padded; labels that are no whole numbers stay what they are.
  @Test func labelledTexts() throws {
    let rows = "\u{FEFF}label,n,review\r\n1,0,\"good, \"\"good\"\" film\"\r\n\r\n0,0,bad\r\n"
    var packing = try packing(rows.utf8, .word, length: 4)
    packing.columns = .init(text: "review", label: "label")
    _ = try packing.run()
    #expect(try packed().metadata["vocabulary"] == "\"\0good\0,\0bad\0film\0")
    #expect(try numbers("x", in: packed()) == [3, 4, 2, 3, 5, 0, 0, 0])
    #expect(try numbers("y", in: packed()) == [1, 0])
    #expect(try packed().metadata["text"] == "review" && packed().metadata["label"] == "label")
    packing.columns = .init(text: "review")
    _ = try packing.run()
    #expect(try packed().tensors.keys.sorted() == ["x"])

    packing = try self.packing("review,label\ngood,0.1\nbad,2\n".utf8, .word, length: 1)
    packing.columns = .init(text: "review", label: "label")
    _ = try packing.run()
    let labels = try #require(try packed().tensors["y"])
    #expect(try labels.dtype == "F64" && packed().bytes(of: labels).prefix(8) == withUnsafeBytes(of: 0.1) { Data($0) })
  }

  @Test func numbersByAnEarlierVocabulary() throws {
    _ = try packing("aab".utf8, .character, length: 1).run()
    try FileManager.default.moveItem(atPath: path("packed.safetensors"), toPath: path("first.safetensors"))
    var packing = try packing("bcba".utf8, nil, length: 3)
    packing.vocabularyFile = path("first.safetensors")
    _ = try packing.run()
    #expect(try numbers("x", in: packed()) == [3, 1, 3] && numbers("y", in: packed()) == [1, 3, 2])
    #expect(try packed().metadata["vocabulary"] == "a\0b\0")
    packing.tokens = .word
    #expect(message(packing) == "first.safetensors: its tokens are of the kind 'character', not 'word'")
    packing.vocabularyFile = path("text")
    #expect(message(packing) == "text: it has 4 bytes")
    packing.vocabularyFile = path("none")
    #expect(message(packing) == "none cannot be read")
    let header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
    let length = UInt64(header.utf8.count)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    try Data(bytes).write(to: folder.appendingPathComponent("weights"))
    packing.vocabularyFile = path("weights")
    #expect(message(packing) == "weights: it has no vocabulary in its metadata")
  }

  @Test func mistakesNameFileAndLine() throws {
    #expect(message(TextPacking(text: path("none"), output: path("out"), length: 1)) == "none cannot be read")
    #expect(message(try packing([], .byte, length: 4)) == "text: it is empty")
    #expect(message(try packing("abcd".utf8, .byte, length: 4)) == "text: it has 4 tokens, but a window needs 5")
    #expect(message(try packing("a b".utf8, .word, length: 2)) == "text: it has 2 tokens, but a window needs 3")
    let note = "\n--tokens byte takes any bytes"
    for (bytes, place) in [([0xC3, 0x28], 4), ([0xED, 0xA0, 0x80], 4), ([0x61, 0], 5), ([0xE2, 0x82], 4)]
      as [([UInt8], Int)]
    {
      let text = Array("a\nb\n".utf8) + bytes
      #expect(message(try packing(text, .character, length: 1)) == "text:3: byte \(place) is not UTF-8 text" + note)
    }
    func labelled(_ text: some Collection<UInt8>) throws -> String {
      var packing = try packing(text, .word, length: 2)
      packing.columns = .init(text: "review", label: "label")
      return message(packing)
    }
    #expect(try labelled("\n\n".utf8) == "text: it is empty")
    #expect(
      try labelled("text,label\nfine,1\n".utf8) == "text:1: there is no column 'review'\nthe columns: text, label")
    #expect(try labelled("review,n\nfine,1\n".utf8) == "text:1: there is no column 'label'\nthe columns: review, n")
    #expect(try labelled("review,label,label\n".utf8) == "text:1: 2 columns are called 'label'")
    #expect(try labelled("review,label\n".utf8) == "text: there are no rows")
    #expect(
      try labelled("review,label\n\"a\nb\",1\nfine,yes\n".utf8) == "text:4: 'yes' is not a number (column label)")
    #expect(try labelled("review,label\nfine,1\nfine\n".utf8) == "text:3: 1 values, but 2 are expected")
    #expect(
      try labelled(Array("review,label\nf".utf8) + [0xFC] + Array("r,1\n".utf8)) == "text:2: byte 1 is not UTF-8 text"
        + note)
    #expect(try labelled("review,label\n\0,1\n".utf8) == "text: byte 13 is zero: it is no CSV")
    #expect(!FileManager.default.fileExists(atPath: path("packed.safetensors")))
  }
}
