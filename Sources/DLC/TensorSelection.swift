import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Elements of an axis by number: `indices` holds whole numbers from 0, and takes the place of `axis`.
public func gather(
  _ x: Tensor, _ indices: [Int], axis: Int = 0,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.apply("gather", to: [x], at: SourceLocation.call(file, line, column)) {
    (builder, x) throws(ShapeError) in
    let position = try builder.axis(axis, of: x[0], for: "gather")
    let extent = builder.shape(of: x[0])[position].count
    guard !indices.isEmpty, indices.allSatisfy({ (0..<extent).contains($0) }) else {
      throw ShapeError("gather of \(indices) from axis \(axis), whose positions are 0 to \(extent - 1)")
    }
    let list = try builder.constant(indices.map { Double($0) }, TensorType(.i32, [Dimension(indices.count)]))
    return try builder.gather(x[0], list, axis: position)
  }
}

/// Elements of an axis by the numbers of an input of tokens: [n, d] at [k] gives [k, d], each row by indices of its own.
public func gather(
  _ x: Tensor, _ indices: Tensor, axis: Int = 0,
  file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  Recorder.applyInRecorder("gather", to: [x, indices], at: SourceLocation.call(file, line, column)) {
    (recorder, x) throws(ShapeError) in
    let position = try recorder.builder.axis(axis, of: x[0], for: "gather")
    guard recorder.builder.type(of: x[1]).element == .i32 else {
      throw ShapeError(
        "gather expects whole numbers as indices, but they are numbers of shape \(recorder.rowShape(of: x[1]))",
        advice: "declare the input of the indices as .tokens(length:)")
    }
    try recorder.limitTokens(in: x[1], to: recorder.builder.shape(of: x[0])[position].count)
    return try recorder.builder.gather(x[0], x[1], axis: position)
  }
}

/// `a` where `condition` is not 0, `b` elsewhere, with broadcasting: `where(x .> 0, x, 0.1 * x)`, in backticks where Swift
/// takes it for the keyword.
public func `where`(
  _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  choose("where", condition, .tensor(a), .tensor(b), SourceLocation.call(file, line, column))
}

public func `where`(
  _ condition: Tensor, _ a: Tensor, _ b: Double, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  choose("where", condition, .tensor(a), .number(b), SourceLocation.call(file, line, column))
}

public func `where`(
  _ condition: Tensor, _ a: Double, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  choose("where", condition, .number(a), .tensor(b), SourceLocation.call(file, line, column))
}

/// `where` under a name that needs no backticks.
public func select(
  _ condition: Tensor, _ a: Tensor, _ b: Tensor, file: String = #filePath, line: Int = #line, column: Int = #column
) -> Tensor {
  choose("select", condition, .tensor(a), .tensor(b), SourceLocation.call(file, line, column))
}

private enum Choice {
  case tensor(Tensor)
  case number(Double)

  var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

private func choose(_ name: String, _ condition: Tensor, _ a: Choice, _ b: Choice, _ location: SourceLocation)
  -> Tensor
{
  let tensors = [condition] + [a, b].compactMap(\.tensor)
  return Recorder.apply(name, to: tensors, at: location) { (builder, x) throws(ShapeError) in
    let shapes = x.map { builder.shape(of: $0).rowShape.description }
    var (values, next) = ([Value](), 1)
    for choice in [a, b] {
      if case .number(let number) = choice {
        values.append(try builder.scalar(number, like: x[1]))
      } else {
        values.append(x[next])
        next += 1
      }
    }
    guard let (left, right) = try builder.alignedByRow(values[0], values[1]),
      let (condition, first) = try builder.alignedByRow(builder.asNumbers(x[0]), left),
      let (_, second) = try builder.alignedByRow(condition, right)
    else {
      throw ShapeError(
        "\(name) cannot broadcast shapes \(shapes.dropLast().joined(separator: ", ")) and \(shapes.last ?? "")")
    }
    return try builder.select(condition, first, second)
  }.masked(likeAnyOf: tensors)
}

extension GraphBuilder {
  /// Throws if one of the values holds tokens, which are names, not quantities.
  func requireNumbers(_ values: [Value], for name: String) throws(ShapeError) {
    guard values.contains(where: { type(of: $0).element == .i32 }) else { return }
    throw ShapeError(
      "\(name) expects numbers, but its input holds tokens",
      advice: "Embedding makes vectors of tokens; .== and its like compare them")
  }

  /// Tokens as the numbers that they are; what is a number already stays.
  mutating func asNumbers(_ value: Value) throws(ShapeError) -> Value {
    type(of: value).element == .i32 ? try cast(value, to: .f32) : value
  }
}
