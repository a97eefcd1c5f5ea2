/// An integer computed from loop variables: a coordinate, or a flat position in a buffer.
///
/// Build indices with `+`, `*` and the static functions, which fold constants so that the C reads as a person would write it.
public indirect enum Index: Hashable, Sendable, ExpressibleByIntegerLiteral {
  case constant(Int)
  case variable(String)
  /// The number of rows of this call.
  case rows
  case sum(Index, Index)
  case product(Index, Index)
  case quotient(Index, Int)
  case remainder(Index, Int)
  /// A number read from a tensor and used as a coordinate, as by a gather.
  case value(Expression)

  public init(integerLiteral value: Int) { self = .constant(value) }

  public init(_ dimension: Dimension) {
    self = dimension.perRow ? Index.constant(dimension.count) * .rows : .constant(dimension.count)
  }

  public static func + (left: Index, right: Index) -> Index {
    switch (left, right) {
    case (.constant(let a), .constant(let b)): .constant(a + b)
    case (.constant(0), let other), (let other, .constant(0)): other
    case (.constant, _): right + left
    case (.sum(let first, .constant(let a)), .constant(let b)): first + .constant(a + b)
    default: .sum(left, right)
    }
  }

  public static func - (left: Index, right: Int) -> Index { left + .constant(-right) }

  public static func * (left: Index, right: Index) -> Index {
    switch (left, right) {
    case (.constant(let a), .constant(let b)): .constant(a * b)
    case (.constant(0), _), (_, .constant(0)): 0
    case (.constant(1), let other), (let other, .constant(1)): other
    case (.constant, _): right * left
    case (.product(let first, .constant(let a)), .constant(let b)): first * .constant(a * b)
    default: .product(left, right)
    }
  }

  public static func / (left: Index, right: Int) -> Index {
    if case .constant(let a) = left { return .constant(a / right) }
    return right == 1 ? left : .quotient(left, right)
  }

  public static func % (left: Index, right: Int) -> Index {
    if case .constant(let a) = left { return .constant(a % right) }
    return right == 1 ? 0 : .remainder(left, right)
  }

  /// The index with the names of positions replaced by what they are.
  public func replacing(_ positions: [String: Index]) -> Index {
    switch self {
    case .constant, .rows, .value: self
    case .variable(let name): positions[name] ?? self
    case .sum(let left, let right): left.replacing(positions) + right.replacing(positions)
    case .product(let left, let right): left.replacing(positions) * right.replacing(positions)
    case .quotient(let left, let divisor): left.replacing(positions) / divisor
    case .remainder(let left, let divisor): left.replacing(positions) % divisor
    }
  }

  /// The flat position of `coordinates` in a row-major tensor whose axes are `strides` apart.
  public static func flat(_ coordinates: [Index], strides: [Dimension]) -> Index {
    zip(coordinates, strides).reduce(0) { $0 + $1.0 * Index($1.1) }
  }
}
