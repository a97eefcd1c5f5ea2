import CompilerDriver
import Foundation
import Testing

/// A loss that model.swift writes as arithmetic on tensors trains like the same one that is built in.
@Suite struct CustomLossTests {
  @Test(arguments: [
    (".mse", "(p - y) * (p - y)"),
    (".huber(delta: 0.5)", "`where`(abs(y - p) .<= 0.5, pow(y - p, 2) / 2, 0.5 * abs(y - p) - 0.125)"),
    (".binaryCrossentropy", "0 - y * log(max(p, 1e-7)) - (1 - y) * log(max(1 - p, 1e-7))"),
  ])
  func trainsAlike(builtIn: String, custom: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = { (file: String) in folder.appendingPathComponent(file).path }
    let rows = (0..<40).map { "\(Double($0 * 7 % 11) / 11),\(Double($0 * 5 % 13) / 13),\(Double($0 * 3 % 8) / 8)" }
    try (["a,b,y"] + rows).joined(separator: "\n").write(toFile: path("rows.csv"), atomically: true, encoding: .utf8)
    var logs: [[Double]] = []
    for loss in [builtIn, ".custom(\"own\") { y, p in \(custom) }"] {
      try """
      import DLC
      let model = Model("loss", input: [2]) { Dense(6, activation: .tanh); Dense(1, activation: .sigmoid) }
      model.training = Training(
        loss: \(loss), optimizer: .sgd(learningRate: 0.5), epochs: 4, batchSize: 8,
        data: .csv("rows.csv", target: "y"), seed: 2)

      """.write(toFile: path("model.swift"), atomically: true, encoding: .utf8)
      var options = CompileOptions(model: path("model.swift"))
      options.output = path("out")
      options.element = .f64
      let program = try #require(try await Compiler.compile(options).executable)
      _ = try Program.run(program, ["train", "--log-json", path("log"), "--checkpoint", path("w.safetensors")])
      struct Epoch: Decodable { var loss: Double }
      let lines = try String(contentsOfFile: path("log"), encoding: .utf8).split(separator: "\n")
      logs.append(try lines.map { try JSONDecoder().decode(Epoch.self, from: Data($0.utf8)).loss })
    }
    #expect(logs[0].count == 4 && logs[0][3] < logs[0][0])
    #expect(zip(logs[0], logs[1]).allSatisfy { ($0 - $1).magnitude < 1e-8 }, "\(logs)")
  }
}
