import GraphIR
import KernelIR

extension WindowBlocking {
  /// A panel of B serves at least so many places, so that packing it costs little beside multiplying.
  private static let fewestPlaces = 128
  /// Beyond this many elements (256 KiB of floats) strips and panel leave the second-level cache.
  private static let largestStrip = 65536
  private static let mostPlaces = 1024
  /// Columns of a panel at most: two of the widest vectors.
  private static let panelWidth = 32

  /// Whole small images together, or as many lines of one as the cache holds.
  init(_ window: Window) {
    let (vertical, horizontal) = (window.vertical, window.horizontal)
    let pitch = horizontal.span(of: horizontal.outputs) * window.channels
    let places = vertical.outputs * horizontal.outputs
    var lines = vertical.outputs
    while lines > 1,
      vertical.span(of: lines) * pitch > Self.largestStrip || lines * horizontal.outputs > Self.mostPlaces
    {
      lines -= 1
    }
    // Blocks of about equal size.
    let blocks = (vertical.outputs + lines - 1) / lines
    lines = (vertical.outputs + blocks - 1) / blocks
    let images = blocks == 1 ? max(1, Self.fewestPlaces / max(places, 1)) : 1
    let depth = window.isTransposed ? images * lines * horizontal.outputs : window.depth
    self.init(
      images: images, lines: lines, stripCount: vertical.span(of: lines) * pitch, pitch: pitch,
      panelCount: depth * Self.panelWidth)
  }
}
