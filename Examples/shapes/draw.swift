// Draws shapes.idx and labels.idx: 64x64 pictures in colour of ten kinds of shapes, turned and moved a little, sized and coloured at
// random, on noise. The first argument is the folder, the second how many pictures (8000). Alike on every machine.
import Foundation

struct Generator {
  var state: UInt64 = 7
  /// A number of [low, high).
  mutating func next(_ low: Double = 0, _ high: Double = 1) -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return low + (high - low) * Double(state >> 11) / 9_007_199_254_740_992
  }
}

/// Whether a point of the shape's own square, -1 to 1, lies within the shape.
let shapes: [(name: String, contains: (Double, Double) -> Bool)] = [
  ("circle", { u, v in u * u + v * v < 0.81 }),
  ("ring", { u, v in (0.3..<0.9).contains(u * u + v * v) }),
  ("square", { u, v in max(abs(u), abs(v)) < 0.75 }),
  ("frame", { u, v in (0.42..<0.8).contains(max(abs(u), abs(v))) }),
  ("bar", { u, v in abs(u) < 1 && abs(v) < 0.28 }),
  ("cross", { u, v in min(abs(u), abs(v)) < 0.25 && max(abs(u), abs(v)) < 0.95 }),
  ("triangle", { u, v in v > -0.55 && v < 0.95 - 1.75 * abs(u) }),
  ("half circle", { u, v in u * u + v * v < 0.9 && v > 0 }),
  ("crescent", { u, v in u * u + v * v < 0.9 && (u - 0.5) * (u - 0.5) + v * v > 0.55 }),
  (
    "star",
    { u, v in
      // Between its points the edge of a five-pointed star is a straight line, bent back after each.
      let turn = (atan2(v, u) / (2 * Double.pi / 5)).truncatingRemainder(dividingBy: 1)
      let angle = abs(abs(turn < 0 ? turn + 1 : turn) - 0.5) * (2 * Double.pi / 5)
      return (u * u + v * v).squareRoot() * (cos(angle) + 0.9 * sin(Double.pi / 5 - angle)) < 0.75
    }
  ),
]

let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "."
let count = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 8000 : 8000
let size = 64
var random = Generator()
var pixels = Data(capacity: count * size * size * 3)
var labels = Data(capacity: count)

for number in 0..<count {
  let kind = number % shapes.count
  let (angle, radius) = (random.next(-0.5, 0.5), random.next(20, 27))
  let (x0, y0) = (random.next(29, 35), random.next(29, 35))
  let colour = (0..<3).map { _ in random.next(0.5, 1) }
  let ground = (0..<3).map { _ in random.next(0, 0.4) }
  for y in 0..<size {
    for x in 0..<size {
      let (dx, dy) = ((Double(x) - x0) / radius, (Double(y) - y0) / radius)
      let isInside = shapes[kind].contains(dx * cos(angle) + dy * sin(angle), dy * cos(angle) - dx * sin(angle))
      for channel in 0..<3 {
        let value = (isInside ? colour : ground)[channel] + random.next(-0.12, 0.12)
        pixels.append(UInt8(max(0, min(1, value)) * 255))
      }
    }
  }
  labels.append(UInt8(kind))
}

/// IDX: two zeros, type 8 for bytes, rank, extents in four bytes each with the highest first.
func header(_ extents: [Int]) -> Data {
  var bytes = Data([0, 0, 8, UInt8(extents.count)])
  for extent in extents {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(extent >> shift & 255)) }
  }
  return bytes
}

do {
  let url = URL(fileURLWithPath: folder)
  try (header([count, size, size, 3]) + pixels).write(to: url.appendingPathComponent("shapes.idx"))
  try (header([count]) + labels).write(to: url.appendingPathComponent("labels.idx"))
  print("drew \(count) pictures of \(shapes.map(\.name).joined(separator: ", "))")
} catch {
  FileHandle.standardError.write(Data("cannot write to \(folder): \(error)\n".utf8))
  exit(1)
}
