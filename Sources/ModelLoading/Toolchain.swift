import FoundationEssentials

/// The Swift compiler and the library DLC that model.swift is built with.
struct Toolchain: Sendable {
  var swiftc: String
  /// Holds DLC.swiftmodule and those that it imports.
  var modules: String
  /// Holds libDLC.
  var libraries: String

  #if os(macOS)
    static let libraryName = "libDLC.dylib"
  #else
    static let libraryName = "libDLC.so"
  #endif

  var library: String { libraries + "/" + Self.libraryName }

  /// Looks for DLC beside the running executable, as `swift build` leaves it, then in `../lib/dlc`, as it is installed.
  static func find(executableFolder: String, path: String) throws(LoadingFailure) -> Toolchain {
    let files = FileManager.default
    let folders = path.split(separator: ":").map { "\($0)/swiftc" }
    guard let swiftc = folders.first(where: { files.isExecutableFile(atPath: $0) }) else {
      throw LoadingFailure(
        "swiftc was not found; a model is a Swift program, which dlc compiles with it",
        notes: ["install Swift from https://www.swift.org/install and put its usr/bin folder on PATH"])
    }
    let installed = executableFolder + "/../lib/dlc"
    for libraries in [executableFolder, installed] {
      for modules in [libraries + "/Modules", libraries] {
        if files.fileExists(atPath: libraries + "/" + libraryName),
          files.fileExists(atPath: modules + "/DLC.swiftmodule")
        {
          return Toolchain(swiftc: swiftc, modules: modules, libraries: libraries)
        }
      }
    }
    throw LoadingFailure(
      "the library DLC was not found beside dlc, in \(executableFolder)",
      notes: ["build it with: swift build"])
  }

  /// What changes when the compiler or the library does.
  var identity: String { [swiftc, library].map(fileIdentity).joined(separator: "\n") }
}
