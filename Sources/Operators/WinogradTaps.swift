import GraphIR
import KernelIR

/// The gradient of a kernel [height, width, C, F] from that of its `WinogradKernel`, Gᵀ·M·G of each channel and filter, and of each
/// part of the taps: back from [panels, slots, C, `PanelProduct.width`], `filters` columns of which count.
public struct WinogradTaps: Operator {
  public static let name = "winograd_taps"

  public var filters: Int
  public var scheme: WinogradScheme

  public init(filters: Int, scheme: WinogradScheme = WinogradScheme()) {
    self.filters = filters
    self.scheme = scheme
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> [TensorType] {
    try expect(1, operands)
    let panels = operands[0]
    guard panels.element.isFloating, panels.shape.rank == 4, !panels.shape.dimensions.contains(where: \.perRow),
      scheme.isValid, panels.shape[1].count == scheme.slots, panels.shape[3].count == PanelProduct.width, filters > 0,
      panels.shape[0].count * PanelProduct.width == PanelProduct.padded(filters)
    else {
      throw ShapeError(
        "\(Self.name) of \(filters) filters expects panels [panels, \(scheme.slots), channels, \(PanelProduct.width)], got \(panels)"
      )
    }
    return [TensorType(panels.element, scheme.kernel(channels: panels.shape[2], filters: filters))]
  }

  public func gradient(_ context: inout GradientContext) throws(ShapeError) -> [Value?] {
    guard let gradient = context.resultGradients[0] else { return [nil] }
    return [try context.builder.append(WinogradKernel(), [gradient])]
  }

  /// Gᵀ·m for four numbers, or for three, the last of which is nothing.
  private static func gathered<Number>(
    _ m: [Number], add: (Number, Number) -> Number, subtract: (Number, Number) -> Number, half: (Number) -> Number
  ) -> [Number] {
    let middle = half(add(m[1], m[2]))
    return [add(m[0], middle), half(subtract(m[1], m[2]))] + m.dropFirst(3).map { add(middle, $0) }
  }

  public var lowering: Lowering {
    .loops { context in
      let depth = context.resultTypes[0].shape[2]
      let (whole, rest) = (filters / PanelProduct.width, filters % PanelProduct.width)
      func fill(_ panel: Index, _ count: Int) -> [Statement] {
        scheme.parts.flatMap { part in
          context.nest([depth, Dimension(count)]) { at in
            let column = panel * .constant(PanelProduct.width) + at[1]
            return taps(of: part, context, from: { [panel, .constant($0), at[0], at[1]] }, to: [at[0], column])
          }
        }
      }
      let filled =
        whole == 0
        ? [] : [Statement.loop(variable: "b", extent: .constant(whole), body: fill(.variable("b"), PanelProduct.width))]
      return rest == 0 ? filled : filled + fill(.constant(whole), rest)
    }
  }

  /// The taps of a part, for one channel and filter.
  private func taps(
    of part: WinogradScheme.Part, _ context: LoopContext, from place: (Int) -> [Index], to end: [Index]
  ) -> [Statement] {
    var body: [Statement] = []
    func named(_ name: String, _ value: Expression) -> Expression {
      body.append(.constant(name + part.suffix, value))
      return .local(name + part.suffix)
    }
    let lines = (0..<4).compactMap { y -> [Expression]? in
      let m = (0..<4).compactMap { x in
        scheme.slot(y, x, of: part).map { named("m\(y)\(x)", context.load(0, place($0))) }
      }
      guard !m.isEmpty else { return nil }
      return Self.gathered(m, add: +, subtract: -, half: { $0 * 0.5 })
        .enumerated().map { x, value in named("t\(y)\(x)", value) }
    }
    for x in 0..<part.width {
      let taps = Self.gathered(lines.map { $0[x] }, add: +, subtract: -, half: { $0 * 0.5 })
      for (y, tap) in taps.enumerated() {
        body.append(context.store(0, [.constant(3 * part.y + y), .constant(3 * part.x + x)] + end, tap))
      }
    }
    return body
  }

  public func reference(_ operands: [ReferenceTensor], _ context: ReferenceContext) -> [ReferenceTensor] {
    func gathered(_ m: [Double]) -> [Double] { Self.gathered(m, add: +, subtract: -, half: { $0 / 2 }) }
    return [
      .generate(context.shape()) { at in
        let part = scheme.parts.first { $0.y == at[0] / 3 && $0.x == at[1] / 3 }
        let lines = (0..<4).map { y in
          (0..<4).compactMap { x in
            part.flatMap { scheme.slot(y, x, of: $0) }.map {
              operands[0][[at[3] / PanelProduct.width, $0, at[2], at[3] % PanelProduct.width]]
            }
          }
        }
        return gathered(lines.filter { !$0.isEmpty }.map { gathered($0)[at[1] % 3] })[at[0] % 3]
      }
    ]
  }

  public static func draw(_ random: inout RandomSource, operand: TensorType) -> Instance? {
    let width = PanelProduct.width
    let before = ((operand.shape.dimensions.first?.count ?? 1) - 1) * width
    let schemes = WinogradScheme.taps.flatMap { height in
      WinogradScheme.taps.map { WinogradScheme(height: height, width: $0) }
    }
    guard operand.shape.rank == 4, let scheme = schemes.first(where: { $0.slots == operand.shape[1].count }) else {
      return nil
    }
    let taps = WinogradTaps(filters: before + random.integer(in: 1...width), scheme: scheme)
    let instance = Instance(taps, [operand])
    return (try? instance.op.infer(instance.operands)) == nil ? nil : instance
  }
}
