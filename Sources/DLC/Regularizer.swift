import GraphIR
import Operators

/// A penalty on a weight or an activity that is added to the loss: l1·Σ|w| + l2·Σw².
public struct Regularizer: Hashable, Sendable {
  let l1: Double
  let l2: Double

  public static func l1(_ factor: Double = 0.01) -> Regularizer { Regularizer(l1: factor, l2: 0) }

  public static func l2(_ factor: Double = 0.01) -> Regularizer { Regularizer(l1: 0, l2: factor) }

  public static func l1l2(l1: Double = 0.01, l2: Double = 0.01) -> Regularizer { Regularizer(l1: l1, l2: l2) }

  /// The penalty as a scalar.
  func penalty(of value: Value, in builder: inout GraphBuilder) throws(ShapeError) -> Value? {
    let axes = Array(0..<builder.shape(of: value).rank)
    var terms: [Value] = []
    if l1 != 0 {
      let sum = try builder.sum(builder.abs(value), axes: axes)
      terms.append(try builder.multiply(sum, builder.scalar(l1, like: sum)))
    }
    if l2 != 0 {
      let sum = try builder.sum(builder.multiply(value, value), axes: axes)
      terms.append(try builder.multiply(sum, builder.scalar(l2, like: sum)))
    }
    guard let first = terms.first else { return nil }
    return terms.count == 2 ? try builder.add(first, terms[1]) : first
  }
}
