/// How a convolution reaches its patches: a window that moves over each row's [height, width, channels].
///
/// The source is seen with zeros around it and, for the gradient of a convolution with strides, between its elements:
/// element (y, x) lies at (y · spread + before) of each axis. The window stands at `outputs` places a stride apart, and
/// its `kernel` taps are a dilation apart. The patch under it, [taps, channels], is one line of a matrix.
///
/// A line is never written out: within one row of the output, neighbouring patches are a stride of elements apart in the
/// padded source, so a product reads them where they lie (Zhang, Franchetti and Low, High Performance Zero-Memory Overhead
/// Direct Convolutions, 2018).
public struct Window: Hashable, Sendable {
  public struct Axis: Hashable, Sendable {
    /// Extent of the source.
    public var extent: Int
    /// Places of the window.
    public var outputs: Int
    /// Taps of the window.
    public var kernel: Int
    public var stride: Int
    public var dilation: Int
    /// Zeros before the source; elements cut off where negative.
    public var before: Int
    /// Distance between neighbouring elements of the source; more than 1 puts zeros between them.
    public var spread: Int

    public init(
      extent: Int, outputs: Int, kernel: Int, stride: Int, dilation: Int, before: Int, spread: Int = 1
    ) {
      self.extent = extent
      self.outputs = outputs
      self.kernel = kernel
      self.stride = stride
      self.dilation = dilation
      self.before = before
      self.spread = spread
    }

    /// How much of the padded source `count` neighbouring places see.
    public func span(of count: Int) -> Int { (count - 1) * stride + (kernel - 1) * dilation + 1 }
  }

  public var vertical: Axis
  public var horizontal: Axis
  public var channels: Int
  /// False: lines of A are patches, C[place, j] = Σ patch[tap, channel] · B[tap, channel, j].
  /// True: A's columns are, as for the gradient of the weights: C[tap, channel; j] = Σ patch[tap, channel] · B[place, j].
  public var isTransposed: Bool
  /// Distance in elements between the taps of B where patches are lines; negative for a flipped kernel.
  public var tapStride: Int

  public init(vertical: Axis, horizontal: Axis, channels: Int, isTransposed: Bool = false, tapStride: Int = 0) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.channels = channels
    self.isTransposed = isTransposed
    self.tapStride = tapStride
  }

  public var taps: Int { vertical.kernel * horizontal.kernel }
  public var depth: Int { taps * channels }

  /// Elements of a patch that are neighbours in the padded source: a whole line of taps unless they are dilated.
  public var run: Int { horizontal.dilation == 1 ? horizontal.kernel * channels : channels }
}

/// How much of a convolution is at hand at once: `images` whole images, or `lines` lines of output of one image.
public struct WindowBlocking: Hashable, Sendable {
  public var images: Int
  public var lines: Int
  /// Elements of one image's strip: its part of the padded source.
  public var stripCount: Int
  /// Elements of one line of a strip.
  public var pitch: Int
  /// Elements of the packed panel of B.
  public var panelCount: Int

  public init(images: Int, lines: Int, stripCount: Int, pitch: Int, panelCount: Int) {
    self.images = images
    self.lines = lines
    self.stripCount = stripCount
    self.pitch = pitch
    self.panelCount = panelCount
  }

  /// Elements of all strips, rounded up so that the panel behind them is aligned.
  public var stripsCount: Int { (images * stripCount + 15) / 16 * 16 }

  /// Elements of the memory that one thread needs.
  public var scratchCount: Int { stripsCount + panelCount }
}
