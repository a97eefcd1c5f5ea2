/// Names of layers as Keras gives them: `dense`, `dense_1`, `dense_2`.
struct LayerNames: Sendable {
  private var counts: [String: Int] = [:]
  private var used: Set<String> = []

  /// The next name for a layer of this type.
  mutating func next(_ base: String) -> String {
    while true {
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      if used.insert(name).inserted { return name }
    }
  }

  /// False if another layer has the name.
  mutating func take(_ name: String) -> Bool { used.insert(name).inserted }

  /// Names become part of C identifiers and of tensor names in files.
  static func problem(with name: String, of what: String) -> String? {
    let isLetter = { (character: Character) in
      character == "_" || ("a"..."z").contains(character) || ("A"..."Z").contains(character)
    }
    guard let first = name.first, isLetter(first),
      name.allSatisfy({ isLetter($0) || ("0"..."9").contains($0) })
    else {
      return "the \(what) name \"\(name)\" must be a letter followed by letters, digits and underscores"
    }
    return nil
  }
}
