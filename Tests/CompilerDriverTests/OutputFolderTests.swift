import Foundation
import Testing

@testable import CompilerDriver

@Suite struct OutputFolderTests {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("dlc-\(UUID().uuidString)").path

  @Test func writesOnlyWhatChanged() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try OutputFolder(path + "/deep")
    #expect(try folder.write("one", to: "file.c"))
    #expect(try !folder.write("one", to: "file.c"))
    #expect(try folder.write("two", to: "file.c"))
    #expect(FileManager.default.contents(atPath: path + "/deep/file.c") == Data("two".utf8))
  }

  @Test func saysWhatIsInTheWay() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data().write(to: URL(fileURLWithPath: path))
    let failure = #expect(throws: CompileFailure.self) { try OutputFolder(path + "/deep") }
    #expect(failure?.status == .model)
    #expect(failure?.diagnostics.first?.message == "cannot make the folder \(path)/deep: not a directory")
  }
}
