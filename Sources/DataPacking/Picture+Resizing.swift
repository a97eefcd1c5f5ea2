extension Picture {
  /// What one line of the new picture takes from the lines of the old one: weights, whose sum is 1, from `first` on.
  private struct Taps {
    var first: Int
    var weights: [Float]
  }

  /// The taps of each of `wanted` lines along an axis that had `count`. A shrinking axis is averaged over the area that a
  /// new pixel covers, [i, i + 1) count / wanted; a growing one is interpolated between the centres of its two neighbours.
  private static func taps(from count: Int, to wanted: Int) -> [Taps] {
    let scale = Double(count) / Double(wanted)
    return (0..<wanted).map { index in
      if wanted < count {
        // In whole parts of 1 / wanted of an old pixel, so that the borders are exact.
        let (begin, end) = (index * count, (index + 1) * count)
        let first = begin / wanted
        let last = (end - 1) / wanted
        return Taps(
          first: first,
          weights: (first...last).map { Float(min(end, ($0 + 1) * wanted) - max(begin, $0 * wanted)) / Float(count) })
      }
      let centre = min(max((Double(index) + 0.5) * scale - 0.5, 0), Double(count - 1))
      let first = min(Int(centre), max(count - 2, 0))
      let share = Float(centre - Double(first))
      return Taps(first: first, weights: count == 1 ? [1] : [1 - share, share])
    }
  }

  /// Stretched or shrunk to [height, width]: area average along an axis that shrinks, bilinear along one that grows.
  func resized(height: Int, width: Int) -> Picture {
    guard height != self.height || width != self.width else { return self }
    let columns = Self.taps(from: self.width, to: width)
    // [self.height, width, channels]
    var lines = [Float](repeating: 0, count: self.height * width * channels)
    for line in 0..<self.height {
      for (column, taps) in columns.enumerated() {
        for channel in 0..<channels {
          var sum: Float = 0
          for (offset, weight) in taps.weights.enumerated() {
            sum += weight * Float(pixels[(line * self.width + taps.first + offset) * channels + channel])
          }
          lines[(line * width + column) * channels + channel] = sum
        }
      }
    }
    let row = width * channels
    var resized = [UInt8](repeating: 0, count: height * row)
    for (line, taps) in Self.taps(from: self.height, to: height).enumerated() {
      for element in 0..<row {
        var sum: Float = 0
        for (offset, weight) in taps.weights.enumerated() {
          sum += weight * lines[(taps.first + offset) * row + element]
        }
        resized[line * row + element] = UInt8(min(max(sum.rounded(), 0), 255))
      }
    }
    return Picture(height: height, width: width, channels: channels, pixels: resized)
  }
}
