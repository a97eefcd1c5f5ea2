/// A scalar computation on floating-point numbers, with no effects: what one element of a result is made of.
public indirect enum Expression: Hashable, Sendable, ExpressibleByFloatLiteral {
  case literal(Double)
  /// Reads `buffer[index]`; `element` is what the buffer holds, and an integer is converted to the kernel's floating type.
  case load(buffer: String, index: Index, element: ElementType)
  /// A scalar declared in the same kernel.
  case local(String)
  /// An index as a floating-point number.
  case index(Index)
  case unary(UnaryFunction, Expression)
  case binary(BinaryFunction, Expression, Expression)
  case select(Condition, Expression, Expression)
  /// The same where both may be read: loops need no branch and no masked load, which compilers often do without.
  case choose(Condition, Expression, Expression)
  /// A number of [0, 1) drawn by Philox from seed, purpose, step and element.
  case uniform(purpose: Int, element: Index)

  public init(floatLiteral value: Double) { self = .literal(value) }

  public static func + (left: Expression, right: Expression) -> Expression { .binary(.add, left, right) }
  public static func - (left: Expression, right: Expression) -> Expression { .binary(.subtract, left, right) }
  public static func * (left: Expression, right: Expression) -> Expression { .binary(.multiply, left, right) }
  public static func / (left: Expression, right: Expression) -> Expression { .binary(.divide, left, right) }
  public static prefix func - (operand: Expression) -> Expression { .unary(.negate, operand) }

  /// 1 where the condition holds, else 0.
  public static func indicator(_ condition: Condition) -> Expression { .select(condition, 1.0, 0.0) }

  /// The condition that this number is not 0; the inverse of `indicator`.
  public var isNonzero: Condition {
    if case .select(let condition, .literal(1), .literal(0)) = self { return condition }
    return .compare(.notEqual, self, 0.0)
  }
}

/// A truth value inside a kernel.
public indirect enum Condition: Hashable, Sendable {
  case compare(Comparison, Expression, Expression)
  /// Compares indices, as at the border of a padded or concatenated tensor.
  case index(Comparison, Index, Index)
  case and(Condition, Condition)

  /// The indices that it compares; nil where it compares anything else.
  public var indices: [Index]? {
    switch self {
    case .compare: nil
    case .index(_, let left, let right): [left, right]
    case .and(let left, let right): left.indices.flatMap { first in right.indices.map { first + $0 } }
    }
  }
}

public enum Comparison: String, Hashable, Sendable, Codable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  public func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// Functions of one number; those that C's operators lack come from `Templates/math.c` under the same names.
public enum UnaryFunction: String, Hashable, Sendable, Codable, CaseIterable {
  case negate, absolute, squareRoot, exp, log, log1p, expm1, tanh, sigmoid, erf, sin, cos, floor
  /// exp of what is not positive but for rounding, which is quicker.
  case expFalling = "exp_falling"
}

public enum BinaryFunction: String, Hashable, Sendable, Codable, CaseIterable {
  case add, subtract, multiply, divide, power
  /// A NaN in either operand gives NaN, as in NumPy's `minimum` and `maximum`.
  case minimum, maximum
}
