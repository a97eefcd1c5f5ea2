import GraphIR
import KernelIR

/// How a convolution's window moves over images [rows, height, width, channels]. One dimension is a height of 1.
public struct ConvolutionGeometry: Hashable, Sendable, Codable {
  public struct Axis: Hashable, Sendable, Codable {
    public var stride: Int
    public var dilation: Int
    /// Zeros before and after the image.
    public var before: Int
    public var after: Int

    public init(stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0) {
      self.stride = stride
      self.dilation = dilation
      self.before = before
      self.after = after
    }

    /// How many places a window of `kernel` taps has over `extent` elements; not positive if it doesn't fit.
    public func outputs(extent: Int, kernel: Int) -> Int {
      let room = extent + before + after - (kernel - 1) * dilation - 1
      return room < 0 ? 0 : room / stride + 1
    }

    /// The window of the convolution itself.
    func window(extent: Int, kernel: Int) -> Window.Axis {
      Window.Axis(
        extent: extent, outputs: outputs(extent: extent, kernel: kernel), kernel: kernel, stride: stride,
        dilation: dilation, before: before)
    }

    /// A window along one axis of a gradient that makes an image's, and the kernel's taps that it has: from `first`, `step`
    /// apart.
    typealias GradientWindow = (axis: Window.Axis, first: Int, step: Int)

    /// The windows over the result's gradient that make the image's: x[y] gets from place u by tap k where
    /// u · stride = y + before - k · dilation; with the taps in falling order this is a window again.
    ///
    /// With a stride, elements of the image that are a stride apart see the same taps: there is a window for each phase of the
    /// stride, so that nothing is multiplied with zeros. Only with dilation too is there one, over a gradient with zeros
    /// between its elements.
    func gradientWindows(extent: Int, kernel: Int) -> [GradientWindow] {
      let places = outputs(extent: extent, kernel: kernel)
      guard stride > 1, dilation == 1 else {
        let axis = Window.Axis(
          extent: places, outputs: extent, kernel: kernel, stride: 1, dilation: dilation,
          before: (kernel - 1) * dilation - before, spread: stride)
        return [(axis, kernel - 1, -1)]
      }
      return (0..<stride).compactMap { phase in
        // y + before = stride · u + phase: the first such y, and the u that its first tap meets.
        let start = (((phase - before) % stride) + stride) % stride
        guard start < extent else { return nil }
        let taps = phase < kernel ? (kernel - phase - 1) / stride + 1 : 0
        var axis = Window.Axis(
          extent: places, outputs: (extent - 1 - start) / stride + 1, kernel: taps, stride: 1, dilation: 1,
          before: taps - 1 - (start + before - phase) / stride)
        (axis.resultExtent, axis.resultStart, axis.resultStep) = (extent, start, stride)
        return (axis, phase + stride * (taps - 1), -stride)
      }
    }
  }

  public var vertical: Axis
  public var horizontal: Axis
  /// Channels are split into so many groups that don't see each other; as many as channels is a depthwise convolution.
  public var groups: Int

  public init(vertical: Axis = Axis(), horizontal: Axis = Axis(), groups: Int = 1) {
    self.vertical = vertical
    self.horizontal = horizontal
    self.groups = groups
  }

  /// Strides, dilations and groups are all 1.
  public var isPlain: Bool {
    groups == 1 && [vertical, horizontal].allSatisfy { $0.stride == 1 && $0.dilation == 1 }
  }

  /// A kernel of one tap that visits every element: an ordinary product of matrices.
  func isPointwise(kernel: Shape) -> Bool {
    kernel[0] == 1 && kernel[1] == 1 && groups == 1
      && [vertical, horizontal].allSatisfy { axis in
        axis.stride == 1 && axis.before == 0 && axis.after == 0
      }
  }

  /// Checks an image [rows, H, W, C] and a kernel [KH, KW, C / groups, F] and gives the result's shape.
  func resultShape(image: TensorType, kernel: TensorType, of name: String) throws(ShapeError) -> Shape {
    let (x, k) = (image.shape, kernel.shape)
    guard image.element.isFloating, image.element == kernel.element, x.rank == 4, k.rank == 4,
      !k.perRow, x.dimensions.dropFirst().allSatisfy({ !$0.perRow })
    else {
      throw ShapeError(
        "\(name) expects an image [rows, height, width, channels] and a kernel [height, width, channels, filters], "
          + "got \(image) and \(kernel)")
    }
    guard [vertical, horizontal].allSatisfy({ $0.stride > 0 && $0.dilation > 0 }), groups > 0 else {
      throw ShapeError("\(name) needs strides, dilations and groups of at least 1")
    }
    guard x[3].count % groups == 0, k[3].count % groups == 0, k[2].count == x[3].count / groups else {
      throw ShapeError(
        "\(name) in \(groups) group\(groups == 1 ? "" : "s"): an image of \(x[3]) channels does not fit a kernel \(k)")
    }
    let height = vertical.outputs(extent: x[1].count, kernel: k[0].count)
    let width = horizontal.outputs(extent: x[2].count, kernel: k[1].count)
    guard height > 0, width > 0 else {
      throw ShapeError(
        "a window of \(k[0])×\(k[1]) does not fit into an image of \(x[1])×\(x[2])",
        advice: "use padding: .same, a smaller kernel or less dilation")
    }
    return [x[0], Dimension(height), Dimension(width), k[3]]
  }

  /// Calls `body` for each pair of an image element and a kernel element that meet in a place of the window, with their
  /// positions and the place's in row-major order. Shapes are concrete: image [rows, H, W, C], kernel [KH, KW, C / groups, F].
  func forEachMeeting(image: [Int], kernel: [Int], _ body: (_ image: Int, _ kernel: Int, _ place: Int) -> Void) {
    let outputs = (
      vertical.outputs(extent: image[1], kernel: kernel[0]), horizontal.outputs(extent: image[2], kernel: kernel[1])
    )
    let filters = kernel[3] / groups
    for row in 0..<image[0] {
      for v in 0..<outputs.0 {
        for u in 0..<outputs.1 {
          for ky in 0..<kernel[0] {
            let y = v * vertical.stride + ky * vertical.dilation - vertical.before
            guard (0..<image[1]).contains(y) else { continue }
            for kx in 0..<kernel[1] {
              let x = u * horizontal.stride + kx * horizontal.dilation - horizontal.before
              guard (0..<image[2]).contains(x) else { continue }
              let pixel = ((row * image[1] + y) * image[2] + x) * image[3]
              let tap = (ky * kernel[1] + kx) * kernel[2]
              let place = ((row * outputs.0 + v) * outputs.1 + u) * kernel[3]
              for c in 0..<kernel[2] {
                for f in 0..<kernel[3] {
                  body(pixel + f / filters * kernel[2] + c, (tap + c) * kernel[3] + f, place + f)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Whether each channel is a group with one filter, for a kernel [KH, KW, C / groups, F].
  func isDepthwise(kernel: Shape) -> Bool { groups > 1 && kernel[2] == 1 && kernel[3].count == groups }

  /// A random one for kernels [height, width].
  static func draw(_ random: inout RandomSource, image: Shape, kernel: (Int, Int), groups: Int) -> ConvolutionGeometry {
    func axis(_ extent: Int, _ kernel: Int) -> Axis {
      var axis = Axis(stride: random.integer(in: 1...3), dilation: random.integer(in: 1...2))
      axis.before = random.integer(in: 0...2)
      axis.after = random.integer(in: 0...2)
      // Pad until the window fits.
      while axis.outputs(extent: extent, kernel: kernel) < 1 { axis.after += 1 }
      return axis
    }
    return ConvolutionGeometry(
      vertical: axis(image[1].count, kernel.0), horizontal: axis(image[2].count, kernel.1), groups: groups)
  }
}
