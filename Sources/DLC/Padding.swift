/// What lies around an image where a window looks over its edge: zeros for convolutions, nothing for pooling.
public enum Padding: Hashable, Sendable {
  /// The window stays within the image.
  case valid
  /// As many places as the image has elements, divided by the stride: Keras's and TensorFlow's arithmetic, which puts an
  /// odd element behind the image.
  case same
  /// Everything before and nothing after, so that a place in time doesn't see the future; along the width, or time.
  case causal
  case explicit(top: Int, bottom: Int, left: Int, right: Int)

  /// Elements before and after one axis of `extent`; `isWidth` tells the axes apart.
  func amounts(extent: Int, kernel: Int, stride: Int, dilation: Int, isWidth: Bool) -> (before: Int, after: Int) {
    let reach = (kernel - 1) * dilation
    switch self {
    case .valid: return (0, 0)
    case .same:
      let places = (extent + stride - 1) / stride
      let total = max((places - 1) * stride + reach + 1 - extent, 0)
      return (total / 2, total - total / 2)
    case .causal: return isWidth ? (reach, 0) : (0, 0)
    case .explicit(let top, let bottom, let left, let right): return isWidth ? (left, right) : (top, bottom)
    }
  }

  var isNegative: Bool {
    if case .explicit(let top, let bottom, let left, let right) = self {
      min(top, bottom, left, right) < 0
    } else {
      false
    }
  }
}

/// One number for both axes of an image, or `[height, width]`.
public protocol WindowExtents: Sendable {
  /// Height and width; nil if there are not two.
  var heightAndWidth: (Int, Int)? { get }
}

extension Int: WindowExtents {
  public var heightAndWidth: (Int, Int)? { (self, self) }
}

extension [Int]: WindowExtents {
  public var heightAndWidth: (Int, Int)? { count == 2 ? (self[0], self[1]) : nil }
}

extension LayerIdentity {
  /// Height and width, each at least 1; anything else is reported.
  func windowExtents(_ extents: any WindowExtents, _ name: String) -> (height: Int, width: Int) {
    guard let pair = extents.heightAndWidth else {
      require(false, "\(type) takes one number or [height, width] as its \(name)")
      return (1, 1)
    }
    require(pair.0 > 0 && pair.1 > 0, "\(type)'s \(name) must be at least 1, got \(pair.0) by \(pair.1)")
    return (max(pair.0, 1), max(pair.1, 1))
  }
}
