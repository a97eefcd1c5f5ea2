import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Another layer at each step of a sequence [time, ..], with the same weights at all of them: it is called once, and the steps are
/// rows of its input, `[time*rows, ..]` in summaries and in the C. Batch normalization within takes its statistics from all of them.
public struct TimeDistributed: Layer {
  private let layer: any Layer
  private let location: SourceLocation

  public init(_ layer: any Layer, file: String = #filePath, line: Int = #line, column: Int = #column) {
    self.layer = layer
    location = SourceLocation.call(file, line, column)
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    let steps = Recorder.apply("TimeDistributed", to: [input], at: location) { (builder, x) throws(ShapeError) in
      let type = builder.type(of: x[0])
      let dimensions = type.shape.dimensions
      guard dimensions.count >= 3, let rows = dimensions[0].times(dimensions[1]) else {
        throw ShapeError(
          "TimeDistributed expects a sequence [time, ..] but its input has shape \(Shape(dimensions).rowShape)",
          advice: type.element.isFloating ? "put Reshape([time, features]) before it" : "put Embedding before it")
      }
      return try builder.reshape(x[0], to: Shape([rows] + dimensions.dropFirst(2)))
    }
    guard steps.value != nil else { return .poisoned }
    let time = input.shape[0]
    return Recorder.apply("TimeDistributed", to: [layer(steps)], at: location) { (builder, x) throws(ShapeError) in
      let dimensions = builder.shape(of: x[0]).dimensions
      let rows = Dimension(dimensions[0].count / time, perRow: true)
      return try builder.reshape(x[0], to: Shape([rows, Dimension(time)] + dimensions.dropFirst()))
    }.masked(like: input)
  }
}
