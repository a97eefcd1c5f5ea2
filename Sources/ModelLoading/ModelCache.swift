import FoundationEssentials
import GraphIR

/// Compiled model programs by the content of everything that they depend on.
struct ModelCache: Sendable {
  var folder: String

  init(environment: [String: String]) { folder = cacheFolder("models", environment: environment) }

  /// Where the program for this source belongs.
  func program(source: Data, file: String, toolchain: Toolchain) -> String {
    let parts = [Array(source), Array(file.utf8), Array(toolchain.identity.utf8)]
    return folder + "/" + fingerprint(of: parts)
  }

  /// Removes the oldest programs beyond the newest `count`, but none made within `age` seconds: somebody may be about to
  /// run it, or to give it its name.
  func makeRoom(keeping count: Int = 64, olderThan age: Double = 3600) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard names.count > count else { return }
    let dated = names.map { name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
      return (path: folder + "/" + name, date: attributes?[.modificationDate] as? Date ?? Date())
    }
    let now = Date()
    for old in dated.sorted(by: { $0.date < $1.date }).dropLast(count) where now.timeIntervalSince(old.date) > age {
      try? FileManager.default.removeItem(atPath: old.path)
    }
  }
}

/// A folder for what dlc finds out once: `$XDG_CACHE_HOME/dlc/NAME`, else `~/.cache/dlc/NAME`, else one for temporary files.
package func cacheFolder(_ name: String, environment: [String: String]) -> String {
  let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
  let home = environment["HOME"].map { $0 + "/.cache" }
  for candidate in [base, home].compactMap({ $0 }) {
    let folder = candidate + "/dlc/" + name
    if (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil,
      FileManager.default.isWritableFile(atPath: folder)
    {
      return folder
    }
  }
  let folder = FileManager.default.temporaryDirectory.path + "/dlc-" + name
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder
}
