import Diagnostics
import Foundation

extension CompileFailure {
  /// As it is printed: with the lines of model.swift.
  public func rendered(colour: Bool) -> String {
    let renderer = DiagnosticRenderer(isColoured: colour) { location in
      guard let data = FileManager.default.contents(atPath: location.file) else { return nil }
      let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      guard lines.indices.contains(location.line - 1) else { return nil }
      return String(decoding: lines[location.line - 1], as: UTF8.self)
    }
    return (compilerOutput ?? "") + renderer.render(diagnostics)
  }
}
