import Foundation
import Testing

/// Data in files of every format give the same result as the CSV, and damaged ones an error that names the place.
@Suite(.serialized) final class DataFileTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A small classifier of 3 numbers, built with sanitizers, and files that all hold the same 6 rows.
  private func program() async throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var csv = "label,a,b,c\n"
    for row in 0..<6 { csv += "\(Self.labels[row])," + Self.row(row).map { "\($0)" }.joined(separator: ",") + "\n" }
    try write(Data(csv.utf8), "rows.csv")
    return try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: [3]) { Dense(4, activation: .tanh); Dense(2, activation: .softmax) }
      model.training = Training(
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], epochs: 1, batchSize: 2,
        data: .csv("rows.csv", target: "label"))
      """, in: folder)
  }

  private static let labels: [UInt8] = [0, 1, 1, 0, 1, 0]
  private static func row(_ row: Int) -> [Float] { (0..<3).map { Float(row * 3 + $0) / 4 - 2 } }
  private static let values = (0..<6).flatMap(row)

  private func write(_ data: Data, _ name: String) throws { try data.write(to: path(name)) }
  private func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  private static let x = ArrayFile.npy("<f4", "(6, 3)", ArrayFile.bytes(values))
  private static let y = ArrayFile.npy("|u1", "(6,)", Data(labels))

  private static let images = ArrayFile.idx(0x0D, [6, 3], ArrayFile.bytes(values, bigEndian: true))
  private static let classes = ArrayFile.idx(0x08, [6], Data(labels))

  private static let safetensors: Data = {
    let header =
      #"{"x":{"dtype":"F32","shape":[6,3],"data_offsets":[0,72]},"y":{"dtype":"U8","shape":[6],"data_offsets":[72,78]}}"#
    return ArrayFile.little(header.utf8.count, 8) + Data(header.utf8) + ArrayFile.bytes(values) + Data(labels)
  }()

  // MARK: Tests

  @Test func everyFormatTrainsAlike() async throws {
    let program = try await program()
    try write(Self.x, "x.npy")
    try write(Self.y, "y.npy")
    try write(ArrayFile.npz([("other", Self.y), ("x", Self.x), ("y", Self.y)]), "rows.npz")
    try write(Self.images, "x.idx")
    try write(Self.classes, "y.idx")
    try write(Self.safetensors, "rows.safetensors")
    func weights(_ data: String) throws -> Data {
      let checkpoint = path("weights.safetensors").path
      _ = try Program.run(program, ["train", "--data", data, "--seed", "7", "--checkpoint", checkpoint])
      return try Data(contentsOf: path("weights.safetensors"))
    }
    let expected = try weights(path("rows.csv").path)
    for data in ["rows.npz", "rows.safetensors"] { #expect(try weights(path(data).path) == expected, "\(data)") }
    #expect(try weights(path("x.npy").path + "," + path("y.npy").path) == expected)
    #expect(try weights(path("x.idx").path + "," + path("y.idx").path) == expected)

    let predict = ["predict", "--weights", path("weights.safetensors").path, "--data"]
    let rows = try Program.run(program, predict + [path("x.npy").path])
    #expect(rows.split(separator: "\n").count == 6)
    for format in ["npy", "npz"] {
      let bytes = try Program.bytes(program, predict + [path("rows.npz").path, "--format", format])
      let wanted = rows.split { $0 == "\n" || $0 == "," }.compactMap { Float($0) }
      #expect(bytes.range(of: ArrayFile.bytes(wanted)) != nil, "\(format)")
      #expect(bytes.prefix(6) == (format == "npy" ? Self.x.prefix(6) : Data("PK\u{3}\u{4}\u{14}\0".utf8)))
      // What it writes it reads: as inputs the rows have 2 numbers instead of 3.
      try write(bytes, "out.\(format)")
      let message = try Program.failure(program, predict + [path("out.\(format)").path])
      #expect(
        message.contains(
          format == "npy" ? "'x' has 3 numbers a row, but this array has the shape [6, 2]" : "there is no array 'x'"))
    }
  }

  @Test func damagedFilesSayWhatIsWrong() async throws {
    let program = try await program()
    let wholeX = Self.x.count
    let cases: [(String, Data, String)] = [
      (
        "fortran.npz",
        ArrayFile.npz([
          ("x", ArrayFile.npy("<f4", "(6, 3)", ArrayFile.bytes(Self.values), order: "True")), ("y", Self.y),
        ]),
        "array 'x': it is in Fortran order"
      ),
      (
        "object.npz",
        ArrayFile.npz([("x", ArrayFile.npy("|O8", "(6, 3)", ArrayFile.bytes(Self.values))), ("y", Self.y)]),
        "array 'x': its type '|O8'"
      ),
      (
        "short.npz",
        ArrayFile.npz([("x", ArrayFile.npy("<f4", "(7, 3)", ArrayFile.bytes(Self.values))), ("y", Self.y)]),
        "array 'x': cut off: its shape needs 84 bytes, but 72 are there"
      ),
      (
        "huge.npz", ArrayFile.npz([("x", ArrayFile.npy("<f4", "(4294967296, 4294967296, 9)", Data())), ("y", Self.y)]),
        "array 'x': its shape has more numbers than memory can hold"
      ),
      (
        "rows.npz", ArrayFile.npz([("x", Self.x), ("y", ArrayFile.npy("|u1", "(5,)", Data(Self.labels.prefix(5))))]),
        "array 'y': it has 5 rows, but the arrays before it have 6"
      ),
      (
        "label.npz", ArrayFile.npz([("x", Self.x), ("y", ArrayFile.npy("|u1", "(6,)", Data([0, 1, 2, 0, 0, 0])))]),
        "array 'y': row 3: 2 is no class of the model"
      ),
      (
        "nan.npz",
        ArrayFile.npz([
          ("x", ArrayFile.npy("<f4", "(6, 3)", ArrayFile.bytes([.nan] + Self.values.dropFirst()))), ("y", Self.y),
        ]),
        "array 'x': row 1: nan is not a finite number"
      ),
      ("missing.npz", ArrayFile.npz([("x", Self.x)]), "there is no array 'y', which the model's target needs"),
      (
        "packed.npz", ArrayFile.npz([("x", Self.x), ("y", Self.y)], method: 8),
        "array 'x': it is compressed; save it with numpy.savez, not savez_compressed"
      ),
      (
        // A directory in an archive that is shorter than one entry of it.
        "tiny.npz",
        Data(
          [0x50, 0x4B, 3, 4, 0x50, 0x4B, 1, 2, 0x50, 0x4B, 5, 6] + [
            0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0,
          ]),
        "damaged: member 1 of the directory, at byte 4"
      ),
      ("alone.npy", Self.x, "it holds inputs; give the targets' file as well: --data INPUTS,TARGETS"),
      ("empty.npy", Data(), "it is empty"),
      ("header.safetensors", Data(Self.safetensors.prefix(40)), "header"),
    ]
    for (name, data, message) in cases {
      try write(data, name)
      let said = try Program.failure(program, ["train", "--data", path(name).path, "--checkpoint", path("w").path])
      #expect(said.contains(message) && said.contains(name), "\(name): \(said)")
    }
    #expect(!FileManager.default.fileExists(atPath: path("w").path))

    // Every prefix, and one changed byte at a time: an error or, where the damage makes no difference, success.
    var damaged: [(String, Data)] = []
    for (name, whole) in [
      ("x.npz", ArrayFile.npz([("x", Self.x), ("y", Self.y)])), ("x.safetensors", Self.safetensors),
      ("x.idx", Self.images),
      ("x.npy", Self.x),
    ] {
      for length in stride(from: 0, to: whole.count, by: 23) { damaged.append((name, Data(whole.prefix(length)))) }
      for position in stride(from: 0, to: min(whole.count, wholeX), by: 11) {
        var copy = whole
        copy[position] ^= 0xFF
        damaged.append((name, copy))
      }
    }
    try write(Self.classes, "y.idx")
    for (name, data) in damaged {
      try write(data, name)
      let targets = name.hasSuffix(".idx") || name.hasSuffix(".npy") ? "," + path("y.idx").path : ""
      let training = try Program.status(
        program, ["train", "--data", path(name).path + targets, "--checkpoint", path("w").path])
      #expect(training == 0 || training == 1, "\(name) of \(data.count) bytes ended with \(training)")
    }
  }
}
