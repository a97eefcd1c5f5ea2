/// Reads the text form of a graph.
public enum GraphParser {
  public struct Failure: Error, Hashable, CustomStringConvertible {
    public var line: Int
    public var message: String
    public var description: String { "line \(line): \(message)" }
  }

  public static func parse(_ text: String, operators: [String: any Operator.Type]) throws(Failure) -> Graph {
    throw Failure(line: 1, message: "unfinished")
  }
}
