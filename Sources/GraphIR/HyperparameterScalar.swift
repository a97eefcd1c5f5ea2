/// The value of a hyper-parameter as it travels: a plain JSON scalar, whose type the declaration tells.
///
/// JSON writes 3.0 as 3, and `--set` gives text only; so a value is asked for as what the declaration wants.
public struct HyperparameterScalar: Hashable, Sendable, Codable, CustomStringConvertible {
  public var value: HyperparameterRecord.Value

  public init(_ value: HyperparameterRecord.Value) { self.value = value }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let bool = try? container.decode(Bool.self) {
      value = .bool(bool)
    } else if let int = try? container.decode(Int.self) {
      value = .int(int)
    } else if let float = try? container.decode(Double.self) {
      value = .float(float)
    } else {
      value = .string(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .int(let value): try container.encode(value)
    case .float(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    }
  }

  public var int: Int? {
    switch value {
    case .int(let value): value
    case .string(let text): Int(text)
    default: nil
    }
  }

  public var float: Double? {
    switch value {
    case .int(let value): Double(value)
    case .float(let value): value
    case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    case .bool: nil
    }
  }

  public var bool: Bool? {
    switch value {
    case .bool(let value): value
    case .string(let text): Bool(text)
    default: nil
    }
  }

  public var string: String? { if case .string(let value) = value { value } else { nil } }

  /// As it is typed: `--set rate=0.001`.
  public var description: String {
    switch value {
    case .int(let value): "\(value)"
    case .float(let value): value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): value
    }
  }
}
