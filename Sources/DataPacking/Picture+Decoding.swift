import CPNG
import Foundation
import JPEGDecoding

extension Picture {
  /// Why a file is no picture.
  struct Unreadable: Error { var reason: String }

  /// More pixels are not read: a small file can claim to have billions.
  static let mostPixels = 1 << 27

  /// Reads a PNG or JPEG file; what it is, its first bytes say. It is grey or coloured as the file is; what is transparent
  /// shows white, and a JPEG file is turned as its camera has noted.
  init(decoding bytes: [UInt8]) throws(Unreadable) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = try Self.png(bytes)
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self = try Self.jpeg(bytes)
    } else {
      throw Unreadable(reason: bytes.isEmpty ? "it is empty" : "it is neither PNG nor JPEG")
    }
  }

  private static func png(_ bytes: [UInt8]) throws(Unreadable) -> Picture {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    // libpng reads on from this memory until the picture is complete.
    let read = bytes.withUnsafeBytes { bytes -> Result<Picture, Unreadable> in
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
        return .failure(Unreadable(reason: said(image.message)))
      }
      let (height, width) = (Int(image.height), Int(image.width))
      guard height <= mostPixels / width else { return .failure(tooLarge(height, width)) }
      let channels = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1
      image.format = channels == 3 ? png_uint_32(PNG_FORMAT_RGB) : png_uint_32(PNG_FORMAT_GRAY)
      var pixels = [UInt8](repeating: 0, count: height * width * channels)
      var white = png_color_struct(red: 255, green: 255, blue: 255)
      let isRead = png_image_finish_read(&image, &white, &pixels, 0, nil) != 0
      guard isRead else {
        return .failure(Unreadable(reason: said(image.message)))
      }
      return .success(Picture(height: height, width: width, channels: channels, pixels: pixels))
    }
    return try read.get()
  }

  /// A C string in an array, which Swift has as a tuple.
  private static func said(_ message: some Any) -> String {
    Swift.withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static func tooLarge(_ height: Int, _ width: Int) -> Unreadable {
    Unreadable(reason: "\(height) x \(width) pixels are more than the \(mostPixels) that are read")
  }

  private static func jpeg(_ bytes: [UInt8]) throws(Unreadable) -> Picture {
    var decoded = jpeg_picture()
    defer { free(decoded.pixels) }
    guard jpeg_decode(bytes, bytes.count, mostPixels, &decoded) != 0 else {
      throw Unreadable(reason: said(decoded.problem))
    }
    let count = decoded.height * decoded.width * decoded.channels
    let picture = Picture(
      height: decoded.height, width: decoded.width, channels: decoded.channels,
      pixels: Array(UnsafeBufferPointer(start: decoded.pixels, count: count)))
    return picture.upright(from: Int(decoded.orientation))
  }
}
