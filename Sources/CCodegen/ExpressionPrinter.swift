import KernelIR

/// Prints scalars and indices as C, for a floating type and a prefix.
struct ExpressionPrinter {
  let prefix: String
  let element: ElementType
  /// Conditions that have been evaluated, and what they are called.
  var named: [Condition: String] = [:]

  /// How strongly an operator binds; the operand of a stronger one gets parentheses.
  private enum Precedence: Int {
    case conditional = 1
    case and, comparison, additive, multiplicative, unary, primary
  }

  // MARK: Floating-point numbers

  func text(_ expression: Expression) -> String { print(expression).text }

  private func print(_ expression: Expression) -> (text: String, precedence: Precedence) {
    switch expression {
    case .literal(let value): (literal(value), value < 0 ? .unary : .primary)
    case .load(let buffer, let index, let held): load(buffer, index, held)
    case .local(let name): (name, .primary)
    case .index(let index): ("(\(element.cName))\(parenthesized(print(index), below: .unary))", .unary)
    case .unary(let function, let operand): unary(function, operand)
    case .binary(let function, let left, let right): binary(function, left, right)
    case .select(let condition, let yes, let no):
      (
        "\(parenthesized(print(condition), below: .and)) ? \(parenthesized(print(yes), below: .and)) : "
          + parenthesized(print(no), below: .conditional), .conditional
      )
    case .choose(let condition, let yes, let no):
      ("\(prefix)_choose(\(print(condition).text), \(text(yes)), \(text(no)))", .primary)
    case .uniform(let purpose, let index):
      ("\(prefix)_uniform(seed, \(purpose)u, step, (uint64_t)\(parenthesized(print(index), below: .unary)))", .primary)
    }
  }

  private func load(_ buffer: String, _ index: Index, _ held: ElementType) -> (String, Precedence) {
    let access = "\(buffer)[\(text(index))]"
    return held.isFloating ? (access, .primary) : ("(\(element.cName))\(access)", .unary)
  }

  /// Shortest digits that read back exactly, in the kernel's type.
  func literal(_ value: Double) -> String {
    if value.isNaN { return "(\(element.cName))NAN" }
    if value.isInfinite { return value < 0 ? "-(\(element.cName))INFINITY" : "(\(element.cName))INFINITY" }
    if element == .f32 {
      var digits = "\(Float(value))"
      if digits.hasPrefix("inf") { digits = "\(Float.greatestFiniteMagnitude)" }
      return digits + "f"
    }
    return "\(value)"
  }

  private func unary(_ function: UnaryFunction, _ operand: Expression) -> (String, Precedence) {
    let argument = print(operand)
    let suffix = element == .f32 ? "f" : ""
    return switch function {
    case .negate: ("-\(parenthesized(argument, below: .primary))", .unary)
    case .absolute: ("fabs\(suffix)(\(argument.text))", .primary)
    case .squareRoot: ("\(prefix)_sqrt(\(argument.text))", .primary)
    case .floor: ("floor\(suffix)(\(argument.text))", .primary)
    case .exp, .expFalling, .log, .log1p, .expm1, .tanh, .sigmoid, .erf, .sin, .cos:
      ("\(prefix)_\(function.rawValue)(\(argument.text))", .primary)
    }
  }

  private func binary(_ function: BinaryFunction, _ left: Expression, _ right: Expression) -> (String, Precedence) {
    func infix(_ symbol: String, _ precedence: Precedence) -> (String, Precedence) {
      // Parentheses around an equal right operand keep the order in which the graph rounds.
      let rightText = print(right)
      let guarded = rightText.precedence.rawValue <= precedence.rawValue || rightText.text.hasPrefix("-")
      return (
        "\(parenthesized(print(left), below: precedence)) \(symbol) \(guarded ? "(\(rightText.text))" : rightText.text)",
        precedence
      )
    }
    return switch function {
    case .add: infix("+", .additive)
    case .subtract: infix("-", .additive)
    case .multiply: infix("*", .multiplicative)
    case .divide: infix("/", .multiplicative)
    case .power: ("pow\(element == .f32 ? "f" : "")(\(text(left)), \(text(right)))", .primary)
    case .minimum: ("\(prefix)_minimum(\(text(left)), \(text(right)))", .primary)
    case .maximum: ("\(prefix)_maximum(\(text(left)), \(text(right)))", .primary)
    }
  }

  // MARK: Conditions

  func text(_ condition: Condition) -> String { print(condition).text }

  private func print(_ condition: Condition) -> (text: String, precedence: Precedence) {
    if let name = named[condition] { return (name, .primary) }
    return switch condition {
    case .compare(let comparison, let left, let right):
      if let left = whole(left), let right = whole(right) {
        ("\(left) \(comparison.rawValue) \(right)", .comparison)
      } else {
        (
          "\(parenthesized(print(left), below: .additive)) \(comparison.rawValue) "
            + parenthesized(print(right), below: .additive), .comparison
        )
      }
    case .index(let comparison, let left, let right):
      ("\(signed(left)) \(comparison.rawValue) \(signed(right))", .comparison)
    case .and(let left, let right):
      ("\(parenthesized(print(left), below: .and)) && \(parenthesized(print(right), below: .and))", .and)
    }
  }

  /// A whole number as it is held: as a float it may be rounded, from 2²⁴ on.
  private func whole(_ expression: Expression) -> String? {
    switch expression {
    case .load(let buffer, let index, .i32): "\(buffer)[\(text(index))]"
    case .literal(let value): Int32(exactly: value).map { "\($0)" }
    default: nil
    }
  }

  /// Index comparisons are signed: a coordinate less a pad may be negative.
  private func signed(_ index: Index) -> String {
    if case .constant(let value) = index { return "\(value)" }
    return "(ptrdiff_t)\(parenthesized(print(index), below: .unary))"
  }

  // MARK: Indices

  func text(_ index: Index) -> String { print(index).text }

  private func print(_ index: Index) -> (text: String, precedence: Precedence) {
    switch index {
    case .constant(let value): ("\(value)", value < 0 ? .unary : .primary)
    case .variable(let name): (name, .primary)
    case .rows: ("rows", .primary)
    case .sum(.product(let left, .constant(-1)), .constant(let value)):
      ("\(value) - \(parenthesized(print(left), below: .multiplicative))", .additive)
    case .sum(let left, .constant(let value)) where value < 0:
      ("\(parenthesized(print(left), below: .additive)) - \(-value)", .additive)
    case .sum(let left, .product(let right, .constant(let factor))) where factor < 0:
      (
        "\(parenthesized(print(left), below: .additive)) - \(parenthesized(print(right * .constant(-factor)), below: .multiplicative))",
        .additive
      )
    case .sum(let left, let right):
      ("\(parenthesized(print(left), below: .additive)) + \(parenthesized(print(right), below: .additive))", .additive)
    case .product(let left, let right):
      (
        "\(parenthesized(print(left), below: .multiplicative)) * \(parenthesized(print(right), below: .unary))",
        .multiplicative
      )
    case .quotient(let left, let right):
      ("\(parenthesized(print(left), below: .multiplicative)) / \(right)", .multiplicative)
    case .remainder(let left, let right):
      ("\(parenthesized(print(left), below: .multiplicative)) % \(right)", .multiplicative)
    case .value(.load(let buffer, let position, .i32)): ("(size_t)\(buffer)[\(text(position))]", .unary)
    case .value(let expression): ("(size_t)(\(text(expression)))", .unary)
    }
  }

  private func parenthesized(_ printed: (text: String, precedence: Precedence), below limit: Precedence) -> String {
    printed.precedence.rawValue < limit.rawValue ? "(\(printed.text))" : printed.text
  }
}
