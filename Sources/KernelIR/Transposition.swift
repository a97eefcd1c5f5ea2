/// A matrix turned about: `to[j, i]` is `from[i, j]`, for so many rows and columns of `from`.
public struct Transposition: Hashable, Sendable {
  public var rows: Int
  public var columns: Int
  public var from: MatrixLines
  public var to: MatrixLines

  public init(rows: Int, columns: Int, from: MatrixLines, to: MatrixLines) {
    self.rows = rows
    self.columns = columns
    self.from = from
    self.to = to
  }
}

/// Where lines of a matrix lie: element (i, j) is `buffer[base + i·stride + j]`.
public struct MatrixLines: Hashable, Sendable {
  public var buffer: String
  public var base: Index
  public var stride: Int

  public init(_ buffer: String, base: Index, stride: Int) {
    self.buffer = buffer
    self.base = base
    self.stride = stride
  }

  public func index(_ i: Index, _ j: Index) -> Index { base + i * .constant(stride) + j }
}
