import CJPEG
import CPNG
import Foundation

@testable import DataPacking

/// Pictures as files, written by the libraries themselves.
enum PictureFile {
  /// "Exif", and a TIFF file of one directory with one entry: tag 0x0112, type 3 (two bytes), one number.
  private static func exif(_ orientation: UInt8, isLittle: Bool) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
      return isLittle ? bytes : bytes.reversed()
    }
    return Array("Exif".utf8) + [0, 0] + Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
      + number(1, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(Int(orientation), 2) + [0, 0]
      + number(0, 4)
  }

  static func png(_ picture: Picture) -> Data {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    (image.height, image.width) = (png_uint_32(picture.height), png_uint_32(picture.width))
    image.format = picture.channels == 3 ? png_uint_32(PNG_FORMAT_RGB) : png_uint_32(PNG_FORMAT_GRAY)
    var count = png_alloc_size_t(1 << 20)
    var bytes = [UInt8](repeating: 0, count: count)
    let isWritten = png_image_write_to_memory(&image, &bytes, &count, 0, picture.pixels, 0, nil)
    return isWritten != 0 ? Data(bytes.prefix(count)) : Data()
  }

  /// Four channels are inks. An orientation is noted as a camera does, in either order of bytes.
  static func jpeg(_ picture: Picture, orientation: UInt8? = nil, isLittle: Bool = false) -> Data {
    var info = jpeg_compress_struct()
    var errors = jpeg_error_mgr()
    info.err = jpeg_std_error(&errors)
    jpeg_CreateCompress(&info, JPEG_LIB_VERSION, MemoryLayout<jpeg_compress_struct>.size)
    defer { jpeg_destroy_compress(&info) }
    var buffer: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    jpeg_mem_dest(&info, &buffer, &count)
    defer { free(buffer) }
    (info.image_height, info.image_width) = (JDIMENSION(picture.height), JDIMENSION(picture.width))
    info.input_components = Int32(picture.channels)
    info.in_color_space = [1: JCS_GRAYSCALE, 3: JCS_RGB, 4: JCS_CMYK][picture.channels] ?? JCS_UNKNOWN
    jpeg_set_defaults(&info)
    jpeg_set_quality(&info, 100, 1)
    jpeg_start_compress(&info, 1)
    if let orientation {
      let exif = Self.exif(orientation, isLittle: isLittle)
      jpeg_write_marker(&info, JPEG_APP0 + 1, exif, UInt32(exif.count))
    }
    var pixels = picture.pixels
    pixels.withUnsafeMutableBufferPointer { pixels in
      for line in 0..<picture.height {
        var start: JSAMPROW? = pixels.baseAddress.map { $0 + line * picture.width * picture.channels }
        jpeg_write_scanlines(&info, &start, 1)
      }
    }
    jpeg_finish_compress(&info)
    return Data(UnsafeBufferPointer(start: buffer, count: Int(count)))
  }
}
