import Foundation

/// A safetensors file that is written from its beginning to its end, so that its arrays need not fit into memory. It gets
/// its name when it is complete.
final class TensorFile {
  struct Tensor {
    var name: String
    /// `U8`, `I32` or `F64`.
    var type: String
    var shape: [Int]

    var byteCount: Int { shape.reduce(["U8": 1, "I32": 4, "F64": 8][type] ?? 0, *) }
  }

  private let path: String
  private var file: FileHandle?
  private var partial: String { path + ".partial" }

  /// Begins the file; the bytes of the tensors follow in their order.
  init(_ path: String, tensors: [Tensor], metadata: [String: String]) throws(DataFailure) {
    self.path = path
    guard FileManager.default.createFile(atPath: path + ".partial", contents: nil) else {
      throw DataFailure.system(path, errno)
    }
    file = FileHandle(forWritingAtPath: path + ".partial")
    guard file != nil else { throw DataFailure.system(path, errno) }
    try append(Self.header(tensors, metadata))
  }

  deinit {
    guard file != nil else { return }
    try? file?.close()
    try? FileManager.default.removeItem(atPath: partial)
  }

  func append(_ bytes: some DataProtocol) throws(DataFailure) {
    do { try file?.write(contentsOf: bytes) } catch { throw DataFailure("\(path): cannot be written: \(error)") }
  }

  /// Gives the file its name.
  func finish() throws(DataFailure) {
    do {
      try file?.synchronize()
      try file?.close()
    } catch {
      throw DataFailure("\(path): cannot be written: \(error)")
    }
    guard rename(partial, path) == 0 else { throw DataFailure.system(path, errno) }
    file = nil
  }

  /// The length in eight bytes, little-endian, and the header in JSON, ended by spaces so that the data begin at a multiple
  /// of eight bytes.
  private static func header(_ tensors: [Tensor], _ metadata: [String: String]) -> Data {
    var entries = [
      "\"__metadata__\":{"
        + metadata.sorted { $0.key < $1.key }.map { "\(json($0)):\(json($1))" }.joined(separator: ",") + "}"
    ]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      entries.append(
        "\(json(tensor.name)):{\"dtype\":\"\(tensor.type)\",\"shape\":\(tensor.shape),\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var text = Data("{\(entries.joined(separator: ","))}".utf8)
    text += Data(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }

  /// A string as JSON has it.
  static func json(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
