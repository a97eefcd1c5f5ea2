import Diagnostics
import GraphIR
import KernelIR
import Operators

/// The end of a normalization: x/√(variance + ε), scaled by γ and moved by β where the layer has them.
struct Affine {
  var gamma: (initializer: Initializer, regularizer: Regularizer?)?
  var beta: (initializer: Initializer, regularizer: Regularizer?)?

  /// [.., features], or an error that says what came.
  static func features(of value: Value, for identity: LayerIdentity, in recorder: Recorder) throws(ShapeError)
    -> TensorShape
  {
    let type = recorder.builder.type(of: value)
    guard type.element.isFloating, type.shape.rank >= 2 else {
      throw ShapeError("\(identity.type) expects [.., features] but its input has shape \(type.shape.rowShape)")
    }
    return type.shape.rowShape
  }

  /// The factor γ/√(variance + ε) has the variance's few elements, so that each of x costs one product.
  func apply(
    to x: Value, variance: Value, epsilon: Double, of identity: LayerIdentity, in recorder: inout Recorder
  ) throws(ShapeError) -> Value {
    let root = try recorder.builder.sqrt(
      recorder.builder.add(variance, recorder.builder.scalar(epsilon, like: variance)))
    let factor = try recorder.builder.divide(recorder.builder.scalar(1, like: root), root)
    guard recorder.builder.shape(of: variance).rank == 1, let gamma = try weight("gamma", gamma, x, identity, &recorder)
    else { return try scaled(recorder.builder.multiply(x, factor), of: identity, in: &recorder) }
    return try moved(
      recorder.builder.multiply(x, recorder.builder.multiply(factor, gamma)), of: identity, in: &recorder)
  }

  func scaled(_ x: Value, of identity: LayerIdentity, in recorder: inout Recorder) throws(ShapeError) -> Value {
    guard let gamma = try weight("gamma", gamma, x, identity, &recorder) else {
      return try moved(x, of: identity, in: &recorder)
    }
    return try moved(recorder.builder.multiply(x, gamma), of: identity, in: &recorder)
  }

  private func moved(_ x: Value, of identity: LayerIdentity, in recorder: inout Recorder) throws(ShapeError) -> Value {
    guard let beta = try weight("beta", beta, x, identity, &recorder) else { return x }
    return try recorder.builder.add(x, beta)
  }

  private func weight(
    _ name: String, _ settings: (initializer: Initializer, regularizer: Regularizer?)?, _ x: Value,
    _ identity: LayerIdentity, _ recorder: inout Recorder
  ) throws(ShapeError) -> Value? {
    guard let settings else { return nil }
    return try identity.weight(
      name, [recorder.rowShape(of: x).last], settings.initializer, regularizer: settings.regularizer, in: &recorder)
  }
}

extension GraphBuilder {
  /// The mean of x² over `axes`.
  mutating func meanSquare(_ x: Value, axes: [Int], keepDimensions: Bool = false) throws(ShapeError) -> Value {
    try mean(multiply(x, x), axes: axes, keepDimensions: keepDimensions)
  }

  /// `height` and `width` elements cut off each side of images.
  mutating func cropped(_ x: Value, height: Int, width: Int) throws(ShapeError) -> Value {
    let shape = shape(of: x)
    return try slice(
      x, starts: [0, height, width, 0],
      ends: [shape[0].count, shape[1].count - height, shape[2].count - width, shape[3].count], strides: [1, 1, 1, 1])
  }

  /// `factor` times as many elements along an axis, interpolated linearly between the two nearest: element i lies at
  /// (i + ½)/factor - ½, held within the axis.
  mutating func interpolated(_ x: Value, axis: Int, factor: Int) throws(ShapeError) -> Value {
    let extent = shape(of: x)[axis].count
    let places = (0..<(extent * factor)).map {
      min(max((Double($0) + 0.5) / Double(factor) - 0.5, 0), Double(extent - 1))
    }
    let lower = places.map { Int($0) }
    let type = TensorType(.i32, [Dimension(places.count)])
    let below = try gather(x, constant(lower.map(Double.init), type), axis: axis)
    let above = try gather(x, constant(lower.map { Double(min($0 + 1, extent - 1)) }, type), axis: axis)
    var along: [Dimension] = Array(repeating: 1, count: shape(of: x).rank)
    along[axis] = Dimension(places.count)
    let share = try constant(
      zip(places, lower).map { $0 - Double($1) }, TensorType(self.type(of: x).element, Shape(along)))
    return try add(below, multiply(subtract(above, below), share))
  }
}
