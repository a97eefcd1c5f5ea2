import ArgumentParser
import DataPacking
import Foundation

struct PackData: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Packs a folder of pictures into a file to train on.",
    discussion: """
      The folder has a folder of PNG and JPEG files for each class. The safetensors file holds them as x, bytes \
      [rows, height, width, channels], and their class numbers, in the order of the sorted names, as y; the names are in \
      its metadata under "classes". Shrinking averages areas, growing interpolates bilinearly; neither keeps proportions. \
      What is transparent becomes white, inks (CMYK) become colours without a profile, and photographs are turned as the \
      camera has noted.
      """)

  @Argument(help: "A folder with one folder of pictures for each class.", completion: .directory)
  var folder: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write (FOLDER.safetensors).", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Resize to this height and width; without it all must be of one size.", valueName: "HxW"))
  var size: PictureSize?

  @Option(help: ArgumentHelp("1 for grey, 3 for colour.", valueName: "1|3"))
  var channels = 3

  @Option(
    help: ArgumentHelp("Keep this share of each class for OUTPUT_validation.safetensors.", valueName: "fraction"))
  var validation = 0.0

  @Option(help: ArgumentHelp("Another seed orders the pictures of a class otherwise.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("What the model calls its input.", valueName: "name"))
  var input = "x"

  @Option(help: ArgumentHelp("What the model calls its target.", valueName: "name"))
  var target = "y"

  func validate() throws {
    if channels != 1 && channels != 3 { throw ValidationError("--channels is 1 or 3, not \(channels).") }
    if !(0..<1).contains(validation) {
      throw ValidationError("--validation wants a share from 0 up to but not 1, not \(validation).")
    }
    if input == target || input.isEmpty || target.isEmpty {
      throw ValidationError("--input and --target want two different names.")
    }
  }

  func run() async throws {
    try await report {
      let name = URL(fileURLWithPath: folder).lastPathComponent
      var packing = PicturePacking(folder: folder, output: output ?? name + ".safetensors")
      packing.size = size.map { ($0.height, $0.width) }
      packing.channels = channels
      packing.validation = validation
      packing.seed = seed
      packing.input = input
      packing.target = target
      for line in try packing.run() { Terminal.status(line) }
    }
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
