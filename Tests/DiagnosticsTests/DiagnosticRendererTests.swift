import Testing

@testable import Diagnostics

@Suite struct DiagnosticRendererTests {
  @Test func putsACaretUnderTheColumn() {
    let place = SourceLocation(file: "/a/model.swift", line: 9, column: 4)
    let renderer = DiagnosticRenderer { _ in "\t  Dense(128)" }
    let text = renderer.render([
      Diagnostic(.error, "too wide", at: place, notes: [.note("put Flatten() before it")])
    ])
    #expect(text == "model.swift:9:4: error: too wide\n\t  Dense(128)\n\t  ^\nnote: put Flatten() before it\n")
  }

  @Test func countsColumnsInBytesAndDrawsCharacters() {
    let place = SourceLocation(file: "model.swift", line: 1, column: 4)
    let text = DiagnosticRenderer { _ in "é + x" }.render([Diagnostic(.warning, "m", at: place)])
    #expect(text == "model.swift:1:4: warning: m\né + x\n  ^\n")
  }

  @Test func leavesOutWhatIsUnknown() {
    #expect(DiagnosticRenderer().render([Diagnostic(.error, "no compiler")]) == "error: no compiler\n")
  }
}
