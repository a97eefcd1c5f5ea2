import KernelIR

/// The extents of a tensor, outermost first. At most one of them is per row.
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public var dimensions: [Dimension]

  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  public init(arrayLiteral elements: Dimension...) { self.init(elements) }

  public static let scalar = Shape([])

  public var rank: Int { dimensions.count }

  public subscript(axis: Int) -> Dimension {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  public var perRow: Bool { dimensions.contains { $0.perRow } }

  /// The number of elements; not meaningful for more than one per-row dimension, which the verifier rejects.
  public var elementCount: Dimension {
    Dimension(dimensions.reduce(1) { $0 * $1.count }, perRow: perRow)
  }

  /// The distance in elements between neighbours along each axis, row-major. A stride is a `Dimension` because
  /// the axes outside a per-row one are that many rows apart.
  public var strides: [Dimension] {
    var strides: [Dimension] = []
    var stride: Dimension = 1
    for dimension in dimensions.reversed() {
      strides.append(stride)
      stride = Dimension(stride.count * dimension.count, perRow: stride.perRow || dimension.perRow)
    }
    return strides.reversed()
  }

  /// `[rows, 64]`.
  public var description: String { "[" + dimensions.map(\.description).joined(separator: ", ") + "]" }
}

/// Element type and shape of a value.
public struct TensorType: Hashable, Sendable, Codable, CustomStringConvertible {
  public var element: ElementType
  public var shape: Shape

  public init(_ element: ElementType, _ shape: Shape) {
    self.element = element
    self.shape = shape
  }

  /// `f32[rows, 64]`.
  public var description: String { "\(element.rawValue)\(shape)" }
}

/// Why operands do not fit an operator: which one, what was expected and what came.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  /// What would mend it, if there is something to advise.
  public var advice: String?

  public init(_ message: String, advice: String? = nil) {
    self.message = message
    self.advice = advice
  }

  public var description: String { message }
}
