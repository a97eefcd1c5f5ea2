import Foundation
import Testing

@testable import CompilerDriver

@Suite struct ProjectTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)").path

  @Test func hasAModelOfItsNameAndData() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Project.create(folder + "/signs", template: .mlp)
    let model = try String(contentsOfFile: folder + "/signs/model.swift", encoding: .utf8)
    #expect(model.contains("Model(\"signs\", input: [2])"))
    #expect(try String(contentsOfFile: folder + "/signs/data.csv", encoding: .utf8).split(separator: "\n").count == 401)
  }

  /// What `dlc new` makes compiles, trains, and learns its task.
  @Test(arguments: Project.Template.allCases)
  func learnsItsTask(template: Project.Template) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Project.create(folder + "/task", template: template)
    var options = CompileOptions(model: folder + "/task/model.swift")
    options.output = folder + "/build"
    let program = try #require(try await Compiler.compile(options).executable)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["train", "--checkpoint", folder + "/weights.safetensors"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let accuracy = said.split(separator: " ").last.flatMap {
      Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    #expect((accuracy ?? 0) > 0.9, "\(said.suffix(200))")
  }

  @Test func leavesAnExistingFolderAlone() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/signs", withIntermediateDirectories: true)
    #expect(throws: CompileFailure.self) { try Project.create(folder + "/signs", template: .mlp) }
  }

  @Test func wantsANameThatCCanUse() {
    let failure = #expect(throws: CompileFailure.self) { try Project.create(folder + "/two-nets", template: .mlp) }
    #expect(failure?.status == .usage)
  }
}
