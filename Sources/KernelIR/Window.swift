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
    /// Taps of the window; none where only inserted zeros would be seen.
    public var kernel: Int
    public var stride: Int
    public var dilation: Int
    /// Zeros before the source; elements cut off where negative.
    public var before: Int
    /// Distance between neighbouring elements of the source; more than 1 puts zeros between them.
    public var spread: Int
    /// Where the places' results go: to every `resultStep`-th of `resultExtent`, from `resultStart` on.
    public var resultExtent: Int
    public var resultStart = 0
    public var resultStep = 1

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
      resultExtent = outputs
    }

    /// How much of the padded source `count` neighbouring places see.
    public func span(of count: Int) -> Int { (count - 1) * stride + (max(kernel, 1) - 1) * dilation + 1 }

    /// Whether no place sees anything but elements of the source.
    var staysInside: Bool { spread == 1 && before <= 0 && span(of: outputs) - before <= extent }

    /// Whether the results of the places are neighbours, and all that there are.
    var isWhole: Bool { resultStep == 1 && resultExtent == outputs }
  }

  public var vertical: Axis
  public var horizontal: Axis
  /// Of the source, in all groups.
  public var channels: Int
  /// The channels and the columns of the product fall into so many groups that don't see each other.
  public var groups: Int
  /// False: lines of A are patches, C[place, j] = Σ patch[tap, channel] · B[tap, channel, j].
  /// True: A's columns are, as for the gradient of the weights: C[tap, channel; j] = Σ patch[tap, channel] · B[place, j].
  public var isTransposed: Bool
  /// Distances in elements between B's taps across and down, where patches are lines; negative for a flipped kernel.
  public var tapStride: Int
  public var tapLineStride: Int
  /// Distance in elements between B's groups.
  public var groupStride: Int
  /// Each channel is a group, with one column of its own.
  public var isDepthwise = false
  /// By Winograd's algorithm, 2 by 2 places at once; B is its kernel in panels.
  public var isWinograd = false

  public init(
    vertical: Axis, horizontal: Axis, channels: Int, groups: Int = 1, isTransposed: Bool = false, tapStride: Int = 0,
    groupStride: Int = 0
  ) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.channels = channels
    self.groups = groups
    self.isTransposed = isTransposed
    self.tapStride = tapStride
    self.groupStride = groupStride
    tapLineStride = horizontal.kernel * tapStride
  }

  /// Whether the columns of B are packed block by block.
  public var hasPanels: Bool { !isDepthwise && !isWinograd }

  public var taps: Int { vertical.kernel * horizontal.kernel }
  public var groupChannels: Int { channels / groups }
  /// How Winograd's algorithm goes about these taps.
  public var scheme: WinogradScheme { WinogradScheme(height: vertical.kernel, width: horizontal.kernel) }

  /// Products that a place's sum is made of: Winograd's serve 2 by 2 places.
  public var depth: Int { isWinograd ? scheme.slots * groupChannels / 4 : taps * groupChannels }

  /// Elements of a patch that are neighbours in the padded source: a whole line of taps unless they are dilated.
  public var run: Int { horizontal.dilation == 1 && groups == 1 ? horizontal.kernel * channels : groupChannels }

  /// Whether the kernel whose gradient it makes is so small that all sums for a vector of columns stay in registers, as in few_taps.c:
  /// whole vectors on any target, and lines of taps that 16 registers hold one at a time.
  public func hasFewTaps(columns: Dimension) -> Bool {
    guard isTransposed, !isDepthwise, !isWinograd, !columns.perRow else { return false }
    let widestVector = 16
    return run == horizontal.kernel * channels && run <= 12 && vertical.kernel * run <= 28
      && columns.count.isMultiple(of: widestVector)
  }

  /// Whether the patches can be read where the source lies, with nothing copied.
  public var staysInside: Bool { vertical.staysInside && horizontal.staysInside }

  public var isWhole: Bool { vertical.isWhole && horizontal.isWhole }
}

/// How much of a convolution is at hand at once: `images` whole images, or `lines` lines of output of one image.
public struct WindowBlocking: Hashable, Sendable {
  public var images: Int
  /// Lines of the window's places, or of the pooled map where there is one.
  public var lines: Int
  /// Elements of one image's strip: its part of the padded source.
  public var stripCount: Int
  /// Elements of one line of a strip.
  public var pitch: Int
  /// Elements of the packed panel of B.
  public var panelCount: Int
  /// Strips are copies of the padded source, and not the source itself.
  public var copies: Bool
  /// Elements of one line of a source that is computed as it is copied.
  public var lineCount: Int
  /// Elements of a block of sums that waits to be pooled, or that Winograd's algorithm makes.
  public var mapCount: Int
  /// By Winograd's algorithm, elements of the transformed strips, and of the products for a panel's columns.
  public var transformCount = 0
  public var productCount = 0

  public init(
    images: Int, lines: Int, stripCount: Int, pitch: Int, panelCount: Int, copies: Bool, lineCount: Int, mapCount: Int
  ) {
    self.images = images
    self.lines = lines
    self.stripCount = stripCount
    self.pitch = pitch
    self.panelCount = panelCount
    self.copies = copies
    self.lineCount = lineCount
    self.mapCount = mapCount
  }

  /// Elements of all strips, rounded up so that the panel behind them is aligned.
  public var stripsCount: Int { copies ? (images * stripCount).aligned : 0 }

  /// Elements of the memory that one thread needs: strips, panel, map, line, transformed strips and their products.
  public var scratchCount: Int { productOffset + productCount.aligned }
  public var mapOffset: Int { stripsCount + panelCount.aligned }
  public var lineOffset: Int { mapOffset + mapCount.aligned }
  public var transformOffset: Int { lineOffset + lineCount.aligned }
  public var productOffset: Int { transformOffset + transformCount.aligned }
}

extension Int {
  /// Rounded up to whole lines of cache of floats.
  fileprivate var aligned: Int { (self + 15) / 16 * 16 }
}
