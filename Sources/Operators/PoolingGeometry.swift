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

  /// Whether a gradient's elements ask the places that see them: more than 9 at most are not asked, they bring theirs.
  var isGathered: Bool {
    [(height, vertical), (width, horizontal)].map { ($0 + $1.stride - 1) / $1.stride }.reduce(1, *) <= 9
  }

  /// The gradient of an image's element where it asks the places that see it: the sum of what each of them has for it.
  func gathered(_ context: PointwiseContext, share: (Sight) -> Expression) -> Expression {
    let values = sights(of: context.coordinates, image: context.resultType.shape, places: context.operandTypes[0].shape)
      .map { sight in sight.isThere.map { .select($0, share(sight), 0.0) } ?? share(sight) }
    return values.dropFirst().reduce(values.first ?? 0.0, +)
  }

  /// A place that may see an element of the image.
  struct Sight {
    var place: [Index]
    var tap: [Index]
    /// When it does; nil for always.
    var isThere: Condition?
  }

  /// The places that may see the image's element `at`, in rising order.
  private func sights(of at: [Index], image: Shape, places: Shape) -> [Sight] {
    let down = Self.sights(at[1], extent: image[1].count, places: places[1].count, window: height, vertical)
    let across = Self.sights(at[2], extent: image[2].count, places: places[2].count, window: width, horizontal)
    return down.flatMap { y in
      across.map { x in
        Sight(
          place: [at[0], y.place, x.place, at[3]], tap: [y.tap, x.tap],
          isThere: (y.conditions + x.conditions).conjunction)
      }
    }
  }

  private static func sights(
    _ at: Index, extent: Int, places: Int, window: Int, _ axis: ConvolutionGeometry.Axis
  ) -> [(place: Index, tap: Index, conditions: [Condition])] {
    let position = at + .constant(axis.before)
    let stride = axis.stride
    // The place that begins last before the element, and those that begin so many strides earlier.
    return (0..<((window + stride - 1) / stride)).reversed().map { earlier in
      let tap = position % stride + .constant(earlier * stride)
      let end = (places + earlier) * stride
      var conditions: [Condition] = []
      if axis.before < earlier * stride {
        conditions.append(.index(.greaterOrEqual, position, .constant(earlier * stride)))
      }
      if end < extent + axis.before { conditions.append(.index(.less, position, .constant(end))) }
      if (earlier + 1) * stride > window { conditions.append(.index(.less, tap, .constant(window))) }
      return (position / stride - earlier, tap, conditions)
    }
  }

  /// One over the number of elements that a place sees.
  func share(of place: [Index], image: Shape, places: Shape) -> Expression {
    let down = Self.shares(extent: image[1].count, places: places[1].count, window: height, vertical)
    let across = Self.shares(extent: image[2].count, places: places[2].count, window: width, horizontal)
    guard !(down.edges.isEmpty && across.edges.isEmpty) else { return .literal(down.inner * across.inner) }
    func share(_ shares: (inner: Double, edges: [(place: Int, share: Double)]), at place: Index) -> Expression {
      shares.edges.reduce(.literal(shares.inner)) { others, edge in
        .select(.index(.equal, place, .constant(edge.place)), .literal(edge.share), others)
      }
    }
    return share(down, at: place[1]) * share(across, at: place[2])
  }

  /// The same along one axis: where the whole window is within the image, and for the places at its edges.
  private static func shares(
    extent: Int, places: Int, window: Int, _ axis: ConvolutionGeometry.Axis
  ) -> (inner: Double, edges: [(place: Int, share: Double)]) {
    let edges = (0..<places).compactMap { place -> (Int, Double)? in
      let first = place * axis.stride - axis.before
      let seen = min(first + window, extent) - max(first, 0)
      return seen == window ? nil : (place, 1 / Double(seen))
    }
    return (1 / Double(window), edges)
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
    return conditions.conjunction.map { [.conditional($0, body)] } ?? body
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

extension [Condition] {
  /// All of them; nil for none.
  fileprivate var conjunction: Condition? { dropFirst().reduce(first) { all, next in all.map { .and($0, next) } } }
}
