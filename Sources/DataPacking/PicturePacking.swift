import Diagnostics
import Foundation

/// Packs a folder of pictures into safetensors files that a compiled program reads: the pictures, U8 [rows, height, width,
/// channels], their class numbers, U8 or I32 [rows], and the names of the classes as a JSON array in the metadata.
public struct PicturePacking {
  public var folder: String
  public var output: String
  /// nil: as the pictures are, which must then be of one size.
  public var size: (height: Int, width: Int)?
  /// 1 or 3.
  public var channels = 3
  /// The share of the rows that go into a file of their own; 0: none do.
  public var validation = 0.0
  public var seed: UInt64 = 0
  /// What the model calls its input and its target.
  public var input = "x"
  public var target = "y"

  public init(folder: String, output: String) {
    self.folder = folder
    self.output = output
  }

  /// Writes the files; returns a line for each that says what is in it.
  public func run() throws(DataFailure) -> [String] {
    let pictures = try PictureFolder(folder)
    let entries = pictures.mixed(seed: seed)
    let rows = try OutputFiles(output: output, validation: validation).parts(rows: entries.count)
    let size = try self.size(first: entries[0])
    let parts = rows.map { ($0.path, entries[$0.rows]) }
    // No file gets its name before all pictures of all files were readable.
    var files: [TensorFile] = []
    var problems: [Diagnostic] = []
    for (path, part) in parts where problems.count < Self.mostProblems {
      do throws(DataFailure) {
        files.append(try write(part, of: pictures, size: size, to: path))
      } catch {
        problems += error.diagnostics
      }
    }
    guard problems.isEmpty else { throw DataFailure(Array(problems.prefix(Self.mostProblems))) }
    for file in files { try file.finish() }
    let classes = pictures.classes.count == 1 ? "1 class" : "\(pictures.classes.count) classes"
    return parts.map { path, part in
      "wrote \(path): \(part.count) pictures [\(size.height), \(size.width), \(channels)] of \(classes)"
    }
  }

  /// So many are said at most.
  private static let mostProblems = 20

  /// Writes all but the name.
  private func write(
    _ entries: ArraySlice<PictureFolder.Entry>, of pictures: PictureFolder, size: (height: Int, width: Int),
    to path: String
  ) throws(DataFailure) -> TensorFile {
    let isByte = pictures.classes.count <= 256
    let file = try TensorFile(
      path,
      tensors: [
        .init(name: input, type: "U8", shape: [entries.count, size.height, size.width, channels]),
        .init(name: target, type: isByte ? "U8" : "I32", shape: [entries.count]),
      ],
      metadata: ["classes": "[" + pictures.classes.map(TensorFile.json).joined(separator: ",") + "]"])
    var problems: [Diagnostic] = []
    for entry in entries {
      do throws(DataFailure) {
        let picture = try read(entry)
        guard self.size != nil || (picture.height, picture.width) == size else {
          throw DataFailure(
            "\(entry.path) has \(picture.height) x \(picture.width) pixels, the first picture \(size.height) x \(size.width)",
            notes: ["--size HxW resizes all to one size"])
        }
        if problems.isEmpty {
          try file.append(picture.resized(height: size.height, width: size.width).converted(channels: channels).pixels)
        }
      } catch {
        problems += error.diagnostics
        if problems.count == Self.mostProblems { break }
      }
    }
    guard problems.isEmpty else { throw DataFailure(problems) }
    for entry in entries {
      try withUnsafeBytes(of: Int32(entry.label).littleEndian) { bytes throws(DataFailure) in
        try file.append(Array(bytes.prefix(isByte ? 1 : 4)))
      }
    }
    return file
  }

  private func size(first entry: PictureFolder.Entry) throws(DataFailure) -> (height: Int, width: Int) {
    if let size { return size }
    let picture = try read(entry)
    return (picture.height, picture.width)
  }

  private func read(_ entry: PictureFolder.Entry) throws(DataFailure) -> Picture {
    guard let bytes = FileManager.default.contents(atPath: entry.path) else {
      throw DataFailure("\(entry.path) cannot be read")
    }
    do throws(Picture.Unreadable) {
      return try Picture(decoding: Array(bytes))
    } catch {
      throw DataFailure("\(entry.path) is not a readable picture: \(error.reason)")
    }
  }
}
