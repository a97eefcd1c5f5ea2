import Diagnostics
import GraphIR
import KernelIR
import Operators

/// input · scale + offset.
public struct Rescaling: Layer {
  private let identity: LayerIdentity
  private let scale: Double
  private let offset: Double

  public init(
    _ scale: Double, offset: Double = 0, name: String? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) {
    identity = LayerIdentity("Rescaling", "rescaling", name: name, at: SourceLocation.call(file, line, column))
    self.scale = scale
    self.offset = offset
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let scaled = try recorder.builder.multiply(x[0], recorder.builder.scalar(scale, like: x[0]))
      return offset == 0 ? scaled : try recorder.builder.add(scaled, recorder.builder.scalar(offset, like: x[0]))
    }.masked(like: input)
  }
}
