import Foundation
import GraphIR
import Safetensors

/// The weights of a model from a safetensors file, held to the same conditions as the generated program's loader has.
struct WeightsFile {
  /// The numbers of each parameter by its name, row-major.
  let values: [String: [Double]]
  /// What they were trained to take tokens for.
  let vocabulary: Vocabulary?

  init(_ path: String, of parameters: [Parameter]) throws(CompileFailure) {
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw CompileFailure(.model, "cannot read \(path): \(OutputFolder.reason(error))")
    }
    let file: SafetensorsFile
    do throws(SafetensorsFile.Invalid) { file = try SafetensorsFile(bytes) } catch {
      throw CompileFailure(.model, "\(path): not a valid safetensors file: \(error.problem)")
    }
    do throws(SafetensorsFile.Invalid) { vocabulary = try Vocabulary(metadata: file.metadata) } catch {
      throw CompileFailure(.model, "\(path): \(error.problem)")
    }
    var values: [String: [Double]] = [:]
    for parameter in parameters {
      guard let tensor = file.tensors[parameter.name] else {
        throw CompileFailure(.model, "\(path): it has no tensor \(parameter.name)")
      }
      let shape = parameter.type.shape.dimensions.map(\.count)
      guard tensor.shape == shape else {
        throw CompileFailure(
          .model, "\(path): \(parameter.name) has shape \(tensor.shape), but the model's has \(shape)",
          at: parameter.location)
      }
      let part = file.bytes(of: tensor)
      let numbers = try Self.numbers(of: part, tensor, shape.reduce(1, *), "\(path): \(parameter.name)")
      if let check = file.metadata["crc32c:\(parameter.name)"], check != Self.checksum(part) {
        throw CompileFailure(.model, "\(path): the values of \(parameter.name) are damaged: their checksum is wrong")
      }
      guard numbers.allSatisfy(\.isFinite) else {
        throw CompileFailure(.model, "\(path): \(parameter.name) has a number that is not finite")
      }
      values[parameter.name] = numbers
    }
    // A checkpoint has the optimizer's slots and where training stands besides.
    let others = Set(file.tensors.keys).subtracting(parameters.map(\.name))
    if file.metadata["step"] == nil, let other = others.min() {
      throw CompileFailure(.model, "\(path): it has a tensor \(other), which the model does not")
    }
    self.values = values
  }

  private static func numbers(
    of bytes: Data, _ tensor: SafetensorsFile.Tensor, _ count: Int, _ subject: String
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
