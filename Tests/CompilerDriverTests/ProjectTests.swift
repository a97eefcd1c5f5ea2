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
