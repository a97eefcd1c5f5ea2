import Diagnostics
import GraphIR
import KernelIR
import Operators
import Runtime

/// Arithmetic with NumPy's broadcasting. Operators cannot take `#line`; the place comes from a backtrace.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combine("+", a, b) { (builder, a, b) throws(ShapeError) in
      try builder.requireNumbers([a, b], for: "+")
      return try builder.add(a, b)
    }
  }
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combine("-", a, b) { (builder, a, b) throws(ShapeError) in
      try builder.requireNumbers([a, b], for: "-")
      return try builder.subtract(a, b)
    }
  }
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combine("*", a, b) { (builder, a, b) throws(ShapeError) in
      try builder.requireNumbers([a, b], for: "*")
      return try builder.multiply(a, b)
    }
  }
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    combine("/", a, b) { (builder, a, b) throws(ShapeError) in
      try builder.requireNumbers([a, b], for: "/")
      return try builder.divide(a, b)
    }
  }

  public static func + (a: Tensor, b: Double) -> Tensor { combine("+", a, b) }
  public static func - (a: Tensor, b: Double) -> Tensor { combine("-", a, b) }
  public static func * (a: Tensor, b: Double) -> Tensor { combine("*", a, b) }
  public static func / (a: Tensor, b: Double) -> Tensor { combine("/", a, b) }
  public static func + (a: Double, b: Tensor) -> Tensor { combine("+", a, b) }
  public static func - (a: Double, b: Tensor) -> Tensor { combine("-", a, b) }
  public static func * (a: Double, b: Tensor) -> Tensor { combine("*", a, b) }
  public static func / (a: Double, b: Tensor) -> Tensor { combine("/", a, b) }

  public static prefix func - (a: Tensor) -> Tensor {
    Recorder.apply("-", to: [a], at: OperatorLocation.caller()) { (builder, x) throws(ShapeError) in
      try builder.requireNumbers(x, for: "-")
      return try builder.negate(x[0])
    }.masked(like: a)
  }

  // Comparisons are 1 where they hold and 0 elsewhere.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.less, a, b) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.lessOrEqual, a, b) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.greater, a, b) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.greaterOrEqual, a, b) }
  public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.equal, a, b) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.notEqual, a, b) }
  public static func .< (a: Tensor, b: Double) -> Tensor { compare(.less, a, b) }
  public static func .<= (a: Tensor, b: Double) -> Tensor { compare(.lessOrEqual, a, b) }
  public static func .> (a: Tensor, b: Double) -> Tensor { compare(.greater, a, b) }
  public static func .>= (a: Tensor, b: Double) -> Tensor { compare(.greaterOrEqual, a, b) }
  public static func .== (a: Tensor, b: Double) -> Tensor { compare(.equal, a, b) }
  public static func .!= (a: Tensor, b: Double) -> Tensor { compare(.notEqual, a, b) }

  private static func compare(_ kind: Comparison, _ a: Tensor, _ b: Tensor) -> Tensor {
    combine(".\(kind.rawValue)", a, b) { (builder, a, b) throws(ShapeError) in
      try builder.compare(kind, builder.asNumbers(a), builder.asNumbers(b))
    }
  }

  private static func compare(_ kind: Comparison, _ a: Tensor, _ b: Double) -> Tensor {
    Recorder.apply(".\(kind.rawValue)", to: [a], at: OperatorLocation.caller()) { (builder, x) throws(ShapeError) in
      let a = try builder.asNumbers(x[0])
      return try builder.compare(kind, a, builder.scalar(b, like: a))
    }.masked(like: a)
  }

  private static func combine(
    _ name: String, _ a: Tensor, _ b: Tensor,
    _ body: (inout GraphBuilder, Value, Value) throws(ShapeError) -> Value
  ) -> Tensor {
    Recorder.apply(name, to: [a, b], at: OperatorLocation.caller()) { (builder, x) throws(ShapeError) in
      let (left, right) = (builder.shape(of: x[0]).rowShape, builder.shape(of: x[1]).rowShape)
      guard let (a, b) = try builder.alignedByRow(x[0], x[1]) else {
        throw ShapeError("\(name) cannot broadcast shapes \(left) and \(right)")
      }
      return try body(&builder, a, b)
    }.masked(likeAnyOf: [a, b])
  }

  private static func combine(_ name: String, _ a: Tensor, _ b: Double) -> Tensor {
    Recorder.apply(name, to: [a], at: OperatorLocation.caller()) { (builder, x) throws(ShapeError) in
      try builder.requireNumbers(x, for: name)
      return try builder.arithmetic(name, x[0], builder.scalar(b, like: x[0]))
    }.masked(like: a)
  }

  private static func combine(_ name: String, _ a: Double, _ b: Tensor) -> Tensor {
    Recorder.apply(name, to: [b], at: OperatorLocation.caller()) { (builder, x) throws(ShapeError) in
      try builder.requireNumbers(x, for: name)
      return try builder.arithmetic(name, builder.scalar(a, like: x[0]), x[0])
    }.masked(like: b)
  }
}

extension GraphBuilder {
  fileprivate mutating func arithmetic(_ name: String, _ a: Value, _ b: Value) throws(ShapeError) -> Value {
    switch name {
    case "+": try add(a, b)
    case "-": try subtract(a, b)
    case "*": try multiply(a, b)
    default: try divide(a, b)
    }
  }

  /// The operands with ones put behind the batch axis of the one of lower rank, so that rows meet rows:
  /// [rows, 3] and [rows, 5, 3] broadcast as [rows, 1, 3] and [rows, 5, 3]. nil if their shapes do not fit.
  mutating func alignedByRow(_ a: Value, _ b: Value) throws(ShapeError) -> (Value, Value)? {
    let (first, second) = (shape(of: a), shape(of: b))
    let rank = max(first.rank, second.rank)
    let (left, right) = (first.aligned(toRank: rank), second.aligned(toRank: rank))
    guard Shape.broadcast(left, right) != nil else { return nil }
    return (try reshape(a, to: left), try reshape(b, to: right))
  }
}

extension Shape {
  fileprivate func aligned(toRank rank: Int) -> Shape {
    guard hasRows, self.rank < rank else { return self }
    return Shape([self[0]] + Array(repeating: 1, count: rank - self.rank) + dimensions.dropFirst())
  }
}

/// Where in model.swift an operator stands.
enum OperatorLocation {
  /// The innermost frame outside this module's own sources; unknown without debug information.
  static func caller(ownFile: String = #filePath) -> SourceLocation {
    let own = ownFile.split(separator: "/").dropLast().joined(separator: "/")
    guard let backtrace = try? Backtrace.capture(limit: 32), let symbols = backtrace.symbolicated() else {
      return .unknown
    }
    for frame in symbols.frames {
      guard let place = frame.symbol?.sourceLocation, place.line > 0 else { continue }
      if place.path.split(separator: "/").dropLast().joined(separator: "/").hasPrefix(own) { continue }
      return SourceLocation(file: place.path, line: place.line, column: max(place.column, 1))
    }
    return .unknown
  }
}
