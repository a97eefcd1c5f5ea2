import Foundation
import Testing

/// CIFAR's binary files train as the same pictures in NPZ do, and damaged ones give an error that names the place.
@Suite(.serialized) final class CifarFileTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func program(classes: Int, data: String = "") async throws -> String {
    try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: [32, 32, 3]) {
        Conv2D(4, kernelSize: 3, strides: 2, activation: .relu); GlobalAveragePooling2D(); Dense(\(classes), activation: .softmax)
      }
      model.training = Training(loss: .sparseCategoricalCrossentropy, epochs: 1, batchSize: 2, \(data)seed: 7)
      """, in: folder)
  }

  // Four rows; every byte of a picture differs from its neighbours along each axis.
  private static let labels: [[UInt8]] = [[3, 7], [0, 9], [19, 99], [5, 0]]
  private static let pictures = (0..<4).map { row in
    (0..<3072).map { UInt8(truncatingIfNeeded: ($0 * 7 + $0 / 1024 * 31 + row * 11) ^ ($0 >> 5)) }
  }

  /// Rows in the file's order: labels, then a plane of 32 * 32 for each channel.
  private static func file(_ rows: Range<Int>, labels: ([UInt8]) -> [UInt8]) -> Data {
    rows.reduce(into: Data()) { $0 += labels(Self.labels[$1]) + pictures[$1] }
  }

  /// The same rows as arrays of the model, channels last, multiplied by `scale`.
  private static func arrays(_ label: ([UInt8]) -> UInt8, scale: Float = 1) -> Data {
    let x = pictures.flatMap { picture in
      (0..<3072).map { Float(picture[$0 % 3 * 1024 + $0 / 3]) * scale }
    }
    return ArrayFile.npz([
      ("x", ArrayFile.npy("<f4", "(4, 32, 32, 3)", ArrayFile.bytes(x))),
      ("y", ArrayFile.npy("|u1", "(4,)", Data(labels.map(label)))),
    ])
  }

  private func write(_ data: Data, _ name: String) throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent(name)
    try data.write(to: path)
    return path.path
  }

  /// The weights after an epoch.
  private func weights(_ program: String, _ data: String?) throws -> Data {
    let checkpoint = folder.appendingPathComponent("weights.safetensors")
    _ = try Program.run(
      program, ["train", "--checkpoint", checkpoint.path] + (data.map { ["--data", $0] } ?? []))
    return try Data(contentsOf: checkpoint)
  }

  // MARK: Tests

  @Test func tenClassesTrainAsArraysDo() async throws {
    // Labels of 10 classes, from two declared files beside model.swift, scaled.
    let small = { (labels: [UInt8]) in labels[0] % 10 }
    _ = try write(Self.file(0..<1) { [small($0)] }, "a.bin")
    let rest = try write(Self.file(1..<4) { [small($0)] }, "b.bin")
    let program = try await program(classes: 10, data: "data: .cifar(\"a.bin\", \"b.bin\", scale: 0.25), ")
    let expected = try weights(program, try write(Self.arrays(small), "all.npz"))
    #expect(try weights(program, nil) == expected)
    #expect(try weights(program, folder.appendingPathComponent("a.bin").path + "," + rest) == expected)
    #expect(try weights(program, rest) != expected)
    let rows = try Program.run(
      program, ["predict", "--weights", folder.appendingPathComponent("weights.safetensors").path, "--data", rest])
    #expect(rows.split(separator: "\n").count == 3)
  }

  @Test(arguments: [(100, 1), (20, 0)])
  func hundredClassesTrainAsArraysDo(classes: Int, label: Int) async throws {
    let program = try await program(classes: classes)
    let expected = try weights(program, try write(Self.arrays { $0[label] }, "all.npz"))
    #expect(try weights(program, try write(Self.file(0..<4) { $0 }, "train.bin")) == expected)
  }

  @Test func damagedFilesSayWhatIsWrong() async throws {
    let program = try await program(classes: 10)
    let whole = Self.file(0..<4) { [$0[0] % 10] }
    var label = whole
    label[2 * 3073] = 10
    let good = try write(whole, "good.bin")
    let cases: [(String, Data, String)] = [
      ("cut.bin", whole.dropLast(), "cut.bin: cut off in row 4, at byte 12291: a row of CIFAR-10 has 3073 bytes"),
      ("long.bin", whole + [0], "long.bin: cut off in row 5, at byte 12293"),
      ("one.bin", Data([1]), "one.bin: cut off in row 1, at byte 1"),
      ("empty.bin", Data(), "empty.bin: there are no rows"),
      ("label.bin", label, "label.bin: row 3: 10 is no class of the model; classes are numbered from 0"),
      (
        "hundred.bin", Self.file(0..<4) { $0 },
        "hundred.bin: its rows have 3074 bytes, as CIFAR-100's have, but the model has 10 classes"
      ),
    ]
    for (name, data, message) in cases {
      let path = try write(data, name)
      for list in [path, "\(good),\(path)"] {
        let said = try Program.failure(
          program, ["train", "--data", list, "--checkpoint", folder.appendingPathComponent("w").path])
        #expect(said.contains(message), "\(name): \(said)")
      }
    }
    let said = try Program.failure(program, ["train", "--data", "\(good),none.bin"])
    #expect(said.contains("none.bin: No such file"))
  }

  @Test func otherShapesAreRefused() async throws {
    let program = try await Program.sanitized(
      """
      import DLC
      let model = Model("m", input: [28, 28, 1]) { Flatten(); Dense(10, activation: .softmax) }
      model.training = Training(loss: .sparseCategoricalCrossentropy, epochs: 1)
      """, in: folder)
    let said = try Program.failure(program, ["train", "--data", write(Self.file(0..<2) { [$0[0]] }, "a.bin")])
    #expect(said.contains("a.bin: 'x' has 784 numbers a row, but this array has the shape [2, 32, 32, 3]"), "\(said)")
  }
}
