import GraphIR
import KernelIR

extension WindowBlocking {
  /// A panel of B serves at least so many places, so that packing it costs little beside multiplying.
  private static let fewestPlaces = 128
  /// Beyond this many elements (256 KiB of floats) strips and panel leave the second-level cache.
  private static let largestStrip = 65536
  private static let mostPlaces = 1024
  /// So few that one more for one of two threads would show.
  private static let fewBlocks = 2...16
  /// So many sums of a panel's columns wait in the first-level cache to be pooled, or in the second-level cache where windows
  /// overlap: what two blocks share is made twice.
  private static let mostPooledPlaces = (apart: 384, overlapping: 3328)
  /// Beyond this many elements the transformed strips of Winograd's algorithm leave the second-level cache.
  private static let largestTransform = 65536
  /// So many patches share what is read of a transformed kernel, which is larger than that cache, whatever becomes of the strips.
  private static let fewestPatches = (apart: 32, overlapping: 112)
  /// A block of places that are summed up by Winograd's algorithm has at least so many.
  private static let fewestSummed = 256
  /// As in winograd.c.
  private static let gap = 16
  /// Columns of a panel at most: two of the widest vectors.
  private static let panelWidth = 32

  /// Whole small images together, or as many lines of one as the cache holds.
  init(
    _ window: Window, columns: Dimension, pooling: Pooling? = nil, computesImage: Bool = false,
    computesMap: Bool = false
  ) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let copies = window.taps > 0 && (computesImage || window.isWinograd || !window.staysInside)
    /// Places that are made together with so many.
    func made(_ places: Int) -> Int { window.isWinograd ? (places + 1) / 2 * 2 : places }
    let width = copies ? horizontal.span(of: made(horizontal.outputs)) : horizontal.extent
    /// Elements of transformed strips for so many lines.
    func transformed(_ lines: Int) -> Int {
      guard window.isWinograd else { return 0 }
      return window.scheme.slots * made(lines) / 2 * made(horizontal.outputs) / 2 * window.channels + 16 * Self.gap
    }
    let pitch = width * window.channels
    let results = pooling?.vertical.outputs ?? vertical.outputs
    /// The lines of places that so many lines of results are made of.
    func places(_ lines: Int) -> Int {
      min(pooling.map { $0.vertical.span(of: lines) } ?? lines, vertical.outputs)
    }
    let isOverlapping = pooling.map { $0.vertical.kernel > $0.vertical.stride } ?? false
    let fewestPatches = isOverlapping ? Self.fewestPatches.overlapping : Self.fewestPatches.apart
    /// Sums of a kernel's gradient leave the cache after each block: there a block has places enough to outweigh that.
    let largestTransform = max(
      Self.largestTransform,
      window.isTransposed
        ? Self.fewestSummed * window.depth
        : window.isWinograd ? window.scheme.slots * fewestPatches * window.channels + 16 * Self.gap : 0)
    let mostPlaces =
      pooling == nil
      ? Self.mostPlaces : isOverlapping ? Self.mostPooledPlaces.overlapping : Self.mostPooledPlaces.apart
    func blocks(_ lines: Int) -> Int { (results + lines - 1) / lines }
    var lines = results
    while lines > 1,
      vertical.span(of: places(lines)) * pitch > Self.largestStrip || places(lines) * horizontal.outputs > mostPlaces
        || transformed(places(lines)) > largestTransform
    {
      lines -= 1
    }
    // Blocks of about equal size; of a few an even number, so that two threads share a single image evenly.
    while lines > 1, !window.isTransposed, Self.fewBlocks.contains(blocks(lines)), !blocks(lines).isMultiple(of: 2) {
      lines -= 1
    }
    let blocks = blocks(lines)
    lines = (results + blocks - 1) / blocks
    if window.isWinograd, pooling == nil, blocks > 1 { lines = made(lines) }
    let count = places(lines) * horizontal.outputs
    let fewestPlaces = window.isWinograd && window.isTransposed ? Self.fewestSummed : Self.fewestPlaces
    let images = blocks == 1 ? max(1, fewestPlaces / max(count, 1)) : 1
    let depth =
      window.hasFewTaps(columns: columns)
      ? (computesMap ? horizontal.outputs : 0)
      : window.isTransposed ? (window.isDepthwise ? 0 : images * count) : window.hasPanels ? window.depth : 0
    self.init(
      images: images, lines: lines, stripCount: vertical.span(of: made(places(lines))) * pitch, pitch: pitch,
      panelCount: depth * Self.panelWidth, copies: copies,
      lineCount: computesImage ? horizontal.extent * window.channels : 0,
      mapCount: pooling != nil || window.isWinograd && !window.isTransposed ? images * count * Self.panelWidth : 0)
    if window.isWinograd {
      let patches = images * (made(places(lines)) / 2) * (made(horizontal.outputs) / 2)
      transformCount = window.scheme.slots * patches * window.channels + 16 * Self.gap
      productCount = 16 * (patches * Self.panelWidth + Self.gap)
    }
  }
}
