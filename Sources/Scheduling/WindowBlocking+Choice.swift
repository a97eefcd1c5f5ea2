import GraphIR
import KernelIR

extension WindowBlocking {
  /// A panel of B serves at least so many places, so that packing it costs little beside multiplying.
  private static let fewestPlaces = 128
  /// Beyond this many elements (256 KiB of floats) strips and panel leave the second-level cache.
  private static let largestStrip = 65536
  private static let mostPlaces = 1024
  /// So many sums of a panel's columns wait in the first-level cache to be pooled.
  private static let mostPooledPlaces = 384
  /// Columns of a panel at most: two of the widest vectors.
  private static let panelWidth = 32

  /// Whole small images together, or as many lines of one as the cache holds.
  init(_ window: Window, pooling: Pooling? = nil, computesImage: Bool = false) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let copies = window.taps > 0 && (computesImage || !window.staysInside)
    let width = copies ? horizontal.span(of: horizontal.outputs) : horizontal.extent
    let pitch = width * window.channels
    let results = pooling?.vertical.outputs ?? vertical.outputs
    /// The lines of places that so many lines of results are made of.
    func places(_ lines: Int) -> Int {
      min(pooling.map { $0.vertical.span(of: lines) } ?? lines, vertical.outputs)
    }
    let mostPlaces = pooling == nil ? Self.mostPlaces : Self.mostPooledPlaces
    var lines = results
    while lines > 1,
      vertical.span(of: places(lines)) * pitch > Self.largestStrip || places(lines) * horizontal.outputs > mostPlaces
    {
      lines -= 1
    }
    // Blocks of about equal size.
    let blocks = (results + lines - 1) / lines
    lines = (results + blocks - 1) / blocks
    let count = places(lines) * horizontal.outputs
    let images = blocks == 1 ? max(1, Self.fewestPlaces / max(count, 1)) : 1
    let depth = window.isDepthwise ? 0 : window.isTransposed ? images * count : window.depth
    self.init(
      images: images, lines: lines, stripCount: vertical.span(of: places(lines)) * pitch, pitch: pitch,
      panelCount: depth * Self.panelWidth, copies: copies,
      lineCount: computesImage ? horizontal.extent * window.channels : 0,
      mapCount: pooling == nil ? 0 : images * count * Self.panelWidth)
  }
}
