import Diagnostics
import GraphIR
import Operators

/// A recurrent layer and its twin that goes the other way (Schuster and Paliwal 1997), their states joined.
public struct Bidirectional: Layer {
  /// How the states of both ways become one.
  public enum Merge: Sendable { case concatenate, sum, multiply, average }

  private let forward: any RecurrentLayer
  private let backward: any RecurrentLayer
  private let merge: Merge
  private let location: SourceLocation

  public init(
    _ layer: any RecurrentLayer, merge: Merge = .concatenate,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    forward = layer
    backward = layer.goingTheOtherWay()
    self.merge = merge
    location = SourceLocation.call(file, line, column)
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    Recorder.apply("Bidirectional", to: [forward(input), backward(input)], at: location) {
      (builder, x) throws(ShapeError) in
      // The second way's first state belongs to the last step.
      let other = forward.returnsSequences ? try builder.reversed(x[1], axis: 1) : x[1]
      switch merge {
      case .concatenate: return try builder.concatenate([x[0], other], axis: builder.shape(of: other).rank - 1)
      case .sum: return try builder.add(x[0], other)
      case .multiply: return try builder.multiply(x[0], other)
      case .average: return try builder.multiply(builder.add(x[0], other), builder.scalar(0.5, like: other))
      }
    }.masked(by: forward.returnsSequences ? input.mask : nil)
  }
}
