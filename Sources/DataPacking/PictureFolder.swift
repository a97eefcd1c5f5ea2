import Foundation
import GraphIR

/// A folder with one folder of pictures for each class. Files whose names begin with a dot are left out.
struct PictureFolder {
  struct Entry: Hashable {
    var path: String
    /// The number of its class.
    var label: Int
  }

  let path: String
  /// Names of the classes, sorted; a class's number is its place here.
  let classes: [String]
  /// The pictures of each class, sorted by name.
  private let pictures: [[Entry]]

  init(_ path: String) throws(DataFailure) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataFailure("\(path) is not there")
    }
    guard isFolder.boolValue else {
      throw DataFailure("\(path) is not a folder", notes: ["give a folder with one folder of pictures for each class"])
    }
    let classes = try Self.contents(path)
    if let file = classes.first(where: { !Self.isFolder(path + "/" + $0) }) {
      throw DataFailure(
        "\(path)/\(file) is not in the folder of a class", notes: ["each picture belongs in the folder of its class"])
    }
    guard !classes.isEmpty else {
      throw DataFailure("\(path) has no classes", notes: ["put the pictures of each class into a folder with its name"])
    }
    var pictures: [[Entry]] = []
    for (label, name) in classes.enumerated() {
      let folder = path + "/" + name
      let files = try Self.contents(folder)
      guard !files.isEmpty else { throw DataFailure("the class folder \(folder) has no pictures") }
      if let inner = files.first(where: { Self.isFolder(folder + "/" + $0) }) {
        throw DataFailure("\(folder)/\(inner) is a folder inside the folder of a class")
      }
      pictures.append(files.map { Entry(path: folder + "/" + $0, label: label) })
    }
    self.classes = classes
    self.pictures = pictures
  }

  /// All pictures, each class shuffled by the seed and spread evenly over the whole, so that the last rows, which are kept
  /// for validation, have every class in its proportion.
  func mixed(seed: UInt64) -> [Entry] {
    var source = RandomSource(seed: seed)
    var placed: [(place: Double, entry: Entry)] = []
    for entries in pictures {
      for (index, entry) in entries.shuffled(using: &source).enumerated() {
        placed.append(((Double(index) + 0.5) / Double(entries.count), entry))
      }
    }
    return placed.sorted { ($0.place, $0.entry.label) < ($1.place, $1.entry.label) }.map(\.entry)
  }

  private static func contents(_ folder: String) throws(DataFailure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw DataFailure("\(folder) cannot be read")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
