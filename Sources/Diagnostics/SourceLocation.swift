/// A place in the user's model.swift: file, line and column, both counted from 1.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// Where nothing in model.swift is the cause, such as a node that a pass made for its own use.
  public static let unknown = SourceLocation(file: "", line: 0, column: 0)

  public var isKnown: Bool { line > 0 }

  /// `model.swift:9:3`, with the file's last path component only: output must not depend on where the file lies.
  public var description: String { isKnown ? "\(fileName):\(line):\(column)" : "unknown" }

  public var fileName: String { file.split(separator: "/").last.map(String.init) ?? file }
}
