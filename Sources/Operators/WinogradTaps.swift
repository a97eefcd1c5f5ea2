import GraphIR
import KernelIR

/// The gradient of a kernel [3, 3, C, F] from that of its `WinogradKernel`, Gᵀ·M·G of each channel and filter: back from
/// [panels, 16, C, `PanelProduct.width`], `filters` columns of which count.
public struct WinogradTaps: Operator {
  public static let name = "winograd_taps"

  public var filters: Int

  public init(filters: Int) { self.filters = filters }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let panels = operands[0]
    guard panels.element.isFloating, panels.shape.rank == 4, !panels.shape.dimensions.contains(where: \.perRow),
      panels.shape[1] == 16, panels.shape[3].count == PanelProduct.width, filters > 0,
      panels.shape[0].count * PanelProduct.width == PanelProduct.padded(filters)
    else {
      throw ShapeError(
        "\(Self.name) of \(filters) filters expects panels [panels, 16, channels, \(PanelProduct.width)], got \(panels)"
      )
    }
    return [TensorType(panels.element, [3, 3, panels.shape[2], Dimension(filters)])]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.append(WinogradKernel(), [gradient])]
  }

  /// Gᵀ·m for four numbers.
  private static func gathered<Number>(
    _ m: [Number], add: (Number, Number) -> Number, subtract: (Number, Number) -> Number, half: (Number) -> Number
  ) -> [Number] {
    let middle = half(add(m[1], m[2]))
    return [add(m[0], middle), half(subtract(m[1], m[2])), add(middle, m[3])]
  }

  public var lowering: Lowering {
    .loops { context in
      let depth = context.resultTypes[0].shape[2]
      let (whole, rest) = (filters / PanelProduct.width, filters % PanelProduct.width)
      func fill(_ panel: Index, _ count: Int) -> [Statement] {
        context.nest([depth, Dimension(count)]) { at in
          var body: [Statement] = []
          func named(_ name: String, _ value: Expression) -> Expression {
            body.append(.constant(name, value))
            return .local(name)
          }
          let lines = (0..<4).map { y in
            let m = (0..<4).map { x in
              named("m\(y)\(x)", context.load(0, [panel, .constant(4 * y + x), at[0], at[1]]))
            }
            return Self.gathered(m, add: +, subtract: -, half: { $0 * 0.5 })
              .enumerated().map { x, value in named("t\(y)\(x)", value) }
          }
          for x in 0..<3 {
            let taps = Self.gathered(lines.map { $0[x] }, add: +, subtract: -, half: { $0 * 0.5 })
            for (y, tap) in taps.enumerated() {
              let column = panel * .constant(PanelProduct.width) + at[1]
              body.append(context.store(0, [.constant(y), .constant(x), at[0], column], tap))
            }
          }
          return body
        }
      }
      let filled =
        whole == 0
        ? [] : [Statement.loop(variable: "b", extent: .constant(whole), body: fill(.variable("b"), PanelProduct.width))]
      return rest == 0 ? filled : filled + fill(.constant(whole), rest)
    }
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    func gathered(_ m: [Double]) -> [Double] { Self.gathered(m, add: +, subtract: -, half: { $0 / 2 }) }
    return [
      .generate(context.shape()) { at in
        let lines = (0..<4).map { y in
          gathered(
            (0..<4).map { operands[0][[at[3] / PanelProduct.width, 4 * y + $0, at[2], at[3] % PanelProduct.width]] })
        }
        return gathered(lines.map { $0[at[1]] })[at[0]]
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let width = PanelProduct.width
    let before = ((operand.shape.dimensions.first?.count ?? 1) - 1) * width
    let instance = Instance(WinogradTaps(filters: before + random.integer(in: 1...width)), [operand])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}
