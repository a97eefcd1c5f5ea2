import CompilerDriver
import Foundation
import Testing

/// A checkpoint survives whatever happens while the next one is saved.
@Suite(.serialized) final class SavingTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
  private var checkpoint: String { folder.appendingPathComponent("weights.safetensors").path }
  private static let data = ExampleTests.root.appendingPathComponent("Examples/diabetes/diabetes.csv").path

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func program() async throws -> String {
    var options = CompileOptions(
      model: ExampleTests.root.appendingPathComponent("Examples/diabetes/model.swift").path)
    options.output = folder.path
    options.gemm = .builtin
    return try #require(try await Compiler.compile(options).executable)
  }

  @Test func killedWhileSaving() async throws {
    let program = try await program()
    var epochs: [Int] = []
    for trial in 0..<40 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = ["train", "--data", Self.data, "--epochs", "100000", "--checkpoint", checkpoint]
      if trial > 0 { process.arguments?.append("--resume") }
      process.standardOutput = FileHandle.nullDevice
      let before = Self.inode(of: checkpoint)
      try process.run()
      // It saves after each epoch. However slow the machine is, one save of this run comes first; the kill then falls
      // anywhere in the next ones.
      try Self.waitForSave(of: checkpoint, after: before)
      usleep(UInt32(trial * 137))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let line = try Program.run(program, ["evaluate", "--weights", checkpoint, "--data", Self.data])
      #expect(line.hasPrefix("loss="))
      epochs.append(try Self.epoch(of: checkpoint))
    }
    // It got on, and never back.
    #expect(epochs.count == 40 && epochs == epochs.sorted() && (epochs.last ?? 0) > (epochs.first ?? 0), "\(epochs)")
  }

  /// A save puts another file in the checkpoint's place.
  private static func inode(of path: String) -> UInt64? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.systemFileNumber] as? UInt64
  }

  private static func waitForSave(of path: String, after before: UInt64?) throws {
    for _ in 0..<60_000 {
      if let now = inode(of: path), now != before { return }
      usleep(1_000)
    }
    Issue.record("no checkpoint was saved within a minute")
  }

  /// The `epoch` of a checkpoint's metadata.
  private static func epoch(of path: String) throws -> Int {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: bytes.dropFirst(8).prefix(length)) as? [String: Any]
    let metadata = try #require(header?["__metadata__"] as? [String: String])
    return try #require(metadata["epoch"].flatMap { Int($0) })
  }

  @Test func fullDisk() async throws {
    let program = try await program()
    let train = ["train", "--data", Self.data, "--epochs", "2", "--checkpoint", checkpoint]
    _ = try Program.run(program, train)
    let before = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
    // A limit on the size of files fails a write as a full disk does.
    let words = ([program] + train + ["--seed", "9"]).map { "'\($0)'" }.joined(separator: " ")
    let message = try Program.failure("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 1; exec \(words)"])
    #expect(message.contains("weights.safetensors: cannot save: File too large; what it held before is untouched"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == before)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.filter { $0.contains("safetensors") } == ["weights.safetensors"])
  }

  @Test func folderThatIsNotThere() async throws {
    let program = try await program()
    let path = folder.appendingPathComponent("none/weights.safetensors").path
    let message = try Program.failure(program, ["train", "--data", Self.data, "--epochs", "1", "--checkpoint", path])
    #expect(message.contains("none/weights.safetensors: cannot save: No such file or directory"))
  }
}
