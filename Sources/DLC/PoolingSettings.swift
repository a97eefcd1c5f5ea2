import GraphIR
import KernelIR
import Operators

/// What the pooling layers have in common.
struct PoolingSettings {
  private let size: (height: Int, width: Int)
  private let strides: (height: Int, width: Int)
  private let padding: Padding

  /// Strides are the window's size where not given. Reports extents that make no window at the layer.
  init(
    of identity: LayerIdentity, size: any WindowExtents, strides: (any WindowExtents)?, padding: Padding
  ) {
    self.size = identity.windowExtents(size, "pool size")
    self.strides = strides.map { identity.windowExtents($0, "strides") } ?? self.size
    self.padding = padding
    identity.require(!padding.isNegative, "\(identity.type)'s padding must not be negative")
  }

  func geometry(height: Int, width: Int) -> PoolingGeometry {
    func axis(_ extent: Int, _ window: Int, _ stride: Int, isWidth: Bool) -> ConvolutionGeometry.Axis {
      let (before, after) = padding.amounts(
        extent: extent, kernel: window, stride: stride, dilation: 1, isWidth: isWidth)
      return ConvolutionGeometry.Axis(stride: stride, before: before, after: after)
    }
    return PoolingGeometry(
      height: size.height, width: size.width, vertical: axis(height, size.height, strides.height, isWidth: false),
      horizontal: axis(width, size.width, strides.width, isWidth: true))
  }

  /// The layer on images [height, width, channels].
  func pool(
    _ input: Tensor, _ identity: LayerIdentity,
    _ body: (inout GraphBuilder, Value, PoolingGeometry) throws(ShapeError) -> Value
  ) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let shape = try ConvolutionSettings.image(x[0], for: identity, in: recorder)
      return try body(&recorder.builder, x[0], geometry(height: shape[0], width: shape[1]))
    }
  }

  /// The layer on sequences [time, channels].
  func poolSequence(
    _ input: Tensor, _ identity: LayerIdentity,
    _ body: (inout GraphBuilder, Value, PoolingGeometry) throws(ShapeError) -> Value
  ) -> Tensor {
    identity.call([input]) { (recorder, x) throws(ShapeError) in
      let image = try ConvolutionSettings.sequence(x[0], for: identity, in: &recorder)
      let geometry = geometry(height: 1, width: recorder.rowShape(of: image)[1])
      return try ConvolutionSettings.sequence(from: body(&recorder.builder, image, geometry), in: &recorder)
    }
  }
}
