import Diagnostics
import FoundationEssentials
import KernelIR

/// Reads the text form of a graph that `Graph.description` writes.
public enum GraphParser {
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public var line: Int
    public var message: String
    public var description: String { "line \(line): \(message)" }
  }

  public static func parse(_ text: String, operators: [String: any Operator.Type]) throws(Failure) -> Graph {
    var graph = Graph(name: "")
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      var scanner = LineScanner(rest: line, line: number + 1)
      scanner.skipSpaces()
      if scanner.rest.isEmpty || scanner.rest.hasPrefix("//") { continue }
      if scanner.take("graph ") {
        graph.name = String(scanner.rest)
      } else if scanner.take("root ") {
        graph.roots.append(try scanner.root())
      } else {
        graph.nodes.append(try scanner.node(number: graph.nodes.count, operators: operators))
      }
    }
    return graph
  }
}

private struct LineScanner {
  var rest: Substring
  let line: Int

  func failure(_ message: String) -> GraphParser.Failure { GraphParser.Failure(line: line, message: message) }

  mutating func skipSpaces() { rest = rest.drop { $0 == " " } }

  /// Takes `prefix` if the line goes on with it.
  mutating func take(_ prefix: String) -> Bool {
    guard rest.hasPrefix(prefix) else { return false }
    rest = rest.dropFirst(prefix.count)
    return true
  }

  mutating func expect(_ prefix: String) throws(GraphParser.Failure) {
    skipSpaces()
    guard take(prefix) else { throw failure("'\(prefix)' expected before '\(rest.prefix(20))'") }
    skipSpaces()
  }

  mutating func word(while isPart: (Character) -> Bool) -> Substring {
    let word = rest.prefix(while: isPart)
    rest = rest.dropFirst(word.count)
    return word
  }

  mutating func integer() throws(GraphParser.Failure) -> Int {
    guard let value = Int(word { $0.isNumber }) else { throw failure("a number expected before '\(rest.prefix(20))'") }
    return value
  }

  /// `%3` or `%3.1`.
  mutating func value() throws(GraphParser.Failure) -> Value {
    try expect("%")
    let node = try integer()
    return Value(node: node, result: take(".") ? try integer() : 0)
  }

  /// `f32[rows, 64]`.
  mutating func type() throws(GraphParser.Failure) -> TensorType {
    skipSpaces()
    let name = word { $0.isLetter || $0.isNumber }
    guard let element = ElementType(rawValue: String(name)) else { throw failure("'\(name)' is not an element type") }
    try expect("[")
    var dimensions: [Dimension] = []
    while !take("]") {
      if take("rows") {
        dimensions.append(.rows)
      } else {
        let count = try integer()
        dimensions.append(Dimension(count, perRow: take("*rows")))
      }
      skipSpaces()
      if !rest.hasPrefix("]") { try expect(",") }
    }
    return TensorType(element, Shape(dimensions))
  }

  /// A JSON object, up to its closing brace.
  mutating func object() throws(GraphParser.Failure) -> Substring {
    skipSpaces()
    var depth = 0
    var isString = false
    var isEscaped = false
    for index in rest.indices {
      let character = rest[index]
      if isString {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isString = false
        }
        continue
      }
      switch character {
      case "\"": isString = true
      case "{", "[": depth += 1
      case "}", "]":
        depth -= 1
        if depth == 0 {
          let text = rest[...index]
          rest = rest[rest.index(after: index)...]
          return text
        }
      default: if depth == 0 { throw failure("attributes in braces expected before '\(rest.prefix(20))'") }
      }
    }
    throw failure("the attributes have no closing brace")
  }

  mutating func node(number: Int, operators: [String: any Operator.Type]) throws(GraphParser.Failure) -> Node {
    var count = 0
    repeat {
      let value = try value()
      guard value == Value(node: number, result: count) else { throw failure("the next value is %\(number)") }
      count += 1
      skipSpaces()
    } while take(",")
    try expect(":")
    var results = [try type()]
    while take(",") { results.append(try type()) }
    guard results.count == count else { throw failure("\(count) results, but \(results.count) types") }
    try expect("=")
    let name = word { $0 != " " }
    guard let operatorType = operators[String(name)] else { throw failure("there is no operator '\(name)'") }
    let op = try decode(operatorType, object())
    try expect("(")
    var operands: [Value] = []
    while !take(")") {
      operands.append(try value())
      skipSpaces()
      if !rest.hasPrefix(")") { try expect(",") }
    }
    var node = Node(op: op, operands: operands, results: results, location: .unknown, scope: "")
    skipSpaces()
    if take("@ ") { node.location = try location() }
    skipSpaces()
    if take("in \"") {
      node.scope = String(word { $0 != "\"" })
      try expect("\"")
    }
    skipSpaces()
    if take("kernel ") { node.kernel = try integer() }
    skipSpaces()
    guard rest.isEmpty else { throw failure("'\(rest.prefix(20))' is not expected here") }
    return node
  }

  private func decode<O: Operator>(_ type: O.Type, _ text: Substring) throws(GraphParser.Failure) -> any Operator {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return try decoder.decode(type, from: Data(text.utf8)) } catch {
      throw failure("the attributes \(text) do not fit \(type.name)")
    }
  }

  /// `model.swift:6:13`, up to the scope or the kernel; the file's name may have spaces.
  private mutating func location() throws(GraphParser.Failure) -> SourceLocation {
    var text = ""
    repeat {
      text += word { $0 != " " }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count > 2, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]) {
        return SourceLocation(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
      }
      text += " "
    } while take(" ")
    throw failure("a location is FILE:LINE:COLUMN, not '\(text.dropLast())'")
  }

  /// `output NAME %5`, `loss %5`, `update KIND NAME %5`; a name may have spaces.
  mutating func root() throws(GraphParser.Failure) -> Root {
    guard let end = rest.lastIndex(of: " ") else { throw failure("a root is a role and a value, not '\(rest)'") }
    var last = LineScanner(rest: rest[rest.index(after: end)...], line: line)
    let value = try last.value()
    guard last.rest.isEmpty else { throw failure("'\(last.rest)' is not expected here") }
    var role = LineScanner(rest: rest[..<end], line: line)
    if role.rest == "loss" { return Root(.loss, value) }
    let kind = role.word { $0 != " " }
    guard role.take(" "), !role.rest.isEmpty else { throw failure("root '\(rest)' has no name") }
    switch kind {
    case "output": return Root(.output(String(role.rest)), value)
    case "metric": return Root(.metric(String(role.rest)), value)
    case "gradient": return Root(.gradient(String(role.rest)), value)
    case "update":
      let word = role.word { $0 != " " }
      guard let kind = Source.Kind(rawValue: String(word)) else { throw failure("'\(word)' is not updated") }
      guard role.take(" "), !role.rest.isEmpty else { throw failure("root '\(rest)' has no name") }
      return Root(.update(kind, String(role.rest)), value)
    default: throw failure("'\(rest)' is not a root")
    }
  }
}
