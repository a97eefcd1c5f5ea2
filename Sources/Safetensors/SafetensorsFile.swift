import Foundation

/// A safetensors file in memory, held to the same conditions as the generated program's reader has.
public struct SafetensorsFile: Sendable {
  /// Why bytes are no such file.
  public struct Invalid: Error, Hashable, Sendable { public var problem: String }

  public struct Tensor: Decodable, Sendable {
    /// `F32`, `I32`…
    public var dtype: String
    public var shape: [Int]
    /// Where its values begin and end in the data.
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private struct Header: Decodable {
    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    var metadata: [String: String] = [:]
    var tensors: [String: Tensor] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
        }
      }
    }
  }

  public let metadata: [String: String]
  public let tensors: [String: Tensor]
  /// What lies behind the header; the tensors cover it without hole or overlap.
  private let data: Data

  public init(_ bytes: Data) throws(Invalid) {
    guard bytes.count >= 10 else { throw Invalid(problem: "it has \(bytes.count) bytes") }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else { throw Invalid(problem: "the header is longer than 100000000 bytes") }
    guard length <= UInt64(bytes.count - 8), bytes[bytes.startIndex + 8] == UInt8(ascii: "{") else {
      throw Invalid(problem: "the header is cut off or does not begin with {")
    }
    let data = bytes.dropFirst(8 + Int(length))
    let text = bytes.dropFirst(8).prefix(Int(length))
    guard let header = try? JSONDecoder().decode(Header.self, from: text) else {
      throw Invalid(problem: "the header is not as the format has it")
    }
    if let name = Self.repeatedName(in: text) { throw Invalid(problem: "the header has \(name) twice") }
    var end = 0
    let offsets = header.tensors.values.map(\.offsets)
    for part in offsets.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard part.count == 2, part[0] == end, part[1] >= end else {
        throw Invalid(problem: "the offsets of tensors overlap or leave a hole")
      }
      end = part[1]
    }
    guard end == data.count else {
      throw Invalid(problem: "tensors need \(end) bytes, but \(data.count) are there")
    }
    metadata = header.metadata
    tensors = header.tensors
    self.data = data
  }

  /// The values of one of its tensors, little-endian.
  public func bytes(of tensor: Tensor) -> Data {
    data[(data.startIndex + tensor.offsets[0])..<(data.startIndex + tensor.offsets[1])]
  }

  /// A name that an object of a valid JSON text has twice, of which JSONDecoder takes one without a word.
  private static func repeatedName(in text: Data) -> String? {
    var objects: [Set<String>] = []
    var last = ""
    var start: Data.Index?
    var isEscaped = false
    for (place, byte) in zip(text.indices, text) {
      if let begun = start {
        if byte == UInt8(ascii: "\""), !isEscaped {
          last = (try? JSONDecoder().decode(String.self, from: text[begun...place])) ?? ""
          start = nil
        }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): start = place
      case UInt8(ascii: "{"): objects.append([])
      case UInt8(ascii: "}"): _ = objects.popLast()
      case UInt8(ascii: ":"):
        guard let object = objects.indices.last, objects[object].insert(last).inserted else { return last }
      default: break
      }
    }
    return nil
  }
}
