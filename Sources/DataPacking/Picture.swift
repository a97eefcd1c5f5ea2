/// A picture of bytes, [height, width, channels]; one channel is grey, three are red, green and blue.
public struct Picture: Hashable, Sendable {
  public var height: Int
  public var width: Int
  public var channels: Int
  public var pixels: [UInt8]

  public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
  }

  /// Grey from colours is their luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as JPEG has it; colours from grey are
  /// three times the same.
  func converted(channels wanted: Int) -> Picture {
    guard wanted != channels else { return self }
    var converted: [UInt8] = []
    converted.reserveCapacity(height * width * wanted)
    for pixel in 0..<(height * width) {
      guard wanted == 1 else {
        for _ in 0..<wanted { converted.append(pixels[pixel]) }
        continue
      }
      let (red, green, blue) = (Int(pixels[3 * pixel]), Int(pixels[3 * pixel + 1]), Int(pixels[3 * pixel + 2]))
      converted.append(UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000))
    }
    return Picture(height: height, width: width, channels: wanted, pixels: converted)
  }
}
