import KernelIR

/// A tensor of the reference evaluation: concrete extents, row-major Doubles (class numbers are whole Doubles).
public struct ReferenceTensor: Hashable, Sendable {
  public var shape: [Int]
  public var values: [Double]

  public init(shape: [Int], values: [Double]) {
    self.shape = shape
    self.values = values
  }

  public init(shape: [Int], repeating value: Double) {
    self.init(shape: shape, values: Array(repeating: value, count: shape.reduce(1, *)))
  }

  /// Strides in elements, row-major.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  public subscript(coordinates: [Int]) -> Double {
    get { values[zip(coordinates, strides).reduce(0) { $0 + $1.0 * $1.1 }] }
    set { values[zip(coordinates, strides).reduce(0) { $0 + $1.0 * $1.1 }] = newValue }
  }

  /// The element that stands for `coordinates` of a larger shape under NumPy's broadcasting.
  public func broadcast(_ coordinates: [Int]) -> Double {
    self[zip(coordinates.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }]
  }

  /// Fills a tensor of `shape` from each element's coordinates.
  public static func generate(_ shape: [Int], _ element: ([Int]) -> Double) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape, repeating: 0)
    var coordinates = [Int](repeating: 0, count: shape.count)
    for position in result.values.indices {
      result.values[position] = element(coordinates)
      for axis in shape.indices.reversed() {
        coordinates[axis] += 1
        if coordinates[axis] < shape[axis] { break }
        coordinates[axis] = 0
      }
    }
    return result
  }
}

/// What the reference evaluation of a node may depend on besides its operands.
public struct ReferenceContext: Sendable {
  public var rows: Int
  public var seed: UInt64
  /// The number of updates made so far.
  public var step: UInt64
  public var operandTypes: [TensorType]
  public var resultTypes: [TensorType]

  public init(rows: Int, seed: UInt64, step: UInt64, operandTypes: [TensorType], resultTypes: [TensorType]) {
    self.rows = rows
    self.seed = seed
    self.step = step
    self.operandTypes = operandTypes
    self.resultTypes = resultTypes
  }

  /// The concrete shape of a result.
  public func shape(ofResult result: Int = 0) -> [Int] {
    resultTypes[result].shape.dimensions.map { $0.value(rows: rows) }
  }
}
