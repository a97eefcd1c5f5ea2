import Foundation

/// Data files, written byte by byte.
enum ArrayFile {
  static func bytes(_ values: [Float], bigEndian: Bool = false) -> Data {
    values.reduce(into: Data()) { data, value in
      let bits = bigEndian ? value.bitPattern.bigEndian : value.bitPattern.littleEndian
      withUnsafeBytes(of: bits) { data.append(contentsOf: $0) }
    }
  }

  static func npy(_ type: String, _ shape: String, _ numbers: Data, order: String = "False") -> Data {
    var header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    var file = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    file += little(header.utf8.count, 2) + Data(header.utf8) + numbers
    return file
  }

  static func little(_ value: Int, _ count: Int) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }

  static func checksum(_ data: Data) -> Int {
    var sum = ~UInt32(0)
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(~sum)
  }

  static func npz(_ members: [(String, Data)], method: Int = 0) -> Data {
    var (file, directory) = (Data(), Data())
    for (name, data) in members {
      var facts = little(method, 2) + little(0, 4) + little(checksum(data), 4)
      facts += little(data.count, 4) + little(data.count, 4)
      let name = Data("\(name).npy".utf8)
      directory += Data("PK\u{1}\u{2}".utf8) + little(20, 2) + little(20, 2) + little(0, 2) + facts
      directory += little(name.count, 2) + little(0, 12) + little(file.count, 4) + name
      file += Data("PK\u{3}\u{4}".utf8) + little(20, 2) + little(0, 2) + facts + little(name.count, 2)
      file += little(0, 2) + name + data
    }
    var end = Data("PK\u{5}\u{6}".utf8) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
    end += little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    return file + directory + end
  }

  static func idx(_ type: UInt8, _ shape: [UInt8], _ numbers: Data) -> Data {
    Data([0, 0, type, UInt8(shape.count)]) + shape.reduce(into: Data()) { $0 += [0, 0, 0, $1] } + numbers
  }

  static func safetensors(_ tensors: [(name: String, shape: [Int], numbers: [Float])]) -> Data {
    var (entries, data) = ([String](), Data())
    for tensor in tensors {
      let start = data.count
      data += bytes(tensor.numbers)
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}")
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    return little(header.count, 8) + header + data
  }
}
