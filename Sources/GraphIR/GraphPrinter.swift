import FoundationEssentials

extension Graph: CustomStringConvertible {
  /// The stable text form, which `GraphParser` reads back:
  ///
  /// ```
  /// graph digits
  /// %0: f32[rows, 64] = source {"kind":"input","name":"x","type":…} () @ model.swift:6:13 in "dense" kernel 3
  /// root output dense_1 %5
  /// ```
  public var description: String {
    var lines = ["graph \(name)"]
    for (index, node) in nodes.enumerated() { lines.append(line(of: node, at: index)) }
    for root in roots { lines.append("root \(root.role.text) \(text(of: root.value))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(of node: Node, at index: Int) -> String {
    let results = node.results.indices.map { text(of: Value(node: index, result: $0)) }.joined(separator: ", ")
    let types = node.results.map(\.description).joined(separator: ", ")
    let operands = node.operands.map(text(of:)).joined(separator: ", ")
    var line = "\(results): \(types) = \(Swift.type(of: node.op).name) \(attributes(of: node.op)) (\(operands))"
    if node.location.isKnown { line += " @ \(node.location)" }
    if !node.scope.isEmpty { line += " in \"\(node.scope)\"" }
    if let kernel = node.kernel { line += " kernel \(kernel)" }
    return line
  }

  /// `%3`, or `%3.1` for a further result.
  public func text(of value: Value) -> String {
    value.result == 0 ? "%\(value.node)" : "%\(value.node).\(value.result)"
  }

  private func attributes(of op: any Operator) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(op) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}

extension Root.Role {
  /// `gradient dense/kernel`.
  var text: String {
    switch self {
    case .output(let name): "output \(name)"
    case .loss: "loss"
    case .metric(let name): "metric \(name)"
    case .gradient(let name): "gradient \(name)"
    case .update(let kind, let name): "update \(kind.rawValue) \(name)"
    }
  }
}
