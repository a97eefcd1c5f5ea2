/// A graph is coded as its text form; decoding needs the operators by name in the decoder's `userInfo`.
extension Graph: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let operators = decoder.userInfo[.operators] as? [String: any Operator.Type] else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "the decoder knows no operators")
    }
    self = try GraphParser.parse(container.decode(String.self), operators: operators)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension CodingUserInfoKey {
  /// `[String: any Operator.Type]`: the registry.
  public static let operators: CodingUserInfoKey = .init(rawValue: "operators")!
}
