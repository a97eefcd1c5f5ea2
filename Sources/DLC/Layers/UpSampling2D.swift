import Diagnostics
import GraphIR
import KernelIR
import Operators

/// Repeats rows and columns of images [height, width, channels], or interpolates between them (half-pixel centres, as Keras).
public struct UpSampling2D: Layer {
  private let identity: LayerIdentity
  private let size: (height: Int, width: Int)
  private let interpolation: Interpolation

  public enum Interpolation: Sendable { case nearest, bilinear }

  public init(
    _ size: any WindowExtents = 2, interpolation: Interpolation = .nearest, name: String? = nil,
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) {
    identity = LayerIdentity("UpSampling2D", "up_sampling2d", name: name, at: SourceLocation.call(file, line, column))
    self.size = identity.windowExtents(size, "size")
    self.interpolation = interpolation
  }

  public func callAsFunction(_ input: Tensor) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      switch interpolation {
      case .nearest:
        let rows = recorder.builder.shape(of: x[0])[0]
        let (height, width, channels) = (Dimension(shape[0]), Dimension(shape[1]), Dimension(shape[2]))
        let apart = try recorder.builder.reshape(x[0], to: [rows, height, 1, width, 1, channels])
        let repeated = try recorder.builder.broadcast(
          apart, to: [rows, height, Dimension(size.height), width, Dimension(size.width), channels])
        return try recorder.builder.reshape(
          repeated, to: [rows, Dimension(shape[0] * size.height), Dimension(shape[1] * size.width), channels])
      case .bilinear:
        let tall = try recorder.builder.interpolated(x[0], axis: 1, factor: size.height)
        return try recorder.builder.interpolated(tall, axis: 2, factor: size.width)
      }
    }
  }
}
