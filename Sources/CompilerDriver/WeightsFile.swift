import Foundation
import GraphIR

/// The weights of a model from a safetensors file, held to the same conditions as the generated program's loader has.
struct WeightsFile {
  /// The numbers of each parameter by its name, row-major.
  let values: [String: [Double]]

  private struct Tensor: Decodable {
    var dtype: String
    var shape: [Int]
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

  init(_ path: String, of parameters: [Parameter]) throws(CompileFailure) {
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw CompileFailure(.model, "cannot read \(path): \(OutputFolder.reason(error))")
    }
    let (header, data) = try Self.open(bytes, path)
    var values: [String: [Double]] = [:]
    for parameter in parameters {
      guard let tensor = header.tensors[parameter.name] else {
        throw CompileFailure(.model, "\(path): it has no tensor \(parameter.name)")
      }
      let shape = parameter.type.shape.dimensions.map(\.count)
      guard tensor.shape == shape else {
        throw CompileFailure(
          .model, "\(path): \(parameter.name) has shape \(tensor.shape), but the model's has \(shape)",
          at: parameter.location)
      }
      let part = data[data.startIndex + tensor.offsets[0]..<data.startIndex + tensor.offsets[1]]
      let numbers = try Self.numbers(of: part, tensor, shape.reduce(1, *), "\(path): \(parameter.name)")
      if let check = header.metadata["crc32c:\(parameter.name)"], check != Self.checksum(part) {
        throw CompileFailure(.model, "\(path): the values of \(parameter.name) are damaged: their checksum is wrong")
      }
      guard numbers.allSatisfy(\.isFinite) else {
        throw CompileFailure(.model, "\(path): \(parameter.name) has a number that is not finite")
      }
      values[parameter.name] = numbers
    }
    // A checkpoint has the optimizer's slots and where training stands besides.
    let others = Set(header.tensors.keys).subtracting(parameters.map(\.name))
    if header.metadata["step"] == nil, let other = others.min() {
      throw CompileFailure(.model, "\(path): it has a tensor \(other), which the model does not")
    }
    self.values = values
  }

  /// The header and the bytes behind it, which the tensors cover without hole or overlap.
  private static func open(_ bytes: Data, _ path: String) throws(CompileFailure) -> (Header, Data) {
    func failure(_ problem: String) -> CompileFailure {
      CompileFailure(.model, "\(path): not a valid safetensors file: \(problem)")
    }
    guard bytes.count >= 10 else { throw failure("it has \(bytes.count) bytes") }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else { throw failure("the header is longer than 100000000 bytes") }
    guard length <= UInt64(bytes.count - 8), bytes[8] == UInt8(ascii: "{") else {
      throw failure("the header is cut off or does not begin with {")
    }
    let data = bytes.dropFirst(8 + Int(length))
    let text = bytes.dropFirst(8).prefix(Int(length))
    guard let header = try? JSONDecoder().decode(Header.self, from: text) else {
      throw failure("the header is not as the format has it")
    }
    if let name = repeatedName(in: text) { throw failure("the header has \(name) twice") }
    var end = 0
    let offsets = header.tensors.values.map(\.offsets)
    for part in offsets.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard part.count == 2, part[0] == end, part[1] >= end else {
        throw failure("the offsets of tensors overlap or leave a hole")
      }
      end = part[1]
    }
    guard end == data.count else { throw failure("tensors need \(end) bytes, but \(data.count) are there") }
    return (header, data)
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

  private static func numbers(
    of bytes: Data, _ tensor: Tensor, _ count: Int, _ subject: String
  ) throws(CompileFailure) -> [Double] {
    guard let size = ["F32": 4, "F64": 8][tensor.dtype] else {
      throw CompileFailure(.model, "\(subject) holds \(tensor.dtype); F32 and F64 can be read")
    }
    guard bytes.count == count * size else {
      throw CompileFailure(.model, "\(subject) has \(bytes.count) bytes, but its shape needs \(count * size)")
    }
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { index in
        size == 4
          ? Double(
            Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))))
          : Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
      }
    }
  }

  /// CRC-32C (Castagnoli; the reflected polynomial 0x82F63B78), as the generated program writes it.
  private static func checksum(_ bytes: Data) -> String {
    let table: [UInt32] = (0..<256).map { (byte: Int) -> UInt32 in
      (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
    }
    let sum = ~bytes.reduce(~UInt32(0)) { sum, byte in table[Int((sum ^ UInt32(byte)) & 255)] ^ sum >> 8 }
    return sum.hexadecimal
  }
}
