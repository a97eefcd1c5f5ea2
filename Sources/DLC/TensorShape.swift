import Diagnostics

/// The extents of a tensor without its batch axis: `[height, width, channels]` or `[time, features]`.
///
/// Axes count from 0, or from -1 backwards. Asking for an axis that is not there is reported like any other mistake in
/// the model and gives 1.
public struct TensorShape: Hashable, Sendable, Sequence, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let extents: [Int]
  /// Nothing is known about the shape of a tensor that a mistake has spoilt.
  let isKnown: Bool

  public init(_ extents: [Int]) { (self.extents, isKnown) = (extents, true) }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  private init() { (extents, isKnown) = ([], false) }

  static let unknown = TensorShape()

  /// The number of axes.
  public var rank: Int { extents.count }

  public var count: Int { extents.count }

  /// The number of elements of one row.
  public var elementCount: Int { extents.reduce(1, *) }

  /// The extent of the innermost axis, such as the channels or features; 1 for a scalar.
  public var last: Int { extents.last ?? 1 }

  /// The extent of the outermost axis; 1 for a scalar.
  public var first: Int { extents.first ?? 1 }

  public subscript(axis: Int, file: String = #filePath, line: Int = #line, column: Int = #column) -> Int {
    let position = axis < 0 ? axis + extents.count : axis
    if extents.indices.contains(position) { return extents[position] }
    if isKnown {
      Recorder.report(
        "axis \(axis) of a tensor of shape \(self), whose axes are numbered from 0",
        at: SourceLocation.call(file, line, column))
    }
    return 1
  }

  public func makeIterator() -> IndexingIterator<[Int]> { extents.makeIterator() }

  public var description: String { isKnown ? "\(extents)" : "unknown" }
}

/// What one row of an input looks like: numbers of a shape, `[28, 28, 1]`, or a sequence of token numbers.
public struct InputShape: Sendable, ExpressibleByArrayLiteral {
  let extents: [Int]
  let isTokens: Bool

  public init(_ extents: [Int]) { (self.extents, isTokens) = (extents, false) }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  private init(tokens length: Int) { (extents, isTokens) = ([length], true) }

  /// A sequence of `length` whole numbers, as `Embedding` reads it.
  public static func tokens(length: Int) -> InputShape { InputShape(tokens: length) }
}
