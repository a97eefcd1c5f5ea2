import CJPEG
import CPNG
import Foundation

@testable import DataPacking

/// Pictures as files, written by the libraries themselves.
enum PictureFile {
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

  static func jpeg(_ picture: Picture) -> Data {
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
    info.in_color_space = picture.channels == 3 ? JCS_RGB : JCS_GRAYSCALE
    jpeg_set_defaults(&info)
    jpeg_set_quality(&info, 100, 1)
    jpeg_start_compress(&info, 1)
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
