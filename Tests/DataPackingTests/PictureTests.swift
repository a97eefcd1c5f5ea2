import Foundation
import Testing

@testable import DataPacking

/// Pictures come out of their files as they went in, and are resized as the filters are defined.
@Suite struct PictureTests {
  /// Smooth, so that JPEG loses little of it.
  private static func ramp(_ height: Int, _ width: Int, _ channels: Int) -> Picture {
    Picture(
      height: height, width: width, channels: channels,
      pixels: (0..<(height * width * channels)).map { index in
        let (line, column, channel) = (index / channels / width, index / channels % width, index % channels)
        return UInt8(40 + 4 * line + 3 * column + 20 * channel)
      })
  }

  @Test(arguments: [1, 3]) func pngIsExact(channels: Int) throws {
    let picture = Self.ramp(9, 14, channels)
    #expect(try Picture(decoding: Array(PictureFile.png(picture))) == picture)
  }

  @Test(arguments: [1, 3]) func jpegIsClose(channels: Int) throws {
    let picture = Self.ramp(9, 14, channels)
    let read = try Picture(decoding: Array(PictureFile.jpeg(picture)))
    #expect(read.height == 9 && read.width == 14 && read.channels == channels)
    #expect(zip(read.pixels, picture.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 6 })
  }

  /// Inks with Adobe's marker, which libjpeg writes: 255 is none of an ink.
  @Test func inksBecomeColours() throws {
    let inks: [[UInt8]] = [[255, 255, 255, 255], [0, 255, 255, 255], [255, 0, 128, 255], [255, 255, 255, 0]]
    for (ink, colour) in zip(inks, [[255, 255, 255], [0, 255, 255], [255, 0, 128], [0, 0, 0]]) {
      let plain = Picture(height: 8, width: 8, channels: 4, pixels: (0..<64).flatMap { _ in ink })
      let read = try Picture(decoding: Array(PictureFile.jpeg(plain)))
      #expect(read.channels == 3 && read.pixels.count == 192)
      for (index, pixel) in read.pixels.enumerated() { #expect(abs(Int(pixel) - colour[index % 3]) <= 3) }
    }
  }

  /// A picture stored as each orientation says comes out upright.
  @Test(arguments: 1...8, [false, true]) func photographsAreTurned(orientation: Int, isLittle: Bool) throws {
    let upright = Picture(height: 2, width: 3, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
    // Lines as the file has them: with line 0 at the top, turned and mirrored; then with line 0 at a side.
    let stored: [[UInt8]] = [
      [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3], [1, 4, 2, 5, 3, 6],
      [3, 6, 2, 5, 1, 4], [6, 3, 5, 2, 4, 1], [4, 1, 5, 2, 6, 3],
    ]
    let (height, width) = orientation < 5 ? (2, 3) : (3, 2)
    let file = Picture(height: height, width: width, channels: 1, pixels: stored[orientation - 1])
    #expect(file.upright(from: orientation) == upright)
    // In a file: blocks of 16 pixels that JPEG keeps apart.
    let read = try Picture(
      decoding: Array(
        PictureFile.jpeg(Self.enlarged(file), orientation: UInt8(orientation), isLittle: isLittle)))
    #expect(read.height == 32 && read.width == 48)
    #expect(zip(read.pixels, Self.enlarged(upright).pixels).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
  }

  /// 16 pixels down and across for each one, 40 times as bright.
  private static func enlarged(_ picture: Picture) -> Picture {
    var pixels: [UInt8] = []
    for y in 0..<(picture.height * 16) {
      for x in 0..<(picture.width * 16) { pixels.append(40 * picture.pixels[y / 16 * picture.width + x / 16]) }
    }
    return Picture(height: picture.height * 16, width: picture.width * 16, channels: 1, pixels: pixels)
  }

  /// Every prefix is refused, and no changed byte leads to anything but a picture or an error.
  @Test func damagedFilesAreRefused() throws {
    let picture = Self.ramp(16, 16, 3)
    for file in [PictureFile.png(picture), PictureFile.jpeg(picture)] {
      // The last bytes of a file may say no more than that it ends.
      for length in stride(from: 0, to: file.count - 14, by: 7) {
        #expect(throws: Picture.Unreadable.self, "\(length) of \(file.count)") {
          try Picture(decoding: Array(file.prefix(length)))
        }
      }
      for position in 0..<file.count {
        var bytes = Array(file)
        bytes[position] ^= 0x5A
        _ = try? Picture(decoding: bytes)
      }
    }
    #expect(throws: Picture.Unreadable.self) { try Picture(decoding: Array("GIF89a".utf8)) }
  }

  @Test func shrinkingAveragesAreas() {
    let line = Picture(height: 1, width: 6, channels: 1, pixels: [0, 30, 60, 90, 120, 150])
    #expect(line.resized(height: 1, width: 2).pixels == [30, 120])
    // 1.5 old pixels each: (0 + 30 / 2) / 1.5, (30 / 2 + 60) / 1.5, …
    #expect(line.resized(height: 1, width: 4).pixels == [10, 50, 100, 140])
    let square = Picture(height: 2, width: 2, channels: 3, pixels: [0, 10, 20, 40, 50, 60, 80, 90, 100, 120, 130, 140])
    #expect(square.resized(height: 1, width: 1).pixels == [60, 70, 80])
  }

  @Test func growingInterpolates() {
    let line = Picture(height: 1, width: 2, channels: 1, pixels: [0, 100])
    // Centres at -0.25, 0.25, 0.75 and 1.25 of the old ones, held at the borders.
    #expect(line.resized(height: 1, width: 4).pixels == [0, 25, 75, 100])
    #expect(line.resized(height: 2, width: 2).pixels == [0, 100, 0, 100])
  }

  @Test func greyIsLuma() {
    let colours = Picture(height: 1, width: 3, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255])
    #expect(colours.converted(channels: 1).pixels == [76, 150, 29])
    let grey = Picture(height: 1, width: 2, channels: 1, pixels: [7, 9])
    #expect(grey.converted(channels: 3).pixels == [7, 7, 7, 9, 9, 9])
  }
}
