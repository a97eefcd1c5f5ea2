import ArgumentParser
import CompilerDriver
import DataPacking
import Foundation

struct PackData: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Packs a folder of pictures, or a text, into a file to train on.",
    discussion: """
      A folder has a folder of PNG and JPEG files for each class. The safetensors file holds them as x, bytes [rows, height, \
      width, channels], and their class numbers, in the order of the sorted names, as y; the names are in its metadata under \
      "classes". Shrinking averages areas, growing interpolates bilinearly; neither keeps proportions. What is transparent \
      becomes white, inks (CMYK) become colours without a profile, and photographs are turned as the camera has noted.

      A text is cut into windows of --length tokens, whose targets are the tokens that follow; --text names the column of a \
      CSV that has a text in each row. The file holds the tokens' numbers as x, whole numbers [rows, length], and the \
      targets as y; the vocabulary is in its metadata, from where training takes it into its checkpoint. The numbers are \
      those that a program gives when it reads the text itself.
      """)

  @Argument(help: "A folder with one folder of pictures for each class, or a text.", completion: .file())
  var path: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write (PATH's name.safetensors).", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Keep this share for OUTPUT_validation.safetensors: of each class, or the last rows of a text.",
      valueName: "fraction"))
  var validation = 0.0

  @Option(help: ArgumentHelp("What the model calls its input.", valueName: "name"))
  var input = "x"

  @Option(help: ArgumentHelp("What the model calls its target.", valueName: "name"))
  var target = "y"

  @OptionGroup(title: "Pictures") var pictures: PictureOptions

  @OptionGroup(title: "Texts") var texts: TextOptions

  private var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// What PATH is decides which options are of use; the others are refused.
  func validate() throws {
    if !(0..<1).contains(validation) {
      throw ValidationError("--validation wants a share from 0 up to but not 1, not \(validation).")
    }
    if input == target || input.isEmpty || target.isEmpty {
      throw ValidationError("--input and --target want two different names.")
    }
    guard FileManager.default.fileExists(atPath: path) else { return }
    if isFolder {
      if let option = texts.given.first { throw ValidationError("\(option) is for texts, but \(path) is a folder.") }
    } else {
      if let option = pictures.given.first {
        throw ValidationError("\(option) is for pictures, but \(path) is not a folder.")
      }
      _ = try packedText()
    }
  }

  func run() async throws {
    try await report {
      guard FileManager.default.fileExists(atPath: path) else { throw CompileFailure(.model, "\(path) is not there") }
      for line in try isFolder ? packedPictures().run() : packedText().run() { Terminal.status(line) }
    }
  }

  private var name: URL { URL(fileURLWithPath: path) }

  private func packedPictures() -> PicturePacking {
    var packing = PicturePacking(folder: path, output: output ?? name.lastPathComponent + ".safetensors")
    packing.size = pictures.size.map { ($0.height, $0.width) }
    packing.channels = pictures.channels ?? packing.channels
    packing.seed = pictures.seed ?? packing.seed
    packing.validation = validation
    packing.input = input
    packing.target = target
    return packing
  }

  private func packedText() throws -> TextPacking {
    let output = output ?? name.deletingPathExtension().lastPathComponent + ".safetensors"
    var packing = try texts.packing(of: path, output: output)
    packing.validation = validation
    packing.input = input
    packing.target = target
    return packing
  }
}

struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Resize to this height and width; without it all must be of one size.", valueName: "HxW"))
  var size: PictureSize?

  @Option(help: ArgumentHelp("1 for grey, 3 for colour (3).", valueName: "1|3"))
  var channels: Int?

  @Option(help: ArgumentHelp("Another seed orders the pictures of a class otherwise (0).", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    if let channels, channels != 1, channels != 3 { throw ValidationError("--channels is 1 or 3, not \(channels).") }
  }

  /// Options that the command line has.
  var given: [String] {
    [(size != nil, "--size"), (channels != nil, "--channels"), (seed != nil, "--seed")].filter(\.0).map(\.1)
  }
}

/// `32x48`: height, then width.
struct PictureSize: ExpressibleByArgument {
  let height: Int
  let width: Int

  init?(argument: String) {
    let extents = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard extents.count == 2, let height = extents[0], let width = extents[1] else { return nil }
    guard (1...16384).contains(height), (1...16384).contains(width) else { return nil }
    self.height = height
    self.width = width
  }
}
