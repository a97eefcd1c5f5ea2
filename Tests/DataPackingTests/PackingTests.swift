import CompilerDriver
import Foundation
import Testing

@testable import DataPacking

/// Folders of pictures become files of rows; what is wrong with them is said by the file's name.
@Suite final class PackingTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ data: Data, _ name: String) throws {
    let file = folder.appendingPathComponent("pictures/" + name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  private func plain(_ value: UInt8, side: Int = 2) -> Data {
    PictureFile.png(
      Picture(height: side, width: side, channels: 3, pixels: [UInt8](repeating: value, count: side * side * 3)))
  }

  private func packing() -> PicturePacking {
    PicturePacking(
      folder: folder.appendingPathComponent("pictures").path,
      output: folder.appendingPathComponent("packed.safetensors").path)
  }

  private func messages(size: (Int, Int)? = nil) -> String {
    var packing = packing()
    packing.size = size
    do throws(DataFailure) {
      return "no failure: \(try packing.run())"
    } catch {
      return error.diagnostics.map(\.message).joined(separator: "\n")
    }
  }

  /// The header as text, and the data behind it.
  private func contents(_ path: String) throws -> (header: String, data: [UInt8]) {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return (String(decoding: bytes[8..<(8 + length)], as: UTF8.self), Array(bytes[(8 + length)...]))
  }

  // MARK: Tests

  /// Each picture shows its class, so every row can be checked; four of `a` and two of `b \"` alternate evenly.
  @Test func rowsClassesAndNames() throws {
    for index in 0..<4 { try write(plain(10), "a/\(index).png") }
    for index in 0..<2 { try write(plain(20), "b \"/\(index).png") }
    try write(Data("hidden".utf8), "a/.notes")
    let said = try packing().run()
    #expect(said.count == 1 && said[0].hasSuffix("packed.safetensors: 6 pictures [2, 2, 3] of 2 classes"))
    let (header, data) = try contents(packing().output)
    #expect(header.contains(#""x":{"dtype":"U8","shape":[6, 2, 2, 3],"data_offsets":[0,72]}"#), "\(header)")
    #expect(header.contains(#""y":{"dtype":"U8","shape":[6],"data_offsets":[72,78]}"#), "\(header)")
    #expect(header.contains(#""__metadata__":{"classes":"[\"a\",\"b \\\"\"]"}"#), "\(header)")
    let labels = Array(data[72...])
    #expect(labels == [0, 1, 0, 0, 1, 0])
    for (row, label) in labels.enumerated() {
      #expect(data[(row * 12)..<(row * 12 + 12)].allSatisfy { $0 == (label == 0 ? 10 : 20) })
    }
  }

  @Test func validationHasEveryClass() throws {
    for index in 0..<6 { try write(plain(10, side: 4), "a/\(index).png") }
    for index in 0..<4 { try write(plain(20), "b/\(index).png") }
    var packing = packing()
    (packing.size, packing.channels, packing.validation) = ((3, 1), 1, 0.4)
    #expect(try packing.run().count == 2)
    let (header, data) = try contents(folder.appendingPathComponent("packed_validation.safetensors").path)
    #expect(header.contains(#""x":{"dtype":"U8","shape":[4, 3, 1, 1],"#), "\(header)")
    #expect(data.suffix(4).contains(0) && data.suffix(4).contains(1))
    #expect(try contents(packing.output).data.count == 6 * 4)
  }

  /// Whichever file it belongs to, an unreadable picture leaves both unwritten.
  @Test func nothingIsWrittenBeforeAllIsRead() throws {
    for index in 0..<8 { try write(index == 3 ? Data("words".utf8) : plain(10), "a/\(index).png") }
    for seed in 0..<8 as Range<UInt64> {
      var packing = packing()
      (packing.validation, packing.seed, packing.size) = (0.5, seed, (2, 2))
      #expect(throws: DataFailure.self) { try packing.run() }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pictures"])
    }
  }

  @Test func seedChoosesTheOrder() throws {
    for index in 0..<8 { try write(plain(UInt8(index)), "a/\(index).png") }
    var packing = packing()
    func packed(_ seed: UInt64) throws -> [UInt8] {
      packing.seed = seed
      _ = try packing.run()
      return try contents(packing.output).data
    }
    #expect(try packed(1) == packed(1))
    #expect(try packed(1) != packed(2))
    #expect(try packed(1).sorted() == packed(2).sorted())
  }

  /// Bright and dark pictures of other sizes, in both formats: what is packed is what a program trains on.
  @Test func aProgramTrainsOnIt() async throws {
    for index in 0..<20 {
      let value = UInt8(index % 2 == 0 ? 40 + index : 190 + index)
      let side = 9 + index
      let picture = Picture(
        height: side, width: side, channels: 3, pixels: [UInt8](repeating: value, count: side * side * 3))
      let isPNG = index % 4 < 2
      try write(
        isPNG ? PictureFile.png(picture) : PictureFile.jpeg(picture),
        (index % 2 == 0 ? "dark/" : "light/") + "\(index)." + (isPNG ? "png" : "jpg"))
    }
    var packing = packing()
    (packing.size, packing.channels) = ((8, 12), 1)
    _ = try packing.run()
    let model = folder.appendingPathComponent("model.swift")
    try """
    import DLC
    let model = Model("shades", input: [8, 12, 1]) { Flatten(); Dense(2, activation: .softmax) }
    model.training = Training(
      loss: .sparseCategoricalCrossentropy, optimizer: .adam(learningRate: 0.01), metrics: [.accuracy], epochs: 60,
      batchSize: 4, data: .safetensors("packed.safetensors", scale: 1.0 / 255), seed: 1)
    """.write(to: model, atomically: true, encoding: .utf8)
    var options = CompileOptions(model: model.path)
    options.output = folder.appendingPathComponent("build").path
    options.gemm = .builtin
    let executable = try #require(try await Compiler.compile(options).executable)
    let weights = folder.appendingPathComponent("weights.safetensors").path
    _ = try run(executable, ["train", "--checkpoint", weights])
    let said = try run(executable, ["evaluate", "--weights", weights, "--data", packing.output])
    #expect(said.contains("accuracy=1.000000"), "\(said)")
  }

  private func run(_ executable: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  @Test func mistakesNameTheFile() throws {
    #expect(messages().hasSuffix("pictures is not there"))
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("pictures"), withIntermediateDirectories: true)
    #expect(messages().hasSuffix("pictures has no classes"))
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("pictures/b"), withIntermediateDirectories: true)
    #expect(messages().hasSuffix("the class folder \(packing().folder)/b has no pictures"))
    try write(plain(1), "b/c/0.png")
    #expect(messages().hasSuffix("pictures/b/c is a folder inside the folder of a class"))
    try FileManager.default.removeItem(at: folder.appendingPathComponent("pictures/b/c"))

    try write(plain(1), "b/0.png")
    try write(Data("words".utf8), "b/1.png")
    try write(plain(1).prefix(50), "b/2.png")
    let said = messages(size: (2, 2))
    #expect(said.contains("pictures/b/1.png is not a readable picture: it is neither PNG nor JPEG"), "\(said)")
    #expect(said.contains("pictures/b/2.png is not a readable picture: "), "\(said)")
    try write(plain(1), "b/1.png")
    try write(plain(1, side: 3), "b/2.png")
    #expect(messages().contains(" pixels, the first picture "))
    try write(plain(1), "0.png")
    #expect(messages().hasSuffix("pictures/0.png is not in the folder of a class"))
    // Nothing is left of a file that was not finished.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pictures"])
  }
}
