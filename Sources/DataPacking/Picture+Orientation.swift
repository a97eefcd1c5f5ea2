extension Picture {
  /// Upright, from lines and columns as EXIF's orientation tag numbers them: 1 has line 0 at the top and column 0 at the left;
  /// 2, 3 and 4 are mirrored, turned half round, and both; 5 to 8 have line 0 at a side.
  func upright(from orientation: Int) -> Picture {
    guard (2...8).contains(orientation) else { return self }
    let isSideways = orientation >= 5
    let (rows, columns) = isSideways ? (width, height) : (height, width)
    var turned: [UInt8] = []
    turned.reserveCapacity(pixels.count)
    for row in 0..<rows {
      for column in 0..<columns {
        // Line 0 lies at the bottom or the right in 3, 4, 6 and 7; column 0 at the right or the bottom in 2, 3, 7 and 8.
        let (line, place) = isSideways ? (column, row) : (row, column)
        let y = [3, 4, 6, 7].contains(orientation) ? height - 1 - line : line
        let x = [2, 3, 7, 8].contains(orientation) ? width - 1 - place : place
        let start = (y * width + x) * channels
        turned += pixels[start..<(start + channels)]
      }
    }
    return Picture(height: rows, width: columns, channels: channels, pixels: turned)
  }
}
