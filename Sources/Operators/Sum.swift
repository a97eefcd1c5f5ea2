import GraphIR
import KernelIR

/// Folds `axes` by summation; they stay as 1 where `keepDimensions`.
public struct Sum: Operator {
  public static let name = "sum"

  public var axes: [Int]
  public var keepDimensions: Bool

  public init(axes: [Int], keepDimensions: Bool = false) {
    self.axes = axes.sorted()
    self.keepDimensions = keepDimensions
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    return [try Self.name.reducedType(of: operands, axes: axes, keepDimensions: keepDimensions)]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    let shape = context.builder.shape(of: context.operands[0])
    var kept = shape
    for axis in axes { kept[axis] = 1 }
    let aligned = try context.builder.reshape(gradient, to: kept)
    return [try context.builder.broadcast(aligned, to: shape)]
  }

  public func step(_ context: inout StepContext) throws(ShapeError) -> [StepValue] {
    try context.fold(self, axes: axes, keepDimensions: keepDimensions)
  }

  public var lowering: Lowering { .reduction(.sum, axes: axes) }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    [operands[0].folded(axes: axes, shape: context.shape(), from: 0, +)]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    guard operand.element.isFloating, operand.shape.rank > 0 else { return nil }
    let axes = operand.shape.dimensions.indices.filter { _ in random.integer(in: 0...1) == 0 }
    return Instance(Sum(axes: axes, keepDimensions: random.integer(in: 0...1) == 0), [operand])
  }
}

extension String {
  /// The type of a reduction's result; `self` is the operator's name, for the error.
  func reducedType(of operands: [TensorType], axes: [Int], keepDimensions: Bool) throws(ShapeError) -> TensorType {
    let operand = operands[0]
    guard operand.element.isFloating else {
      throw ShapeError("\(self) computes with floating-point numbers, but its operand is \(operand.element.rawValue)")
    }
    for axis in axes where !operand.shape.dimensions.indices.contains(axis) {
      throw ShapeError("\(self) has axis \(axis), but its operand has shape \(operand.shape)")
    }
    guard Set(axes).count == axes.count else { throw ShapeError("\(self) has an axis twice: \(axes)") }
    var dimensions: [Dimension] = []
    for (axis, dimension) in operand.shape.dimensions.enumerated() {
      if !axes.contains(axis) { dimensions.append(dimension) } else if keepDimensions { dimensions.append(1) }
    }
    return TensorType(operand.element, Shape(dimensions))
  }
}

extension ReferenceTensor {
  /// Folds `axes` into a tensor of `shape`, element by element in row-major order.
  func folded(axes: [Int], shape: [Int], from identity: Double, _ fold: (Double, Double) -> Double) -> ReferenceTensor {
    var result = ReferenceTensor(shape: shape, repeating: identity)
    let kept = self.shape.indices.filter { !axes.contains($0) }
    let keptStrides = ReferenceTensor(shape: kept.map { self.shape[$0] }, repeating: 0).strides
    _ = ReferenceTensor.generate(self.shape) { at in
      let position = zip(kept, keptStrides).reduce(0) { $0 + at[$1.0] * $1.1 }
      result.values[position] = fold(result.values[position], self[at])
      return 0
    }
    return result
  }
}

extension GraphBuilder {
  public mutating func sum(_ operand: Value, axes: [Int], keepDimensions: Bool = false) throws(ShapeError) -> Value {
    axes.isEmpty ? operand : try append(Sum(axes: axes, keepDimensions: keepDimensions), [operand])
  }
}
