import FoundationEssentials

/// What changes when another file takes the place of the one at `path`: its size and date, or those of what a link points to.
package func fileIdentity(_ path: String) -> String {
  let resolved = URL(filePath: path).resolvingSymlinksInPath().path
  let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
  let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
  return "\(path) \(attributes?[.size] ?? 0) \(changed)"
}
