import Diagnostics
import GraphIR
import KernelIR
import Operators

/// x where it is positive, α·x elsewhere, with an α to learn for each element; `sharedAxes` (from 1, as in Keras) have one in
/// common (He et al., Delving Deep into Rectifiers, 2015).
public struct PReLU: Layer {
  private let identity: LayerIdentity
  private let alpha: (initializer: Initializer, regularizer: Regularizer?)
  private let sharedAxes: [Int]

  public init(
    alphaInitializer: Initializer = .zeros, alphaRegularizer: Regularizer? = nil, sharedAxes: [Int] = [],
    name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("PReLU", "p_re_lu", name: name, at: SourceLocation.call(file, line, column))
    alpha = (alphaInitializer, alphaRegularizer)
    self.sharedAxes = sharedAxes
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      var shape = recorder.rowShape(of: x[0]).extents
      for axis in sharedAxes {
        guard (1...max(shape.count, 1)).contains(axis), axis <= shape.count else {
          throw ShapeError("PReLU shares axis \(axis), but its input has shape \(shape); axes count from 1")
        }
        shape[axis - 1] = 1
      }
      let slope = try identity.weight("alpha", shape, alpha.initializer, regularizer: alpha.regularizer, in: &recorder)
      let zero = try recorder.builder.scalar(0, like: x[0])
      let negative = try recorder.builder.multiply(slope, recorder.builder.minimum(x[0], zero))
      return try recorder.builder.add(recorder.builder.relu(x[0]), negative)
    }.masked(like: input)
  }
}
