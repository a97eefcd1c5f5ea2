/// The type of one number of a tensor.
public enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
  case f32, f64, i32

  public var byteCount: Int { self == .f64 ? 8 : 4 }

  public var isFloating: Bool { self != .i32 }

  /// The type's name in C.
  public var cName: String {
    switch self {
    case .f32: "float"
    case .f64: "double"
    case .i32: "int32_t"
    }
  }
}
