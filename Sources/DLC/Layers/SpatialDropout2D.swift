import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Drops whole channels of images [height, width, channels] in training, and scales the others by 1/(1 - rate).
public struct SpatialDropout2D: Layer {
  private let identity: LayerIdentity
  private let rate: Double

  public init(
    _ rate: Double, name: String? = nil, file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity(
      "SpatialDropout2D", "spatial_dropout2d", name: name, at: SourceLocation.call(file, line, column))
    self.rate = rate
    identity.require((0..<1).contains(rate), "SpatialDropout2D's rate must lie in 0..<1, got \(rate)")
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      let rows = recorder.builder.shape(of: x[0])[0]
      let one = try recorder.builder.scalar(1, like: x[0])
      let ones = try recorder.builder.broadcast(one, to: [rows, 1, 1, Dimension(shape.last)])
      recorder.dropouts += 1
      return try recorder.builder.multiply(
        x[0], recorder.builder.dropout(ones, rate: rate, purpose: recorder.dropouts))
    }.masked(like: input)
  }
}
