import GraphIR
import KernelIR

/// The kernel of a convolution of 3 by 3 taps as Winograd's algorithm takes it: U = G·g·Gᵀ for the taps g of each channel and
/// filter, 4 by 4 numbers, G = [1 0 0; ½ ½ ½; ½ -½ ½; 0 0 1] (Lavin and Gray, Fast Algorithms for Convolutional Neural
/// Networks, 2015).
///
/// From a kernel [3, 3, C, F] to [panels, 16, C, `PanelProduct.width`]: each of the 16 elements is a matrix [C, F] in panels, with
/// zeros behind the last column. If `isTurned`, the taps are in falling order and channels and filters exchanged, as the
/// gradient of the image sees them.
public struct WinogradKernel: Operator {
  public static let name = "winograd_kernel"

  public var isTurned: Bool

  public init(isTurned: Bool = false) { self.isTurned = isTurned }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let kernel = operands[0]
    guard kernel.element.isFloating, kernel.shape.rank == 4, !kernel.shape.dimensions.contains(where: \.perRow),
      kernel.shape[0] == 3, kernel.shape[1] == 3
    else { throw ShapeError("\(Self.name) expects a kernel [3, 3, channels, filters], got \(kernel)") }
    let (depth, columns) = isTurned ? (kernel.shape[3], kernel.shape[2]) : (kernel.shape[2], kernel.shape[3])
    let panels = PanelProduct.padded(columns.count) / PanelProduct.width
    return [TensorType(kernel.element, [Dimension(panels), 16, depth, Dimension(PanelProduct.width)])]
  }

  /// Of a kernel that is not turned.
  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0], !isTurned else { return [nil] }
    let filters = context.builder.shape(of: context.operands[0])[3].count
    return [try context.builder.append(WinogradTaps(filters: filters), [gradient])]
  }

  /// G·x for three numbers, each as `half` has it.
  private static func spread<Number>(
    _ x: [Number], add: (Number, Number) -> Number, subtract: (Number, Number) -> Number, half: (Number) -> Number
  ) -> [Number] {
    let ends = add(x[0], x[2])
    return [x[0], half(add(ends, x[1])), half(subtract(ends, x[1])), x[2]]
  }

  /// Rows that a line of cache has, of a kernel in f32.
  private static let block = 16

  public var lowering: Lowering {
    .loops { context in
      let (kernel, result) = (context.operandTypes[0].shape, context.resultTypes[0].shape)
      let (depth, columns) = (result[2], kernel[isTurned ? 2 : 3].count)
      let (whole, rest) = (columns / PanelProduct.width, columns % PanelProduct.width)
      /// The elements of one channel and filter of so many taps.
      func elements(_ panel: Index, _ row: Index, _ column: Index, tap: (Int, Int) -> Expression) -> [Statement] {
        var body: [Statement] = []
        func named(_ name: String, _ value: Expression) -> Expression {
          body.append(.constant(name, value))
          return .local(name)
        }
        let taps = (0..<3).map { y in (0..<3).map { x in named("g\(y)\(x)", tap(y, x)) } }
        let lines = taps.map { Self.spread($0, add: +, subtract: -, half: { $0 * 0.5 }) }
          .enumerated().map { y, line in line.enumerated().map { x, value in named("t\(y)\(x)", value) } }
        for x in 0..<4 {
          let numbers = Self.spread(lines.map { $0[x] }, add: +, subtract: -, half: { $0 * 0.5 })
          for (y, number) in numbers.enumerated() {
            body.append(context.store(0, [panel, .constant(4 * y + x), row, column], number))
          }
        }
        return body
      }
      func tap(_ y: Int, _ x: Int) -> [Index] { (isTurned ? [2 - y, 2 - x] : [y, x]).map { Index.constant($0) } }
      func fill(_ panel: Index, _ count: Int) -> [Statement] {
        guard isTurned else {
          return context.nest([depth, Dimension(count)]) { at in
            let column = panel * .constant(PanelProduct.width) + at[1]
            return elements(panel, at[0], at[1]) { context.load(0, tap($0, $1) + [at[0], column]) }
          }
        }
        let (blocks, last) = (depth.count / Self.block, depth.count % Self.block)
        return context.nest([Dimension(blocks)], prefix: "d") { at in
          block(panel, count, from: at[0] * .constant(Self.block), Self.block)
        }
          + (last == 0 ? [] : block(panel, count, from: .constant(blocks * Self.block), last))
      }
      /// Where rows lie beside each other in the kernel, a block of them comes through memory at hand.
      func block(_ panel: Index, _ count: Int, from first: Index, _ rows: Int) -> [Statement] {
        let taps = (0..<9).map { MatrixLines("taps", base: .constant($0 * rows * count), stride: count) }
        let copies = taps.enumerated().map { number, turned in
          let start = tap(number / 3, number % 3) + [panel * .constant(PanelProduct.width), first]
          return Statement.transposition(
            Transposition(rows: count, columns: rows, from: context.lines(0, start, along: 2), to: turned))
        }
        let element = context.resultTypes[0].element
        return [.array("taps", count: 9 * rows * count)] + copies
          + context.nest([Dimension(rows), Dimension(count)]) { at in
            elements(panel, first + at[0], at[1]) { y, x in
              .load(buffer: "taps", index: taps[3 * y + x].index(at[0], at[1]), element: element)
            }
          }
      }
      let filled =
        whole == 0
        ? [] : [Statement.loop(variable: "b", extent: .constant(whole), body: fill(.variable("b"), PanelProduct.width))]
      guard rest > 0 else { return filled }
      let cleared = context.nest([16, depth, Dimension(PanelProduct.width - rest)], prefix: "z") {
        [context.store(0, [.constant(whole), $0[0], $0[1], $0[2] + .constant(rest)], 0.0)]
      }
      return filled + fill(.constant(whole), rest) + cleared
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    let columns = operands[0].shape[isTurned ? 2 : 3]
    func spread(_ x: [Double]) -> [Double] { Self.spread(x, add: +, subtract: -, half: { $0 / 2 }) }
    return [
      .generate(context.shape()) { at in
        let column = at[0] * PanelProduct.width + at[3]
        guard column < columns else { return 0 }
        let place = isTurned ? [column, at[2]] : [at[2], column]
        let lines = (0..<3).map { y in
          spread((0..<3).map { x in operands[0][(isTurned ? [2 - y, 2 - x] : [y, x]) + place] })
        }
        return spread(lines.map { $0[at[1] % 4] })[at[1] / 4]
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let instance = Instance(WinogradKernel(isTurned: random.integer(in: 0...1) == 0), [operand])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}
