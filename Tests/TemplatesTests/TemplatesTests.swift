import Foundation
import Templates
import Testing

@Suite struct TemplatesTests {
  /// A file that is not listed in Package.swift and Templates.swift would be missing from an installed compiler.
  @Test func embedsEveryFileOfTheFolderAsItIs() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appendingPathComponent("Templates").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix(".swift") }
    #expect(Templates.names == files.sorted())
    for file in files {
      #expect(Templates.text(file) == (try String(contentsOfFile: folder + "/" + file, encoding: .utf8)))
    }
  }

  @Test func putsTheNameInBothLetterCases() throws {
    for file in Templates.names {
      let text = try Templates.expand([file], name: "twoNets")
      #expect(!text.contains("@name@") && !text.contains("@NAME@"))
    }
    #expect(try Templates.expand(["inline.c"], name: "net").contains("NET_INLINE"))
  }

  @Test func saysWhichPieceIsMissing() {
    let missing = #expect(throws: Templates.Missing.self) { try Templates.expand(["x.c"], name: "net") }
    #expect(missing?.description == "there is no template x.c")
  }
}
