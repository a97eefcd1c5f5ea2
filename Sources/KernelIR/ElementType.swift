/// The type of one number of a tensor.
public enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
  case f32, f64, i32, u8

  public var byteCount: Int {
    switch self {
    case .f32, .i32: 4
    case .f64: 8
    case .u8: 1
    }
  }

  public var isFloating: Bool { self == .f32 || self == .f64 }

  /// The type's name in C.
  public var cName: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .i32: "int32_t"
    case .u8: "uint8_t"
    }
  }
}
