import GraphIR
import KernelIR

/// The kernel of a convolution as Winograd's algorithm takes it: U = G·g·Gᵀ for the taps g of each channel and
/// filter, 4 by 4 numbers, G = [1 0 0; ½ ½ ½; ½ -½ ½; 0 0 1] (Lavin and Gray, Fast Algorithms for Convolutional Neural
/// Networks, 2015); of more than 3 by 3 taps for each part of them (`WinogradScheme`).
///
/// From a kernel [height, width, C, F] to [panels, slots, C, `PanelProduct.width`]: each of the slots, 16 for 3 by 3 taps, is a matrix
/// [C, F] in panels, with zeros behind the last column. If `isTurned`, the taps are in falling order and channels and filters
/// exchanged, as the gradient of the image sees them.
public struct WinogradKernel: Operator {
  public static let name = "winograd_kernel"

  public var isTurned: Bool

  public init(isTurned: Bool = false) { self.isTurned = isTurned }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let kernel = operands[0]
    guard kernel.element.isFloating, kernel.shape.rank == 4, !kernel.shape.dimensions.contains(where: \.perRow),
      scheme(of: kernel.shape).isValid
    else {
      throw ShapeError(
        "\(Self.name) expects a kernel [height, width, channels, filters] of 3, 5 or 6 taps along an axis, got \(kernel)"
      )
    }
    let (depth, columns) = isTurned ? (kernel.shape[3], kernel.shape[2]) : (kernel.shape[2], kernel.shape[3])
    let panels = PanelProduct.padded(columns.count) / PanelProduct.width
    let slots = scheme(of: kernel.shape).slots
    return [
      TensorType(kernel.element, [Dimension(panels), Dimension(slots), depth, Dimension(PanelProduct.width)])
    ]
  }

  private func scheme(of kernel: Shape) -> WinogradScheme {
    WinogradScheme(height: kernel[0].count, width: kernel[1].count)
  }

  /// Of a kernel that is not turned.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0], !isTurned else { return [nil] }
    let kernel = context.builder.shape(of: context.operands[0])
    let taps = WinogradTaps(filters: kernel[3].count, scheme: scheme(of: kernel))
    return [try context.builder.append(taps, [gradient])]
  }

  /// G·x for three numbers, or for two and nothing, where the fourth is nothing too; each as `half` has it.
  private static func spread<Number>(
    _ x: [Number], add: (Number, Number) -> Number, subtract: (Number, Number) -> Number, half: (Number) -> Number
  ) -> [Number] {
    let ends = x.count == 3 ? add(x[0], x[2]) : x[0]
    return [x[0], half(add(ends, x[1])), half(subtract(ends, x[1]))] + x.dropFirst(2)
  }

  /// Rows that a line of cache has, of a kernel in f32.
  private static let block = 16

  public var lowering: Lowering {
    .loops { context in
      let (kernel, result) = (context.operandTypes[0].shape, context.resultTypes[0].shape)
      let (depth, columns, scheme) = (result[2], kernel[isTurned ? 2 : 3].count, self.scheme(of: kernel))
      let (whole, rest) = (columns / PanelProduct.width, columns % PanelProduct.width)
      let parts = scheme.parts.map { Part($0, scheme, context, isTurned: isTurned) }
      func fill(_ panel: Index, _ count: Int) -> [Statement] {
        let (blocks, last) = (depth.count / Self.block, depth.count % Self.block)
        return parts.flatMap { part -> [Statement] in
          guard isTurned else {
            return context.nest([depth, Dimension(count)]) { at in
              let column = panel * .constant(PanelProduct.width) + at[1]
              return part.elements(panel, at[0], at[1]) { context.load(0, part.tap($0, $1) + [at[0], column]) }
            }
          }
          return context.nest([Dimension(blocks)], prefix: "d") { at in
            part.block("taps", panel, count, from: at[0] * .constant(Self.block), Self.block)
          } + (last == 0 ? [] : part.block("last", panel, count, from: .constant(blocks * Self.block), last))
        }
      }
      let filled =
        whole == 0
        ? [] : [Statement.loop(variable: "b", extent: .constant(whole), body: fill(.variable("b"), PanelProduct.width))]
      guard rest > 0 else { return filled }
      let cleared = context.nest([result[1], depth, Dimension(PanelProduct.width - rest)], prefix: "z") {
        [context.store(0, [.constant(whole), $0[0], $0[1], $0[2] + .constant(rest)], 0.0)]
      }
      return filled + fill(.constant(whole), rest) + cleared
    }
  }

  /// Makes the elements of one part.
  private struct Part {
    let part: WinogradScheme.Part
    let scheme: WinogradScheme
    let context: LoopContext
    let isTurned: Bool

    init(_ part: WinogradScheme.Part, _ scheme: WinogradScheme, _ context: LoopContext, isTurned: Bool) {
      (self.part, self.scheme, self.context, self.isTurned) = (part, scheme, context, isTurned)
    }

    /// The kernel's tap that is the part's `y`, `x`.
    func tap(_ y: Int, _ x: Int) -> [Index] {
      let (v, u) = (3 * part.y + y, 3 * part.x + x)
      return (isTurned ? [scheme.height - 1 - v, scheme.width - 1 - u] : [v, u]).map { Index.constant($0) }
    }

    /// The elements of one channel and filter of so many taps.
    func elements(_ panel: Index, _ row: Index, _ column: Index, tap: (Int, Int) -> Expression) -> [Statement] {
      var body: [Statement] = []
      func named(_ name: String, _ value: Expression) -> Expression {
        body.append(.constant(name + part.suffix, value))
        return .local(name + part.suffix)
      }
      let taps = (0..<part.height).map { y in (0..<part.width).map { x in named("g\(y)\(x)", tap(y, x)) } }
      let lines = taps.map { spread($0, add: +, subtract: -, half: { $0 * 0.5 }) }
        .enumerated().map { y, line in line.enumerated().map { x, value in named("t\(y)\(x)", value) } }
      for x in lines[0].indices {
        let numbers = spread(lines.map { $0[x] }, add: +, subtract: -, half: { $0 * 0.5 })
        for (y, number) in numbers.enumerated() {
          guard let slot = scheme.slot(y, x, of: part) else { continue }
          body.append(context.store(0, [panel, .constant(slot), row, column], number))
        }
      }
      return body
    }

    /// Where rows lie beside each other in the kernel, a block of them comes through the array `name`.
    func block(_ name: String, _ panel: Index, _ count: Int, from first: Index, _ rows: Int) -> [Statement] {
      let (name, size) = ("\(name)\(part.suffix)", rows * count)
      func lines(_ y: Int, _ x: Int) -> MatrixLines {
        MatrixLines(name, base: .constant((y * part.width + x) * size), stride: count)
      }
      let copies = (0..<part.height).flatMap { y in
        (0..<part.width).map { x in
          let start = tap(y, x) + [panel * .constant(PanelProduct.width), first]
          return Statement.transposition(
            Transposition(rows: count, columns: rows, from: context.lines(0, start, along: 2), to: lines(y, x)))
        }
      }
      let element = context.resultTypes[0].element
      return [.array(name, count: part.height * part.width * size)] + copies
        + context.nest([Dimension(rows), Dimension(count)]) { at in
          elements(panel, first + at[0], at[1]) { y, x in
            .load(buffer: name, index: lines(y, x).index(at[0], at[1]), element: element)
          }
        }
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let kernel = operands[0].shape
    let (columns, scheme) = (kernel[isTurned ? 2 : 3], WinogradScheme(height: kernel[0], width: kernel[1]))
    func spread(_ x: [Double]) -> [Double] { Self.spread(x, add: +, subtract: -, half: { $0 / 2 }) }
    let result = context.shape()
    var tensor = ReferenceTensor(shape: result, repeating: 0)
    for part in scheme.parts {
      for c in 0..<result[2] {
        for f in 0..<columns {
          let lines = (0..<part.height).map { y in
            spread(
              (0..<part.width).map { x in
                let (v, u) = (3 * part.y + y, 3 * part.x + x)
                return isTurned
                  ? operands[0][[scheme.height - 1 - v, scheme.width - 1 - u, f, c]] : operands[0][[v, u, c, f]]
              })
          }
          for x in lines[0].indices {
            for (y, number) in spread(lines.map { $0[x] }).enumerated() {
              guard let slot = scheme.slot(y, x, of: part) else { continue }
              tensor[[f / PanelProduct.width, slot, c, f % PanelProduct.width]] = number
            }
          }
        }
      }
    }
    return [tensor]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let instance = Instance(WinogradKernel(isTurned: random.integer(in: 0...1) == 0), [operand])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}
