import GraphIR
import KernelIR

/// A window of height × width taps that moves over images [rows, H, W, C]; what it sees beyond their edges doesn't count.
public struct PoolingGeometry: Hashable, Sendable, Codable {
  public var height: Int
  public var width: Int
  public var vertical: ConvolutionGeometry.Axis
  public var horizontal: ConvolutionGeometry.Axis

  public init(height: Int, width: Int, vertical: ConvolutionGeometry.Axis, horizontal: ConvolutionGeometry.Axis) {
    self.height = height
    self.width = width
    self.vertical = vertical
    self.horizontal = horizontal
  }

  /// The result's shape [rows, places down, places across, C].
  func resultShape(of image: TensorType, name: String) throws(ShapeError) -> Shape {
    let shape = image.shape
    guard image.element.isFloating, shape.rank == 4, shape.dimensions.dropFirst().allSatisfy({ !$0.perRow }) else {
      throw ShapeError("\(name) expects images [rows, height, width, channels], got \(image)")
    }
    guard height > 0, width > 0, [vertical, horizontal].allSatisfy({ $0.stride > 0 && $0.dilation == 1 }) else {
      throw ShapeError("\(name) needs a window and strides of at least 1")
    }
    // Then every place sees an element of the image.
    guard [(vertical, height), (horizontal, width)].allSatisfy({ max($0.before, $0.after) < $1 }) else {
      throw ShapeError("\(name)'s padding must be less than its window of \(height)×\(width)")
    }
    let places = (
      vertical.outputs(extent: shape[1].count, kernel: height),
      horizontal.outputs(extent: shape[2].count, kernel: width)
    )
    guard places.0 > 0, places.1 > 0 else {
      throw ShapeError(
        "a window of \(height)×\(width) does not fit into an image of \(shape[1])×\(shape[2])",
        advice: "use padding: .same or a smaller window")
    }
    return [shape[0], Dimension(places.0), Dimension(places.1), shape[3]]
  }

  /// What a convolution that pools its own sums is told.
  func pooling(_ fold: Pooling.Fold, of image: Shape) -> Pooling {
    Pooling(
      fold, vertical: vertical.window(extent: image[1].count, kernel: height),
      horizontal: horizontal.window(extent: image[2].count, kernel: width))
  }

  /// Each element of the image lies under one place at most.
  var isDisjoint: Bool { vertical.stride == height && horizontal.stride == width }

  /// Where windows are disjoint: the place that sees the image's element `at`, the tap, and whether there is one at all.
  func place(seeing at: [Index], image: Shape, places: Shape) -> (place: [Index], tap: [Index], isSeen: Condition?) {
    var (place, tap, isSeen) = ([at[0]], [Index](), Condition?.none)
    for (axis, geometry, window) in [(1, vertical, height), (2, horizontal, width)] {
      let position = at[axis] + .constant(geometry.before)
      place.append(position / window)
      tap.append(position % window)
      if places[axis].count * window < image[axis].count + geometry.before {
        let isBefore = Condition.index(.less, position, .constant(places[axis].count * window))
        isSeen = isSeen.map { .and($0, isBefore) } ?? isBefore
      }
    }
    return (place + [at[3]], tap, isSeen)
  }

  /// The type of a tap's number: a byte where that is enough.
  var winnerType: ElementType { height * width <= 256 ? .u8 : .i32 }

  /// The image's coordinates under tap (ky, kx) of place [row, v, u], with channel c.
  func coordinates(_ place: [Index], _ tap: [Index], _ channel: Index) -> [Index] {
    [
      place[0], place[1] * Index.constant(vertical.stride) + tap[0] - vertical.before,
      place[2] * Index.constant(horizontal.stride) + tap[1] - horizontal.before, channel,
    ]
  }

  /// `body` where the tap of the place lies within the image.
  func whereInside(_ image: Shape, _ place: [Index], _ tap: [Index], _ body: [Statement]) -> [Statement] {
    let at = coordinates(place, tap, 0)
    var conditions: [Condition] = []
    for (axis, geometry, index) in [(1, vertical, at[1]), (2, horizontal, at[2])] {
      if geometry.before > 0 { conditions.append(.index(.greaterOrEqual, index, 0)) }
      if geometry.after > 0 { conditions.append(.index(.less, index, .constant(image[axis].count))) }
    }
    guard let first = conditions.first else { return body }
    return [.conditional(conditions.dropFirst().reduce(first) { .and($0, $1) }, body)]
  }

  /// The taps, as constants to loop over.
  var taps: [Dimension] { [Dimension(height), Dimension(width)] }

  /// Number of a tap in row-major order.
  func number(of tap: [Index]) -> Index { tap[0] * Index.constant(width) + tap[1] }

  /// Calls `body` for each tap within the image of each place, with concrete coordinates and the tap's number.
  func forEachMeeting(image: [Int], result: [Int], _ body: (_ image: [Int], _ place: [Int], _ tap: Int) -> Void) {
    _ = ReferenceTensor.generate(result) { place in
      for tap in 0..<(height * width) {
        let y = place[1] * vertical.stride + tap / width - vertical.before
        let x = place[2] * horizontal.stride + tap % width - horizontal.before
        if (0..<image[1]).contains(y), (0..<image[2]).contains(x) { body([place[0], y, x, place[3]], place, tap) }
      }
      return 0
    }
  }

  static func draw(_ random: inout RandomSource, image: TensorType) -> PoolingGeometry? {
    let shape = image.shape
    guard image.element.isFloating, shape.rank == 4, shape.dimensions.dropFirst().allSatisfy({ !$0.perRow }) else {
      return nil
    }
    func axis(_ extent: Int) -> (Int, ConvolutionGeometry.Axis) {
      let window = random.integer(in: 1...3)
      var axis = ConvolutionGeometry.Axis(stride: random.integer(in: 1...3))
      axis.before = random.integer(in: 0...(window - 1))
      axis.after = random.integer(in: 0...(window - 1))
      guard axis.outputs(extent: extent, kernel: window) > 0 else { return (1, ConvolutionGeometry.Axis()) }
      return (window, axis)
    }
    let (vertical, horizontal) = (axis(shape[1].count), axis(shape[2].count))
    return PoolingGeometry(
      height: vertical.0, width: horizontal.0, vertical: vertical.1, horizontal: horizontal.1)
  }
}
